"""Packets that each address sent, by its MAC address and by its hop limit."""

from collections import Counter

import pairs


def left_out(reading):
    """Attempts tell neither; what an ICMP error quotes came another way."""
    for event in reading.of("event"):
        if event["event"] == "attempts":
            yield event["source"]
    for flow in reading.of("flow"):
        if flow.get("icmp_errors"):
            yield flow["client"].get("ip")
            yield flow["server"].get("ip")


def of_records(reading):
    rows = Counter()
    for flow in reading.of("flow"):
        for end in (flow["client"], flow["server"]):
            for field in ("mac", "ttl"):
                for value, count in end.get(field, {}).items():
                    if "ip" in end:
                        rows[field, end["ip"], value] += count
    return rows


def of_frames(frames):
    rows = Counter()
    for frame in frames:
        source, _ = frame.end("src")
        if not source or frame.quoted:
            continue
        source = pairs.address(source)
        mac, ttl = frame.last("eth.src"), frame.hop_limit
        if mac:
            rows["mac", source, mac] += 1
        if ttl:
            rows["ttl", source, ttl] += 1
    return rows


def compare(frames, reading):
    omitted = set(left_out(reading))
    expected, found = of_frames(frames), of_records(reading)
    omitted.update(pairs.address(f.end("src")[0]) for f in frames
                   if f.quoted and f.end("src")[0])
    return tuple(Counter({key: count for key, count in rows.items()
                          if key[1] not in omitted})
                 for rows in (expected, found))
