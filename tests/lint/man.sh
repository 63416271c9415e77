#!/bin/sh
# The manuals are free of mandoc's warnings, and each tool has one.
set -u
cd "$top_srcdir" || exit 99
if ! command -v mandoc > /dev/null; then
	echo "SKIP: man: mandoc is not there (package mandoc)"
	exit 77
fi
status=0
for page in man/*.[1-9]; do
	[ -f "$page" ] || continue
	mandoc -T lint -W warning "$page" || status=1
done
for source in bin/ot*.c; do
	page=man/$(basename "$source" .c).1
	[ -f "$page" ] || { echo "$page: is not there"; status=1; }
done
exit $status
