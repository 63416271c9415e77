# Files, compressed files, standard input and folders give the same flows; the
# order of the operands and the number of threads change nothing.
. tests/tools/try.sh
need jq gzip
paris=$samples/paris.pcapng
dubai=$samples/dubai.pcapng

# flows FILE: without the places, which name the file
flows()
{
	jq -c 'select(.type == "flow" or .type == "fact") |
	    walk(if type == "object" then del(.evidence) else . end)' "$1"
}

otcap -q "$paris" | tee "$tmp/whole" | flows - > "$tmp/flows"
echo '== standard input'
try otcap - < "$paris"
head -n 1 "$tmp/out"
flows "$tmp/out" | cmp - "$tmp/flows"
echo '== gzip'
gzip -nc "$paris" > "$tmp/paris.gz"
try otcap "$tmp/paris.gz"
flows "$tmp/out" | cmp - "$tmp/flows"
if command -v zstd > /dev/null; then
	zstd -qc "$paris" > "$tmp/packed"
	otcap -q "$tmp/packed" > "$tmp/out"
	flows "$tmp/out" | cmp - "$tmp/flows"
fi
echo '== a folder, with what is no capture'
mkdir "$tmp/folder"
cp "$paris" "$dubai" "$tmp/folder/"
echo 'notes of the visit' > "$tmp/folder/notes.txt"
try otcap "$tmp/folder"
jq -c 'select(.type == "stream") | [.inputs[].name]' "$tmp/out"
jq -c 'select(.type == "capture") | [.file, .frames, .bytes]' "$tmp/out"
echo '== order and threads'
otcap "$paris" "$dubai" > "$tmp/one"
otcap "$dubai" "$paris" > "$tmp/two"
same "$tmp/one" "$tmp/two"
otcap -j 2 "$paris" "$dubai" > "$tmp/two"
same "$tmp/one" "$tmp/two"
otcap -j 7 "$paris" > "$tmp/two"
same "$tmp/whole" "$tmp/two"
echo '== no hash'
otcap --no-hash "$paris" | head -n 1
