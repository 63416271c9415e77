#!/usr/bin/python3
"""Field devices for which no free stack exists, for record.sh.

  field.py dnp3-outstation            DNP3 on tcp/20000, address 10
  field.py dnp3-master HOST SECONDS   polls it, address 1; one control
  field.py cip-target NAME            EtherNet/IP on tcp and udp/44818
  field.py cip-list ADDRESS           asks ADDRESS (a broadcast) who is there
  field.py dcp-device INTERFACE NAME MODEL IP GATEWAY
  field.py dcp-browse INTERFACE       identify all, then get the names

What they say was written by hand from IEEE 1815-2012 (clauses 4, 8, 9 and
the object library), the CIP Networks Library volumes 1 (5A identity object)
and 2 (2-4 encapsulation), and IEC 61158-6-10 (DCP). TCP, UDP and the
frames' order are the kernel's.
"""
import socket
import socketserver
import struct
import sys
import threading
import time

# --- DNP3 --------------------------------------------------------------

OUTSTATION, MASTER = 10, 1
CLASSES_123 = bytes.fromhex("3c0206 3c0306 3c0406")
CLASS_0 = bytes.fromhex("3c0106")
ALL_ATTRIBUTES = bytes.fromhex("00fe00 0000")
ATTRIBUTES = ((252, "Schweitzer Engineering Laboratories"),
              (250, "SEL-2240"), (248, "1190530042"), (242, "R149-V3"))
LATCH_ON = struct.pack("<BBIIB", 3, 1, 100, 100, 0)
CONTROL = bytes.fromhex("0c01 17 01 02") + LATCH_ON
READ, SELECT, OPERATE, RESPONSE = 1, 3, 4, 0x81


def dnp3_crc(block):
    crc = 0
    for byte in block:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA6BC if crc & 1 else 0)
    return struct.pack("<H", crc ^ 0xFFFF)


def dnp3_link(control, to, sender, data):
    head = struct.pack("<BBBBHH", 5, 0x64, 5 + len(data), control, to, sender)
    frame = head + dnp3_crc(head)
    for at in range(0, len(data), 16):
        block = data[at:at + 16]
        frame += block + dnp3_crc(block)
    return frame


def dnp3_frames(control, to, sender, application):
    """The fragment as link frames: a transport octet and 249 bytes each."""
    pieces = [application[at:at + 249]
              for at in range(0, len(application), 249)]
    frames = b""
    for number, piece in enumerate(pieces):
        transport = (0x80 if number == len(pieces) - 1 else 0) | (
            0x40 if number == 0 else 0) | (number & 0x3F)
        frames += dnp3_link(control, to, sender, bytes([transport]) + piece)
    return frames


