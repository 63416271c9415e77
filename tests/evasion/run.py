#!/usr/bin/env python3
"""Usage: run.py FOLDER [CASE ...]
Writes each case of cases.py into FOLDER as a pcap file, reads it with otcap and
compares what came of the hidden operation with what is expected. With cases,
only those, and their records are shown."""
import json
import os
import subprocess
import sys

import cases
from wire import Capture


def records(path):
    run = subprocess.run(['otcap', '--no-hash', path], capture_output=True)
    if run.returncode:
        raise SystemExit('%s: otcap ended with %d: %s' % (
            path, run.returncode, run.stderr.decode()))
    return [json.loads(line) for line in run.stdout.splitlines()]


def is_in(ops, operation, second):
    return any(op['name'] == operation[0] and op.get('request', True) and
               (operation[1] is None or op.get('object') == operation[1]) and
               (op.get('reading') == 'second') == second for op in ops)


def judge(found, expected, operation):
    flows = [r for r in found if r['type'] == 'flow']
    events = [r for r in found if r.get('event') == 'overlap']
    ops = [op for r in flows for op in r.get('ops', [])]
    seconds = [op for r in events for op in r.get('ops', [])]
    counted = sum(r.get('overlaps', 0) for r in flows)

    if any('reading' in op for op in ops):
        return 'a second reading among the operations of a flow'
    if bool(counted) != bool([e for e in events if e['count']]):
        return '%d overlaps in flows, %d events' % (counted, len(events))
    if expected == cases.TOLD:
        return None if events else 'no overlap was told'
    name = operation[0]
    if expected == cases.SECOND:
        if is_in(ops, name, False):
            return 'is an operation of the first reading'
        return None if is_in(seconds, name, True) else \
            'the second reading does not have it'
    if expected == cases.QUIET and events:
        return 'an overlap was told: ' + events[0]['detail']
    return None if is_in(ops, name, False) else 'the flow does not have it'


def main():
    folder, chosen = sys.argv[1], sys.argv[2:]
    failed = 0
    for name, expected, operation, link_type, build in cases.CASES:
        if chosen and name not in chosen:
            continue
        capture = Capture(link_type)
        build(capture)
        path = os.path.join(folder, name + '.pcap')
        with open(path, 'wb') as out:
            out.write(capture.bytes())
        found = records(path)
        why = judge(found, expected, operation)
        failed += why is not None
        print('%s: %s: %s' % (why and 'FAILED' or 'ok', name, why or expected))
        if chosen:
            for record in found:
                print(json.dumps(record))
    print('# %d passed, %d failed, 0 skipped' % (
        len(chosen or cases.CASES) - failed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
