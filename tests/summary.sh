#!/bin/sh
# Usage: summary.sh LOG...
# Adds up the results of automake's tests, given their logs. A test counts one,
# unless its log counts what it holds: a line `# N passed, N failed, N skipped`,
# or libcheck's `100%: Checks: N, Failures: N, Errors: N`. Prints why tests were
# skipped, then `N passed, N failed, N skipped`; ends with 1 if any failed.
set -u

for log; do
	trs=${log%.log}.trs
	printf 'test %s\n' "${log%.log}"
	if [ -f "$trs" ]; then
		sed -n 's/^:test-result: */result /p' "$trs"
	fi
	if [ -f "$log" ]; then
		grep -E '^# [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log"
		grep -E '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors:' "$log"
		grep '^SKIP: ' "$log"
	fi
done | awk '
function add() {
	if (name == "")
		return
	if (!counted) {
		if (result ~ /^(PASS|XFAIL)$/) good = 1
		else if (result == "SKIP") skip = 1
	}
	if (result !~ /^(PASS|XFAIL|SKIP)$/ && !bad)
		bad = 1
	passed += good; failed += bad; skipped += skip
}
/^test / {
	add()
	name = $2; result = ""; counted = good = bad = skip = 0
	next
}
/^result / { result = $2; next }
/^# /	   { counted = 1; good += $2; bad += $4; skip += $6; next }
/^SKIP: /  { print "skipped: " substr($0, 7); next }
{ # libcheck
	gsub(/,/, "")
	counted = 1; good += $3 - $5 - $7; bad += $5 + $7
}
END {
	add()
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0
}'
