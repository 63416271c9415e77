# What a conduit asks and the capture does not show cannot be told: keys that
# nothing judges yet. A time window is judged by the clock of its site.
. tests/tools/try.sh
need jq
clocks
cp -r "$policy" "$tmp/plant"
chmod -R u+w "$tmp/plant"
cat > "$tmp/plant/conduits.csv" << 'EOF'
id,from,to,services,verbs,objects,when,values,max_rate,owner,reason
counters,lagos/offices,lagos/factory,modbus,read session,unit 1 input 0-1,,,,a,b
writes,lagos/offices,lagos/factory,modbus,write,unit 1 holding 20-21,,0-100,,a,b
blocks,asset:historian-1,lagos/factory,s7comm,,,shift,,,a,b
on,asset:jump-1,lagos/factory,ssh,,,,,1000,a,b
EOF
sed 's/"zones":/"calendars": { "shift": "Mon-Fri 06:00-22:00" }, &/' \
    "$policy/policy.json" > "$tmp/plant/policy.json"
otcap -q --sensor-from file "$samples/lagos-factory.pcapng" |
    otcheck -q -z "$tmp/plant" --fail-on critical > "$tmp/out"
echo "status $?"
jq -c 'select(.type == "crossing" and .client_zone == "lagos/offices") |
    [.client_address, .protocol, .verdict, .rule, .nearest, .failed, .missing,
    [.ops[] | [.verb, .object, .verdict, .rule, .reason]]]' "$tmp/out"
