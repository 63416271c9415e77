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


def stream_of(path):
    return path[:-len('.pcap')] + '.ndjson'


def records(path):
    run = subprocess.run(['otcap', '--no-hash', path], capture_output=True)
    if run.returncode:
        raise SystemExit('%s: otcap ended with %d: %s' % (
            path, run.returncode, run.stderr.decode()))
    with open(stream_of(path), 'wb') as out:
        out.write(run.stdout)
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


def verdicts(path):
    """What a policy that allows to read says of the crossings."""
    policy = os.path.join(os.path.dirname(__file__), 'policy.json')
    run = subprocess.run(['otcheck', '-q', '-z', policy, '-f', 'ndjson',
                          stream_of(path)],
                         capture_output=True)
    if run.returncode not in (0, 1):
        raise SystemExit('%s: otcheck ended with %d: %s' % (
            path, run.returncode, run.stderr.decode()))
    return {record['verdict'] for record in map(
        json.loads, run.stdout.splitlines()) if record['type'] == 'crossing'}


def misjudged(path, expected):
    """A hidden operation is never allowed; where none is hidden, all is."""
    found = verdicts(path)
    if expected == cases.QUIET:
        return None if found == {'allowed'} else 'verdicts: %s' % found
    return 'all is allowed' if found <= {'allowed'} else None


def same_with_threads(paths):
    """Whatever is kept to compare with, and for how long, does not depend on
    the number of threads."""
    outputs = {subprocess.run(['otcap', '--no-hash', '-j', jobs, *paths],
                              capture_output=True, check=True).stdout
               for jobs in ('1', '3')}
    good = len(outputs) == 1
    print('%s: all captures, with 1 thread and with 3' % (
        'ok' if good else 'FAILED'))
    return good


def main():
    folder, chosen = sys.argv[1], sys.argv[2:]
    failed, paths = 0, []
    for name, expected, operation, link_type, build in cases.CASES:
        if chosen and name not in chosen:
            continue
        capture = Capture(link_type)
        build(capture)
        path = os.path.join(folder, name + '.pcap')
        paths.append(path)
        with open(path, 'wb') as out:
            out.write(capture.bytes())
        found = records(path)
        why = judge(found, expected, operation) or misjudged(path, expected)
        failed += why is not None
        print('%s: %s: %s' % (why and 'FAILED' or 'ok', name, why or expected))
        if chosen:
            for record in found:
                print(json.dumps(record))
    count = len(chosen or cases.CASES)
    if not chosen:
        count += 1
        failed += not same_with_threads(paths)
    print('# %d passed, %d failed, 0 skipped' % (count - failed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
