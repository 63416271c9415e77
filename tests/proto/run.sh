#!/bin/sh
# Every case of every protocol: tests/proto/NAME/*.case. The runner compares
# what was said and tries each case cut and with its bytes changed.
set -u
cd "$top_srcdir" || exit 99
set -- tests/proto/*/*.case
if [ ! -e "$1" ]; then
	echo "SKIP: protocol cases: there are none"
	exit 77
fi
exec "$top_builddir/tests/proto/runner" "$@"
