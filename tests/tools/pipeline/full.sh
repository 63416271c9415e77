# A full disk, a closed pipe: told once, or quiet.
. tests/tools/try.sh
[ -c /dev/full ] || {
	echo 'SKIP: there is no /dev/full'
	exit 77
}
all
for tool in 'otcap samples/four-sites/paris.pcapng' "otassets $tmp/all" \
    "otzones -q $tmp/all" "otcheck -q $tmp/all"; do
	name=${tool%% *}
	echo "== $name"
	try $tool -o /dev/full
	$tool > /dev/full 2> "$tmp/err"
	echo "status $?"
	cat "$tmp/err"
	{
		$tool
		echo "status $?" >&2
	} 2> "$tmp/err" | head -n 1 | cut -c 1-16
	cat "$tmp/err"
done
echo '== every format'
for format in ndjson text crossings sarif junit html; do
	otcheck -q -z "$policy" -f "$format" "$tmp/all" > /dev/full
	echo "status $?"
done
otcap -h > /dev/full
echo "status $?"
otcap --version > /dev/full
echo "status $?"
