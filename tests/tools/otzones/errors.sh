# A policy with many mistakes: each is told, with file, line and column, and
# what was meant.
. tests/tools/try.sh
clocks
cd "$tmp" || exit 1
otcap -q "$top_srcdir/$samples/tianjin-offices.pcapng" > stream
mkdir plant
cat > plant/policy.json << 'EOF'
// a comment
{
	"otzt": 1,
	"nmae": "plant",
	"sites": [ { "id": "a", "timezone": "Mars/Olympus", "sensor": ["x"] },
	           { "id": "a" } ],
	/* and one of several
	   lines */
	"zones": "zones.csv",
	"conduits": "conduits.csv",
	"assets": "registry.csv",
	"waivers": [ { "check": "ZON-999", "until": "2027-02-30" } ],
	"limits": { "scan_ports": "many" },
	"checks": { "ZON-01": "off", "ZON-001": "maybe" },
	"x-own": { "anything": [1, 2] }
}
EOF
cat > plant/zones.csv << 'EOF'
id,site,name,kind,level,networks,vlan,macs,sensors,inside
a/one,a,One,contrl,1,10.0.0.0/33,5,,,
a/two,b,Two,control,9,10.0.0.0/8 10.0.0,,00:11:22:33:44,,
a/three,a,Three,guest,5,10.1.0.0/24,,,,maybe
a/four,a,Four,guest,5,10.1.0.0/24,,,,
a/one,a,Again,guest,5,10.2.0.0/24,,,,
a/five,a,"Fi""ve,guest,5,10.3.0.0/24,,,,
EOF
cat > plant/conduits.csv << 'EOF'
id,from,to,services,verbs,encryption,expires,oneway
c1,a/three,a/fuor,modbus,read,required,2027-01-31,no
c2,a/three,a/four,modbuss tcp/99999,raed,maybe,next year,perhaps
c3,a/three,a/four,tcp,,,,
c1,asset:nobody,a/four,,,,,
c1,a/three,a/four,,,,,
EOF
cat > plant/registry.csv << 'EOF'
id,ip,mac,zone,importance
p1,10.1.0.300,,a/three,high
p2,10.1.0.2,00:11:22:33:44:5g,a/tree,urgent
p1,10.1.0.3,,a/three,high
EOF
try otzones -z plant stream -o never
[ ! -e never ] || echo 'it was written'
echo '== quiet too'
otcheck -q -z plant stream 2> quiet
sed 's/^otcheck/otzones/' quiet | diff - err && echo 'the same messages'

echo '== JSON'
bad()
{
	printf '%b' "$1" > policy.json
	try otzones -z policy.json stream
}
bad '{ "otzt": 1,\n  "zones": [ { "site": "a", "name": "n" ]\n}'
bad '{ "otzt": 1, "zones": "unfinished'
bad '{ "otzt": 2 }'
bad '{ "name": "without a version" }'
bad '[]'
bad ''
bad '{ "otzt": 1, "otzt": 1 }'
bad '{ "otzt": 1, /* no end'
bad '{ "otzt": 1, "zones": "absent.csv", "conduits": "../stream" }'
bad '{ "otzt": 1, "conduits": [ { "id": "c", "from": "a" } ] }'
echo '== no policy there'
try otzones -z absent stream
mkdir bare
try otzones -z bare stream
