# What hosts say of themselves, by the protocols that identify.
. tests/tools/try.sh
need jq
all
jq -c 'select(.type == "fact" and .sensor == "lagos-factory" and
    (.protocol | IN("cip", "dnp3", "enip", "lldp", "modbus", "pn_dcp",
    "s7comm"))) | [.protocol, .message, .subject, .nested, .fact, .value,
    .by, .count, .evidence[0].frame]' "$tmp/all"
jq -c 'select(.type == "event" and .protocol == "dnp3") |
    [.event, .source, .destination, .port, .detail, .object, .count,
    .evidence[0].frame]' "$tmp/all"
