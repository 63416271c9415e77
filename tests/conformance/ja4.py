"""JA4 of the client hellos, against what nDPI printed of the same capture.

Two of its letters are left out here, and compared with tshark's fields in
names.py: nDPI prints "d" of hellos without a server name, and the first two
characters of the protocol's name. "i" and the first and the last character
they are by FoxIO's technical details of JA4 (SNI; ALPN Extension Value)."""

import csv
import os
import re
from collections import Counter

PATTERN = re.compile(r"^\s+\d+\s+TCP .*\[JA4: (t[0-9a-zA-Z]+_[0-9a-f]+_"
                     r"[0-9a-f]+)\]")
NDPI = "expected/nDPI/"


def expected_files(shared, name):
    """nDPI's output for a capture, where INDEX.tsv names one."""
    path = os.path.join(shared, "expected", "INDEX.tsv")
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["capture"] == name:
                for expected in row["expected"].split(","):
                    if expected.strip().startswith(NDPI):
                        yield os.path.join(shared, expected.strip())


def parts(fingerprint):
    """Without the letter of the server name and those of the protocol."""
    head, suites, extensions = fingerprint.split("_")
    return "_".join((head[:3] + head[4:8], suites, extensions))


def compare(shared, name, reading):
    """Sets, not counts: nDPI prints one hello of a flow."""
    expected, found = Counter(), Counter()
    for path in expected_files(shared, name):
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = PATTERN.match(line)
                if match:
                    expected["ja4", "ja4", parts(match.group(1))] = 1
    if expected:
        for flow in reading.of("flow"):
            for value in flow.get("security", {}).get("ja4", {}):
                found["ja4", "ja4", parts(value)] = 1
    return expected, found
