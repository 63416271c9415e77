"""Usage: run.py FOLDER   (run.sh calls it)

Five questions to the schemas: do they say what the tables of fields say, with
a description for each key; does the manual have the same keys; do they accept
what the tools write; do they refuse each record in which one key is dropped or
misspelt; does a record with every key go through a tool unchanged?"""
import copy
import json
import os
import re
import subprocess
import sys

import schemas as store
import tables

SHARED_CAPTURES = 60
SHARED_BYTES = 2 << 20
EXAMPLES = {
    "time": "2026-03-02T06:15:00.000000001Z",
    "mac": "00:80:f4:00:00:01",
    "ip": "10.20.0.11",
    "link": "00:80:f4:00:00:01",
    "address": "10.20.0.11",
    "sha256": "ab" * 32,
    "histogram": {"312": 1},
    "slots": ["2026-03-02T06:15Z/06:30Z",
              "2026-03-02T23:45Z/2026-03-03T00:15Z"],
    "vlan": {"id": [10, 4094]},
    "macs": {"00:80:f4:00:00:01": 1},
    "counts": {"some": 1},
}
PATTERNS = {
    "^[A-Z]{3}-[0-9]{3}$": "ZON-001",
    "^otf1-[0-9a-f]{32}$": "otf1-" + "0" * 32,
}


class Report:
    def __init__(self):
        self.count = {"passed": 0, "failed": 0, "skipped": 0}

    def good(self, what):
        self.count["passed"] += 1
        print("ok: schema:", what)

    def bad(self, what, why):
        self.count["failed"] += 1
        print("FAILED: schema: %s: %s" % (what, why))

    def skip(self, what):
        self.count["skipped"] += 1
        print("SKIP: schemas:", what)

    def judge(self, what, faults):
        if not faults:
            self.good(what)
        for fault in faults[:20]:
            print("   ", fault)
        if faults:
            self.bad(what, "%d faults" % len(faults))


# ---- the schemas against the tables ----

NAMED = {"TIME": "time", "HIST": "histogram", "SLOTS": "slots",
         "EVIDENCE": "evidence", "VLANS": "vlan", "IP": "ip",
         "ADDRESS": "link", "ADDR": "address", "VALUE": "value"}


def kind_fits(field, node, words):
    schema = node.schema
    if field.kind in NAMED:
        return node.name == NAMED[field.kind]
    if field.kind in ("U64", "U32", "I64"):
        return schema.get("type") == "integer"
    if field.kind == "BOOL":
        return schema.get("type") == "boolean" or schema.get("const") is True
    if field.kind == "NOT":
        return schema.get("const") is False
    if field.kind == "WORD":
        return schema.get("enum") == words[field.names]
    if field.kind in ("COUNTS", "OBJECT"):
        return schema.get("type") == "object"
    if field.kind == "LIST":
        return schema.get("type") == "array"
    if field.kind == "STRINGS":
        return schema.get("type") == "array" and \
            schema["items"] == {"type": "string"}
    null = "null" in str(schema.get("anyOf", schema.get("type")))
    return null == ("OT_NULLABLE" in field.flags)


def rest_key(field, shapes):
    if field.kind in ("COUNTS", "SLOTS") or \
            (field.kind == "LIST" and shapes[field.shape].counts_rest):
        return {field.key + "_other"}
    return set()


def compare(where, node, shape, all_tables, faults):
    shapes, _, words = all_tables
    have = node.properties()
    want = set()
    for field in shape.fields:
        want |= {field.key} | rest_key(field, shapes)
        if field.key not in have:
            continue
        child, path = have[field.key], where + "." + field.key
        if not kind_fits(field, child, words):
            faults.append("%s: is not what the table says: %s" %
                          (path, field.kind))
        if field.always and \
                field.key not in node.schema.get("required", []):
            faults.append(path + ": is always written, but not required")
        if field.kind == "OBJECT":
            compare(path, child, shapes[field.shape], all_tables, faults)
        if field.kind == "LIST":
            compare(path, child.items(), shapes[field.shape], all_tables,
                    faults)
    for key in sorted(want - have.keys()):
        faults.append("%s.%s: has no description" % (where, key))
    for key in sorted(have.keys() - want - {"type", "schema"}):
        faults.append("%s.%s: no table has it" % (where, key))


