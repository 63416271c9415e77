# A finding keeps its fingerprint: in another order of the inputs, under other
# file names, and where half of the time was not captured.
. tests/tools/try.sh
need jq editcap
all
prints()
{
	otcheck -q -z "$policy" "$@" | jq -r 'select(.type == "finding") |
	    [.check, .from_zone, .to_zone, .service, .subject, .fingerprint] |
	    @tsv' | sort
}

prints "$tmp/all" | tee "$tmp/prints"
echo '== shuffled'
otcap -q --sensor-from file "$samples/tianjin-factory.pcapng" \
    "$samples/lagos-offices.pcapng" "$samples/paris.pcapng" \
    "$samples/dubai.pcapng" "$samples/tianjin-offices.pcapng" \
    "$samples/lagos-factory.pcapng" > "$tmp/shuffled"
prints "$tmp/shuffled" > "$tmp/these"
same "$tmp/these" "$tmp/prints"
echo '== step by step'
otassets -q -z "$policy" "$tmp/all" | otzones -q -z "$policy" > "$tmp/steps"
prints "$tmp/steps" > "$tmp/these"
same "$tmp/these" "$tmp/prints"
echo '== the first half of the time'
mkdir "$tmp/half"
for file in "$samples"/*.pcapng; do
	editcap -B '2026-11-24 14:52:20' "$file" "$tmp/half/$(basename "$file")"
done
otcap -q --sensor-from file "$tmp/half"/*.pcapng > "$tmp/first"
prints "$tmp/first" > "$tmp/these"
comm -13 "$tmp/prints" "$tmp/these" | sed 's/^/new: /'
echo "$(comm -12 "$tmp/prints" "$tmp/these" | wc -l) are the same"
