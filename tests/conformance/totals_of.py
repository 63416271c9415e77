#!/usr/bin/env python3
"""Usage: totals_of.py STREAM STREAM

Do two streams of records give each pair of addresses the same packets and
bytes? Attempts that one of them has no room to list are sums of the source."""

import sys

import pairs
import records


def totals(path):
    with open(path, "rb") as file:
        reading = records.Reading(path, 0, "", file.read())
    return pairs.of_records(reading)


def main(arguments):
    (whole, whole_rest), (parts, parts_rest) = map(totals, arguments)
    for source in set(whole_rest) | set(parts_rest):
        pairs.fold_unlisted(whole, parts, {source: [0, 0]})
        for sums, rest in ((whole, whole_rest), (parts, parts_rest)):
            # of_records' rest belongs to the sum that fold_unlisted made.
            total = sums[source + " attempts"]
            sums[source + " attempts"] = [
                a + b for a, b in zip(total, rest.get(source, [0, 0]))]
    status = 0
    for both in sorted(set(whole) | set(parts)):
        if whole.get(both) != parts.get(both):
            print(f"{both}: {whole.get(both)} as a whole,"
                  f" {parts.get(both)} in halves")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
