"""What otcap says of a capture: its status, its messages, its records."""

import json
import subprocess


class Reading:
    def __init__(self, path, name):
        done = subprocess.run(["otcap", "-q", "--no-hash", path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
        self.name = name
        self.status = done.returncode
        self.messages = done.stderr.decode("utf-8", "replace")
        self.records = [json.loads(line) for line in done.stdout.splitlines()]

    def of(self, kind):
        return [r for r in self.records if r["type"] == kind]

    def flows(self, protocol):
        """The flows of a protocol, also where it is inside another."""
        return [f for f in self.of("flow")
                if f["network"].get("protocol") == protocol
                or protocol in f.get("also", {})]

    def operations(self, *protocols):
        """The operations of protocols, and those that were complete in PDUs
        which turned out malformed: (operation, flow or event)."""
        for flow in self.of("flow"):
            if flow["network"].get("protocol") in protocols:
                for operation in flow.get("ops", []):
                    yield operation
        for event in self.of("event"):
            if event.get("protocol") in protocols:
                for operation in event.get("ops", []):
                    yield operation

    def facts(self, protocol):
        return [f for f in self.of("fact") if f["protocol"] == protocol]
