"""Frames of each transport: otcap's account of them against tshark's layers."""

from collections import Counter

TRANSPORTS = ("tcp", "udp", "sctp", "icmp")


def is_fragment(frame):
    return frame.over("ipv6.fraghdr") or frame.layers[-2:] == ["ip", "data"]


def compare(frames, reading):
    """Captures with fragments are left out: tshark shows their transport in
    one of them."""
    expected, found = Counter(), Counter()
    if any(map(is_fragment, frames)):
        return expected, found
    for frame in frames:
        if not frame.network:
            continue
        inner = len(frame.layers) - frame.layers[::-1].index(frame.network)
        layers = frame.layers[inner:]
        kind = "icmp" if frame.quoted else next(
            (layer for layer in layers if layer in TRANSPORTS), None)
        if kind:
            expected["frames", "account", kind] += 1
    for capture in reading.of("capture"):
        for kind, count in capture["account"].items():
            if kind in TRANSPORTS:
                found["frames", "account", kind] += count
    return expected, found
