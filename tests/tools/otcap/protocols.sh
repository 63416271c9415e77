# One flow of each protocol: who, what it was named by, and what was done.
. tests/tools/try.sh
need jq
all
for protocol in arp dhcp dnp3 dns enip http lldp modbus pn_dcp s7comm \
    ssh tls; do
	jq -c --arg protocol "$protocol" 'select(.type == "flow" and
	    (.network.protocol == $protocol)) |
	    [.network.protocol, .sensor, .network.vlan.id,
	    .client.ip // .client.address, .server.ip // .server.address,
	    .network.transport, .server.port, .roles_by, .named_by,
	    .client.packets, .server.packets, .client.bytes, .server.bytes,
	    .connections, [.ops[]? | [.verb, .name, .code, .object, .count]]]' \
	    "$tmp/all" | head -n 1
done
