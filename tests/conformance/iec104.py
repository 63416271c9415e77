"""IEC 60870-5-104: requests, refusals and points of each type, control
functions."""

from collections import Counter

ACTIVATION, DEACTIVATION, REQUESTED = 6, 8, 5
REFUSALS = (7, 9, 10, 44, 45, 46, 47)
ACKNOWLEDGE, CONTROL = 0x01, 0x03
# Of tshark's iec60870_104.utype.
CONTROLS = {
    0x01: ("act", "start data transfer"), 0x02: ("con", "start data transfer"),
    0x04: ("act", "stop data transfer"), 0x08: ("con", "stop data transfer"),
    0x10: ("act", "test frame"), 0x20: ("con", "test frame")}
MONITOR = {*range(1, 17), 20, 21, *range(30, 42), 70}
COMMANDS = {*range(45, 52), *range(58, 65), *range(100, 104), 105, 107,
            *range(110, 114)}
SELECTS = {45: "sco", 46: "dco", 47: "rco", 48: "qos", 49: "qos", 50: "qos"}
TIME_TAGGED = 13


def asdus(frame):
    """Type, cause, refused?, common address, objects, select? of each."""
    bits = {name: iter(frame.all(f"iec60870_asdu.{name}.se"))
            for name in set(SELECTS.values())}
    addresses = iter(frame.all("iec60870_asdu.ioa"))
    for type_, cause, negative, station, count in zip(
            *(map(lambda text: int(text, 0), frame.all(f"iec60870_asdu.{name}"))
              for name in ("typeid", "causetx", "nega", "addr", "numix"))):
        plain = type_ - TIME_TAGGED if 58 <= type_ <= 63 else type_
        select = plain in SELECTS and \
            next(bits[SELECTS[plain]], "0") in ("1", "True")
        objects = [next(addresses, "") for _ in range(count)]
        yield type_, cause, bool(negative) or cause >= 44, station, \
            objects, select


def frames(frames_):
    rows, selected = Counter(), {}
    for frame in frames_:
        if frame.over("_ws.malformed"):
            continue
        types = frame.all("iec60870_104.type")
        controls = iter(frame.all("iec60870_104.utype"))
        for text in types:
            if int(text, 0) == ACKNOWLEDGE:
                rows["iec104", "act", "acknowledge"] += 1
            elif int(text, 0) == CONTROL:
                control = CONTROLS.get(int(next(controls, "0"), 0))
                if control:
                    rows["iec104", *control] += 1
        for type_, cause, refused, station, objects, select in asdus(frame):
            if type_ in MONITOR:
                rows["iec104", "points", type_] += len(objects)
            elif type_ not in COMMANDS:
                continue
            elif cause in REFUSALS:
                rows["iec104", "refused", type_] += refused
            else:
                # A select and its execute are one operation.
                what = frame.end("src"), type_, station, tuple(objects)
                if select or not selected.pop(what, False):
                    rows["iec104", "request", type_] += 1
                if select:
                    selected[what] = True
    return rows


def points(operation):
    """How many addresses the object of an operation has."""
    text = operation["object"].split(" ")[-1]
    first, _, last = text.partition("-")
    return int(last or first) - int(first) + 1


def records(reading):
    rows = Counter()
    for operation in reading.operations("iec104"):
        count = operation["count"]
        if "code" not in operation:
            name = operation["name"]
            if operation.get("request", True):
                rows["iec104", "act", name] += count
            if name != "acknowledge":
                rows["iec104", "con", name] += \
                    count - operation.get("unanswered", 0)
            continue
        type_ = int(operation["code"].split("/")[0])
        if type_ in MONITOR:
            rows["iec104", "points", type_] += count * points(operation)
        elif type_ in COMMANDS:
            if operation.get("request", True):
                rows["iec104", "request", type_] += count
            rows["iec104", "refused", type_] += sum(
                operation.get("errors", {}).values())
    return rows
