"""OPC UA binary: hellos, messages of each service, attributes of the items
that are read and written, certificates."""

import hashlib
from collections import Counter

OPEN, OPENED, CLOSE, FAULT, PUBLISH = 446, 449, 452, 397, 826
# The response has the next number, not the third.
NEXT = {12208: 12209, 12211: 12212}
# One operation an item: of how many messages it does not tell.
ITEMS = {488, 494, 500, 506, 527, 554, 560, 566, 664, 700, 712, 751}
ATTRIBUTES = {631, 673}
MONITOR = 751  # whose filters have attributes too
CERTIFICATES = ("opcua.security.scert", "opcua.ServerCertificate",
                "opcua.ClientCertificate")
VALUE = "13"


def response_of(service):
    return NEXT.get(service, service + 3)


# Of these only the requests are told apart.
UNCOUNTED = {OPEN, OPENED, FAULT, response_of(PUBLISH)} | {
    response_of(service) for service in ITEMS | ATTRIBUTES}


def digest(text):
    """Of the first certificate of a chain in DER."""
    chain = bytes.fromhex(text.replace(":", ""))
    octets = chain[1] - 0x80 if chain[1:2] > b"\x80" else 0
    length = int.from_bytes(chain[2:2 + octets], "big") if octets \
        else chain[1]
    return hashlib.sha256(chain[:2 + octets + length]).hexdigest()


def frames(frames_):
    rows = Counter()
    for frame in frames_:
        if frame.over("_ws.malformed"):
            continue
        for kind in frame.all("opcua.transport.type"):
            rows["opcua", "message", "hello"] += kind == "HEL"
        for text in frame.all("opcua.servicenodeid.numeric"):
            number = int(text, 0)
            if number in ITEMS:
                rows["opcua", "seen", number] = 1
            elif number not in UNCOUNTED and number not in ATTRIBUTES:
                rows["opcua", "service", number] += 1
        if str(MONITOR) not in frame.all("opcua.servicenodeid.numeric"):
            for text in frame.all("opcua.AttributeId"):
                rows["opcua", "attribute", str(int(text, 0))] += 1
        for field in CERTIFICATES:
            for text in frame.all(field):
                if text[:2] == "30":
                    rows["opcua", "certificate", digest(text)] = 1
    return rows


def attribute(operation):
    _, _, number = (operation["object"] or "").partition(" attribute ")
    return number or VALUE


def records(reading):
    rows = Counter()
    for flow in reading.of("flow"):
        if flow["network"].get("protocol") == "opcua":
            for certificate in flow.get("security", {}).get(
                    "certificates", []):
                rows["opcua", "certificate", certificate["sha256"]] = 1
    for operation in reading.operations("opcua"):
        count, asked = operation["count"], operation.get("request", True)
        if operation["name"] == "hello":
            rows["opcua", "message", "hello"] += count
        code = int(operation.get("code", FAULT))
        if code in ATTRIBUTES and asked:
            rows["opcua", "attribute", attribute(operation)] += count
        elif code in ITEMS and asked:
            rows["opcua", "seen", code] = 1
        elif code not in UNCOUNTED and code not in ITEMS | ATTRIBUTES:
            if asked:
                rows["opcua", "service", code] += count
            if code not in (CLOSE, PUBLISH):
                rows["opcua", "service", response_of(code)] += \
                    count - operation.get("unanswered", 0)
    return rows
