#!/bin/sh
# Usage: merge.sh
# Over captures of $OTZT_SHARED/pcaps: for pairs of them, both orders of the
# files, two threads, and the merge of two streams give the same bytes; for the
# two halves of one, each pair of addresses has the totals of the whole.
set -u

PAIRS=50
HALVES=20

skip()
{
	echo "SKIP: merge: $1"
	exit 77
}

[ -f "$OTZT_SHARED/pcaps/MANIFEST.tsv" ] ||
    skip "no captures in $OTZT_SHARED/pcaps"
command -v editcap > /dev/null || skip "editcap is not installed"
command -v capinfos > /dev/null || skip "capinfos is not installed"
command -v python3 > /dev/null || skip "python3 is not installed"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
totals=$(cd "$top_srcdir/tests/conformance" && pwd)/totals_of.py
passed=0
failed=0

# every COUNT: of the lines of standard input, COUNT with the same distance.
every()
{
	awk -v want="$1" '{ line[NR] = $0 }
	END {
		step = NR / want
		for (i = 0; i < want; i++) print line[int(i * step) + 1]
	}'
}

# result NAME STATUS: counts a test.
result()
{
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# stream FILE ARGUMENT...: otcap's stream; a cut file counts as far as it goes.
stream()
{
	out=$1
	shift
	otcap -q "$@" > "$out" 2> "$work/messages"
	status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] && return 0
	cat "$work/messages"
	return 1
}

pair()
{
	stream "$work/a" "$1" && stream "$work/b" "$2" &&
	    stream "$work/ab" "$1" "$2" && stream "$work/ba" "$2" "$1" &&
	    stream "$work/j2" -j 2 "$1" "$2" &&
	    stream "$work/merged" --merge "$work/a" "$work/b" || return 1
	for other in ba j2 merged; do
		cmp "$work/ab" "$work/$other" || return 1
	done
}

# halves FILE FRAMES
halves()
{
	half=$(($2 / 2))
	editcap -r "$1" "$work/1.pcapng" "1-$half" &&
	    editcap -r "$1" "$work/2.pcapng" "$((half + 1))-$2" || return 1
	stream "$work/whole" "$1" &&
	    stream "$work/both" "$work/1.pcapng" "$work/2.pcapng" || return 1
	PYTHONDONTWRITEBYTECODE=1 python3 "$totals" "$work/whole" "$work/both"
}

cd "$OTZT_SHARED/pcaps" || exit 99
awk -F '\t' 'NR > 1 && $3 ~ /^[0-9]+$/ { print $1 "\t" $3 }' MANIFEST.tsv |
    LC_ALL=C sort > "$work/captures"

# Neighbours in the list are of one protocol, so they have things to merge; one
# that is half the list away is of another.
cut -f 1 "$work/captures" | awk '{ line[NR] = $0 }
	END {
		for (i = 1; i <= NR; i++)
			print line[i] "\t" line[(i % 2 ? i : i + int(NR / 2)) \
			    % NR + 1]
	}' | every "$PAIRS" > "$work/pairs"
while read -r a b; do
	pair "$a" "$b" > "$work/log" 2>&1
	status=$?
	[ "$status" -eq 0 ] || cat "$work/log"
	result "merge of $a and $b" "$status"
done < "$work/pairs"

awk -F '\t' '$2 >= 20' "$work/captures" | every "$HALVES" > "$work/halved"
while read -r file frames; do
	halves "$file" "$frames" > "$work/log" 2>&1
	status=$?
	[ "$status" -eq 0 ] || cat "$work/log"
	result "halves of $file" "$status"
done < "$work/halved"

echo "# $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
