#!/bin/sh
# Who includes whom (lib/layers.txt; STYLE.md section 2). Every header compiles
# alone, a .c includes its own header first, a third-party header has one
# includer.
set -u
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# FILE:LINE:include of every source: "base/buf.h" or <stdio.h>
find lib bin -name '*.[ch]' ! -path lib/proto/table.c | sort |
    xargs grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null |
    sed -E 's/^([^:]*:[0-9]+):[^"<]*(["<][^">]*[">]).*/\1 \2/' > "$work/all"

awk -v law=lib/layers.txt '
function bad(what) {
	print place ": " what
	errors++
}
BEGIN {
	while ((getline line < law) > 0) {
		split(line, half, ":")
		n = split(half[1], from, " ")
		m = split(half[2], to, " ")
		for (i = 1; i <= n; i++) {
			known[from[i]] = 1
			may[from[i], from[i]] = 1
			for (j = 1; j <= m; j++)
				may[from[i], to[j]] = 1
		}
	}
	n = split("csv.h cjson/cJSON.h cJSON.h zstd.h zlib.h pcap/pcap.h" \
	    " pcap.h", h, " ")
	for (i = 1; i <= n; i++)
		third[h[i]] = 1
}
{
	place = $1
	file = $1
	sub(/:[0-9]+$/, "", file)
	name = substr($2, 2, length($2) - 2)
	own = substr($2, 1, 1) == "\""
	n = split(file, part, "/")
	m = split(name, to, "/")
}
!own && (third[name] || third[to[m]]) {
	if (part[1] == "bin")
		bad("a tool includes <" name ">")
	else if (includer[to[m]] && includer[to[m]] != file)
		bad("<" name "> is included by " includer[to[m]] " already")
	includer[to[m]] = file
	next
}
name ~ /check\.h$/ && !own { bad("libcheck outside tests/"); next }
!own { next }
part[1] == "bin" {
	if (name != "otzt.h" && name != "tool.h")
		bad("a tool includes otzt.h and tool.h only, not " name)
	next
}
n == 2 { # lib/otzt.c may include all; lib/otzt.h is read without the tree
	if (part[2] != "otzt.c")
		bad("only lib/otzt.c may include \"" name "\"")
	next
}
!known[part[2]] { bad("lib/layers.txt does not know " part[2] "/"); next }
m != 2 { bad("write \"FOLDER/NAME.h\", not \"" name "\""); next }
!may[part[2], to[1]] { bad(part[2] "/ may not include " to[1] "/") }
END { exit errors > 0 }
' "$work/all"
status=$?

# A .c first includes the header of its name, where there is one.
for c in lib/*/*.c bin/*.c lib/otzt.c; do
	h=${c%.c}.h
	[ -f "$c" ] && [ -f "$h" ] || continue
	want=${h#lib/}
	want=${want#bin/}
	if ! grep -m 1 '^#include' "$c" | grep -qF "\"$want\""; then
		echo "$c: its first include is not \"$want\""
		status=1
	fi
done

for h in lib/*.h lib/*/*.h bin/*.h; do
	[ -f "$h" ] || continue
	echo "#include \"$top_srcdir/$h\"" > "$work/alone.c"
	# shellcheck disable=SC2086 # the compiler may come with options
	if ! $CC -std=c11 -D_GNU_SOURCE -Ilib -Wall -Wextra -Wpedantic -Werror \
	    -fsyntax-only "$work/alone.c"; then
		echo "$h: does not compile alone"
		status=1
	fi
done
exit $status
