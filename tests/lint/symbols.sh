#!/bin/sh
# What an object of lib/proto may call: the functions that
# tests/lint/proto-symbols.txt lists, and those of PROTO_PARTS, the sources that
# protocols share. Nothing that can be changed may live there either.
set -u
cd "$top_srcdir" || exit 99
objects=$top_builddir/lib/proto/.libs
if nm "$top_builddir"/.libs/libotzt.so 2> /dev/null | grep -q __asan_init; then
	echo "SKIP: symbols: a sanitizer build calls more"
	exit 77
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

sed -e 's/#.*//' -e '/^[[:space:]]*$/d' tests/lint/proto-symbols.txt \
    > "$work/allowed"
for part in $PROTO_PARTS; do
	part=$objects/$(basename "$part" .c).o
	[ ! -f "$part" ] || nm --defined-only "$part" |
	    awk '$2 ~ /^[TDR]$/ { print $3 }' >> "$work/allowed"
done

status=0
for source in lib/proto/*.c; do
	object=$objects/$(basename "$source" .c).o
	[ -f "$object" ] && [ "$source" != lib/proto/table.c ] || continue
	nm -f sysv "$object" | awk -F '|' -v object="$source" \
	    -v allowed="$work/allowed" '
	BEGIN {
		while ((getline name < allowed) > 0)
			ok[name] = 1
	}
	{ gsub(/ /, "") }
	$3 == "U" && !ok[$1] {
		print object ": calls " $1
		errors++
	}
	# constants that hold addresses lie in .data.rel.ro
	$7 ~ /^([.](data|bss|tdata|tbss)|[*]COM)/ && $7 !~ /^[.]data[.]rel[.]ro/ {
		print object ": " $1 " is not constant"
		errors++
	}
	END { exit errors > 0 }' || status=1
done
exit $status
