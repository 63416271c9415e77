# Questions about a policy: rows that say nothing, differences, reasons,
# exposure, assertions; with and without a stream.
. tests/tools/try.sh
all
cp -r "$policy" "$tmp/new"
chmod -R u+w "$tmp/new"
never='{ "never": { "from": "kind:guest", "to": "level<=2" } }'
writes='{ "id": "no-writes", "never": { "from": "kind:enterprise", "to": "level<=2", "verbs": ["write"] } }'
always='{ "id": "counters", "always": { "from": "lagos/offices", "to": "lagos/factory", "services": ["modbus"], "verbs": ["read"] } }'
levels='{ "id": "levels", "never": { "from": "level>=5", "to": "unassigned" } }'
awk -v a="$never" -v b="$writes" -v c="$always" -v d="$levels" '
	/"assets":/ { print "\"assertions\": [", a ",", b ",", c ",", d "]," }
	{ print }' "$policy/policy.json" > "$tmp/new/policy.json"
sed -i.old -e '/^counters/s/read session/read write session/' \
    -e '/^web-dubai-sales/d' "$tmp/new/conduits.csv"
sed -i.old 's|10.4.10.0/24|10.4.10.0/25|' "$tmp/new/zones.csv"
ask()
{
	echo "== otzones $*" | sed "s|$tmp|TMP|g"
	otzones "$@" -f text 2>&1 < /dev/null | sed "s|$tmp|TMP|g"
	otzones "$@" < /dev/null > "$tmp/records" 2> /dev/null
	echo "status $?, $(wc -l < "$tmp/records") records"
}
ask lint -z "$policy"
ask lint -z "$policy" --now 2027-06-20
ask lint -z "$policy" --now 2027-07-01
ask lint -z "$policy" "$tmp/all"
ask diff "$policy" "$tmp/new"
ask diff "$policy" "$tmp/new" "$tmp/all"
ask equiv "$policy" "$policy"
ask assert -z "$tmp/new"
ask exposure -z "$policy" "$tmp/all"
ask explain -z "$policy" from=10.2.10.102 to=lagos/factory service=modbus \
    verb=write "object=unit 1 holding 20"
ask explain -z "$policy" from=10.2.10.102 to=asset:plc-1 service=modbus \
    verb=read
ask explain -z "$policy" from=internet to=asset:jump-1 service=ssh+tcp/22 \
    verb=admin
ask explain -z "$policy" from=internet to=asset:jump-1 service=ssh verb=admin \
    encryption=encrypted
ask explain -z "$policy" from=internet to=asset:jump-1 service=ssh verb=admin \
    encryption=none
ask explain -z "$policy" from=internet to=asset:jump-1 service=ssh verb=admin \
    time=2027-07-01T00:00:00Z
ask explain -z "$policy" from=paris/guests to=Factory
ask explain -z "$policy" from=here
ask lint
echo "== a stream through a pipe"
otzones lint -q -z "$policy" -f text < "$tmp/all" | grep -c unused
otzones diff -q "$policy" "$policy" < "$tmp/all"
