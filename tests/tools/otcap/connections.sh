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
