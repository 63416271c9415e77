"""What otcap says of a capture: its status, its messages, its records."""

import json
import subprocess
from ipaddress import ip_address


def is_group(text):
    """Broadcast, multicast, or no address at all."""
    try:
        address = ip_address(text)
    except ValueError:
        return len(text) == 17 and int(text[:2], 16) & 1 == 1
    return (address.is_multicast or address.is_unspecified
            or text == "255.255.255.255")


class Reading:
    def __init__(self, name, status, messages, stream):
        self.name, self.status, self.messages = name, status, messages
        self.records = [json.loads(line) for line in stream.splitlines()]

    def of(self, kind):
        return [r for r in self.records if r["type"] == kind]

    def addresses(self):
        """The hosts that are in the capture, groups left out."""
        found = set()
        for record in self.of("flow"):
            for end in (record["client"], record["server"]):
                found.add(end.get("ip", end.get("address")))
        for event in self.of("event"):
            found.add(event["source"])
            found.update(a["address"] for a in event.get("attempts", []))
        return {a for a in found if a and not is_group(a)}

    def operations(self, *protocols):
        """The operations of protocols, and those that were complete in PDUs
        which turned out malformed."""
        for flow in self.of("flow"):
            if flow["network"].get("protocol") in protocols:
                for operation in flow.get("ops", []):
                    yield operation
        for event in self.of("event"):
            if event["event"] == "malformed" \
                    and event.get("protocol") in protocols:
                for operation in event.get("ops", []):
                    yield operation

    def facts(self, protocol):
        return [f for f in self.of("fact") if f["protocol"] == protocol]


def read(path, name):
    done = subprocess.run(["otcap", "-q", "--no-hash", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return Reading(name, done.returncode,
                   done.stderr.decode("utf-8", "replace"), done.stdout)
