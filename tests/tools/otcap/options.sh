# Options that are wrong: one message, status 2, nothing written.
. tests/tools/try.sh
paris=$samples/paris.pcapng
refused()
{
	echo "== $*"
	try otcap -o "$tmp/never" "$@"
	[ ! -e "$tmp/never" ] || echo 'it was written'
}

refused
refused --frobnicate "$paris"
refused -j
refused -j x "$paris"
refused -j 0 "$paris"
refused -j 65 "$paris"
refused -j 4294967297 "$paris"
refused -j ' 3' "$paris"
refused --frames -3 "$paris"
refused --frames 3 "$paris"
refused --duration 99999999999999999999 -i lo
refused --sensor-from moon "$paris"
refused --site-from file "$paris"
refused -f pdf "$paris"
refused --color=mauve "$paris"
refused -i lo "$paris"
refused --merge
refused "$paris" "$paris"
echo '== help and version'
otcap -h | head -n 3
otcap --version | sed 's/[0-9][0-9.]*$/N/'
