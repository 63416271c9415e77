"""Packets, written byte by byte: the layers, checksums and fragments of which
the evasion cases are made, and two hosts that talk over TCP with them."""
import struct

CLIENT, SERVER = '10.0.0.1', '10.0.0.2'
CLIENT6, SERVER6 = 'fd00::1', 'fd00::2'
MACS = {0: bytes.fromhex('020000000001'), 1: bytes.fromhex('020000000002')}
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


def ipv4_address(text):
    return bytes(int(part) for part in text.split('.'))


def ipv6_address(text):
    head, _, tail = text.partition('::')
    words = [[int(w, 16) for w in part.split(':') if w]
             for part in (head, tail)]
    zeros = [0] * (8 - len(words[0]) - len(words[1]))
    return struct.pack('>8H', *words[0], *zeros, *words[1])


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(src, dst, protocol, payload, ident, offset=0, more=False, ttl=64,
         options=b'', bad=False):
    words = 5 + len(options) // 4
    head = struct.pack('>BBHHHBBH4s4s', 0x40 | words, 0,
                       words * 4 + len(payload), ident,
                       (0x2000 if more else 0) | offset // 8, ttl, protocol, 0,
                       ipv4_address(src), ipv4_address(dst)) + options
    value = checksum(head) ^ (0x5555 if bad else 0)
    return head[:10] + struct.pack('>H', value) + head[12:] + payload


def ipv6(src, dst, following, payload, ttl=64):
    return struct.pack('>IHBB', 6 << 28, len(payload), following, ttl) + \
        ipv6_address(src) + ipv6_address(dst) + payload


def fragment6(following, payload, ident, offset, more):
    return struct.pack('>BBHI', following, 0, offset | more, ident) + payload


def pseudo(src, dst, protocol, length):
    if ':' in src:
        return ipv6_address(src) + ipv6_address(dst) + \
            struct.pack('>IxxxB', length, protocol)
    return ipv4_address(src) + ipv4_address(dst) + \
        struct.pack('>BBH', 0, protocol, length)


def tcp(src, dst, sport, dport, seq, ack, flags, payload=b'', window=8192,
        options=b'', bad=False):
    head = struct.pack('>HHIIBBHHH', sport, dport, seq & 0xffffffff,
                       ack & 0xffffffff, (5 + len(options) // 4) << 4, flags,
                       window, 0, 0) + options
    value = checksum(pseudo(src, dst, 6, len(head) + len(payload)) + head +
                     payload) ^ (0x5555 if bad else 0)
    return head[:16] + struct.pack('>H', value) + head[18:] + payload


def udp(src, dst, sport, dport, payload, bad=False):
    head = struct.pack('>HHHH', sport, dport, 8 + len(payload), 0)
    value = checksum(pseudo(src, dst, 17, len(head) + len(payload)) + head +
                     payload) ^ (0x5555 if bad else 0)
    return head[:6] + struct.pack('>H', value) + payload


def ethernet(payload, to_client=False, ethertype=None, tags=()):
    if ethertype is None:
        ethertype = 0x86dd if payload[0] >> 4 == 6 else 0x0800
    stack = b''.join(struct.pack('>HH', tpid, vlan) for tpid, vlan in tags)
    return MACS[not to_client] + MACS[to_client] + stack + \
        struct.pack('>H', ethertype) + payload


class Capture:
    """Frames of a pcap file, a millisecond apart."""

    def __init__(self, link_type=1):
        self.link_type = link_type
        self.frames = []
        self.now = 1000

    def add(self, frame, snap=None):
        self.now += 1
        self.frames.append((self.now, frame[:snap], len(frame)))

    def wait(self, milliseconds):
        self.now += milliseconds

    def bytes(self):
        out = [struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                           self.link_type)]
        for now, frame, wire in self.frames:
            out.append(struct.pack('<IIII', 1700000000 + now // 1000,
                                   now % 1000 * 1000, len(frame), wire))
            out.append(frame)
        return b''.join(out)


class Talk:
    """Two hosts and a TCP connection. What `wrap` makes of an IP packet is the
    frame."""

    def __init__(self, capture, port=502, six=False, wrap=None, seq=(1000, 5000),
                 client_port=49152):
        self.capture = capture
        self.ends = (CLIENT6, SERVER6) if six else (CLIENT, SERVER)
        self.ports = (client_port, port)
        self.seq = list(seq)
        self.ident = [100, 7000]
        self.wrap = wrap or ethernet

    def ip(self, side, payload, protocol=6, ttl=64, **how):
        src, dst = self.ends[side], self.ends[not side]
        self.ident[side] += 1
        if ':' in src:
            return ipv6(src, dst, protocol, payload, ttl)
        return ipv4(src, dst, protocol, payload, self.ident[side], ttl=ttl,
                    **how)

    def segment(self, side, data=b'', flags=ACK, at=None, bad=False,
                options=b'', ack=None, window=8192):
        """A TCP segment; `at` bytes from the next one of the stream."""
        seq = self.seq[side] + (at or 0)
        if ack is None:
            ack = self.seq[not side]
        return tcp(self.ends[side], self.ends[not side], self.ports[side],
                   self.ports[not side], seq, ack, flags, data, bad=bad,
                   options=options, window=window)

    def put(self, side, segment, snap=None, **how):
        self.capture.add(self.wrap(self.ip(side, segment, **how),
                                   to_client=bool(side)), snap)

    def say(self, side, data=b'', flags=ACK, ttl=64, bad_ip=False, snap=None,
            **how):
        """What the receiver takes: the stream goes on behind it."""
        how4 = {'bad': bad_ip} if ':' not in self.ends[0] else {}
        self.put(side, self.segment(side, data, flags, **how), snap, ttl=ttl,
                 **how4)
        self.seq[side] += len(data) + (flags & (SYN | FIN) != 0)

    def fake(self, side, data=b'', at=0, flags=ACK, **how):
        """What changes nothing at the receiver, or is sent in another
        version."""
        seq = self.seq[side]
        self.seq[side] += at
        self.say(side, data, flags, **how)
        self.seq[side] = seq

    def fragments(self, side, segment, pieces, protocol=6, ident=None):
        """A datagram in pieces (offset, bytes, more)."""
        src, dst = self.ends[side], self.ends[not side]
        self.ident[side] += 1
        ident = ident or self.ident[side]
        for offset, data, more in pieces:
            if ':' in src:
                packet = ipv6(src, dst, 44, fragment6(
                    protocol, data, ident, offset, more))
            else:
                packet = ipv4(src, dst, protocol, data, ident, offset, more)
            self.capture.add(self.wrap(packet, to_client=bool(side)))
        return ident

    def open(self):
        self.say(0, flags=SYN)
        self.say(1, flags=SYN | ACK)
        self.say(0)


def cut(data, *sizes):
    """Pieces of data by size, the last one again and again."""
    pieces, at, i = [], 0, 0
    while at < len(data):
        n = sizes[min(i, len(sizes) - 1)]
        pieces.append(data[at:at + n])
        at, i = at + n, i + 1
    return pieces


def pieces(data, *sizes):
    """The same as fragments: (offset, bytes, more)."""
    out, at = [], 0
    for piece in cut(data, *sizes):
        out.append((at, piece, at + len(piece) < len(data)))
        at += len(piece)
    return out
