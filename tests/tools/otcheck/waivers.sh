# Waivers: a finding stays and does not count; behind its end, for one that is
# worse, and without an owner it counts again.
. tests/tools/try.sh
need jq
all
cp -r "$policy" "$tmp/plant"
chmod -R u+w "$tmp/plant"
sed 's/"assets":/"waivers": "waivers.csv", &/' "$policy/policy.json" \
    > "$tmp/plant/policy.json"
judged()
{
	echo "== $1"
	cat > "$tmp/plant/waivers.csv"
	try otcheck -q -z "$tmp/plant" "$tmp/all"
	jq -c 'select(.type == "finding" and
	    (.status != "open" or (.file // "" | endswith("waivers.csv")))) |
	    [.check, .severity, .from_zone, .to_zone, .service, .status,
	    .waiver, .message]' "$tmp/out" | sed "s|$tmp|TMP|g"
	printf 'open: '
	jq -r 'select(.type == "finding" and .status == "open") | .check' \
	    "$tmp/out" | sort | uniq -c | tr -s ' \n' ' '
	echo
}

judged 'waived' << 'EOF'
check,from,to,service,since,until,owner,ticket,reason
ZON-001,paris/guests,lagos/factory,http,2026-11-01,2027-01-15,ot-lagos,CHG-1,a tour of the plant
ZON-002,,lagos/factory,modbus,2026-11-01,2027-01-15,ot-lagos,CHG-2,a trial
EOF
judged 'all of them' << 'EOF'
check,since,until,owner,reason
,2026-11-01,2027-01-15,ot-lagos,a trial
EOF
judged 'over' << 'EOF'
check,from,since,until,owner,reason
ZON-001,paris/guests,2026-10-01,2026-11-23,ot-lagos,a tour of the plant
EOF
judged 'void: nobody owns it, no reason, no end' << 'EOF'
check,from,since,until,owner,reason
ZON-001,paris/guests,2026-11-01,2027-01-15,,a tour of the plant
ZON-002,,2026-11-01,2027-01-15,ot-lagos,
ZON-001,,2026-11-01,,ot-lagos,a tour of the plant
EOF
judged 'too long for what is critical, and for less than it is' << 'EOF'
check,from,since,until,owner,reason,max_severity
ZON-001,paris/guests,2026-11-01,2027-11-01,ot-lagos,a tour of the plant,
ZON-002,,2026-11-01,2027-01-15,ot-lagos,a trial,medium
EOF
judged 'by fingerprint, and by asset' << 'EOF'
check,fingerprint,asset,since,until,owner,reason
,otf1-1ca45a465f33a90ce74d28a0c0d57489,,2026-11-01,2027-01-15,ot-lagos,one of two
,,plc-2,2026-11-01,2027-01-15,ot-lagos,all of the furnace
EOF
