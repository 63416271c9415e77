# The example of four sites, as ./bootstrap demo shows it.
. tests/tools/try.sh
try sh tests/tools/demo.sh "$tmp/one.html"
cat "$tmp/out"
[ "$(wc -l < "$tmp/out")" -le 40 ] || echo 'the table is too long'
try sh tests/tools/demo.sh "$tmp/two.html"
same "$tmp/one.html" "$tmp/two.html"
