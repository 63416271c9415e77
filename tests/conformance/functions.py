"""Function codes: Modbus, S7comm, EtherNet/IP, CIP, DNP3, DHCP, ARP, DCP.

A request of otcap is a transaction: what carries "request":false are answers
whose request was not captured; count less unanswered are answers too. Every
row is (protocol, "request" or "answer" or another kind of PDU, code)."""

from collections import Counter

import oracle


def number(text):
    """The main code: 43 of "43/14"."""
    return int(text.split("/")[0], 0)


def answered(operation):
    """How many of these operations are answers, with or without request."""
    return operation["count"] - operation.get("unanswered", 0)


UMAS = 90


def modbus_frames(frames):
    rows = Counter()
    for frame in frames:
        kind = "request" if frame.goes_to("502") else "answer"
        codes = frame.all("modbus.func_code")
        for code in codes:
            rows["modbus", kind, int(code)] += 1
        # UMAS writes its own objects, without the unit.
        for unit, code in zip(frame.all("mbtcp.unit_id"), codes):
            if kind == "request" and int(code) != UMAS:
                rows["modbus", "unit", unit] += 1
    return rows


def modbus_records(reading):
    rows = Counter()
    for operation in reading.operations("modbus"):
        # Codes in hexadecimal, and answers without any, are those of UMAS.
        text = operation.get("code", "0x")
        code = UMAS if text.startswith("0x") else number(text)
        # What reads and writes at once is two operations.
        if code == 23 and operation["verb"] == "read":
            continue
        if operation.get("request", True):
            rows["modbus", "request", code] += operation["count"]
            unit = (operation["object"] or "").split(" ")
            if unit[0] == "unit" and code != UMAS:
                rows["modbus", "unit", unit[1]] += operation["count"]
        # Application protocol 1.1b3, 6.8: 04 wants no answer.
        if operation["name"] != "force listen only mode":
            rows["modbus", "answer", code] += answered(operation)
    return rows


S7_JOB, S7_USERDATA = "1", "7"
S7_KINDS = {"4": ("request",), "8": ("answer",),
            # What nobody asked for is an operation that wants no answer.
            "0": ("request", "answer")}
# Read and write: one operation for each item.
S7_ITEMS = (0x04, 0x05)
S7_READ_SZL = "0x04/0x01"
# The status and the modification of a table's variables: likewise.
S7_TABLES = ("0x01/0x02", "0x01/0x08")
S7_TRANSITION = 0  # a function group whose functions tshark does not name


def s7_variables(tables, frame, type_, code):
    """How many operations a user data PDU is. Its answer says of how many
    variables it has values, but is one answer to each that was asked for."""
    ends = frame.end("src"), frame.end("dst")
    if code not in S7_TABLES or type_ == "0":
        return 1
    if type_ == "8":
        return tables.get(ends[::-1], 1)
    tables[ends] = int(frame.last("s7comm.varstat.item_count") or "1", 0)
    return tables[ends]


def s7comm_frames(frames):
    rows, lists, tables = Counter(), {}, {}
    for frame in frames:
        functions = iter(frame.all("s7comm.param.func"))
        items = iter(frame.all("s7comm.param.itemcount"))
        userdata = zip(frame.all("s7comm.param.userdata.type"),
                       frame.all("s7comm.param.userdata.funcgroup"))
        subfunctions = iter(frame.all("s7comm.param.userdata.subfunc"))
        for header in frame.all("s7comm.header.rosctr"):
            if header == S7_USERDATA:
                type_, group = next(userdata, ("", "0"))
                code = f"0x{int(group, 0):02x}"
                if int(group, 0) != S7_TRANSITION:
                    function = next(subfunctions, "0")
                    code += f"/0x{int(function, 0):02x}"
                count = s7_variables(tables, frame, type_, code)
                for kind in S7_KINDS.get(type_, ()):
                    rows["s7comm", kind, code] += count
                if type_ == "4" and code == S7_READ_SZL:
                    # A request for what follows does not say of which list.
                    ends = frame.end("src"), frame.end("dst")
                    asked = frame.last("s7comm.data.userdata.szl_id")
                    lists[ends] = asked or lists.get(ends, "0")
                    id_ = int(lists[ends], 0)
                    rows["s7comm", "szl", f"0x{id_:04x}"] += 1
                continue
            code = int(next(functions, "-1"), 0)
            if code >= 0:
                kind = "request" if header == S7_JOB else "answer"
                count = int(next(items, "1"), 0) if code in S7_ITEMS else 1
                rows["s7comm", kind, f"0x{code:02x}"] += count
    return rows


def s7comm_records(reading):
    rows = Counter()
    for operation in reading.operations("s7comm"):
        code = operation.get("code")
        if code is None or operation["name"] == "connection request":
            continue
        if operation["name"] == "mode transition":
            code = code.split("/")[0]
        if operation.get("request", True):
            rows["s7comm", "request", code] += operation["count"]
            words = (operation["object"] or "").split(" ")
            if words[0] == "szl":
                rows["s7comm", "szl", words[1]] += operation["count"]
        rows["s7comm", "answer", code] += answered(operation)
    return rows


# What only wraps another message is no operation (PROTOCOLS.md section 2).
ENIP_WRAPPERS = {0x6f, 0x70}
CIP_MULTIPLE_SERVICE = 0x0a
CIP_UNCONNECTED_SEND = 0x52
ENIP_NAMES = {"list services", "list identity", "list interfaces",
              "register session", "unregister session", "unknown command",
              "nop", "indicate status", "cancel"}


