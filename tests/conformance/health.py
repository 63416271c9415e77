"""The health of TCP between two addresses at a server port, against what
tcp.analysis says of the same segments. Where the definitions of
otzt-records(5) differ from tshark's, the row is what both can tell:

again      data that came late or again. tshark calls it retransmission, fast
           or spurious retransmission, or out of order by the time that went
           by; otcap says retransmitted where bytes are old and out_of_order
           where they fill a hole. Each such segment is one for both. A pure
           SYN, FIN or RST has no data and is none; nor is a keep-alive.
zero       segments with a window of 0.
handshake  the round trip of each handshake, in the bins of a histogram. tshark
           shows one for a refused connection too, which has no handshake, and
           takes 0 ns for none: it then measures to the next acknowledgement,
           and such a place is left out."""

from collections import Counter

import pairs

AGAIN = ("tcp.analysis.retransmission", "tcp.analysis.fast_retransmission",
         "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order")


def bin_of(ns):
    """As ot_hist_bin: sixteen bins for each power of two."""
    if ns < 16:
        return ns
    top = ns.bit_length() - 1
    return (top - 3) * 16 + (ns >> (top - 4) & 15)


def of_records(reading):
    counts, left_out = Counter(), set()
    for flow in reading.of("flow"):
        client, server = flow["client"], flow["server"]
        if flow["network"]["transport"] != "tcp" or "ip" not in client:
            continue
        both = pairs.pair(client["ip"], server["ip"])
        place = f"{both} {server.get('port', 0)}"
        if flow.get("fragments") or flow.get("duplicates") \
                or flow.get("icmp_errors") or "port" in client \
                or flow["network"].get("vlan"):
            left_out.add(place)
        tcp = flow.get("tcp", {})
        counts["tcp", "again", place] += \
            tcp.get("retransmitted", 0) + tcp.get("out_of_order", 0)
        counts["tcp", "zero", place] += tcp.get("zero_window", 0)
        for at, n in tcp.get("handshake", {}).items():
            counts["tcp", f"handshake {at}", place] += n
    return counts, left_out


def is_again(frame):
    return any(frame.last(field) for field in AGAIN) \
        and frame.last("tcp.len") not in ("", "0") \
        and not frame.last("tcp.analysis.keep_alive")


SYN, ACK = 2, 16


def of_frames(frames, places):
    counts, streams, answered = Counter(), set(), set()
    for frame in frames:
        if frame.transport != "tcp" or frame.quoted:
            continue
        (source, from_), (destination, to) = frame.end("src"), frame.end("dst")
        both = pairs.pair(source, destination)
        at = [f"{both} {port}" for port in {from_, to}
              if f"{both} {port}" in places]
        if len(at) != 1:
            continue
        place = at[0]
        counts["tcp", "again", place] += is_again(frame)
        counts["tcp", "zero", place] += \
            bool(frame.last("tcp.analysis.zero_window"))
        round_trip = frame.last("tcp.analysis.initial_rtt")
        stream = frame.last("tcp.stream")
        if int(frame.last("tcp.flags") or "0", 16) & (SYN | ACK) == SYN | ACK:
            answered.add((stream, place))
        elif round_trip and stream not in streams \
                and (stream, place) in answered:
            streams.add(stream)
            ns = round(float(round_trip) * 1e9)
            counts["tcp", f"handshake {bin_of(ns)}", place] += 1
    return counts


def compare(frames, reading):
    found, left_out = of_records(reading)
    places = {place for _, _, place in found} - left_out
    expected = of_frames(frames, places)
    at_once = {place for _, field, place in found if field == "handshake 0"}

    def comparable(counts):
        return Counter({(protocol, field, place): n
                        for (protocol, field, place), n in counts.items()
                        if place in places and not (
                            field.startswith("handshake")
                            and place in at_once)})

    return comparable(expected), comparable(found)
