# Record types and keys that the tools do not know pass through all of them;
# the types keep their order, and the end counts the records.
. tests/tools/try.sh
need jq
all
sed -e '/^{"type":"stream"/s/}$/,"x-plant":"A"}/' \
    -e '/^{"type":"flow"/s/}$/,"x-seen-by":{"t":"\\u00e9\\n\\"","n":1.50}}/' \
    -e '/^{"type":"fact"/s/}$/,"later":[1e3,{"deep":null}]}/' \
    -e '/^{"type":"capture"/s/}$/,"x-rack":"7"}/' \
    -e '/^{"type":"end"/d' "$tmp/all" > "$tmp/in"
cat >> "$tmp/in" << 'EOF'
{"type":"score","value":3}
{"type":"x-note", "text":"\u0041 <b> unchanged",  "n":1e3}
{"type":"end","records":{}}
EOF
otassets -q -z "$policy" "$tmp/in" | otzones -q -z "$policy" |
    otcheck -q -z "$policy" > "$tmp/out"
echo "status $?"
otcap -q --merge "$tmp/in" > "$tmp/merged"
jq -c 'select(.type == "stream") | [.tools, .["x-plant"]]' "$tmp/out"
for file in out merged; do
	echo "== $file"
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
