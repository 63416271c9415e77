#!/bin/sh
# Usage: run.sh [CAPTURE...]
# What otcap says of the captures in $OTZT_SHARED/pcaps, against tshark: see
# compare.py. VERBOSE=1 shows the rows that rules excuse, too.
set -u

skip()
{
	echo "SKIP: conformance: $1"
	exit 77
}

cd "$top_srcdir/tests/conformance" || exit 99
[ -f "$OTZT_SHARED/pcaps/MANIFEST.tsv" ] ||
    skip "no captures in $OTZT_SHARED/pcaps"
command -v tshark > /dev/null || skip "tshark is not installed"
command -v python3 > /dev/null || skip "python3 is not installed"

PYTHONDONTWRITEBYTECODE=1 python3 compare.py ${VERBOSE:+-v} "$OTZT_SHARED" "$@"
