"""The evasion cases: how a Modbus write or an S7 stop can be hidden from who
reads a capture, and what must come of it.

An expectation is one of
    OP      the operation is one of the flow's: the first reading has it
    SECOND  it stands in an `overlap` event, with "reading":"second"
    TOLD    there is an `overlap` event, though nothing of it can be read
    QUIET   nothing is hidden: no such event, and the flow has the operation
and, of all but TOLD, the name of the operation with its object.
"""
import struct

from modbus_s7 import (COTP_CONFIRM, COTP_CONNECT, S7_READ, S7_READ_ACK,
                       S7_SETUP, S7_SETUP_ACK, S7_STOP, S7_STOP_ACK, STOP,
                       data, long_write, modbus, read, read_answer, tpkt,
                       write, write_answer)
from wire import (ACK, CLIENT, FIN, MACS, PSH, RST, SERVER, SYN, URG, Capture,
                  Talk, cut, ethernet, ipv4, ipv6, pieces, tcp, udp)

OP, SECOND, TOLD, QUIET = 'op', 'second', 'told', 'quiet'
WRITE = ('write single register', 'unit 1 holding 100')
LONG_WRITE = ('write multiple registers', 'unit 1 holding 100-199')
READ = ('read holding registers', 'unit 1 holding 0')
STOPPED = ('plc stop', None)
CASES = []


def case(expected, *operation, link_type=1):
    def add(build):
        CASES.append((build.__name__, expected, operation, link_type, build))
        return build
    return add


def greet(talk):
    """A connection in which one harmless exchange was seen."""
    talk.open()
    talk.say(0, read(1))
    talk.say(1, read_answer(1))


def answer(talk):
    talk.say(1, write_answer(2))


def goodbye(talk):
    talk.say(0, read(3))
    talk.say(1, read_answer(3))


def s7(talk):
    talk.open()
    talk.say(0, COTP_CONNECT)
    talk.say(1, COTP_CONFIRM)
    talk.say(0, S7_SETUP)
    talk.say(1, S7_SETUP_ACK)


# ---- odd segmentation ----

@case(OP, WRITE)
def one_byte_segments(c):
    t = Talk(c)
    greet(t)
    for byte in cut(write(2), 1):
        t.say(0, byte)
    answer(t)


@case(OP, STOPPED)
def stop_in_one_byte_segments(c):
    t = Talk(c, port=102)
    s7(t)
    for byte in cut(S7_STOP, 1):
        t.say(0, byte)
    t.say(1, S7_STOP_ACK)


@case(OP, WRITE)
def one_byte_segments_from_the_handshake_on(c):
    t = Talk(c)
    t.open()
    for byte in cut(read(1) + write(2), 1):
        t.say(0, byte)
    for byte in cut(read_answer(1) + write_answer(2), 1):
        t.say(1, byte)


@case(OP, WRITE)
def a_write_behind_a_read_in_one_segment(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2) + write(3))
    t.say(1, read_answer(2) + write_answer(3))


@case(OP, WRITE)
def the_head_in_one_segment_the_rest_in_the_next(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2) + write(3)[:7])
    t.say(0, write(3)[7:])
    answer(t)


@case(OP, WRITE)
def last_byte_first(c):
    t = Talk(c)
    greet(t)
    for at in range(len(write(2)) - 1, -1, -1):
        t.fake(0, write(2)[at:at + 1], at)
    t.seq[0] += len(write(2))
    answer(t)


@case(OP, WRITE)
def data_in_the_syn(c):
    t = Talk(c)
    t.say(0, write(2), flags=SYN)
    t.say(1, flags=SYN | ACK)
    t.say(0)
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def data_with_the_fin(c):
    t = Talk(c)
    greet(t)
    t.say(0, write(2), flags=ACK | FIN)
    answer(t)


