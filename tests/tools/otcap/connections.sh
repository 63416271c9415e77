# A record for each connection: what is one flow without the option.
. tests/tools/try.sh
need jq
chosen='select(.type == "flow" and .client.ip == "10.20.0.21" and
    .server.port == 502) | [.client.ip, .client.port, .server.ip,
    .server.port, .client.packets, .server.packets, .connections,
    [.ops[] | [.verb, .object, .count]]]'
echo '== folded'
otcap "$samples/lagos-factory.pcapng" | jq -c "$chosen"
chosen='select(.type == "flow" and .client.ip == "10.2.10.102" and
    .server.port == 502) | [.client.ip, .client.port,
    .server.ip, .server.port, .client.packets, .server.packets,
    .connections, [.ops[] | [.verb, .object, .count]]]'
otcap "$samples/lagos-factory.pcapng" | jq -c "$chosen"
echo '== each'
otcap --connections "$samples/lagos-factory.pcapng" | jq -c "$chosen"
echo '== how each went'
otcap --connections "$samples/lagos-factory.pcapng" > "$tmp/each"
jq -r 'select(.type == "flow" and .client.ip == "10.20.0.21") |
    [.network.community_id, .connection.state, .connection.history,
    .connection.client_data, .connection.server_data] | @tsv' "$tmp/each"
jq -r 'select(.connection) | .connection.uid' "$tmp/each" > "$tmp/uids"
sort -u "$tmp/uids" | wc -l > "$tmp/distinct"
wc -l < "$tmp/uids" > "$tmp/all"
same "$tmp/distinct" "$tmp/all"
otcap --connections -j 5 "$samples/lagos-factory.pcapng" > "$tmp/five"
same "$tmp/each" "$tmp/five"
otcap --merge "$tmp/each" > "$tmp/merged"
same "$tmp/each" "$tmp/merged"
echo '== Zeek'
try otcap -f zeek "$samples/lagos-factory.pcapng"
try otcap --connections -f zeek "$samples/lagos-factory.pcapng"
jq -c 'select(."id.orig_h" == "10.2.10.102" and .service == "modbus")' \
    "$tmp/out"
jq -r .community_id "$tmp/out" | sort -u > "$tmp/ours"
jq -r 'select(.network.community_id) | .network.community_id' "$tmp/each" |
    sort -u > "$tmp/ids"
same "$tmp/ours" "$tmp/ids"
