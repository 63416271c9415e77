# Only frames that the filter passes are read; their numbers stay.
. tests/tools/try.sh
need jq
case $(otcap --filter ip "$samples/paris.pcapng" 2>&1) in
*'without libpcap'*)
	echo 'SKIP: built without libpcap'
	exit 77
	;;
esac
try otcap --filter 'tcp port 502 and host 10.2.10.102' \
    "$samples/lagos-factory.pcapng"
jq -c 'select(.type == "capture") | [.frames, .account]' "$tmp/out"
jq -c 'select(.type == "flow") | [.client.ip, .server.ip,
    .network.protocol, .client.packets, .server.packets,
    [.ops[] | [.verb, .object, .count, .evidence[0].frame]]]' "$tmp/out"
try otcap --filter 'tcp prt 502' "$samples/lagos-factory.pcapng"
