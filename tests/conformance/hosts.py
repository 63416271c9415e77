"""Packets that each address sent, by its MAC address and by its hop limit."""

from collections import Counter

import pairs


LINK = {"eth", "ethertype", "vlan"}


def in_tunnel(frame):
    before = frame.layers[:frame.layers.index(frame.network)]
    return (not LINK.issuperset(before)
            or sum(layer in ("ip", "ipv6") for layer in frame.layers) > 1)


def left_out(frames, reading):
    """Attempts tell neither; what an ICMP error quotes came another way; what
    came in a tunnel was not sent by the MAC address before it; what has half
    an IP header has no pair."""
    for event in reading.of("event"):
        if event["event"] == "attempts":
            yield event["source"]
            for attempt in event.get("attempts", []):
                yield attempt["address"]
    for flow in reading.of("flow"):
        if flow.get("icmp_errors"):
            yield flow["client"].get("ip")
            yield flow["server"].get("ip")
    for frame in frames:
        source, destination = frame.end("src")[0], frame.end("dst")[0]
        if source and (frame.quoted or not destination or in_tunnel(frame)):
            yield pairs.address(source)


def of_records(reading):
    rows = Counter()
    for flow in reading.of("flow"):
        for end in (flow["client"], flow["server"]):
            for field in ("mac", "ttl"):
                for value, count in end.get(field, {}).items():
                    if "ip" in end:
                        source = pairs.address(end["ip"])
                        rows[field, source, value] += count
    return rows


def of_frames(frames):
    rows = Counter()
    for frame in frames:
        source, _ = frame.end("src")
        if not source:
            continue
        source = pairs.address(source)
        mac, ttl = frame.last("eth.src"), frame.hop_limit
        if mac:
            rows["mac", source, mac] += 1
        if ttl:
            rows["ttl", source, ttl] += 1
    return rows


def compare(frames, reading):
    omitted = set(left_out(frames, reading))
    expected, found = of_frames(frames), of_records(reading)
    return tuple(Counter({key: count for key, count in rows.items()
                          if key[1] not in omitted})
                 for rows in (expected, found))
