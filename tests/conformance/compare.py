#!/usr/bin/env python3
"""Usage: compare.py [-v] SHARED [CAPTURE...]

Compares otcap with tshark over the captures in SHARED/pcaps, row by row: a row
is (file, protocol, field, value) and a count on each side. Prints how many
rows of each protocol agree, each row that differs and no rule excuses, and
`# N passed, N failed, N skipped`: one for each capture's account of frames,
one for each protocol, one for the rules."""

import itertools
import multiprocessing
import os
import sys
from collections import Counter

import account
import bundles
import conversations
import health
import hosts
import ja4
import oracle
import pairs
import protocols
import records
import rules
import spans
import totals

HERE = os.path.dirname(os.path.abspath(__file__))
LEAST_AGREEMENT = 0.99

# The fields that conformance is about. What is compared besides, times, ports,
# hosts and more, must not carry them.
OWN = {
    "ip": {"packets", "bytes"},
    "modbus": {"request", "answer"}, "s7comm": {"request", "answer"},
    "cip": {"request", "answer"}, "dnp3": {"request", "unsolicited"},
    "dns": {"question"}, "dhcp": {"host name"}, "lldp": {"system name"},
    "tls": {"server name", "ja3", "ja3s", "ja4"}, "ja4": {"ja4"},
    "http": {"host", "user agent", "server"},
    "ssh": {"product", "release", "comments", "hassh", "hassh server"},
}


def differences(expected, found):
    for key in sorted(set(expected) | set(found), key=str):
        if expected[key] or found[key]:
            yield key, expected[key], found[key]


def look(job):
    """A capture for bundles.made, by what otcap says of it."""
    shared, name = job
    reading = records.read(os.path.join(shared, "pcaps", name), name)
    frames = sum(c["frames"] for c in reading.of("capture"))
    return (name, frames, reading.addresses(),
            bundles.may_join(reading, oracle.decode_as(reading)))


def one(shared, name, packets, reading, frames):
    """A capture: (name, faults of its account, its rows)."""
    rows = []
    for compare in (pairs.compare, spans.compare, account.compare,
                    conversations.compare, hosts.compare, protocols.compare,
                    health.compare):
        rows += differences(*compare(frames, reading))
    rows += differences(*ja4.compare(shared, name, reading))
    return name, totals.faults(reading, packets), rows


def several(job):
    """The captures of a bundle."""
    shared, bundle, manifest = job
    paths = [os.path.join(shared, "pcaps", name) for name in bundle.names]
    readings = [records.read(*both) for both in zip(paths, bundle.names)]
    frames = oracle.frames_of_many(paths, bundle.counts) \
        if len(paths) > 1 else None
    if frames is None:
        frames = [oracle.frames(path, oracle.decode_as(reading))
                  for path, reading in zip(paths, readings)]
    return [one(shared, name, manifest[name], *both) for name, *both
            in zip(bundle.names, readings, frames)]


class Tally:
    def __init__(self, rule_list, verbose):
        self.rules, self.verbose = rule_list, verbose
        self.rows, self.agree, self.excused = Counter(), Counter(), Counter()
        self.own, self.own_agree = Counter(), Counter()
        self.passed = self.failed = 0

    def test(self, good):
        self.passed += good
        self.failed += not good

    def capture(self, name, faults, rows):
        self.test(not faults)
        for fault in faults:
            print(f"FAILED: {name}: {fault}")
        for (protocol, field, value), expected, found in rows:
            self.rows[protocol] += 1
            if field in OWN.get(protocol, ()):
                self.own[protocol] += 1
                self.own_agree[protocol] += expected == found
            if expected == found:
                self.agree[protocol] += 1
                continue
            rule = rules.excuse(self.rules, (name, protocol, field, value))
            self.excused[protocol] += rule is not None
            if rule is None or self.verbose:
                print(f"{rule.id if rule else 'FAILED'}: {name}: {protocol}"
                      f" {field} {value}: tshark {expected}, otcap {found}")

    def enough(self, what, rows, agree, all_captures):
        rows, agree = sum(rows.values()), sum(agree.values())
        good = agree >= LEAST_AGREEMENT * rows > 0 or not all_captures
        self.test(good)
        print(f"{'ok' if good else 'FAILED'}: {agree} of {rows} {what} agree"
              f" before rules: {100 * agree / max(rows, 1):.2f} %")

    def report(self, all_captures):
        print("protocol  rows  agree  excused  share")
        for protocol in sorted(self.rows):
            rows, agree = self.rows[protocol], self.agree[protocol]
            excused = self.excused[protocol]
            good = agree + excused == rows
            self.test(good)
            print(f"{'ok' if good else 'FAILED'}: {protocol} {rows} {agree}"
                  f" {excused} {100 * agree / rows:.2f} %")
        for what, rows, agree in (("all rows", self.rows, self.agree),
                                  ("own rows", self.own, self.own_agree)):
            self.enough(what, rows, agree, all_captures)
        for rule in self.rules:
            print(f"rule {rule.id}: {rule.used} of {rule.most}")
        faults = rules.faults(self.rules, all_captures)
        for fault in faults:
            print(f"FAILED: {fault}")
        self.test(not faults)
        print(f"# {self.passed} passed, {self.failed} failed, 0 skipped")
        return 1 if self.failed else 0


def main(arguments):
    verbose = "-v" in arguments
    shared, *names = [a for a in arguments if a != "-v"]
    manifest = totals.manifest(shared)
    tally = Tally(rules.read(os.path.join(HERE, "rules.csv")), verbose)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        seen = pool.map(look, [(shared, name) for name in names or manifest],
                        chunksize=8)
        # Long ones first, so that no processor waits at the end.
        jobs = [(shared, bundle, manifest) for bundle in bundles.made(seen)]
        jobs.sort(key=lambda job: -sum(job[1].counts))
        results = pool.map(several, jobs, chunksize=1)
    for result in sorted(itertools.chain(*results)):
        tally.capture(*result)
    return tally.report(not names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
