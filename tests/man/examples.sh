#!/bin/sh
# Every command under EXAMPLES of every page runs, in a copy of the examples,
# and ends with 0, or with 1 for findings. A command is a .Dl line, or a .Bd
# block whole; a block that begins with #include is a program, and compiles.
set -u
cd "$top_srcdir" || exit 99
work=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# commands PAGE: each in a file of its own, $work/NNN.sh or $work/NNN.c.
commands()
{
	rm -f "$work"/*.sh "$work"/*.c
	awk -v work="$work" '
	function plain(line) {
		sub(/^\\&/, "", line)
		gsub(/\\\(aq/, "\047", line)
		gsub(/\\\(dq/, "\"", line)
		gsub(/\\-/, "-", line)
		gsub(/\\e/, "\\", line)
		return line
	}
	function save(text) {
		n++
		file = sprintf("%s/%03d.%s", work, n, \
		    text ~ /^#include/ ? "c" : "sh")
		printf "%s", text > file
		close(file)
	}
	/^\.Sh /	{ examples = $2 == "EXAMPLES"; next }
	!examples	{ next }
	/^\.Dl /	{ save(plain(substr($0, 5)) "\n"); next }
	/^\.Bd /	{ block = 1; text = ""; next }
	/^\.Ed/		{ block = 0; save(text); next }
	block		{ text = text plain($0) "\n" }
	' "$1"
}

# run FILE: what it holds, in a copy of the examples.
run()
{
	rm -rf "$work/copy"
	mkdir "$work/copy" || return 99
	cp -r samples zones "$work/copy" || return 99
	case $1 in
	*.c)
		${CC:-cc} -std=c11 -Wall -Wextra -Werror -fsyntax-only \
		    -I lib "$1"
		;;
	*)
		(cd "$work/copy" && chmod -R u+w . && sh "$1" < /dev/null)
		;;
	esac > "$work/out" 2> "$work/err"
}

for page in man/*.[1-9]; do
	commands "$page"
	for command in "$work"/[0-9]*.*; do
		[ -f "$command" ] || continue
		if grep -qw jq "$command" && ! command -v jq > /dev/null; then
			echo "SKIP: $page: an example needs jq (package jq)"
			skipped=$((skipped + 1))
			continue
		fi
		run "$command"
		status=$?
		# a tool in the middle of a pipe that failed shows in messages only
		if [ $status -le 1 ] && ! grep -q 'not found' "$work/err"; then
			passed=$((passed + 1))
			continue
		fi
		failed=$((failed + 1))
		echo "FAILED: $page: status $status:"
		cat "$command" "$work/err"
	done
done
echo "# $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
