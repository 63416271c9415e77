"""Packets and bytes of each unordered pair of innermost IP addresses."""

from collections import Counter
from ipaddress import ip_address


def address(text):
    return str(ip_address(text))


def pair(a, b):
    return " ".join(sorted((address(a), address(b))))


def innermost(frame):
    """The last value of each address field; the layers decide which."""
    if not frame.network:
        return None
    source = frame.last(frame.network + ".src")
    destination = frame.last(frame.network + ".dst")
    return (source, destination) if source and destination else None


def of_frames(frames):
    """Sums over tshark's frames: pair -> [packets, bytes]."""
    sums = {}
    for frame in frames:
        ends = innermost(frame)
        if ends:
            total = sums.setdefault(pair(*ends), [0, 0])
            total[0] += 1
            total[1] += int(frame.last("frame.len"))
    return sums


def is_ip(text):
    try:
        ip_address(text)
        return True
    except ValueError:
        return False


def of_records(reading):
    """The same sums over otcap's flows and attempts, and what each source
    tried that its record has no room to list: source -> [packets, bytes]."""
    sums, unlisted = {}, {}
    for flow in reading.of("flow"):
        client, server = flow["client"], flow["server"]
        if "ip" not in client or "ip" not in server:
            continue
        total = sums.setdefault(pair(client["ip"], server["ip"]), [0, 0])
        for end in (client, server):
            total[0] += end["packets"]
            total[1] += end["bytes"]
    for event in reading.of("event"):
        if event["event"] != "attempts" or not is_ip(event["source"]):
            continue
        for attempt in event.get("attempts", []):
            total = sums.setdefault(
                pair(event["source"], attempt["address"]), [0, 0])
            total[0] += attempt["packets"]
            total[1] += attempt["bytes"]
        if "other_packets" in event:
            total = unlisted.setdefault(event["source"], [0, 0])
            total[0] += event["other_packets"]
            total[1] += event["other_bytes"]
    return sums, unlisted


def fold_unlisted(expected, found, unlisted):
    """A source with more targets than its record lists: those of its pairs
    that do not agree by themselves are one sum."""
    for source, total in unlisted.items():
        expected_sum, found_sum = [0, 0], list(total)
        for both in [p for p in set(expected) | set(found)
                     if source in p.split(" ")
                     and expected.get(p) != found.get(p)]:
            for sums, into in ((expected, expected_sum), (found, found_sum)):
                packets, size = sums.pop(both, [0, 0])
                into[0] += packets
                into[1] += size
        expected[source + " attempts"] = expected_sum
        found[source + " attempts"] = found_sum


def rows(sums):
    """As rows: (protocol, field, value) -> count."""
    counts = Counter()
    for both, (packets, size) in sums.items():
        counts["ip", "packets", both] = packets
        counts["ip", "bytes", both] = size
    return counts


def compare(frames, reading):
    expected = of_frames(frames)
    found, unlisted = of_records(reading)
    fold_unlisted(expected, found, unlisted)
    return rows(expected), rows(found)
