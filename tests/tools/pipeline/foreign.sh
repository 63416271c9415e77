# Record types and keys that the tools do not know pass through all of them;
# the types keep their order, and the end counts the records.
. tests/tools/try.sh
need jq
all
jq -c 'if .type == "stream" then .["x-plant"] = "A", .
    elif .type == "flow" then .["x-seen-by"] = {"name": "é\u0001", "n": 1.50}
    elif .type == "fact" then .later = [1, {"deep": null}]
    elif .type == "capture" then .["x-rack"] = "7"
    elif .type == "end" then {"type": "score", "value": 3},
	{"type": "x-note", "text": "unchanged", "n": 1e3}, .
    else . end' "$tmp/all" | sed 1d > "$tmp/marked"
sed -n 1p "$tmp/all" | sed 's/}$/,"x-plant":"A"}/' > "$tmp/in"
grep -v '^{"type":"stream"' "$tmp/marked" >> "$tmp/in"
otassets -q -z "$policy" "$tmp/in" | otzones -q -z "$policy" |
    otcheck -q -z "$policy" > "$tmp/out"
echo "status $?"
otcap -q --merge "$tmp/in" > "$tmp/merged"
for file in out merged; do
	echo "== $file"
	jq -c 'select(.type == "stream") | [.tools, .["x-plant"]]' "$tmp/$file"
	jq -r .type "$tmp/$file" | uniq
	grep -F '"type":"score"' "$tmp/$file"
	grep -F '"type":"x-note"' "$tmp/$file"
	for key in x-seen-by later x-rack; do
		printf '%s: ' "$key"
		if [ "$(grep -c "\"$key\":" "$tmp/in")" = \
		    "$(grep -c "\"$key\":" "$tmp/$file")" ]; then
			echo 'in as many records'
		else
			grep -c "\"$key\":" "$tmp/$file"
		fi
		grep -oE "\"$key\":(\{[^}]*\}|\[[^]]*\]|\"[^\"]*\")" \
		    "$tmp/$file" | sort -u
	done
done
echo '== the end counts'
jq -s -c '(map(select(.type != "stream" and .type != "end")) | group_by(.type) |
    map({(.[0].type): length}) | add) as $is |
    (map(select(.type == "end"))[0].records) as $said |
    [($said | keys), ([$said | to_entries[] |
    select(.key != "unknown" and $is[.key] != .value)] | length)]' "$tmp/out"