def undescribed(name, schema, file, all_schemas, faults):
    if not isinstance(schema, dict):
        return
    for key, child in schema.get("properties", {}).items():
        if not store.Node(all_schemas, file, child).description():
            faults.append("%s: %s: has no description" % (name, key))
    for key, child in schema.items():
        if key == "if":
            continue
        for inner in child if isinstance(child, list) else [child]:
            undescribed(name + "/" + key, inner, file, all_schemas, faults)


def against_tables(report, all_schemas):
    shapes, types, words = all_tables = tables.load()
    faults = []
    for kind in store.kinds(all_schemas):
        node = store.record(all_schemas, kind)
        if kind in types:
            compare(kind, node, shapes[types[kind]], all_tables, faults)
    for kind in types:
        if kind not in store.kinds(all_schemas):
            faults.append("%s: has no schema" % kind)
    for name, schema in all_schemas.items():
        undescribed(name, schema, name, all_schemas, faults)
    report.judge("every key of the tables, every key described", faults)


# ---- the schemas against the manual ----

MANUAL = "man/otzt-records.5"
ONCE = {"place", "op"}  # told in one place for all records


def paths(node, path):
    """The keys of an object as the manual writes them: outer.inner, list[]"""
    for key, child in node.properties().items():
        if key == "type" or key.endswith("_other"):
            continue
        yield path + key
        inner, end = child, "."
        while "items" in inner.schema:
            inner, end = inner.items(), "[]" + end
        if inner.name not in ONCE or inner.file != "common.json":
            yield from paths(inner, path + key + end)


def manual_keys():
    """Section -> keys under it."""
    keys, section = {}, None
    with open(MANUAL, encoding="utf-8") as f:
        for line in f:
            if line.startswith((".Ss ", ".Sh ")):
                section = keys.setdefault(line[4:].strip(), set())
            elif line.startswith(".It Cm ") and section is not None:
                section.add(line[7:].strip())
    return keys


def against_manual(report, all_schemas):
    told, faults = manual_keys(), []
    nodes = {kind: store.record(all_schemas, kind)
             for kind in store.kinds(all_schemas)}
    common = all_schemas["common.json"]
    nodes["op"] = store.Node(all_schemas, "common.json", common["$defs"]["op"])
    for name, node in nodes.items():
        want = set(paths(node, ""))
        if name == "flow":  # the keys of server are those of client
            want = {key for key in want if not key.startswith("server.")}
        have = told.get(name, set())
        for key in sorted(want ^ have):
            faults.append("%s: %s %s" % (name, key, "is not told" if key in want
                                         else "is not in the schema"))
    report.judge(MANUAL, faults)


# ---- what the tools write ----

def plain(text):
    """What a pattern sees in a text: figures are all the same to it."""
    return re.sub(r"[0-9]", "0", re.sub(r"\b[0-9a-f]{16,}\b",
                  lambda m: "0" * len(m[0]), text))


def accept(validator, seen, lines, where, faults):
    for number, line in enumerate(lines, 1):
        form = plain(line)
        if form in seen:
            continue
        seen.add(form)
        worst = next(validator.iter_errors(json.loads(line)), None)
        if worst:
            faults.append("%s: line %d: %s: %s" % (
                where, number, "/".join(map(str, worst.absolute_path)),
                worst.message[:300]))


def run(arguments, text=None):
    done = subprocess.run(arguments, input=text, capture_output=True,
                          check=False)
    return done.returncode, done.stdout, done.stderr.decode()


def samples():
    folder = "samples/four-sites"
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if name.endswith(".pcapng")]


def pipeline(report, validator, seen):
    policy = ["-q", "-z", "zones/four-sites"]
    stages = [["otcap", "-q", "--sensor-from", "file"] + samples(),
              ["otassets"] + policy, ["otzones"] + policy,
              ["otcheck"] + policy]
    out = None
    for stage in stages:
        status, out, err = run(stage, out)
        if status not in (0, 1):
            report.bad(stage[0], "status %d: %s" % (status, err))
            return
        faults = []
        accept(validator, seen, out.decode().splitlines(), stage[0], faults)
        report.judge("records of " + stage[0], faults)