@case(OP, WRITE)
def segments_from_before_the_sequence_number_wraps(c):
    t = Talk(c, seq=(0xfffffff0, 0xfffffffe))
    greet(t)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def a_simultaneous_open(c):
    t = Talk(c)
    t.say(0, flags=SYN)
    t.say(1, flags=SYN)
    t.fake(0, at=-1, flags=SYN | ACK)
    t.fake(1, at=-1, flags=SYN | ACK)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


# ---- two versions of a segment ----

@case(SECOND, WRITE)
def a_read_then_a_write_at_the_same_place(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2))
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def a_write_then_a_read_at_the_same_place(c):
    t = Talk(c)
    greet(t)
    t.fake(0, write(2))
    t.say(0, read(2))
    t.say(1, read_answer(2))


@case(SECOND, STOPPED)
def a_stop_over_a_read(c):
    t = Talk(c, port=102)
    s7(t)
    t.fake(0, S7_READ)
    t.say(0, S7_STOP)
    t.say(1, S7_STOP_ACK)


@case(SECOND, WRITE)
def one_byte_makes_it_a_write(c):
    t = Talk(c)
    greet(t)
    t.say(0, modbus(2, bytes.fromhex('03 0064 0001')))
    t.fake(0, b'\x06', at=-5)
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def one_byte_segments_each_in_two_versions(c):
    t = Talk(c)
    greet(t)
    for a, b in zip(cut(read(2), 1), cut(write(2), 1)):
        t.fake(0, a)
        t.say(0, b)
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def both_halves_of_a_write_over_both_of_a_read(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2)[:9])
    t.fake(0, read(2)[9:], at=9)
    t.fake(0, write(2)[:9])
    t.fake(0, write(2)[9:], at=9)
    t.seq[0] += 12
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_second_version_has_other_borders(c):
    t = Talk(c)
    greet(t)
    for piece in cut(read(2), 5):
        t.say(0, piece)
    t.seq[0] -= 12
    for piece in cut(write(2), 7):
        t.say(0, piece)
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_first_version_claims_a_long_pdu(c):
    """Its length swallows what follows, unless both lengths are followed."""
    t = Talk(c)
    greet(t)
    t.fake(0, modbus(2, bytes.fromhex('03 0000 0001') + bytes(240))[:12])
    t.say(0, read(2))
    t.say(0, write(3))
    answer(t)
    goodbye(t)


@case(SECOND, LONG_WRITE)
def the_second_version_is_longer_than_the_first(c):
    t = Talk(c)
    greet(t)
    whole = long_write(2)
    t.fake(0, read(2))
    t.say(0, whole[:100])
    t.say(0, whole[100:])
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_second_version_comes_before_the_name(c):
    """Both versions are the first thing that the connection says."""
    t = Talk(c)
    t.open()
    t.fake(0, read(1))
    t.say(0, write(1))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def a_first_version_that_is_no_modbus_at_all(c):
    t = Talk(c)
    t.open()
    t.fake(0, b'\xff' * 12)
    t.say(0, write(1))
    t.say(1, b'\xfe' * 12)


@case(SECOND, WRITE)
def two_versions_out_of_order(c):
    """Both wait behind a hole; the first one that came is the stream."""
    t = Talk(c)
    greet(t)
    t.fake(0, read(3), at=12)
    t.fake(0, write(3), at=12)
    t.say(0, read(2))
    t.seq[0] += 12
    t.say(1, read_answer(2))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def what_waited_is_overtaken_by_another_version(c):
    t = Talk(c)
    greet(t)
    t.fake(0, write(3), at=12)
    t.say(0, read(2) + read(3))
    t.say(1, read_answer(2) + read_answer(3))
    goodbye(t)


@case(SECOND, WRITE)
def a_third_version(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2))
    t.fake(0, modbus(2, bytes.fromhex('01 0000 0001')))
    t.fake(0, write(2))
    t.say(0, modbus(2, bytes.fromhex('02 0000 0001')))
    goodbye(t)


