#!/bin/sh
# Every source, test, page and data file is listed in a makefile fragment, so
# that it is built, run, installed and distributed.
set -u
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
status=0

cat Makefile.am lib/lib.am lib/proto/protocols.am bin/bin.am man/man.am \
    tests/tests.am | sed 's/#.*//' | tr -s ' \t\\' '\n' | sort -u \
    > "$work/listed"

# want FILE LINE: FILE's name in the lists is the last word of LINE.
want()
{
	if ! grep -qxF "${2##* }" "$work/listed"; then
		echo "$1: not listed; add: $2"
		status=1
	fi
}

for f in lib/proto/*.[ch]; do
	[ -f "$f" ] && [ "$f" != lib/proto/table.c ] || continue
	name=ot_proto_$(basename "$f" .c)
	if grep -q "^const struct ot_proto $name = {" "$f"; then
		want "$f" "PROTOCOLS += $f"
	else
		want "$f" "PROTO_PARTS += $f"
	fi
done
for f in lib/*/*.[ch]; do
	case $f in
	lib/proto/*) ;;
	*) [ ! -f "$f" ] || want "$f" "CORE += $f" ;;
	esac
done
for f in tests/unit/*_test.c; do
	[ ! -f "$f" ] || want "$f" "UNIT += ${f%.c}"
done
for f in tests/lint/*.sh; do
	want "$f" "LINTS += $f"
done
for f in lib/data/*.csv; do
	[ ! -f "$f" ] || want "$f" "dist_pkgdata_DATA += $f"
done
for f in lib/data/schema/*.json; do
	[ ! -f "$f" ] || want "$f" "dist_schema_DATA += $f"
done
for f in man/*.[1-9]; do
	[ ! -f "$f" ] || want "$f" "dist_man_MANS += $f"
done
exit $status
