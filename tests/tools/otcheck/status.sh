# The exit statuses: findings, severities, what cannot be told, policy, input.
. tests/tools/try.sh
all
cd "$tmp" || exit 1
ln -s "$top_srcdir/zones" zones
status_of()
{
	printf '%s: ' "$*"
	otcheck -q "$@" > out 2> err
	echo "$?"
}
status_of -z "$policy" all
status_of -z "$policy" --fail-on critical all
status_of -z "$policy" --fail-on info all
status_of -z "$policy" --strict all

echo '== only what is medium'
otcap -q --sensor-from file "$top_srcdir/$samples/dubai.pcapng" > dubai
status_of -z "$policy" dubai
status_of -z "$policy" --fail-on medium dubai
status_of -z "$policy" --strict dubai

echo '== what cannot be told'
mkdir plant
cat > plant/policy.json << 'EOF'
{ "otzt": 1,
  "sites": [ { "id": "tianjin", "sensors": ["tianjin-*"] } ],
  "zones": [ { "site": "tianjin", "name": "offices", "kind": "enterprise",
               "networks": ["10.4.10.0/24"] },
             { "site": "tianjin", "name": "factory", "kind": "control",
               "networks": ["10.20.0.0/24"] } ],
  "conduits": [ { "id": "any", "from": "*", "to": "*", "max_rate": 1000,
                  "owner": "me", "reason": "a test" } ] }
EOF
otcap -q --sensor-from file "$top_srcdir/$samples/tianjin-offices.pcapng" \
    > tianjin
status_of -z plant tianjin
status_of -z plant --strict tianjin
echo '== clean'
sed -i 's/"max_rate": 1000,//' plant/policy.json
status_of -z plant tianjin
status_of -z plant --strict tianjin

echo '== several hold: 2, 3, 1, 4'
head -n 200 all > cut
status_of -z "$policy" cut
status_of cut -z absent
status_of -z "$policy" absent
status_of -z "$policy" -o no/where all
echo '{ "otzt": 1, "zones": 7 }' > wrong.json
status_of -z wrong.json cut
try otcheck --fail-on severe all
