#!/bin/sh
# Usage: connections.sh [CAPTURE...]
# Connections of captures in $OTZT_SHARED, one by one: their Community IDs
# against tshark's, their states, histories and counts against the conn.log that
# Zeek keeps of its own tests. See connections.py. VERBOSE=1 shows the rows that
# rules excuse, too.
set -u

skip()
{
	echo "SKIP: connections: $1"
	exit 77
}

cd "$top_srcdir/tests/conformance" || exit 99
[ -f "$OTZT_SHARED/pcaps/MANIFEST.tsv" ] ||
    skip "no captures in $OTZT_SHARED/pcaps"
command -v tshark > /dev/null || skip "tshark is not installed"
command -v python3 > /dev/null || skip "python3 is not installed"

PYTHONDONTWRITEBYTECODE=1 python3 connections.py ${VERBOSE:+-v} "$OTZT_SHARED" \
    "$@"
