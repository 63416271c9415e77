"""The tables of fields in lib/model, which are what a record is made of."""
import re

SOURCES = ("asset", "capture", "event", "fact", "finding", "flow", "stream",
           "zone")
FIELD = re.compile(r"""
    \bF\((?P<f>\w+),\s*(?P<fk>\w+),\s*\w+,\s*(?P<ff>[\w| ]+)\)
  | OT_FIELD\(TYPE,\s*(?P<o>\w+),\s*(?P<ok>\w+),\s*\w+,\s*(?P<of>[\w| ]+)\)
  | OT_FIELD_AS\(\s*"(?P<a>\w+)",\s*TYPE,[^,]*,\s*(?P<ak>\w+),\s*\w+,
        \s*(?P<af>[\w| ]+)\)
  | OT_FIELD_WORD\(TYPE,\s*(?P<w>\w+),\s*\w+,\s*(?P<wn>\w+)\)
  | OT_FIELD_SHAPE\(\s*TYPE,\s*(?P<s>\w+),\s*(?P<sk>\w+),\s*\w+,
        \s*&(?P<ss>\w+)\)
  | FACET\("(?P<c>\w+)",[^)]*\)
  | \{\s*\.key\s*=\s*"(?P<k>\w+)",(?P<rest>[^}]*)\}
    """, re.VERBOSE)


class Field:
    def __init__(self, m):
        g = m.groupdict()
        rest = g["rest"] or ""
        part = {key: value for key, value in
                re.findall(r"\.(\w+)\s*=\s*&?([\w|]+)", rest)}
        self.key = g["f"] or g["o"] or g["a"] or g["w"] or g["s"] or \
            g["c"] or g["k"]
        self.kind = g["fk"] or g["ok"] or g["ak"] or g["sk"] or \
            (g["w"] and "WORD") or (g["c"] and "COUNTS") or \
            part["kind"].replace("OT_F_", "")
        self.flags = g["ff"] or g["of"] or g["af"] or part.get("flags", "")
        self.names = g["wn"] or part.get("names")
        self.shape = g["ss"] or part.get("shape")
        self.always = "OT_ALWAYS" in self.flags or self.kind == "WORD"


class Shape:
    def __init__(self, body, fields, text):
        self.fields = fields
        # what has no room is counted in KEY_other, unless it goes elsewhere
        spill = re.search(r"\.spill = (\w+)", body)
        self.counts_rest = ".cap" in body and (
            not spill or "->other +=" in function(text, spill[1]))


def function(text, name):
    return re.search(r"^%s\(.*?^\}" % name, text, re.DOTALL | re.M)[0]


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def load():
    """Shapes by name, the shape of each type of record, lists of words."""
    shapes, types, words = {}, {}, {}
    sources = ["lib/model/%s.c" % name for name in SOURCES]
    for path in sources + ["lib/base/vocab.c"]:
        with open(path, encoding="utf-8") as f:
            text = strip_comments(f.read())
        fields = {
            m[1]: [Field(x) for x in FIELD.finditer(m[2])] for m in
            re.finditer(r"struct ot_field (\w+)\[\] = \{(.*?)\n\};", text,
                        re.DOTALL)}
        for m in re.finditer(r"struct ot_shape (\w+) = \{(.*?)\n?\};", text,
                             re.DOTALL):
            of = re.search(r"OT_SHAPE_OF\((\w+)\)", m[2])
            shapes[m[1]] = Shape(m[2], fields[of[1]], text)
        for m in re.finditer(r'\{ "(\w+)", &(ot_\w+_shape)', text):
            types[m[1]] = m[2]
        for m in re.finditer(r"const char \*const (\w+)\[\] = \{(.*?)\};",
                             text, re.DOTALL):
            words[m[1]] = re.findall(r'"([^"]*)"', m[2])
    types["stream"] = "header_shape"
    return shapes, types, words
