"""PROFINET: real time and context management. Rows as in functions.py."""

from collections import Counter

from iec61850 import Streams

CYCLIC = ((0x0100, 0x0fff), (0x1000, 0x2fff), (0x3800, 0x3fff),
          (0x8000, 0xfbff))
# Primary, valid, run, no problem: of the others no operation tells.
STATUS = 0x35
PTCP = (0x0020, 0x0021, 0x0080, 0x0081, 0xff00, 0xff01, 0xff20, 0xff21,
        0xff40, 0xff41, 0xff42, 0xff43)


def pn_rt_frames(frames):
    rows, streams = Counter(), Streams()
    for frame in frames:
        for text in frame.all("pn_rt.frame_id")[:1]:
            id_ = int(text, 0)
            what = frame.last("eth.dst"), id_
            name = f"frame id 0x{id_:X}"
            if any(lo <= id_ <= hi for lo, hi in CYCLIC):
                status = int(frame.last("pn_rt.ds") or "0", 0) & STATUS
                rows["pn_rt", "cyclic", name] += streams.is_new(
                    frame, what, (status, frame.last("frame.len")))
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
    return rows


READ_AND_WRITE = ("2", "3", "5")
MULTIPLE_WRITE = 0xe040


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
        for text in frame.all("pn_io.index") if kind else ():
            index = int(text, 0)
            if index != MULTIPLE_WRITE:
                rows["pn_cm", kind, code] += 1
                rows["pn_cm", f"{kind} index", f"0x{index:X}"] += 1
        for field, key in (("cminitiator_station_name", "name"),
                           ("own_chassis_id", "name"),
                           ("peer_chassis_id", "name")):
            for text in frame.all(f"pn_io.{field}"):
                rows["pn_cm", key, text] += 1
    return rows


def pn_cm_records(reading):
    rows = Counter()
    for operation in reading.operations("pn_cm"):
        code = operation["code"]
        index = (operation["object"] or "").rpartition(" ")[2]
        asked = operation.get("request", True)
        answers = operation["count"] - operation.get("unanswered", 0)
        for kind, count in (("request", operation["count"] if asked else 0),
                            ("answer", answers)):
            rows["pn_cm", kind, code] += count
            if index:
                rows["pn_cm", f"{kind} index", index] += count
    for fact in reading.facts("pn_cm"):
        if fact["fact"] == "name":
            rows["pn_cm", "name", fact["value"]] += fact["count"]
    return rows