def shared_captures(shared):
    found = []
    for folder, _, names in os.walk(os.path.join(shared, "pcaps")):
        found += [os.path.join(folder, n) for n in names if "pcap" in n]
    found = sorted(f for f in found if os.path.getsize(f) <= SHARED_BYTES)
    step = max(1, len(found) // SHARED_CAPTURES)
    return found[::step]


def shared(report, validator, seen):
    captures = shared_captures(os.environ.get("OTZT_SHARED", "../shared"))
    if not captures:
        report.skip("the shared captures are not there (OTZT_SHARED)")
        return
    faults = []
    for capture in captures:
        status, out, err = run(["otcap", "-q", "--no-hash", capture])
        if status not in (0, 3):
            faults.append("%s: status %d: %s" % (capture, status, err))
        accept(validator, seen, out.decode().splitlines(), capture, faults)
    report.judge("records of %d shared captures" % len(captures), faults)


# ---- records made up from the schemas ----

def example(node, side=0):
    """A value with every key; of two that exclude each other, one."""
    schema = node.schema
    if node.name in EXAMPLES:
        return copy.deepcopy(EXAMPLES[node.name])
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][-1]
    if "anyOf" in schema:
        return example(node.at(schema["anyOf"][0]), side)
    kind = schema["type"]
    if isinstance(kind, list) or kind == "string":
        return PATTERNS.get(schema.get("pattern"), "some text")
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    if kind == "number":
        return 72.5
    if kind == "boolean":
        return True
    if kind == "array":
        return [example(node.items(), side)]
    if "propertyNames" in schema:
        return {example(node.at(schema["propertyNames"])): 1}
    never = schema["not"]["required"][side] if "not" in schema else None
    return {key: example(child, side)
            for key, child in node.properties().items() if key != never}


def objects(node, value, path):
    """Every object in value whose keys are fixed, with its schema."""
    if isinstance(value, list) and "items" in node.schema:
        for item in value:
            yield from objects(node.items(), item, path + "[]")
    if not isinstance(value, dict) or "properties" not in node.schema:
        return
    yield path, node, value
    for key, child in node.properties().items():
        if key in value:
            yield from objects(child, value[key], path + "." + key)


def refused(validator, record, faults, what):
    if validator.is_valid(record):
        faults.append(what + ": is accepted")


def change_each_key(validator, node, record, kind, faults):
    """Drop each key that is required, misspell each key."""
    for path, schema, value in objects(node, record, kind):
        for key in list(value):
            kept = value.pop(key)
            if key in schema.schema.get("required", []):
                refused(validator, record, faults, path + " without " + key)
            wrong = key[:-1] + "~"
            value[wrong] = kept
            refused(validator, record, faults,
                    "%s with %s for %s" % (path, wrong, key))
            del value[wrong]
            value[key] = kept


def wrong_records(report, all_schemas, validator):
    for kind in store.kinds(all_schemas):
        node = store.record(all_schemas, kind)
        faults = []
        for side in (0, 1):
            record = example(node, side)
            record["x-own"] = {"any": "thing"}
            faults += [e.message for e in validator.iter_errors(record)]
            del record["x-own"]
            change_each_key(validator, node, record, kind, faults)
        report.judge("%s: each key dropped, misspelt" % kind, faults)


def through_a_tool(report, all_schemas, validator, folder):
    """A stream of records with every key comes out as it went in. There are
    assets already, so otassets makes none."""
    path = os.path.join(folder, "every-key.ndjson")
    records = []
    for kind in store.kinds(all_schemas)[1:-1]:
        record = example(store.record(all_schemas, kind))
        records.append(dict(record, **{"x-own": 1}))
    first = example(store.record(all_schemas, "stream"))
    counts = {r["type"]: 1 for r in records}
    lines = [first] + records + [{"type": "end", "records": counts}]
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(line) + "\n" for line in lines)
    status, out, err = run(["otassets", "-q", path])
    faults = ["status %d: %s" % (status, err)] if status else []
    got = [json.loads(line) for line in out.decode().splitlines()]
    first["tools"] += got[0]["tools"][1:]  # it has signed
    for a, b in zip(lines, got):
        for key in sorted(a.keys() | b.keys()):
            if a.get(key) != b.get(key):
                faults.append("%s.%s: %s became %s" % (
                    a["type"], key, json.dumps(a.get(key))[:400],
                    json.dumps(b.get(key))[:400]))
    if len(lines) != len(got):
        faults.append("%d records became %d" % (len(lines), len(got)))
    report.judge("every key goes through a tool", faults)


def main():
    report = Report()
    all_schemas = store.load()
    validator = store.validator(all_schemas)
    seen = set()
    against_tables(report, all_schemas)
    against_manual(report, all_schemas)
    wrong_records(report, all_schemas, validator)
    through_a_tool(report, all_schemas, validator, sys.argv[1])
    pipeline(report, validator, seen)
    shared(report, validator, seen)
    print("# %(passed)d passed, %(failed)d failed, %(skipped)d skipped" %
          report.count)
    return report.count["failed"] > 0


sys.exit(main())
