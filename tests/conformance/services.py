"""Services and what they act on: BACnet, FINS, SNMP, HART-IP,
ADS.

A row is (protocol, kind of PDU, code), or (protocol, "instance" and the like,
value); see functions.py for what otcap calls a request."""

import re
from collections import Counter

import oracle
from functions import answered

BACNET_CONFIRMED, BACNET_UNCONFIRMED, BACNET_ERROR = "0", "1", "5"
# One operation for each property.
BACNET_MULTIPLE = ("14", "16")
BACNET_LINK = {"0x05": "register foreign device",
               "0x02": "read broadcast distribution table",
               "0x06": "read foreign device table"}
BACNET_ANNOUNCED = {
    "i am", "i have", "unconfirmed cov notification",
    "unconfirmed event notification", "unconfirmed private transfer",
    "unconfirmed text message", "time synchronization", "who has", "who is",
    "utc time synchronization", "write group"}
BACNET_I_AM, BACNET_ANY_INSTANCE = "0", "4194303"


def bacnet_frames(frames):
    rows, opened = Counter(), oracle.Open()
    for frame in frames:
        kind = frame.last("bacapp.type")
        service = frame.last("bacapp.confirmed_service")
        invoke = frame.last("bacapp.invoke_id")
        if frame.over("_ws.malformed"):
            continue
        if kind == BACNET_CONFIRMED:
            what = (invoke, service, frame.last("bacnet.dadr_mstp"))
            if opened.is_new(frame, what):
                count = len(frame.all("bacapp.property_identifier")) \
                    if service in BACNET_MULTIPLE else 1
                rows["bacnet", "confirmed", service] += count
                if service == "12":
                    rows["bacnet", "instance",
                         frame.last("bacapp.instance_number")] += 1
        elif kind == BACNET_UNCONFIRMED:
            service = frame.last("bacapp.unconfirmed_service")
            rows["bacnet", "unconfirmed", service] += 1
            instance = frame.last("bacapp.instance_number")
            if service == BACNET_I_AM and instance != BACNET_ANY_INSTANCE:
                rows["bacnet", "i am", instance] += 1
        elif kind:
            opened.answer(frame, (invoke, service,
                                  frame.last("bacnet.sadr_mstp")))
            if kind == BACNET_ERROR:
                rows["bacnet", "error", service] += 1
        function = frame.last("bvlc.function")
        if function in BACNET_LINK:
            rows["bacnet", "link", BACNET_LINK[function]] += 1
    return rows


def bacnet_records(reading):
    rows = Counter()
    for operation in reading.operations("bacnet"):
        name, count = operation["name"], operation["count"]
        if name in BACNET_LINK.values():
            rows["bacnet", "link", name] += count
        elif operation["verb"] not in ("name", "session") \
                and "code" in operation:
            code = operation["code"].split("/")[0]
            kind = "unconfirmed" if name in BACNET_ANNOUNCED else "confirmed"
            if operation.get("request", True):
                rows["bacnet", kind, code] += count
            if code == "12" and kind == "confirmed" \
                    and operation.get("request", True):
                instance = re.search(r",(\d+) ", operation["object"])
                rows["bacnet", "instance", instance.group(1)] += count
            for error, times in operation.get("errors", {}).items():
                if code != "14" and not error.startswith(("reject", "abort")):
                    rows["bacnet", "error", code] += times
    for fact in reading.facts("bacnet"):
        if fact["fact"] == "uid" and fact["message"] == "i am":
            rows["bacnet", "i am", fact["value"]] += fact["count"]
    return rows


# One operation for each place or file that they name.
FINS_LISTS = ("0x0104", "0x0105", "0x2301", "0x2205", "0x2207", "0x2208")


def fins_frames(frames):
    rows = Counter()
    for frame in frames:
        for code, answer in zip(frame.all("omron.command"),
                                frame.all("omron.icf.dtb")):
            kind = "answer" if int(answer, 0) else "request"
            if code not in FINS_LISTS or kind == "answer":
                rows["fins", kind, f"0x{int(code, 0):02x}"] += 1
        for model in frame.all("omron.controller.model"):
            rows["fins", "model", model.rstrip("\0").strip()] += 1
    return rows


