# A capture turned into other formats, byte orders and resolutions has the same
# flows.
. tests/tools/try.sh
need jq python3
cat > "$tmp/turn.py" <<'EOF'
import struct, sys

"""turn.py PCAPNG OUT FORM: writes it as pcap, in another byte order, with
nanoseconds, or as pcapng of the other byte order."""
data = open(sys.argv[1], "rb").read()
form = sys.argv[3]
frames, resolution, at = [], [], 0
while at < len(data):
    kind, size = struct.unpack_from("<II", data, at)
    if kind == 1:
        ticks, o = 10**6, at + 16
        while o < at + size - 4:
            code, length = struct.unpack_from("<HH", data, o)
            if code == 9:
                ticks = 10 ** data[o + 4]
            if not code:
                break
            o += 4 + (length + 3 & ~3)
        resolution.append(ticks)
    if kind == 6:
        i, hi, lo, cap, length = struct.unpack_from("<5I", data, at + 8)
        ns = (hi << 32 | lo) * (10**9 // resolution[i])
        frames.append((ns, length, data[at + 28:at + 28 + cap]))
    at += size

order = ">" if "big" in form else "<"
unit = 1 if "nano" in form else 1000


def block(kind, body):
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


with open(sys.argv[2], "wb") as out:
    if "ng" in form:
        out.write(block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)))
        out.write(block(1, struct.pack(order + "HHI", 1, 0, 0)))
    else:
        magic = 0xA1B23C4D if unit == 1 else 0xA1B2C3D4
        out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1))
    for ns, length, frame in frames:
        t = ns // unit
        if "ng" in form:
            pad = bytes(-len(frame) % 4)
            out.write(block(6, struct.pack(order + "5I", 0, t >> 32, t & 0xFFFFFFFF, len(frame), length) + frame + pad))
        else:
            second = 10**9 // unit
            out.write(struct.pack(order + "4I", t // second, t % second, len(frame), length) + frame)
EOF
flows()
{
	jq -c 'select(.type == "flow" or .type == "fact" or .type == "event") |
	    walk(if type == "object" and has("file") then del(.file)
	    else . end)' "$1"
}

otcap -q "$samples/lagos-factory.pcapng" | flows - > "$tmp/flows"
for form in pcap pcap-big pcap-nano pcap-big-nano pcapng-big pcapng; do
	python3 "$tmp/turn.py" "$samples/lagos-factory.pcapng" "$tmp/$form" \
	    "$form"
	try otcap "$tmp/$form"
	jq -c 'select(.type == "capture") | [.format, .frames, .bytes]' \
	    "$tmp/out"
	flows "$tmp/out" > "$tmp/these"
	same "$tmp/these" "$tmp/flows"
done
