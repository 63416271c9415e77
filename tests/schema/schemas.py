"""The schemas in lib/data/schema: read, resolved without a network, walked."""
import json
import os

import jsonschema

FOLDER = "lib/data/schema"


def load():
    """File name -> schema."""
    schemas = {}
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
            schemas[name] = json.load(f)
    return schemas


def validator(schemas):
    """Judges one record. References go by $id, through a store of our own."""
    cls = jsonschema.Draft202012Validator
    store = {s["$id"]: s for s in schemas.values()}
    record = schemas["record.json"]
    for schema in schemas.values():
        cls.check_schema(schema)
    try:
        from referencing import Registry, Resource
        registry = Registry().with_resources(
            (i, Resource.from_contents(s)) for i, s in store.items())
        return cls(record, registry=registry)
    except (ImportError, TypeError):  # jsonschema before 4.18
        resolver = jsonschema.RefResolver(record["$id"], record, store=store)
        return cls(record, resolver=resolver)


class Node:
    """One schema and the file that it stands in, for its references."""

    def __init__(self, schemas, file, schema):
        self.schemas, self.file, self.own = schemas, file, schema
        self.name = None  # of the definition that it refers to
        self.schema = schema
        while "$ref" in self.schema:
            where, _, path = self.schema["$ref"].partition("#/$defs/")
            self.file = where or self.file
            self.name = path
            self.schema = schemas[self.file]["$defs"][path]

    def at(self, schema):
        return Node(self.schemas, self.file, schema)

    def properties(self):
        return {key: self.at(s)
                for key, s in self.schema.get("properties", {}).items()}

    def items(self):
        return self.at(self.schema["items"])

    def description(self):
        return self.own.get("description") or self.schema.get("description")


def record(schemas, kind):
    return Node(schemas, kind + ".json", schemas[kind + ".json"])


def kinds(schemas):
    """The types of records, in the order of a stream."""
    return schemas["record.json"]["properties"]["type"]["anyOf"][0]["enum"]
