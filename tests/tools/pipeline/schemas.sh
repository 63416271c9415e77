# SARIF and JUnit as their schemas have them, of the four sites, of a run
# without a policy, of a clean run and of an empty capture.
. tests/tools/try.sh
need jq python3 xmllint
schemas=$OTZT_SHARED/schemas
python3 -c 'import jsonschema' 2> "$tmp/out" || {
	echo 'SKIP: there is no python3-jsonschema'
	exit 77
}
[ -f "$schemas/sarif-schema-2.1.0.json" ] && [ -f "$schemas/junit-10.xsd" ] || {
	echo "SKIP: no schemas in $schemas"
	exit 77
}
cat > "$tmp/judge.py" << 'EOF'
import json
import sys

import jsonschema

schema = json.load(open(sys.argv[1]))
judge = jsonschema.validators.validator_for(schema)(schema)
for error in judge.iter_errors(json.load(open(sys.argv[2]))):
    print("/".join(map(str, error.absolute_path)), error.message[:200])
EOF
# judge NAME [options]: of $tmp/NAME
judge()
{
	name=$1
	shift
	echo "== $name"
	otcheck -q "$@" -f "sarif=$tmp/sarif" -f "junit=$tmp/junit" "$tmp/$name"
	echo "status $?"
	python3 "$tmp/judge.py" "$schemas/sarif-schema-2.1.0.json" "$tmp/sarif"
	xmllint --noout --schema "$schemas/junit-10.xsd" "$tmp/junit" 2>&1 |
	    sed "s|$tmp/||"
	jq -r '.runs[0].results[] | [.ruleId, .level, .kind,
	    .locations[0].physicalLocation.artifactLocation.uri,
	    .locations[0].physicalLocation.region.startLine,
	    .partialFingerprints[]] | @tsv' "$tmp/sarif" | cut -c 1-110
	grep -oE '<testsuites? [^>]*' "$tmp/junit" | grep -oE '[a-z]+="[0-9]+"' |
	    tr '\n' ' '
	echo
}
all
otcap -q --sensor-from file "$samples/tianjin-factory.pcapng" > "$tmp/clean"
printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\001\000\001\000\000\000' > "$tmp/none.pcap"
(cd "$tmp" && otcap -q none.pcap > none)
judge all -z "$policy"
judge all
judge clean -z "$policy"
judge none -z "$policy"
judge none
