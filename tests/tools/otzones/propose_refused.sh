# Where a proposal cannot be written.
. tests/tools/try.sh
otcap -q "$samples/tianjin-offices.pcapng" > "$tmp/stream"
try otzones propose "$tmp/stream"
try otzones propose -o "$tmp/no/where" "$tmp/stream"
try otzones propose -o /dev/full "$tmp/stream"
try otzones propose -o "$tmp/new" "$tmp/absent"
[ ! -e "$tmp/new" ] || echo 'it was written'
echo '== a policy is not overwritten'
cp -r "$policy" "$tmp/plant"
chmod -R u+w "$tmp/plant"
try otzones propose -z "$tmp/plant" -o "$tmp/plant" "$tmp/stream"
diff -r "$policy" "$tmp/plant" && echo 'it is as it was'