@case(TOLD)
def two_versions_of_an_answer(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2))
    t.fake(1, read_answer(2))
    t.say(1, modbus(2, bytes.fromhex('03 02 00ff')))
    goodbye(t)


@case(TOLD)
def a_second_version_that_nobody_can_read(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2))
    t.say(0, b'\xff' * 12)
    goodbye(t)


@case(SECOND, STOPPED)
def the_second_version_is_cut_into_two_tpdus(c):
    t = Talk(c, port=102)
    s7(t)
    whole = data(STOP[:8], last=False) + data(STOP[8:])
    filler = S7_READ + b'\x03\0\0\x08\x02\xf0\x80\x32'
    t.fake(0, (filler + filler)[:len(whole)])
    t.say(0, whole)
    t.say(1, S7_STOP_ACK)


# ---- what one end system ignores ----

@case(SECOND, WRITE)
def the_first_version_has_a_wrong_tcp_checksum(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2), bad=True)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_first_version_has_a_wrong_ip_checksum(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2), bad_ip=True)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_first_version_expires_on_its_way(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2), ttl=1)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_first_version_has_an_old_timestamp(c):
    t = Talk(c)
    stamp = lambda n: b'\x01\x01\x08\x0a' + struct.pack('>II', n, 0)
    t.say(0, flags=SYN, options=stamp(900))
    t.say(1, flags=SYN | ACK, options=stamp(900))
    t.say(0, read(1), options=stamp(901))
    t.say(1, read_answer(1), options=stamp(901))
    t.fake(0, read(2), options=stamp(1))
    t.say(0, write(2), options=stamp(902))
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def the_first_version_has_no_ack(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2), flags=PSH)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def a_reset_with_a_wrong_sequence_number(c):
    t = Talk(c)
    greet(t)
    t.fake(0, at=500000, flags=RST)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def a_reset_that_expires_on_its_way(c):
    t = Talk(c)
    greet(t)
    t.fake(0, flags=RST, ttl=1)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def a_fin_that_expires_on_its_way(c):
    t = Talk(c)
    greet(t)
    t.fake(0, flags=FIN | ACK, ttl=1)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def a_syn_in_the_middle_with_another_number(c):
    t = Talk(c)
    greet(t)
    t.fake(0, at=700000, flags=SYN)
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def data_far_outside_of_the_window(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(9), at=1 << 29)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def old_data_between_the_halves_of_a_write(c):
    """It lies before all that was read; the stream stays where it is."""
    t = Talk(c)
    greet(t)
    t.say(0, write(2)[:7])
    t.fake(0, b'\0\0\0\0\0', at=-5000)
    t.say(0, write(2)[7:])
    answer(t)


@case(OP, WRITE)
def data_after_a_reset(c):
    t = Talk(c)
    greet(t)
    t.say(0, flags=RST)
    t.say(0, write(2))
    answer(t)


@case(SECOND, WRITE)
def the_last_byte_looks_like_a_keep_alive(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2)[:7])
    t.fake(0, read(2)[7:8], at=7)
    t.fake(0, write(2)[7:8], at=7)
    t.seq[0] += 8
    t.say(0, write(2)[8:])
    answer(t)
    goodbye(t)


# ---- what the capture does not have ----

@case(OP, WRITE)
def the_capture_begins_in_the_middle(c):
    t = Talk(c)
    t.say(1, read_answer(1))
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def the_capture_begins_in_the_middle_of_a_pdu(c):
    t = Talk(c)
    t.say(0, long_write(1)[150:])
    t.say(1, write_answer(1))
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def only_the_client_was_captured(c):
    t = Talk(c)
    t.say(0, flags=SYN)
    for n in range(3):
        t.say(0, read(n))
    t.say(0, write(4))


@case(OP, WRITE)
def a_gap_before_the_write(c):
    t = Talk(c)
    greet(t)
    t.seq[0] += 12
    t.say(1, read_answer(2))
    t.say(0, write(3))
    answer(t)


