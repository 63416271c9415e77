"""When each pair of innermost IP addresses was seen first and last."""

import calendar
import time
from collections import Counter

import pairs


def nanoseconds(stamp):
    """Of 2026-03-02T06:15:00.123456789Z."""
    seconds = calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))
    return seconds * 10**9 + int(stamp[20:29])


def widen(spans, pair, first, last):
    before = spans.setdefault(pair, [first, last])
    before[0], before[1] = min(before[0], first), max(before[1], last)


def of_frames(frames):
    spans = {}
    for frame in frames:
        ends = pairs.innermost(frame)
        if ends:
            whole, _, part = frame.last("frame.time_epoch").partition(".")
            now = int(whole) * 10**9 + int(part)
            widen(spans, pairs.pair(*ends), now, now)
    return spans


def of_records(reading):
    """And the sources whose attempts are not all listed."""
    spans, unlisted = {}, set()
    for flow in reading.of("flow"):
        client, server = flow["client"], flow["server"]
        if "ip" in client and "ip" in server:
            widen(spans, pairs.pair(client["ip"], server["ip"]),
                  nanoseconds(flow["first"]), nanoseconds(flow["last"]))
    for event in reading.of("event"):
        if event["event"] != "attempts" or not pairs.is_ip(event["source"]):
            continue
        for attempt in event.get("attempts", []):
            widen(spans, pairs.pair(event["source"], attempt["address"]),
                  nanoseconds(attempt["first"]), nanoseconds(attempt["last"]))
        if "other_packets" in event:
            unlisted.add(event["source"])
    return spans, unlisted


def rows(spans, unlisted):
    counts = Counter()
    for pair, (first, last) in spans.items():
        if unlisted.isdisjoint(pair.split(" ")):
            counts["time", "first", pair] = first
            counts["time", "last", pair] = last
    return counts


def compare(frames, reading):
    found, unlisted = of_records(reading)
    return rows(of_frames(frames), unlisted), rows(found, unlisted)
