"""JA4 of the client hellos, against what nDPI printed of the same capture."""

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


def compare(shared, name, reading):
    """Sets, not counts: nDPI prints one hello of a flow."""
    expected, found = Counter(), Counter()
    for path in expected_files(shared, name):
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                match = PATTERN.match(line)
                if match:
                    expected["ja4", "ja4", match.group(1)] = 1
    if expected:
        for flow in reading.of("flow"):
            for value in flow.get("security", {}).get("ja4", {}):
                found["ja4", "ja4", value] = 1
    return expected, found
