# Verdicts, zones and findings that stand in the stream are not believed where a
# policy is given; without one they are used.
. tests/tools/try.sh
need jq
all
otcheck -q -z "$policy" "$tmp/all" > "$tmp/judged"
jq -c 'if .type == "crossing" then .verdict = "allowed" |
    .rule = "forged" | .basis = "declared" |
    .ops = [.ops[]? | .verdict = "allowed"]
    elif .type == "zone" then .kind = "external" | .level = "5"
    elif .type == "flow" then .client.zone = "forged" | .server.zone = "forged"
    elif .type == "finding" then empty
    elif .type == "end" then .records.finding = 0 else . end' \
    "$tmp/judged" > "$tmp/forged"
echo '== with the policy'
try otcheck -q -z "$policy" "$tmp/forged"
jq -c 'select(.type | IN("zone", "crossing", "finding", "flow"))' \
    "$tmp/judged" > "$tmp/want"
jq -c 'select(.type | IN("zone", "crossing", "finding", "flow"))' "$tmp/out" \
    > "$tmp/got"
same "$tmp/got" "$tmp/want"
echo '== without'
try otcheck "$tmp/forged"
jq -r 'select(.type == "crossing") | .verdict' "$tmp/out" | sort -u
echo '== no policy, and no zones in the stream'
try otcheck "$tmp/all" -f text
grep -v '^coverage:' "$tmp/out"
otcheck -q "$tmp/all" | jq -c 'select(.type == "zone") | [.id, .kind]'
otcheck -q "$tmp/all" | jq -c 'select(.registry?)'
echo '== the zones of an earlier tool are used'
otzones -q -z "$policy" "$tmp/all" > "$tmp/zones"
try otcheck -f text "$tmp/zones"
head -n 1 "$tmp/out"
otcheck -q "$tmp/zones" | jq -c 'select(.type == "finding") |
    [.check, .verdict, .severity, .from_zone, .to_zone, .service, .rule, .file,
    .line, .evidence[0].frame]'