def receive(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def dnp3_fragment(connection):
    """The next application fragment, its link and transport parts off."""
    application = b""
    while True:
        left = receive(connection, 10)[2] - 5
        data = b""
        while left:
            block = receive(connection, min(left, 16) + 2)[:-2]
            data += block
            left -= len(block)
        application += data[1:]
        if data[0] & 0x80:
            return application


def dnp3_points(turn):
    flags = bytes(0x81 if (turn + n) % 3 == 0 else 0x01 for n in range(8))
    binary = bytes.fromhex("0102 00 0007") + flags
    counter = bytes.fromhex("1401 00 0001") + b"".join(
        struct.pack("<BI", 1, 1000 * n + turn) for n in range(2))
    analog = bytes.fromhex("1e01 00 003b") + b"".join(
        struct.pack("<Bi", 1, 40 * n + turn % 5) for n in range(60))
    return binary + counter + analog


def dnp3_answer(request, turn):
    sequence, function, objects = request[0] & 15, request[1], request[2:]
    said = b""
    if objects == ALL_ATTRIBUTES:
        for variation, text in ATTRIBUTES:
            said += struct.pack("<5B", 0, variation, 0, 0, 0)
            said += bytes([1, len(text)]) + text.encode()
    elif function == READ and CLASS_0 in objects:
        said = dnp3_points(turn)
    elif function == READ:
        said = bytes.fromhex("0202 17 01 03 81") + (
            (int(time.time() * 1000)).to_bytes(6, "little"))
    else:
        said = objects
    return bytes([0xC0 | sequence, RESPONSE, 0, 0]) + said


class Outstation(socketserver.BaseRequestHandler):
    def handle(self):
        turn = 0
        try:
            while True:
                request = dnp3_fragment(self.request)
                self.request.sendall(dnp3_frames(
                    0x44, MASTER, OUTSTATION, dnp3_answer(request, turn)))
                turn += 1
        except EOFError:
            pass


def dnp3_outstation():
    Server(("0.0.0.0", 20000), Outstation).serve_forever()


def dnp3_master(host, seconds):
    plan = [(READ, CLASSES_123 + CLASS_0), (READ, ALL_ATTRIBUTES)]
    plan += [(READ, CLASSES_123)] * (int(seconds) // 5)
    plan[5:5] = [(SELECT, CONTROL), (OPERATE, CONTROL)]
    with socket.create_connection((host, 20000)) as connection:
        for sequence, (function, objects) in enumerate(plan):
            connection.sendall(dnp3_frames(0xC4, OUTSTATION, MASTER, bytes(
                [0xC0 | sequence & 15, function]) + objects))
            dnp3_fragment(connection)
            if function == READ:
                time.sleep(5)


# --- EtherNet/IP and CIP ------------------------------------------------

LIST_IDENTITY, REGISTER, UNREGISTER, SEND_RR = 0x63, 0x65, 0x66, 0x6F
GET_ALL, GET_ONE, READ_TAG, WRITE_TAG, UNCONNECTED = 1, 0x0E, 0x4C, 0x4D, 0x52
IDENTITY_PATH = bytes.fromhex("2001 2401")
SESSION = 0x00C0FFEE


def cip_identity(name):
    # Rockwell, programmable logic controller, 20.19, run mode.
    return struct.pack("<HHHBBHI", 1, 14, 54, 20, 19, 0x3160,
                       0x00A1B2C3) + bytes([len(name)]) + name.encode()


def cip_answer(request, name):
    service, words = request[0], request[1]
    path, data = request[2:2 + 2 * words], request[2 + 2 * words:]
    if service == UNCONNECTED:
        length, = struct.unpack_from("<H", data, 2)
        return cip_answer(data[4:4 + length], name)
    if service == GET_ALL and path == IDENTITY_PATH:
        said = cip_identity(name)
    elif service == READ_TAG:
        said = struct.pack("<Hi", 0xC4, 1200 + len(path))
    elif service == WRITE_TAG:
        said = b""
    else:
        return bytes([service | 0x80, 0, 0x08, 0])
    return bytes([service | 0x80, 0, 0, 0]) + said


def enip(command, session, context, data):
    return struct.pack("<HHII8sI", command, len(data), session, 0, context,
                       0) + data


def enip_identity(name, address):
    item = struct.pack("<H", 1) + struct.pack(
        ">HH4s8x", socket.AF_INET, 44818, socket.inet_aton(address))
    item += cip_identity(name) + b"\x03"
    return struct.pack("<HHH", 1, 0x0C, len(item)) + item


def enip_answer(head, data, name, address):
    command, _, session, _, context, _ = head
    if command == LIST_IDENTITY:
        return enip(command, 0, context, enip_identity(name, address))
    if command == REGISTER:
        return enip(command, SESSION, context, data)
    if command != SEND_RR:
        return None
    length, = struct.unpack_from("<H", data, 14)
    said = cip_answer(data[16:16 + length], name)
    return enip(command, session, context, struct.pack(
        "<IHHHHHH", 0, 0, 2, 0, 0, 0xB2, len(said)) + said)


class Target(socketserver.BaseRequestHandler):
    def handle(self):
        address = self.request.getsockname()[0]
        try:
            while True:
                head = struct.unpack("<HHII8sI", receive(self.request, 24))
                data = receive(self.request, head[1])
                answer = enip_answer(head, data, self.server.name, address)
                if answer is None:
                    return
                self.request.sendall(answer)
        except (EOFError, ConnectionError):
            pass


def cip_target(name, address):
    server = Server(("0.0.0.0", 44818), Target)
    server.name = name
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("0.0.0.0", 44818))
        while True:
            data, peer = listener.recvfrom(600)
            head = struct.unpack_from("<HHII8sI", data)
            if head[0] == LIST_IDENTITY:
                listener.sendto(enip_answer(head, b"", name, address), peer)


def cip_list(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        asker.sendto(enip(LIST_IDENTITY, 0, bytes(8), b""), (address, 44818))
        asker.settimeout(2)
        asker.recvfrom(600)


# --- PROFINET DCP -------------------------------------------------------

DCP_ALL = bytes.fromhex("010ecf000000")
GET_SET, IDENTIFY, IDENTIFIED = 0xFEFD, 0xFEFE, 0xFEFF
NAME, MODEL, IDS, ROLE, ADDRESS = (2, 2), (2, 1), (2, 3), (2, 4), (1, 2)


def dcp_block(kind, value):
    body = bytes(2) + value
    return bytes(kind) + struct.pack(">H", len(body)) + body + bytes(
        len(body) % 2)


def dcp_frame(to, sender, frame_id, service, kind, xid, delay, blocks):
    frame = to + sender + struct.pack(
        ">HHBBIHH", 0x8892, frame_id, service, kind, xid, delay, len(blocks))
    return (frame + blocks).ljust(60, b"\0")


def dcp_socket(interface):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                        socket.htons(0x8892))
    raw.bind((interface, 0))
    # The multicast address: PACKET_ADD_MEMBERSHIP, PACKET_MR_MULTICAST.
    raw.setsockopt(263, 1, struct.pack(
        "IHH8s", socket.if_nametoindex(interface), 0, 6, DCP_ALL))
    return raw, raw.getsockname()[4]


def dcp_device(interface, name, model, ip, gateway):
    raw, mac = dcp_socket(interface)
    blocks = {
        MODEL: model.encode(), NAME: name.encode(),
        IDS: struct.pack(">HH", 0x002A, 0x0101), ROLE: b"\x02\x00",
        ADDRESS: b"".join(socket.inet_aton(each)
                          for each in (ip, "255.255.255.0", gateway))}
    every = b"".join(dcp_block(*pair) for pair in blocks.items())
    while True:
        frame, peer = raw.recvfrom(1600)
        if peer[2] == socket.PACKET_OUTGOING:
            continue
        frame_id, service, kind, xid, _, _ = struct.unpack_from(
            ">HBBIHH", frame, 14)
        if frame_id == IDENTIFY and kind == 0:
            raw.send(dcp_frame(frame[6:12], mac, IDENTIFIED, 5, 1, xid, 0,
                               every))
        elif frame_id == GET_SET and service == 3 and kind == 0:
            raw.send(dcp_frame(frame[6:12], mac, GET_SET, 3, 1, xid, 0,
                               dcp_block(NAME, blocks[NAME])))


def dcp_browse(interface):
    raw, mac = dcp_socket(interface)
    raw.settimeout(2)
    raw.send(dcp_frame(DCP_ALL, mac, IDENTIFY, 5, 0, 0x01000001, 1,
                       bytes.fromhex("ffff0000")))
    found = set()
    try:
        while True:
            frame, peer = raw.recvfrom(1600)
            if peer[2] != socket.PACKET_OUTGOING:
                found.add(frame[6:12])
    except socket.timeout:
        pass
    for number, device in enumerate(sorted(found)):
        raw.send(dcp_frame(device, mac, GET_SET, 3, 0, 0x01000002 + number, 0,
                           bytes(NAME)))
        time.sleep(0.2)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
