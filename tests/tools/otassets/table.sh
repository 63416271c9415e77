# The inventory as a table. Columns that a new protocol may fill are left out.
. tests/tools/try.sh
all
try otassets -z "$policy" -f text "$tmp/all"
grep -v '^coverage:' "$tmp/out" | cut -c 1-95