@case(OP, WRITE)
def a_gap_then_one_byte_segments(c):
    t = Talk(c)
    greet(t)
    t.seq[0] += 12
    t.say(1, read_answer(2))
    for byte in cut(write(3) + read(4), 1):
        t.say(0, byte)
    answer(t)


@case(OP, WRITE)
def a_gap_in_the_middle_of_a_pdu_then_junk(c):
    """The next PDU begins more than 4096 bytes behind the gap."""
    t = Talk(c)
    greet(t)
    t.seq[0] += 20
    t.say(1, read_answer(2))
    t.say(0, b'\xff' * 9000 + write(3) + read(4))
    answer(t)


@case(OP, WRITE)
def the_snap_length_cuts_the_pdu_before_it(c):
    t = Talk(c)
    greet(t)
    t.say(0, long_write(2), snap=14 + 20 + 20 + 30)
    t.say(0, write(3))
    answer(t)


@case(OP, WRITE)
def several_connections_with_the_same_ports(c):
    for n in range(3):
        t = Talk(c, seq=(1000 + 100000 * n, 5000 + 100000 * n))
        greet(t)
        if n == 1:
            t.say(0, write(2))
            answer(t)
        c.wait(100)


@case(OP, WRITE)
def a_half_open_connection_is_used_again(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2)[:5])
    c.wait(60000)
    t = Talk(c, seq=(900000, 800000))
    t.open()
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def a_port_that_is_not_502(c):
    t = Talk(c, port=20000 + 502)
    greet(t)
    t.say(0, write(2))
    answer(t)


@case(OP, STOPPED)
def a_stop_at_another_port(c):
    t = Talk(c, port=80)
    s7(t)
    t.say(0, S7_STOP)
    t.say(1, S7_STOP_ACK)


# ---- IP fragments ----

def fragmented(t, first, *sizes, order=None, then=()):
    """The write as fragments, in this order; then other ones of the same
    datagram."""
    segment = t.segment(0, first)
    all_of = pieces(segment, *sizes)
    if order:
        all_of = [all_of[i] for i in order]
    ident = t.fragments(0, segment, all_of)
    for pieces_again in then:
        t.fragments(0, segment, pieces_again, ident=ident)
    t.seq[0] += len(first)


@case(OP, WRITE)
def fragments_of_eight_bytes(c):
    t = Talk(c)
    greet(t)
    fragmented(t, write(2), 8)
    answer(t)


@case(OP, WRITE)
def the_last_fragment_first(c):
    t = Talk(c)
    greet(t)
    fragmented(t, write(2), 8, order=[3, 2, 1, 0])
    answer(t)


@case(OP, WRITE)
def ipv6_fragments(c):
    t = Talk(c, six=True)
    greet(t)
    fragmented(t, write(2), 16, order=[1, 0])
    answer(t)


def both(t, a, b):
    """Segments of the same place in two versions."""
    return t.segment(0, a), t.segment(0, b)


@case(SECOND, WRITE)
def fragments_of_which_the_second_version_writes(c):
    t = Talk(c)
    greet(t)
    a, b = both(t, read(2), write(2))
    t.fragments(0, a, [(0, a[:24], True), (24, a[24:], True), (0, b[:24], True),
                       (24, b[24:], False)])
    t.seq[0] += 12
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def fragments_of_which_the_first_version_writes(c):
    t = Talk(c)
    greet(t)
    a, b = both(t, write(2), read(2))
    t.fragments(0, a, [(0, a[:24], True), (24, b[24:], True),
                       (16, a[16:], False)][:1] +
                [(24, a[24:], True), (24, b[24:], False)])
    t.seq[0] += 12
    answer(t)


