#!/bin/sh
# Three lists are one: what otzt.h marks OT_API, what otzt.map lists, and what
# libotzt.so exports.
set -u
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# Up to the first "(" of each OT_API declaration stands the name.
grep -v '^[[:space:]]*#' lib/otzt.h | tr '\n\t' '  ' |
    sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/||g' |
    grep -oE 'OT_API[^;]*;' |
    sed -E 's/\(.*//; s/[[:space:]]*$//; s/.*[^A-Za-z0-9_]//' |
    sort > "$work/otzt.h"
grep -oE '^[[:space:]]*ot_[a-z0-9_]+;' lib/otzt.map | tr -d ' \t;' |
    sort > "$work/otzt.map"
nm -D --defined-only "$top_builddir/.libs/libotzt.so" |
    awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
    grep -vE '^(__asan|__ubsan|__lsan|__odr_asan)' |
    sort > "$work/libotzt.so"

[ -s "$work/otzt.h" ] || { echo "otzt.h declares nothing"; exit 1; }
cd "$work" || exit 99
diff -u otzt.h otzt.map && diff -u otzt.map libotzt.so