def fins_records(reading):
    rows = Counter()
    for operation in reading.operations("fins"):
        if "code" not in operation:
            continue
        code = operation["code"].split("/")[0]
        lists = f"0x{int(code, 0):04x}" in FINS_LISTS
        if operation.get("request", True) and not lists:
            rows["fins", "request", code] += operation["count"]
        if not lists or not operation.get("request", True):
            rows["fins", "answer", code] += answered(operation)
    for fact in reading.facts("fins"):
        if fact["fact"] == "model" \
                and fact["message"] == "controller data read":
            rows["fins", "model", fact["value"]] += fact["count"]
    return rows


SNMP_RESPONSE, SNMP_TRAPS, SNMP_REPORT = 2, (4, 6, 7), 8


def snmp_frames(frames):
    """One operation for each object that is asked for."""
    rows, opened = Counter(), oracle.Open()
    for frame in frames:
        names = frame.all("snmp.name")
        for text in frame.all("snmp.data"):
            kind = int(text)
            code = f"0x{0xa0 + kind:02x}"
            if kind in (SNMP_RESPONSE, SNMP_REPORT):
                continue
            if kind in SNMP_TRAPS:
                rows["snmp", "request", code] += 1
            elif opened.is_new(frame, (frame.last("snmp.request_id"), kind,
                                       tuple(names))):
                rows["snmp", "request", code] += max(1, len(names))
                for name in names:
                    rows["snmp", "object", name] += 1
    return rows


def snmp_records(reading):
    rows = Counter()
    for operation in reading.operations("snmp"):
        if not operation.get("request", True):
            continue
        rows["snmp", "request", operation["code"]] += operation["count"]
        if operation["verb"] != "event" and operation["object"]:
            rows["snmp", "object", operation["object"]] += operation["count"]
    return rows


HARTIP_TOKEN = "3"
HARTIP_MESSAGES = {"0": "session initiate", "1": "session close",
                   "2": "keep alive"}


def hartip_frames(frames):
    rows = Counter()
    for frame in frames:
        commands = iter(frame.all("hart_ip.pt.command"))
        for type_, message in zip(frame.all("hart_ip.message_type"),
                                  frame.all("hart_ip.message_id")):
            kind = "request" if int(type_, 0) == 0 else "answer"
            if message == HARTIP_TOKEN:
                command = next(commands, None)
                if command is not None:
                    rows["hartip", kind, command] += 1
            elif message in HARTIP_MESSAGES:
                rows["hartip", kind, HARTIP_MESSAGES[message]] += 1
    return rows


def hartip_records(reading):
    """Commands of token-passing PDUs, those in direct PDUs left out: tshark
    shows none of them."""
    rows = Counter()
    for operation in reading.operations("hartip"):
        if (operation["object"] or "").startswith("command"):
            continue
        what = operation.get("code", operation["name"])
        if what not in HARTIP_MESSAGES.values() and "code" not in operation:
            continue
        if operation.get("request", True):
            rows["hartip", "request", what] += operation["count"]
        rows["hartip", "answer", what] += answered(operation)
    return rows


ADS_NOTIFICATION = 8


def ads_frames(frames):
    rows = Counter()
    for frame in frames:
        for text, answer in zip(frame.all("ams.cmdid"),
                                frame.all("ams.state_response")):
            code = int(text, 0)
            kind = "answer" if int(answer, 0) else "request"
            if code != ADS_NOTIFICATION:
                rows["ads", kind, f"0x{code:02x}"] += 1
        for group in frame.all("ams.ads_indexgroup"):
            rows["ads", "group", int(group, 0)] += 1
    return rows


def ads_records(reading):
    rows = Counter()
    for operation in reading.operations("ads"):
        code = operation["code"].split("/")[0]
        if operation["name"] in ("router info", "add route") \
                or int(code, 0) == ADS_NOTIFICATION:
            continue
        if operation.get("request", True):
            rows["ads", "request", code] += operation["count"]
            place = re.search(r" (0x[0-9A-F]+):", operation["object"] or "")
            if place:
                rows["ads", "group", int(place.group(1), 0)] \
                    += operation["count"]
        rows["ads", "answer", code] += answered(operation)
    return rows