def enip_frames(frames):
    rows, opened = Counter(), oracle.Open()
    for frame in frames:
        kind = "request" if frame.goes_to("44818") else "answer"
        for text in frame.all("enip.command"):
            code = int(text, 0)
            if kind == "answer":
                opened.answer(frame, code)
            if code not in ENIP_WRAPPERS and (
                    kind == "answer" or opened.is_new(frame, code)):
                rows["enip", kind, f"0x{code:02x}"] += 1
    return rows


def cip_frames(frames):
    """A router that refuses to pass a message on answers with the code of the
    wrapper: that is the answer to the message."""
    rows, wrapped = Counter(), {}
    for frame in frames:
        ends = frame.end("src"), frame.end("dst")
        codes = [int(code, 0) for code in frame.all("cip.sc")]
        if frame.all("cip.cm.msg_req_size"):
            wrapped[ends] = codes[-1]
        for answer, code in zip(frame.all("cip.rr"), codes):
            kind = "answer" if int(answer, 0) else "request"
            if kind == "answer" and code == CIP_UNCONNECTED_SEND:
                code = wrapped.get(ends[::-1], code)
            if code != CIP_MULTIPLE_SERVICE:
                rows["cip", kind, f"0x{code:02x}"] += 1
        # Unconnected Send, which has the code of another service too.
        rows["cip", "request", f"0x{CIP_UNCONNECTED_SEND:02x}"] -= len(
            frame.all("cip.cm.msg_req_size"))
    return rows


def cip_records(reading):
    rows = Counter()
    for operation in reading.operations("enip", "cip"):
        code = operation.get("code")
        if code is None:
            continue
        layer = "enip" if operation["name"] in ENIP_NAMES else "cip"
        if operation.get("request", True):
            rows[layer, "request", code] += operation["count"]
        rows[layer, "answer", code] += answered(operation)
    return rows


def dnp3_frames(frames):
    """A request is an operation for each of its object headers, a control
    for each of its points."""
    rows = Counter()
    for frame in frames:
        codes = [int(text, 0) for text in frame.all("dnp3.al.func")]
        count = 1
        if len(codes) == 1:
            count = max(1, len(frame.all("dnp3.al.obj")),
                        len(frame.all("dnp3.al.ctrlstatus")))
        for code in codes:
            if code < 0x81:
                rows["dnp3", "request", f"0x{code:02x}"] += count
            elif code == 0x82:
                rows["dnp3", "unsolicited", f"0x{code:02x}"] += 1
    return rows


def dnp3_records(reading):
    rows = Counter()
    for operation in reading.operations("dnp3"):
        code = operation.get("code")
        if code is None:
            continue
        if number(code) == 0x82:
            rows["dnp3", "unsolicited", code] += operation["count"]
        elif number(code) < 0x81 and operation.get("request", True):
            rows["dnp3", "request", code] += operation["count"]
    return rows


DHCP_ANSWERS = (2, 5, 6)


def dhcp_frames(frames):
    """What clients say: an answer that was asked for is no operation."""
    rows, opened = Counter(), oracle.Open()
    for frame in frames:
        for text in frame.all("dhcp.option.dhcp"):
            what = (frame.last("dhcp.id"), text,
                    frame.last("dhcp.option.requested_ip_address"))
            if int(text) not in DHCP_ANSWERS and opened.is_new(frame, what):
                rows["dhcp", "message", f"0x{int(text):02x}"] += 1
    return rows


def dhcp_records(reading):
    rows = Counter()
    for operation in reading.operations("dhcp"):
        if "code" in operation and number(operation["code"]) \
                not in DHCP_ANSWERS:
            rows["dhcp", "message", operation["code"]] += operation["count"]
    return rows


def arp_frames(frames):
    rows = Counter()
    for frame in frames:
        for text in frame.all("arp.opcode"):
            rows["arp", "message", f"0x{int(text, 0):02x}"] += 1
    return rows


def arp_records(reading):
    """A reply that was asked for is part of the request's operation."""
    rows = Counter()
    for operation in reading.operations("arp"):
        if "code" not in operation:
            continue
        code, count = number(operation["code"]), operation["count"]
        rows["arp", "message", f"0x{code:02x}"] += count
        if operation["name"] == "request":
            rows["arp", "message", "0x02"] += answered(operation)
    return rows


def pn_dcp_frames(frames):
    rows = Counter()
    for frame in frames:
        for service, type_ in zip(frame.all("pn_dcp.service_id"),
                                  frame.all("pn_dcp.service_type")):
            kind = "answer" if int(type_, 0) else "request"
            rows["pn_dcp", kind, f"0x{int(service, 0):02x}"] += 1
    return rows


# Real time between the same stations is of the same flow, without DCP's verbs.
PN_RT_VERBS = ("unknown", "event", "time", "control", "read")


def pn_dcp_records(reading):
    rows = Counter()
    for operation in reading.operations("pn_dcp", "pn_rt"):
        if operation["verb"] in PN_RT_VERBS:
            continue
        if operation.get("request", True):
            rows["pn_dcp", "request", operation["code"]] += operation["count"]
        rows["pn_dcp", "answer", operation["code"]] += answered(operation)
    return rows
