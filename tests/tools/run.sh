#!/bin/sh
# Usage: run.sh [tests/tools/FOLDER/NAME.sh ...]
# Runs each tests/tools/FOLDER/NAME.sh and compares what it prints (standard
# output and error) with NAME.out beside it, byte for byte. A test runs in the
# top folder of the sources, which may be read only; $tmp is its own folder for
# files. It ends with 0, or with 77 after `SKIP: why`. Folders run side by side.
# With UPDATE=1 the .out files are written instead: read the difference.
set -u
cd "$top_srcdir" || exit 99
all=$(mktemp -d) || exit 99
trap 'rm -rf "$all"' EXIT
trap 'exit 99' HUP INT TERM

# one TEST LOGDIR: runs it; the log gets the result.
one()
{
	name=${1#tests/tools/}
	name=${name%.sh}
	expected=${1%.sh}.out
	tmp=$2/tmp
	export tmp
	rm -rf "$tmp"
	mkdir -p "$tmp"
	sh "$1" > "$2/out" 2>&1 < /dev/null
	status=$?
	if [ "$status" -eq 77 ]; then
		sed -n "s|^SKIP: |SKIP: $name: |p" "$2/out"
		echo skip >> "$2/results"
	elif [ "${UPDATE:-0}" = 1 ] && [ "$status" -eq 0 ]; then
		cp "$2/out" "$expected"
		echo "written: $expected"
		echo pass >> "$2/results"
	elif [ "$status" -eq 0 ] && cmp -s "$expected" "$2/out"; then
		echo "ok: $name"
		echo pass >> "$2/results"
	else
		echo "FAILED: $name (status $status)"
		[ -f "$expected" ] || expected=/dev/null
		diff -u "$expected" "$2/out" | head -n 60
		echo fail >> "$2/results"
	fi
}

[ $# -gt 0 ] || set -- tests/tools/*/*.sh
if [ ! -e "$1" ]; then
	echo "SKIP: tool tests: there are none"
	exit 77
fi
for test; do
	dirname "$test"
done | sort -u > "$all/folders"
while read -r folder; do
	logs=$all/$(basename "$folder")
	mkdir "$logs"
	for test; do
		[ "$(dirname "$test")" != "$folder" ] || one "$test" "$logs"
	done > "$logs/log" 2>&1 &
done < "$all/folders"
wait
cat "$all"/*/log
cat "$all"/*/results | awk '
	{ n[$1]++ }
	END {
		printf "# %d passed, %d failed, %d skipped\n",
		    n["pass"], n["fail"], n["skip"]
		if (n["fail"]) exit 1
		if (!n["pass"]) exit 77
	}'