@case(SECOND, WRITE)
def an_ipv6_fragment_in_two_versions(c):
    t = Talk(c, six=True)
    greet(t)
    a, b = both(t, read(2), write(2))
    t.fragments(0, a, [(24, a[24:], False), (24, b[24:], False),
                       (0, b[:24], True)])
    t.seq[0] += 12
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def a_fragment_comes_again_once_the_datagram_was_whole(c):
    t = Talk(c)
    greet(t)
    a, b = both(t, read(2), write(2))
    ident = t.fragments(0, a, [(0, a[:24], True), (24, a[24:], False)])
    t.fragments(0, b, [(24, b[24:], False)], ident=ident)
    t.seq[0] += 12
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def a_fragment_comes_a_minute_late(c):
    """Some receivers wait for two minutes (RFC 1122 section 3.3.2)."""
    t = Talk(c)
    greet(t)
    segment = t.segment(0, write(2))
    ident = t.fragments(0, segment, [(0, segment[:24], True)])
    c.wait(60000)
    t.fragments(0, segment, [(24, segment[24:], False)], ident=ident)
    t.seq[0] += 12
    answer(t)
    goodbye(t)


@case(SECOND, WRITE)
def an_udp_datagram_in_two_versions(c):
    t = Talk(c)
    for n in range(4):
        t.put(0, udp(CLIENT, SERVER, 49152, 502, read(n)), protocol=17)
        t.put(1, udp(SERVER, CLIENT, 502, 49152, read_answer(n)), protocol=17)
    a = udp(CLIENT, SERVER, 49152, 502, read(9))
    b = udp(CLIENT, SERVER, 49152, 502, write(9))
    t.fragments(0, a, [(8, a[8:], False), (8, b[8:], False), (0, b[:8], True)],
                protocol=17)


@case(OP, LONG_WRITE)
def an_udp_datagram_in_fragments(c):
    t = Talk(c)
    for n in range(4):
        t.put(0, udp(CLIENT, SERVER, 49152, 502, read(n)), protocol=17)
        t.put(1, udp(SERVER, CLIENT, 502, 49152, read_answer(n)), protocol=17)
    whole = udp(CLIENT, SERVER, 49152, 502, long_write(9))
    t.fragments(0, whole, pieces(whole, 64), protocol=17)


@case(TOLD)
def two_last_fragments_with_other_ends(c):
    t = Talk(c)
    greet(t)
    a = t.segment(0, read(2))
    t.fragments(0, a, [(24, a[24:], False), (24, a[24:] + bytes(8), False),
                       (0, a[:24], True)])
    t.seq[0] += 12
    goodbye(t)


# ---- layers around it ----

def tagged(*tags):
    return lambda packet, to_client=False: ethernet(
        packet, to_client, tags=tags)


@case(OP, WRITE)
def two_vlan_tags(c):
    t = Talk(c, wrap=tagged((0x88a8, 10), (0x8100, 20)))
    greet(t)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def four_vlan_tags(c):
    t = Talk(c, wrap=tagged(*[(0x8100, n) for n in (10, 20, 30, 40)]))
    greet(t)
    t.say(0, write(2))
    answer(t)


@case(OP, WRITE)
def a_tag_of_priority_only(c):
    t = Talk(c, wrap=tagged((0x8100, 0xe000)))
    greet(t)
    t.say(0, write(2))
    answer(t)


def outer(packet, protocol, ident=[0]):
    ident[0] += 1
    return ipv4('192.0.2.1', '192.0.2.2', protocol, packet, ident[0])


def gre(packet, to_client=False):
    return ethernet(outer(struct.pack('>HH', 0, 0x0800) + packet, 47),
                    to_client)


def vxlan(packet, to_client=False):
    head = struct.pack('>II', 0x08000000, 42 << 8)
    return ethernet(outer(udp('192.0.2.1', '192.0.2.2', 40000, 4789, head +
                              ethernet(packet, to_client)), 17), to_client)


