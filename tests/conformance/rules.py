"""Rules that excuse rows: each with a reason and a citation, and the greatest
number of rows that it may excuse. A rule that excuses none is dead. Patterns
are those of file names, and alternatives stand between bars."""

import csv
import fnmatch

RULES_MAX = 40


class Rule:
    def __init__(self, row):
        self.id = row["id"]
        self.patterns = [row[key].split("|") for key in
                         ("file", "protocol", "field", "value")]
        self.most = int(row["most"])
        if not row["reason"].strip() or not row["citation"].strip():
            raise ValueError(f"rule {self.id}: no reason or no citation")
        self.used = 0

    def names(self, row):
        return all(any(fnmatch.fnmatchcase(str(value), pattern)
                       for pattern in patterns)
                   for value, patterns in zip(row, self.patterns))


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [Rule(row) for row in csv.DictReader(file)]


def excuse(rules, row):
    """The first rule that names the row takes it; None where none does."""
    for rule in rules:
        if rule.names(row):
            rule.used += 1
            return rule
    return None


def faults(rules, all_captures):
    """Of the rules themselves; which are dead shows only over all captures."""
    found = []
    if len(rules) > RULES_MAX:
        found.append(f"{len(rules)} rules, at most {RULES_MAX}")
    for rule in rules:
        if not rule.used and all_captures:
            found.append(f"rule {rule.id} excuses nothing any more")
        elif rule.used > rule.most:
            found.append(f"rule {rule.id} excuses {rule.used} rows,"
                         f" at most {rule.most}")
    return found
