#!/bin/sh
# The evasion cases: an operation hidden by fragments, overlaps, odd segments
# and the like is found, or told as ambiguous. cases.py is the table.
set -u
cd "$top_srcdir" || exit 99
if ! command -v python3 > /dev/null; then
	echo "SKIP: evasion: python3 is not there"
	exit 77
fi
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 tests/evasion/run.py "$tmp" "$@"
