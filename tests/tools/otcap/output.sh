# Where the output goes: it appears complete or not at all.
. tests/tools/try.sh
need gzip
paris=$samples/paris.pcapng
otcap "$paris" > "$tmp/want"
mkdir "$tmp/there"

# state: what is in the folder of the output
state()
{
	(cd "$tmp/there" && ls -A | tr '\n' ' ')
	echo
}

echo '== a new file'
try otcap -o "$tmp/there/new" "$paris"
same "$tmp/there/new" "$tmp/want"
state
echo '== an old file is replaced, and keeps its mode'
echo old > "$tmp/there/new"
chmod 600 "$tmp/there/new"
try otcap -o "$tmp/there/new" "$paris"
same "$tmp/there/new" "$tmp/want"
ls -l "$tmp/there/new" | cut -c 1-10
echo '== compressed by name'
try otcap -o "$tmp/there/x.gz" "$paris"
gzip -dc "$tmp/there/x.gz" > "$tmp/plain"
same "$tmp/plain" "$tmp/want"
try otcap -o "$tmp/there/x.zst" "$paris"
try otcap --merge "$tmp/there/x.zst"
same "$tmp/out" "$tmp/want"
rm "$tmp/there"/x.*
echo '== by format'
try otcap -f "ndjson=$tmp/there/a" -f "text=$tmp/there/b" "$paris"
wc -c < "$tmp/out"
same "$tmp/there/a" "$tmp/want"
head -n 1 "$tmp/there/b"
rm "$tmp/there"/[ab]
echo '== an input that cannot be read leaves the old file'
echo old > "$tmp/there/new"
try otcap -o "$tmp/there/new" "$tmp/absent.pcap"
cat "$tmp/there/new"
echo '== a folder that is not there'
try otcap -o "$tmp/nowhere/x" "$paris"
echo '== a folder'
try otcap -o "$tmp/there" "$paris"
try otcap -o "$tmp/there/" "$paris"
echo '== a link'
ln -s new "$tmp/there/link"
try otcap -o "$tmp/there/link" "$paris"
cat "$tmp/there/new"
ln -sf nothing "$tmp/there/link"
try otcap -o "$tmp/there/link" "$paris"
state
echo '== a device and a descriptor'
try otcap -o /dev/null "$paris"
try otcap -o /dev/stdout "$paris"
same "$tmp/out" "$tmp/want"
otcap -o /dev/fd/5 "$paris" 5> "$tmp/five"
same "$tmp/five" "$tmp/want"
