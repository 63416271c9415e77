# Zones with their members, the ends of flows, and the crossings.
. tests/tools/try.sh
need jq
all
otzones -z "$policy" "$tmp/all" > "$tmp/out"
echo '== zones'
jq -c 'select(.type == "zone") | [.id, .site, .kind, .level, .importance,
    .file, .line, .assets]' "$tmp/out"
echo '== the ends of flows'
jq -r 'select(.type == "flow" and (.network.protocol == "modbus" or
    .network.protocol == "s7comm" or .network.protocol == "http")) |
    [.sensor, .client.ip, .client.zone, .client.asset, .server.ip,
    .server.zone, .server.asset, .network.protocol] | @tsv' "$tmp/out"
echo '== crossings'
jq -c 'select(.type == "crossing" and .protocol != "tls" and
    .protocol != "dns") | [.client_zone, .server_zone, .sensor, .client_address,
    .server_address, .protocol, .verdict, .basis, .rule, .nearest, .failed,
    .file, .line, .reason]' "$tmp/out"
