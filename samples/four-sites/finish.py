#!/usr/bin/python3
"""Make the capture of one sensor from those of its bridges, for record.sh.

  finish.py SENSOR COMMENT OUT.pcapng BRIDGE.pcap[:VLAN]...

The kernel of the machine that records need not know 802.1Q, so the tag that
a mirror port would show is put on here. Frames to 01:80:c2:00:00:0X are link
local and stay untagged, as on a real trunk. Nothing about the recording
machine is kept. Reads pcap (microseconds, this machine's byte order) as
tcpdump writes it; writes one section with one interface.
"""
import struct
import sys

ETHERNET = 1
SNAP_LEN = 65535
LINK_LOCAL = bytes.fromhex("0180c20000")


def frames(name, vlan):
    with open(name, "rb") as capture:
        data = capture.read()
    magic, = struct.unpack_from("=I", data)
    if magic != 0xA1B2C3D4:
        sys.exit("finish.py: %s: no microsecond pcap" % name)
    at = 24
    while at + 16 <= len(data):
        seconds, micros, have, length = struct.unpack_from("=4I", data, at)
        frame = data[at + 16:at + 16 + have]
        at += 16 + have
        if have != length:
            sys.exit("finish.py: %s: a cut frame" % name)
        if vlan and frame[:5] != LINK_LOCAL:
            tag = struct.pack(">HH", 0x8100, vlan)
            frame = frame[:12] + tag + frame[12:]
        yield seconds * 1000000 + micros, frame


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def option(code, text):
    value = text.encode()
    return (struct.pack("<HH", code, len(value)) + value +
            bytes(-len(value) % 4))


def main(sensor, comment, out, *inputs):
    found = []
    for each in inputs:
        name, _, vlan = each.partition(":")
        found += frames(name, int(vlan or 0))
    found.sort(key=lambda pair: pair[0])
    end = struct.pack("<HH", 0, 0)
    with open(out, "wb") as capture:
        capture.write(block(0x0A0D0D0A, struct.pack(
            "<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, comment) + end))
        capture.write(block(1, struct.pack(
            "<HHI", ETHERNET, 0, SNAP_LEN) + option(2, sensor) + end))
        for micros, frame in found:
            capture.write(block(6, struct.pack(
                "<5I", 0, micros >> 32, micros & 0xFFFFFFFF, len(frame),
                len(frame)) + frame))


main(*sys.argv[1:])