def ip_in_ip(packet, to_client=False):
    return ethernet(outer(packet, 4), to_client)


def tunnels(packet, to_client=False):
    """IPv4 in IPv6 in GRE in VXLAN in a VLAN."""
    six = ipv6('fd00::10', 'fd00::20', 4, packet)
    inner = ethernet(outer(struct.pack('>HH', 0, 0x86dd) + six, 47), to_client,
                     tags=((0x8100, 7),))
    head = struct.pack('>II', 0x08000000, 42 << 8)
    return ethernet(outer(udp('192.0.2.1', '192.0.2.2', 40000, 4789, head +
                              inner), 17), to_client, tags=((0x8100, 8),))


def nested(wrap):
    def build(c):
        t = Talk(c, wrap=wrap)
        greet(t)
        t.say(0, write(2))
        answer(t)
    return build


for wrap in (gre, vxlan, ip_in_ip, tunnels):
    build = nested(wrap)
    build.__name__ = 'inside_' + wrap.__name__
    case(OP, WRITE)(build)


@case(SECOND, WRITE)
def two_versions_inside_a_tunnel_in_fragments(c):
    """The outer packets are fragments, the inner segments disagree."""
    def halves(packet, to_client=False):
        inner = struct.pack('>HH', 0, 0x0800) + packet
        ident = 500 + len(c.frames)
        c.add(ethernet(ipv4('192.0.2.1', '192.0.2.2', 47, inner[:16], ident, 0,
                            True), to_client))
        return ethernet(ipv4('192.0.2.1', '192.0.2.2', 47, inner[16:], ident,
                             16), to_client)

    t = Talk(c, wrap=halves)
    greet(t)
    t.fake(0, read(2))
    t.say(0, write(2))
    answer(t)
    goodbye(t)


@case(OP, WRITE)
def options_in_the_ip_header(c):
    t = Talk(c)
    greet(t)
    t.put(0, t.segment(0, write(2)), options=b'\x83\x03\x04\x01')
    t.seq[0] += 12
    answer(t)


@case(OP, WRITE)
def an_ipv6_extension_header_before_tcp(c):
    t = Talk(c, six=True)
    greet(t)
    t.put(0, bytes([6, 0, 1, 4, 0, 0, 0, 0]) + t.segment(0, write(2)),
          protocol=60)
    t.seq[0] += 12
    answer(t)


# ---- nothing is hidden ----

@case(QUIET, READ)
def a_retransmission(c):
    t = Talk(c)
    greet(t)
    t.fake(0, read(2))
    t.say(0, read(2))
    t.say(1, read_answer(2))


@case(QUIET, READ)
def a_retransmission_of_several_segments_in_one(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2))
    t.say(0, read(3))
    t.fake(0, read(2) + read(3), at=-24)
    t.fake(0, read(3), at=-12)
    t.say(1, read_answer(2))


@case(QUIET, READ)
def a_retransmission_with_new_data_behind_it(c):
    t = Talk(c)
    greet(t)
    t.say(0, read(2))
    t.seq[0] -= 12
    t.say(0, read(2) + read(3))
    t.say(1, read_answer(2))


@case(QUIET, READ)
def a_keep_alive(c):
    t = Talk(c)
    greet(t)
    t.say(0)
    for _ in range(3):
        t.fake(0, b'\0', at=-1)
        t.say(1)
    goodbye(t)


@case(QUIET, READ)
def a_retransmission_of_what_came_before_the_capture(c):
    t = Talk(c)
    t.say(0, read(2))
    t.say(1, read_answer(2))
    t.fake(0, read(1), at=-24)
    goodbye(t)


@case(QUIET, READ)
def fragments_that_come_twice(c):
    t = Talk(c)
    greet(t)
    segment = t.segment(0, read(2))
    for _ in range(2):
        t.fragments(0, segment, pieces(segment, 16), ident=77)
    t.seq[0] += 12
    t.say(1, read_answer(2))
