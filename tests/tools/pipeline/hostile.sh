# Text in packets that is to break out of a format: no output lets it through.
. tests/tools/try.sh
need jq python3 xmllint
cat > "$tmp/make.py" << 'EOF'
import struct
import sys

"""make.py PCAP: LLDP, DHCP, HTTP, DNS and Modbus with hostile texts."""
EVIL = [
    b"<script>alert(1)</script>",
    b"\"'><img src=x onerror=alert(2)>",
    b"]]></failure><!--",
    b"\x1b[31mred\x1b]0;title\x07",
    b"\r\n::error file=x::owned\n##vso[task.complete]",
    b"=cmd|' /C calc'!A0",
    b"back\\slash\x00nul\x7fdel\x9bcsi",
    "\u202egnp.exe\u2066\u200b\ufeff".encode(),
    b"\xc0\xaf\xed\xa0\x80\xff",
    b"a,b;c\td|e`f${g}",
]
frames = []


def eth(dst, src, kind, payload):
    frames.append(bytes.fromhex(dst + src) + struct.pack(">H", kind) + payload)


def ipv4(src, dst, protocol, payload):
    head = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), len(frames) + 1, 0, 64, protocol, 0,
        bytes(src), bytes(dst))
    total = sum(struct.unpack(">10H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack(">H", total ^ 0xFFFF) + head[12:] + payload


def udp(src, dst, sport, dport, data):
    eth("0200000000fe", "0200000000%02x" % src[3], 0x0800, ipv4(
        src, dst, 17, struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data))


def tcp(client, server, port, talk):
    """talk: (from client, data)"""
    seq = [1000, 2000]
    ends = [(client, 40000 + port), (server, port)]

    def send(side, flags, data=b""):
        (src, sport), (dst, dport) = ends[side], ends[1 - side]
        eth("0200000000%02x" % dst[3], "0200000000%02x" % src[3], 0x0800, ipv4(src, dst, 6, struct.pack(
            ">HHIIBBHHH", sport, dport, seq[side], seq[1 - side] if flags & 16 else 0,
            0x50, flags, 65535, 0, 0) + data))
        seq[side] += len(data) + (1 if flags & 3 else 0)

    send(0, 2)
    send(1, 18)
    send(0, 16)
    for from_client, data in talk:
        send(0 if from_client else 1, 24, data)
    send(0, 17)
    send(1, 17)
    send(0, 16)


def tlv(kind, value):
    return struct.pack(">H", kind << 9 | len(value)) + value


for i, text in enumerate(EVIL):
    host = (10, 9, 0, 20 + i)
    mac = "0200000000%02x" % host[3]
    eth("0180c200000e", mac, 0x88CC, tlv(1, b"\x04" + bytes.fromhex(mac)) + tlv(2, b"\x05" + text)
        + tlv(3, b"\0\x78") + tlv(5, text) + tlv(6, text) + b"\0\0")
    options = b"\x35\x01\x01" + bytes([12, len(text)]) + text + bytes([60, len(text)]) + text
    bootp = struct.pack(">BBBBIHH16x6s10x192x", 1, 1, 6, 0, i + 1, 0, 0, bytes.fromhex(mac))
    udp((0, 0, 0, 0), (255, 255, 255, 255), 68, 67, bootp + b"\x63\x82\x53\x63" + options + b"\xff")
    label = bytes([len(text)]) + text
    question = label + b"\x07example\x00\x00\x01\x00\x01"
    udp(host, (10, 9, 1, 53), 5353 + i, 53, struct.pack(">6H", i + 1, 0x100, 1, 0, 0, 0) + question)
    udp((10, 9, 1, 53), host, 53, 5353 + i, struct.pack(">6H", i + 1, 0x8180, 1, 1, 0, 0) + question
        + b"\xc0\x0c\x00\x01\x00\x01\0\0\0\x3c\0\x04\x0a\x09\x01\x50")
    line = text.replace(b"\r", b"").replace(b"\n", b"").replace(b" ", b"_")
    tcp(host, (10, 9, 1, 80), 80, [
        (True, b"GET /" + line + b" HTTP/1.1\r\nHost: " + line + b"\r\nUser-Agent: " + line
         + b"\r\nAuthorization: Basic " + b"dTpw" + b"\r\n\r\n"),
        (False, b"HTTP/1.1 200 OK\r\nServer: " + line + b"\r\nContent-Type: text/html\r\nContent-Length: "
         + str(len(line) + 15).encode() + b"\r\n\r\n<title>" + line + b"</title>")])
    body = b"\x01\x2b\x0e\x01\x01\x00\x00\x01\x00" + bytes([len(text)]) + text
    tcp(host, (10, 9, 1, 30 + i), 502, [
        (True, b"\0\1\0\0\0\5\1\x2b\x0e\1\0"),
        (False, b"\0\1\0\0" + struct.pack(">H", len(body)) + body)])

with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for i, frame in enumerate(frames):
        out.write(struct.pack("<IIII", 1767225600 + i, 0, len(frame), len(frame)) + frame)
EOF
cd "$tmp" || exit 1
python3 make.py 'evil<b>"&'"'"'x.pcap'
mkdir plant
cat > plant/policy.json << 'EOF'
{ "otzt": 1, "zones": [
  { "site": "s", "name": "<script>alert(3)</script>", "id": "a", "kind": "guest",
    "networks": ["10.9.0.0/24"] },
  { "site": "s", "name": "b", "id": "b", "kind": "control",
    "networks": ["10.9.1.0/24"] } ], "sites": [ { "id": "s" } ],
  "conduits": [ { "id": "\"><b>&amp;::error::", "from": "a", "to": "b",
    "services": ["dns"], "reason": "<i>", "owner": "\u001b[31mme" } ] }
EOF
try otcap evil* -o stream
otcheck -q -z plant stream -f text=text -f crossings=crossings -f sarif=sarif \
    -f junit=junit -f html=html -f ndjson=ndjson
echo "status $?"
otassets -q stream -f text=assets --color=always
otcap -q -f text=flows --color=never evil*
otcheck -z plant stream > /dev/null 2> messages
cat messages
(otassets stream --color=always -f text; otcheck -q -z plant --color=always \
    -f text stream) > coloured

echo '== it is there'
for type in fact flow; do
	printf '%s: ' "$type"
	jq -c --arg type "$type" 'select(.type == $type) | tostring |
	    select(contains("script>alert(1)"))' ndjson | wc -l
done
jq -r 'select(.type == "fact" and .protocol == "lldp" and .fact == "name") |
    .value' ndjson | LC_ALL=C sed 's/[^ -~]/?/g'

echo '== control characters'
for file in stream text crossings sarif junit html ndjson assets flows; do
	LC_ALL=C tr -d '\n\t' < $file | LC_ALL=C grep -c '[[:cntrl:]]' |
	    sed "/^0/d;s/^/$file: /"
done
echo '== colours apart, also there'
sed 's/\x1b\[[0-9;]*m//g' coloured |
    grep -ac "$(printf '[\001-\010\013-\037\177]')"
echo '== characters that turn the direction'
for file in text crossings html assets flows; do
	grep -cE "$(printf '\342\200[\252-\256]|\342\201[\246-\251]|\302\233')" \
	    $file | sed "/^0/d;s/^/$file: /"
done
echo '== lines that a CI reads as commands'
grep -lE '^[[:space:]]*(::|##vso|##\[)' text crossings assets flows messages \
    junit sarif
echo '== cells that a spreadsheet computes'
otzones propose -q -o made stream
cat made/*.csv | tr ',' '\n' | grep -E '^"?[=+@-]' | sort -u
echo '== JSON, XML, HTML'
jq -c '.runs | length' sarif
jq -s length < ndjson > count
xmllint --noout junit && echo 'well-formed'
grep -oiE '<(script|img|i)[ >/]' html | sort | uniq -c
grep -oE '(onerror|onload|javascript:)[^ ]{0,12}' html | sort -u
grep -ocE '\]\]>' junit
grep -oE '<!--' html junit | sort | uniq -c
python3 - << 'EOF'
from html.parser import HTMLParser


class Look(HTMLParser):
    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key.startswith("on") or "javascript:" in (value or ""):
                print("hostile attribute", tag, key)
        tags.add(tag)


tags = set()
Look(convert_charrefs=True).feed(open("html", encoding="utf-8").read())
print("tags that no report has:", sorted(tags & {"img", "i", "iframe"}))
print("scripts:", open("html", encoding="utf-8").read().count("<script"))
EOF
