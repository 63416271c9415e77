# 200 mistakes in a policy and its three tables: as many messages, each at its
# place. A place is where the sources below have an @, which is taken out; so
# what is expected does not come from the reader itself.
. tests/tools/try.sh
clocks
mkdir "$tmp/marked" "$tmp/plant"
cat > "$tmp/marked/policy.json" << 'END'
{
	"otzt": @2,
	"name": @17,
	@"nmae": "plant",
	@"conduit": [],
	@"": 1,
	"sites": [
		@17,
		@"lagos",
		{ "id": "a", "timezone": @"Mars/Olympus" },
		{ "id": "b", "timezone": @"../Lagos", @"sensor": ["x"] },
		{ "id": @"a" },
		{ "id": "c", "name": @["C"], "owner": @{} },
		{ "id": "d", "sensors": [@{}, @["x"], "y"] },
		{ "id": "e", "sensors": @true },
		@{ "name": "no id" },
		{ "id": @"kind:guest" }
	],
	"zones": "zones.csv",
	"conduits": "conduits.csv",
	"assets": "registry.csv",
	"waivers": [
		{ "check": @"ZON-999", "until": @"2027-02-30" },
		{ "check": @"zon-1", "since": @"yesterday" },
		{ "max_severity": @"urgent", "from": @"a/nowhere" },
		{ "to": @"kind:guest", "asset": @"nobody" },
		{ "service": @"modbuss", @"asse": "p1" },
		{ "service": @"tcp/70000", "reason": @1 },
		{ "service": @"sctp" , "to": @"Twin" },
		@"all",
		{ "until": @20270101 },
		{ "from": @"asset:no-one" }
	],
	"assertions": [
		@"never",
		@{ "id": "e1", "owner": "x" },
		{ "id": "e2", "never": @"guests" },
		{ "id": "e3", "always": @[1] },
		{ "id": "e4", "never": @{ "from": "a/one" } },
		{ "id": "e5", "never": { "from": @"a/on", "to": "a/two" } },
		{ "id": "e6", "never": { "from": @"kind:gest", "to": @"site:z" } },
		{ "id": "e7", "never": { "from": @"level<=9", "to": @"level2" } },
		{ "id": "e8", "never": { "from": "*", "to": "*", @"verb": ["read"] } },
		{ "id": "e9", "never": { "from": "*", "to": "*", "verbs": [@"raed"] } },
		{ "id": "e10", "never": { "from": "*", "to": "*", "services": [@"tcp"] } },
		{ "id": "e11", "never": { "from": "*", "to": "*" },
		  "always": @{ "from": "*", "to": "*" } },
		{ "id": @"e2", "never": { "from": "*", "to": "*" } },
		{ @"ever": 1, "id": "e12", "always": { "from": "*", "to": "*" } },
		{ "id": "e14", "never": { "from": @"level<6", "to": @"kind:" } },
		{ "id": "e13", "never": { "from": @"role:plc", "to": "*" } }
	],
	"rules": [ @1, { @"form": "a" }, { @"severty": "low" } ],
	"internet": @17,
	"sessions": @"none.csv",
	"firewall": [ { @"devise": "x" }, @null ],
	"limits": {
		"scan_ports": @"many",
		@"scan_port": 25,
		@"box": 1,
		"boxes": @-1,
		"path_edges": @1.5,
		"expiry_days": @null,
		"waiver_days": @"90"
	},
	"checks": {
		@"ZON-01": "off",
		"ZON-001": @"maybe",
		"ZON-002": @true,
		@"ZON-999": "on",
		"COV-008": @0
	},
	"calendars": {
		"c1": @17,
		"c2": @"Monday 06:00-07:00",
		"c3": @"Mon 06:00",
		"c4": @"Mon 06:00-25:00",
		"c5": @"Mon 06:00-06:00",
		"c6": @"Mon 06:00-07:00 x",
		"c7": @"",
		"shift": "Mon-Fri 06:00-22:00"
	},
	"x-own": { "anything": [1, 2] }
}
END
cat > "$tmp/marked/zones.csv" << 'END'
id,site,name,kind,level,networks,vlans,macs,sensors,match,inside,importance,sl_t,@vlan,@naem,@kind
a/one,a,One,@contrl,1,@10.0.0.0/33,5,,,,,,,,,
a/two,@z,Two,control,@9,10.0.0.0/8 @10.0.0,,@00:11:22:33:44,,,,,,,,
a/three,a,Three,guest,5,@10.1.0.1/24,,,,,@maybe,,,,,
a/four,a,Four,@Guest,@five,10.1.0.0/24,,,,,,,,,,
@a/one,a,Again,guest,5,10.2.0.0/24,,,,,,,,,,
@a/four,a,Twin,,,10.9.0.0/24,,,,,,,,,,
b/twin,b,Twin,,@-1,10.8.0.0/24,@0 @4095 @x,,,,,,,,,
a/five,a,Five,,,@fe80::1::2 @::/129 @1.2.3.4/,,,,,,@urgent,,,,
a/six,a,Six,,,,,@zz:zz:zz:zz:zz:zz @00:11,,,,,@5 @x,,,
a/seven,a,Seven,,,,,,,@colour=red,,,,,,
a/eight,a,Eight,,,,,,,@vendor,,,,,,
a/nine,a,Nine,,,,,,,@vendor=,,,,,,
@internet,a,Ten,,,10.10.0.0/24,,,,,,,,,,
@asset:x,a,Eleven,,,10.11.0.0/24,,,,,,,,,,
@level<=2,a,Twelve,,,10.12.0.0/24,,,,,,,,,,
same-1,a,,,,10.20.0.0/24,,,,,,,,,,
@same-2,a,,,,10.20.0.0/24,,,,,,,,,,
vlan-1,a,,,,,30,,,,,,,,,
@vlan-2,a,,,,,30,,,,,,,,,
sensor-1,a,,,,,,,s-1,,,,,,,
@sensor-2,a,,,,,,,s-1,,,,,,,
mac-1,a,,,,10.41.0.0/24,,00:11:22:33:44:55,,,,,,,,
@mac-2,a,,,,10.42.0.0/24,,00:11:22:33:44:55,,,,,,,,
match-1,a,,,,,,,,vendor=Siemens,,,,,,
@match-2,a,,,,,,,,vendor=Siemens,,,,,,
@,b,,control,1,10.50.0.0/24,,,,,,,,,,
ten,@aa,,,@6,,@99999,,,,,,@7,,,
many,a,,,,,,,,,,,,,,,@more
END
cat > "$tmp/marked/conduits.csv" << 'END'
id,from,to,services,verbs,encryption,expires,oneway,via,when,@form,@service
c1,a/three,@a/fuor,modbus,read,,2027-01-31,no,,,,
c2,a/three,a/four,@modbuss @tcp/99999,@raed,@maybe,@next year,@perhaps,,,,
c3,a/three,a/four,@tcp,,,,,,,,
@c1,@asset:nobody,a/four,,,,,,,,,
@c1,a/three,a/four,,,,,,,,,
c4,@Twin,@kind:guest,,,,,,,,,
c5,@level<=2,@group:x,,,,,,,,,
c6,@zone:a,@role:plc,,,,,,,,,
@c7,,a/four,,,,,,,,,
@c8,a/three,,,,,,,,,,
@@c9,,,,,,,,,,,
c10,a/three,a/four,@foo/1 @udp/x @ip/256,,,,,,,,
c11,a/three,a/four,@tcp/5-2 @ethertype/ @tcp/,,,,,,,,
c12,a/three,a/four,,@rite @READ @modbus,,,,,,,
c13,a/three,a/four,,,@Required,@2027-13-01,@2,,,,
c14,a/three,a/four,,,,,,@jump-9,@shfit,,
c15,a/three,a/four,,,,,,,@Mon 6-7,,
@unassigned,a/three,a/four,,,,,,,,,
@role:x,a/three,a/four,,,,,,,,,
c16,@a/tree,@lagos,,,,,,,,,
c17,a/three,a/four,@s7com @dnss @qqqqqqqq,,,,,,,,
c18,a/three,a/four,@icmp/8,,@encrypted,@31.12.2027,@ja,@asset:jump-9,@night,,
c19,a/three,@asset:,,,,,,,,,
c20,a/three,a/four,,,,,,,,,,@x
c21,a/three,a/four,@modbus/tcp,@write/read,,@2027/01/01,,@hist,,,
END
cat > "$tmp/marked/registry.csv" << 'END'
id,ip,mac,zone,importance
p1,@10.1.0.300,,a/three,high
p2,10.1.0.2,@00:11:22:33:44:5g,@a/tree,high
@p1,10.1.0.3,,a/three,high
p3,@10.1.0 @ten,@zz,@Twin,
@,,,a/three,
@asset:p4,10.1.0.4,,,
@*,10.1.0.5,,,
p5,@::1::,@00-11-22,@Fiv,
p6,10.1.0.6,,@b/twn,
p7,10.1.0.7,,,,@x
p8,@999.1.1.1,@00:11:22,@a/fou,
END
# Take out the marks; each is a place, in bytes.
for file in policy.json zones.csv conduits.csv registry.csv; do
	awk -v name="$file" -v out="$tmp/plant/$file" '{
		while (at = index($0, "@")) {
			print name ":" NR ":" at
			$0 = substr($0, 1, at - 1) substr($0, at + 1)
		}
		print > out
	}' "$tmp/marked/$file"
done | sort > "$tmp/places"
otcap -q "$samples/paris.pcapng" > "$tmp/stream"
otzones -z "$tmp/plant" "$tmp/stream" -o "$tmp/never" 2> "$tmp/all"
echo "status $?"
sed "s|$tmp/||" "$tmp/all" | tail -n 1
sed "s|^otzones: ||; s|$tmp/plant/||g; \$d" "$tmp/all" > "$tmp/messages"
cut -d : -f 1-3 "$tmp/messages" | sort > "$tmp/told"
diff "$tmp/places" "$tmp/told" && echo "each at its place"
echo "$(wc -l < "$tmp/places") mistakes, $(wc -l < "$tmp/messages") messages"
# A kind is a message without what it is about.
cut -d : -f 4- "$tmp/messages" | sed 's/"[^"]*"//g; s/; did you mean.*//
    s/line [0-9]*/line/; s/first in .*/first/' | sort -u > "$tmp/kinds"
echo "$(wc -l < "$tmp/kinds") kinds"
# Which names are near changes with the protocols and checks that there are.
sed "s/; did you mean.*//; s/; there are.*//" "$tmp/messages"
