"""Frames of each transport: otcap's account of them against tshark's layers."""

from collections import Counter

TRANSPORTS = ("tcp", "udp", "sctp", "icmp")


def compare(frames, reading):
    """Fragments are left out: tshark shows their transport in one of them."""
    expected, found = Counter(), Counter()
    if any(flow.get("fragments") for flow in reading.of("flow")):
        return expected, found
    for frame in frames:
        inner = max((i for i, layer in enumerate(frame.layers)
                     if layer in ("ip", "ipv6")), default=None)
        if inner is None:
            continue
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
