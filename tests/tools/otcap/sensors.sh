# Which sensor and site the records are of, by each option.
. tests/tools/try.sh
need jq
mkdir -p "$tmp/north" "$tmp/south"
cp "$samples/paris.pcapng" "$tmp/north/"
cp "$samples/dubai.pcapng" "$tmp/south/gulf.2026.pcapng"

# origins: of captures, and of DHCP and LLDP's records, each once
origins()
{
	jq -c 'select(.type == "capture") | [.site, .file]' "$tmp/out" |
	    sed "s|$tmp|TMP|"
	jq -c 'select(.network.protocol == "lldp" or .protocol == "lldp" or
	    .network.protocol == "dhcp") | [.sensor, .site]' "$tmp/out" |
	    sort -u
}

for option in '' '--sensor ring' '--sensor-from file' '--sensor-from folder' \
    '--sensor-from interface' '--site plant' '--site-from folder' \
    '--sensor-from file --site plant'; do
	echo "== $option"
	try otcap $option "$tmp/north/paris.pcapng" \
	    "$tmp/south/gulf.2026.pcapng"
	origins
done
echo '== one name, other sensors'
mkdir -p "$tmp/a" "$tmp/b"
cp "$samples/paris.pcapng" "$tmp/a/x.pcapng"
cp "$samples/dubai.pcapng" "$tmp/b/x.pcapng"
try otcap "$tmp/a" "$tmp/b"
try otcap --sensor-from folder "$tmp/a" "$tmp/b"
origins
