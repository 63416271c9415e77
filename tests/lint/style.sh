#!/bin/sh
# What STYLE.md sections 4, 6, 7, 9 and 10 forbid and a pattern can find.
set -u
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
status=0

find bin lib tests -name '*.[ch]' ! -path lib/proto/table.c | sort \
    > "$work/files"

# The same files without comments, strings and character constants, line by
# line: FILE:LINE:text
xargs awk '
FNR == 1 { inside = 0 }
{
	text = $0
	code = ""
	while (text != "") {
		if (inside) {
			end = index(text, "*/")
			if (!end) break
			text = substr(text, end + 2)
			inside = 0
		} else if (match(text, /^"([^"\\]|\\.)*"/) ||
		    match(text, /^\047([^\047\\]|\\.)+\047/)) {
			code = code "\"\""
			text = substr(text, RLENGTH + 1)
		} else if (substr(text, 1, 2) == "/*") {
			inside = 1
			text = substr(text, 3)
		} else {
			code = code substr(text, 1, 1)
			text = substr(text, 2)
		}
	}
	print FILENAME ":" FNR ":" code
}' < "$work/files" > "$work/code"

# refuse WHAT PATTERN [EXCEPT]: lines of code that match PATTERN, in files
# that do not match EXCEPT.
refuse()
{
	grep -E "^[^:]*:[0-9]+:.*$2" "$work/code" |
	    grep -vE "^(${3:-nothing})" > "$work/found" || return 0
	sed "s|\$| <- $1|" "$work/found"
	status=1
}

call() { echo "(^|[^A-Za-z0-9_])($1)[[:space:]]*\("; }

refuse "banned function" \
    "$(call 'strcpy|stpcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets')"
refuse "read bytes through base/buf.h" "$(call 'ntohs|ntohl|htons|htonl')" \
    lib/capture/live.c
refuse "only base/ and capture/ allocate" \
    "$(call 'malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf')" \
    'lib/base/|lib/capture/|tests/'
refuse "the library does not print or exit" \
    "$(call 'printf|puts|putchar|perror|exit|abort|_exit')" 'bin/|tests/'
refuse "no typedef for structs" 'typedef[[:space:]]+struct'
refuse "a line comment" '//'
refuse "#if outside capture/ and base/" \
    '[[:space:]]*#[[:space:]]*(if|ifdef|elif)([^A-Za-z]|$)' \
    'lib/base/(io|unpack|hash|sandbox)|lib/capture/|tests/(fuzz|bench)/'

# Issues are where unfinished things stand.
if xargs grep -nwE 'TODO|FIXME|XXX' /dev/null < "$work/files"; then
	echo "unfinished: finish it or open an issue"
	status=1
fi

sed 's|.*/||' "$work/files" | grep '\.c$' | sort | uniq -d > "$work/twice"
while read -r name; do
	echo "two files are named $name:"
	grep "/$name\$" "$work/files"
	status=1
done < "$work/twice"
if grep -E '/(util|utils|misc|common|helpers)\.[ch]$' "$work/files"; then
	echo "a file's name says what it holds"
	status=1
fi

# 80 columns, tabs of 8.
while read -r file; do
	width=$(LC_ALL=C.UTF-8 wc -L < "$file")
	if [ "$width" -gt 80 ]; then
		echo "$file: a line of $width columns"
		status=1
	fi
done < "$work/files"
if xargs grep -nE '[[:space:]]+$' /dev/null < "$work/files"; then
	echo "blanks at the end of a line"
	status=1
fi

# The layout depends on the version: 14 is the one that it was made with.
if "$CLANG_FORMAT" --version 2> /dev/null | grep -q 'version 14\.'; then
	if ! xargs "$CLANG_FORMAT" --dry-run -Werror < "$work/files" \
	    > "$work/format" 2>&1; then
		grep 'error:' "$work/format" | sed 's/ error:.*//' |
		    cut -d : -f 1 | sort | uniq -c |
		    awk '{ print $2 ": " $1 " places: run make format" }'
		status=1
	fi
else
	echo "clang-format 14 is not there: layout not compared"
fi
exit $status
