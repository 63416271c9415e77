# The policy as a matrix, a map and rules of other programs; hostile names are
# escaped in each.
. tests/tools/try.sh
all
otzones matrix -z "$policy" "$tmp/all"
for format in csv markdown html; do
	otzones matrix -z "$policy" -f "$format" < /dev/null | cut -c 1-160 |
	    head -n 4
done
otzones map -z "$policy" -f dot "$tmp/all" | head -n 16
otzones map -z "$policy" -f mermaid < /dev/null | tail -n 4
otzones map -z "$policy" "$tmp/all" | sed 's/d="[^"]*"//' | head -n 12
otzones export -z "$policy" < /dev/null 2> "$tmp/err" | head -n 8
head -n 4 "$tmp/err"
otzones export -q -z "$policy" -f pcap < /dev/null > "$tmp/filter"
otcap -q --filter "$(cat "$tmp/filter")" "$samples/paris.pcapng" |
    grep -c '"type":"flow"'
echo "== hostile names"
cat > "$tmp/hostile.json" << 'END'
{ "otzt": 1, "zones": [
  { "id": "=cmd|'/c calc'!A1", "networks": ["10.0.0.0/24"] },
  { "id": "</text><script>alert(1)</script>", "level": 2,
    "networks": ["10.1.0.0/24"] } ],
  "conduits": [ { "id": "x\" drop; add rule \"y", "services": ["tcp/80"],
    "from": "=cmd|'/c calc'!A1", "to": "</text><script>alert(1)</script>" } ] }
END
for format in csv markdown html; do
	otzones matrix -z "$tmp/hostile.json" -f "$format" < /dev/null |
	    grep -n 'script\|cmd' | cut -c 1-200
done
for format in svg dot mermaid; do
	otzones map -z "$tmp/hostile.json" -f "$format" < /dev/null |
	    grep -n 'script\|cmd' | cut -c 1-300
done
otzones export -q -z "$tmp/hostile.json" < /dev/null | grep comment
try otzones map -z "$policy" -f png
