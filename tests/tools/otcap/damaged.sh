# A capture that ends in the middle: everything before it is kept, and the
# message says where.
. tests/tools/try.sh
need jq gzip
paris=$samples/paris.pcapng

# told: what the capture record says; and is the stream complete?
told()
{
	jq -c 'select(.type == "capture") |
	    [.frames, (.account | add), .damaged]' "$tmp/out"
	tail -n 1 "$tmp/out" | cut -c 1-13
}

echo '== whole'
try otcap "$paris"
told
echo '== cut'
head -c 100000 "$paris" > "$tmp/cut.pcapng"
try otcap "$tmp/cut.pcapng"
told
try otcap -q "$tmp/cut.pcapng"
echo '== cut, and another that is whole'
try otcap "$tmp/cut.pcapng" "$samples/dubai.pcapng"
told
echo '== a cut compressed file'
cat "$paris" "$paris" "$paris" "$paris" | gzip -nc |
    head -c 250000 > "$tmp/cut.gz"
try otcap "$tmp/cut.gz"
told
echo '== a block with a wild length'
{
	head -c 99008 "$paris"
	printf '\377\377\377\377'
	tail -c +99013 "$paris"
} > "$tmp/wild.pcapng"
try otcap "$tmp/wild.pcapng"
told
