#!/bin/sh
# The JSON Schemas of the records (lib/data/schema) against what the tools
# write, against the tables of fields in lib/model, and against records that
# are wrong in one place.
set -u
cd "$top_srcdir" || exit 99
for python in python3 /usr/bin/python3; do
	if "$python" -c 'from jsonschema import Draft202012Validator' \
	    2> /dev/null; then
		tmp=$(mktemp -d) || exit 99
		trap 'rm -rf "$tmp"' EXIT
		PYTHONDONTWRITEBYTECODE=1 "$python" tests/schema/run.py "$tmp"
		exit
	fi
done
echo "SKIP: schemas: jsonschema is not there (package python3-jsonschema)"
exit 77
