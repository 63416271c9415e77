# A policy from the traffic: its files; that loading it again gives the same
# verdicts; and that with it only what review.csv lists is a violation.
. tests/tools/try.sh
need jq
all
try otzones propose -o "$tmp/new" "$tmp/all"
ls "$tmp/new"
cat "$tmp/new/policy.json"
cut -d, -f 1-7,9 "$tmp/new/zones.csv"
cut -d, -f 1-5 "$tmp/new/conduits.csv"
cat "$tmp/new/review.csv"

echo '== by itself'
otzones -q "$tmp/all" -f "crossings=$tmp/made"
otzones -q -z "$tmp/new" "$tmp/all" -f "crossings=$tmp/loaded"
sed 's/   *[^ ]*$//' "$tmp/made" | grep ' violation ' |
    sed 's/   */  /g'
otcheck -q -z "$tmp/new" "$tmp/all" |
    jq -c 'select(.type == "finding" and
    (.check | IN("ZON-001", "ZON-002", "ZON-009", "ZON-013"))) |
    [.check, .from_zone, .to_zone, .service, .evidence[0].frame]'
echo '== again'
otzones propose -o "$tmp/again" "$tmp/all"
for file in policy.json zones.csv conduits.csv review.csv; do
	same "$tmp/new/$file" "$tmp/again/$file"
done
echo '== with given zones'
try otzones propose -z "$policy" -o "$tmp/given" "$tmp/all"
cut -d, -f 1,6 "$tmp/given/zones.csv"
otcheck -q -z "$tmp/given" "$tmp/all" |
    jq -c 'select(.type == "finding" and
    (.check | IN("ZON-001", "ZON-002", "ZON-009", "ZON-013"))) |
    [.check, .from_zone, .to_zone, .service, .evidence[0].frame]'
cut -d, -f 1-6,10,11 "$tmp/given/review.csv"
