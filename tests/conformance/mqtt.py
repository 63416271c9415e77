"""MQTT: packets of each type that ask for something, topics, user names."""

from collections import Counter

CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE = 1, 3, 8, 10
REQUESTS = {CONNECT, 12, 14, 15}


def frames(frames_):
    rows = Counter()
    for frame in frames_:
        if frame.over("_ws.malformed"):
            continue
        for text in frame.all("mqtt.msgtype"):
            if int(text) in REQUESTS:
                rows["mqtt", "packet", int(text)] += 1
        for topic in frame.all("mqtt.topic"):
            rows["mqtt", "topic", topic] += 1
        for user in frame.all("mqtt.username"):
            rows["mqtt", "user", user] += 1
        for client in frame.all("mqtt.clientid"):
            rows["mqtt", "client id", client] = 1
    return rows


def records(reading):
    rows = Counter()
    for operation in reading.operations("mqtt"):
        if not operation.get("request", True):
            continue
        code, count = int(operation["code"]), operation["count"]
        if code in REQUESTS:
            rows["mqtt", "packet", code] += count
        elif operation["object"]:
            rows["mqtt", "topic", operation["object"]] += count
    for flow in reading.of("flow"):
        if flow["network"].get("protocol") == "mqtt":
            for user, count in flow.get("security", {}).get(
                    "user", {}).items():
                rows["mqtt", "user", user] += count
    for fact in reading.of("fact"):
        if fact["protocol"] == "mqtt" and fact["fact"] == "uid" \
                and fact["by"] == "self":
            rows["mqtt", "client id", fact["value"]] = 1
    return rows
