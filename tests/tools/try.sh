# What tool tests share; a test begins with `. tests/tools/try.sh`.

samples=samples/four-sites
policy=zones/four-sites

# need PROGRAM...: without one the test is skipped.
need()
{
	for program; do
		if ! command -v "$program" > /dev/null; then
			echo "SKIP: there is no $program"
			exit 77
		fi
	done
}

# try COMMAND...: its messages and status; its output goes to $tmp/out.
try()
{
	"$@" > "$tmp/out" 2> "$tmp/err"
	status=$?
	sed "s|$tmp|TMP|g" "$tmp/err"
	echo "status $status"
}

# all: the stream of all samples, as $tmp/all.
all()
{
	otcap -q --sensor-from file "$samples"/*.pcapng > "$tmp/all"
}

# same A B: are two files the same bytes?
same()
{
	if cmp -s "$1" "$2"; then
		echo "the same bytes"
	else
		echo "other bytes"
	fi
}

# clocks: without tables of time zones the test is skipped.
clocks()
{
	if ! [ -f /usr/share/zoneinfo/Africa/Lagos ]; then
		echo "SKIP: there are no tables of time zones (tzdata)"
		exit 77
	fi
}
