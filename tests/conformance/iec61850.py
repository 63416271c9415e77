"""IEC 61850: GOOSE, sampled values, MMS. Rows as in functions.py."""

from collections import Counter

from functions import answered


class Streams:
    """What is published over and over: one operation for a stream and one
    for each change of what it says of itself."""

    def __init__(self):
        self.states = {}

    def is_new(self, frame, stream, state):
        key = frame.last("eth.src"), frame.end("dst"), stream
        known, self.states[key] = self.states.get(key), state
        return known != state


def goose_frames(frames):
    rows, streams = Counter(), Streams()
    for frame in frames:
        for block, data_set, state in zip(frame.all("goose.gocbRef"),
                                          frame.all("goose.datSet"),
                                          frame.all("goose.stNum")):
            name = f"{block} data set {data_set}"
            rows["goose", "state", name] += streams.is_new(frame, name, state)
    return rows


def goose_records(reading):
    rows = Counter()
    for operation in reading.operations("goose"):
        if operation["name"] == "publish":
            rows["goose", "state", operation["object"]] += operation["count"]
    return rows


SV_CLOCK = {"0": "not", "1": "locally", "2": "globally"}


def sv_frames(frames):
    rows, streams = Counter(), Streams()
    for frame in frames:
        for name, *state in zip(frame.all("sv.svID"), frame.all("sv.confRev"),
                                frame.all("sv.smpSynch")):
            if streams.is_new(frame, name, state):
                rows["sv", "stream", name] += 1
                rows["sv", "confRev", f"{name} {state[0]}"] += 1
                rows["sv", "clock", f"{name} {SV_CLOCK[state[1]]}"] += 1
    return rows


def sv_records(reading):
    rows = Counter()
    for operation in reading.operations("sv"):
        name = operation["object"].split(" ")[1]
        rows["sv", "stream", name] += operation["count"]
    for fact in reading.facts("sv"):
        if fact["fact"] in ("revision", "state"):
            name = fact["nested"].split(" ")[1]
            field = "confRev" if fact["fact"] == "revision" else "clock"
            value = fact["value"].split(" ")[1]
            rows["sv", field, f"{name} {value}"] += fact["count"]
    return rows


MMS_READ_AND_WRITE = (4, 5)


def mms_frames(frames):
    """Read and write: one operation for each variable."""
    rows = Counter()
    for frame in frames:
        variables = len(frame.all("mms.listOfVariable_item_element"))
        for text in frame.all("mms.confirmedServiceRequest"):
            several = int(text) in MMS_READ_AND_WRITE
            rows["mms", "request", text] += max(1, variables * several)
        for text in frame.all("mms.confirmedServiceResponse"):
            if int(text) not in MMS_READ_AND_WRITE:
                rows["mms", "answer", text] += 1
        if frame.all("mms.confirmedServiceRequest"):
            for name in frame.all("mms.itemId"):
                rows["mms", "item", name] += 1
            for name in frame.all("mms.domainId"):
                rows["mms", "domain", name] += 1
        if frame.all("acse.aarq_element"):
            for title in frame.all("acse.ap_title_form2")[:1]:
                rows["mms", "called", title] += 1
        for field in ("vendorName", "modelName", "revision"):
            for text in frame.all(f"mms.{field}"):
                rows["mms", field, text] += 1
    return rows


MMS_UNCONFIRMED = ("information report", "unsolicited status",
                   "event notification", "unknown unconfirmed service")
MMS_FACTS = {"vendor": "vendorName", "model": "modelName",
             "revision": "revision"}


def mms_records(reading):
    rows = Counter()
    for operation in reading.operations("mms", "iccp"):
        code = operation.get("code")
        if operation["name"] == "associate" and operation["object"]:
            title = operation["object"].rpartition(" ")[2]
            rows["mms", "called", title] += operation["count"]
        # What has no code, or that of another layer or of what nobody asks.
        if code is None or code.startswith("0x") \
                or operation["name"] in MMS_UNCONFIRMED:
            continue
        if operation.get("request", True):
            rows["mms", "request", code] += operation["count"]
            domain, slash, item = (operation["object"] or "").partition("/")
            if slash and "file" not in operation["name"]:
                rows["mms", "item", item] += operation["count"]
                rows["mms", "domain", domain] += operation["count"]
        if int(code) not in MMS_READ_AND_WRITE:
            refused = sum(count for name, count
                          in operation.get("errors", {}).items()
                          if ":" in name)
            rows["mms", "answer", code] += answered(operation) - refused
    for fact in reading.facts("mms"):
        if fact.get("message") == "identify":
            rows["mms", MMS_FACTS[fact["fact"]], fact["value"]] \
                += fact["count"]
    return rows
