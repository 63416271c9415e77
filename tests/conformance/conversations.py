"""Packets and bytes of each pair of addresses at each server port."""

from collections import Counter

import pairs

TRANSPORTS = ("tcp", "udp")


def of_records(reading):
    """Sums over flows: (transport, pair, server port) -> [packets, bytes].
    What came in fragments is left out: tshark shows ports in one of them.
    So is what has a server port at both ends, for each could be meant."""
    sums, left_out = {}, set()
    for flow in reading.of("flow"):
        client, server = flow["client"], flow["server"]
        transport = flow["network"]["transport"]
        if transport not in TRANSPORTS or "ip" not in client:
            continue
        both = transport, pairs.pair(client["ip"], server["ip"])
        if flow.get("fragments") or "port" in client:
            left_out.add(both)
        total = sums.setdefault((*both, str(server.get("port", 0))), [0, 0])
        for end in (client, server):
            total[0] += end["packets"]
            total[1] += end["bytes"]
    return sums, left_out


def attempts(reading):
    """Pairs at a port where some packets were attempts only."""
    for event in reading.of("event"):
        if event["event"] == "attempts" and pairs.is_ip(event["source"]):
            for attempt in event.get("attempts", []):
                yield (event["transport"],
                       pairs.pair(event["source"], attempt["address"]))


def of_frames(frames, keys, left_out):
    sums = {key: [0, 0] for key in keys}
    for frame in frames:
        if frame.transport not in TRANSPORTS:
            continue
        (source, from_), (destination, to) = frame.end("src"), frame.end("dst")
        if not source or not destination or not to:
            continue
        both = frame.transport, pairs.pair(source, destination)
        at = [p for p in {from_, to} if (*both, p) in sums]
        if len(at) == 2:
            left_out.add(both)
        for port in at:
            sums[(*both, port)][0] += 1
            sums[(*both, port)][1] += int(frame.last("frame.len"))
    return sums


def rows(sums, left_out):
    counts = Counter()
    for (transport, both, port), (packets, size) in sums.items():
        if (transport, both) not in left_out:
            counts[transport, "packets", f"{both} {port}"] = packets
            counts[transport, "bytes", f"{both} {port}"] = size
    return counts


def compare(frames, reading):
    found, left_out = of_records(reading)
    left_out.update(attempts(reading))
    expected = of_frames(frames, found, left_out)
    return rows(expected, left_out), rows(found, left_out)
