"""PROFINET: real time and context management. Rows as in functions.py."""

from collections import Counter

from functions import answered
from iec61850 import Streams

CYCLIC = ((0x0100, 0x0fff), (0x1000, 0x2fff), (0x3800, 0x3fff),
          (0x8000, 0xfbff))
# Primary, valid, run, no problem: of the others no operation tells.
STATUS = 0x35
PTCP = (0x0020, 0x0021, 0x0080, 0x0081, 0xff00, 0xff01, 0xff20, 0xff21,
        0xff40, 0xff41, 0xff42, 0xff43)


def status_text(status):
    return (f"{'run' if status & 0x10 else 'stop'},"
            f" data {'valid' if status & 0x04 else 'invalid'},"
            f" {'primary' if status & 0x01 else 'backup'}"
            f"{'' if status & 0x20 else ', station problem'}")


def pn_rt_frames(frames):
    rows, streams, states = Counter(), Streams(), Streams()
    for frame in frames:
        for text in frame.all("pn_rt.frame_id")[:1]:
            id_ = int(text, 0)
            what = frame.last("eth.dst"), id_
            name = f"frame id 0x{id_:X}"
            if any(lo <= id_ <= hi for lo, hi in CYCLIC):
                status = int(frame.last("pn_rt.ds") or "0", 0) & STATUS
                rows["pn_rt", "cyclic", name] += streams.is_new(
                    frame, what, (status, frame.last("frame.len")))
                rows["pn_rt", "state", status_text(status)] += states.is_new(
                    frame, what, status)
            elif id_ in PTCP:
                rows["pn_rt", "time", name] += streams.is_new(
                    frame, what, "once")
        for text in frame.all("pn_io.alarm_type"):
            rows["pn_rt", "alarm", int(text, 0)] += 1
    return rows


def pn_rt_records(reading):
    rows = Counter()
    for operation in reading.operations("pn_rt"):
        if operation["name"].endswith("cyclic data"):
            rows["pn_rt", "cyclic", operation["object"]] += operation["count"]
        elif operation["verb"] == "time":
            rows["pn_rt", "time", operation["object"]] += operation["count"]
        elif operation["verb"] == "event":
            rows["pn_rt", "alarm", int(operation["code"], 0)] \
                += operation["count"]
    for fact in reading.facts("pn_rt"):
        rows["pn_rt", "state", fact["value"]] += fact["count"]
    return rows


DCP_SAID = {"device_nameofstation": "name", "vendor_id": "vendor_id",
            "device_id": "product_code", "ip_ip": "ip",
            "ip_subnetmask": "mask", "ip_standard_gateway": "gateway"}


def dcp_names_frames(frames):
    """Whom is asked for, and what devices say of themselves in answers."""
    rows = Counter()
    for frame in frames:
        if not frame.all("pn_dcp.service_type"):
            continue
        if not int(frame.last("pn_dcp.service_type"), 0):
            for text in frame.all("pn_dcp.suboption_device_nameofstation"):
                rows["pn_dcp", "asked for", text] += 1
            continue
        for field, key in DCP_SAID.items():
            for text in frame.all(f"pn_dcp.suboption_{field}"):
                rows["pn_dcp", key, text] += 1
    return rows


def dcp_names_records(reading):
    rows = Counter()
    for operation in reading.operations("pn_dcp", "pn_rt"):
        kind, _, name = (operation["object"] or "").partition(" ")
        if kind == "name-of-station" and operation.get("request", True):
            rows["pn_dcp", "asked for", name.strip('"')] += operation["count"]
    for fact in reading.facts("pn_dcp"):
        if fact["fact"] in DCP_SAID.values():
            rows["pn_dcp", fact["fact"], fact["value"]] += fact["count"]
    return rows


READ_AND_WRITE = ("2", "3", "5")
MULTIPLE_WRITE = 0xe040


IOCR = {1: "input", 2: "output", 3: "multicast provider",
        4: "multicast consumer"}
# What a field says, as the key of a fact has it.
SAID = {"cminitiator_station_name": "name", "own_chassis_id": "name",
        "peer_chassis_id": "name", "ip_address": "ip", "subnetmask": "mask",
        "standard_gateway": "gateway"}


def records_of(frame):
    """The object of each record that a frame asks for or answers."""
    for api, slot, subslot, index in zip(*(
            [int(text, 0) for text in frame.all(f"pn_io.{field}")]
            for field in ("api", "slot_nr", "subslot_nr", "index"))):
        if index != MULTIPLE_WRITE:
            yield f"api {api} slot {slot} subslot {subslot} index 0x{index:X}"


def pn_cm_frames(frames):
    """A request is an operation for each of its records."""
    rows = Counter()
    for frame in frames:
        if not frame.last("dcerpc.dg_if_id").startswith("dea0000"):
            continue
        kind = {"0": "request", "2": "answer"}.get(
            frame.last("dcerpc.pkt_type"))
        code = frame.last("dcerpc.opnum")
        if kind and code not in READ_AND_WRITE:
            rows["pn_cm", kind, code] += 1
        for name in records_of(frame) if kind else ():
            rows["pn_cm", kind, code] += 1
            rows["pn_cm", f"{kind} object", name] += 1
        for field, key in SAID.items():
            for text in frame.all(f"pn_io.{field}"):
                rows["pn_cm", key, text] += 1
        for port, chassis in zip(frame.all("pn_io.peer_port_id"),
                                 frame.all("pn_io.peer_chassis_id")):
            rows["pn_cm", "neighbour", f"{port}.{chassis}"] += 1
        for type_, id_ in zip(frame.all("pn_io.iocr_type"),
                              frame.all("pn_io.frame_id")):
            rows["pn_cm", "frame id",
                 f"{IOCR[int(type_, 0)]} frame id {id_}"] += 1
    return rows


def pn_cm_records(reading):
    rows = Counter()
    for operation in reading.operations("pn_cm"):
        code, name = operation["code"], operation["object"]
        asked = operation.get("request", True)
        for kind, count in (("request", operation["count"] if asked else 0),
                            ("answer", answered(operation))):
            rows["pn_cm", kind, code] += count
            if name:
                rows["pn_cm", f"{kind} object", name] += count
    for fact in reading.facts("pn_cm"):
        if fact["fact"] in ("neighbour", *SAID.values()):
            rows["pn_cm", fact["fact"], fact["value"]] += fact["count"]
    for event in reading.of("event"):
        if event["event"] == "i/o connection" \
                and event["protocol"] == "pn_cm":
            name = event["detail"].split(" size ")[0]
            rows["pn_cm", "frame id", name] += event["count"]
    return rows
