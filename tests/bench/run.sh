#!/bin/sh
# make bench: makes the traffic in the build tree, once for each number of
# frames, and measures otcap beside the bare counter and tshark: measure.py.
# Ends with 1 where a bound is broken.
set -u

skip()
{
	echo "SKIP: bench: $1"
	exit 77
}

command -v python3 > /dev/null || skip "python3 is not installed"
here=$top_srcdir/tests/bench
work=$top_builddir/tests/bench
lib=$top_builddir/.libs
set -- "$top_srcdir"/samples/four-sites/*.pcapng
[ -f "$1" ] || skip "no samples"

# traffic NAME FRAMES SAMPLE...: the same 5,000 conversations of 500 hosts each time.
traffic()
{
	name=$1 frames=$2
	shift 2
	if [ "$work/generate" -nt "$work/$name" ] || [ ! -f "$work/$name" ]; then
		echo "making $frames frames"
		"$work/generate" "$frames" 5000 500 "$work/new.pcap" "$@" &&
		    mv "$work/new.pcap" "$work/$name" || exit 99
	fi
}

traffic frames-200k.pcap 200000 "$@"
traffic frames-2m.pcap 2000000 "$@"
traffic frames-4m.pcap 4000000 "$@"

# libtool's wrapper is a shell, whose time is not meant.
otcap=$top_builddir/bin/.libs/otcap
[ -x "$otcap" ] || otcap=$top_builddir/bin/otcap
LD_LIBRARY_PATH=$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
    PYTHONDONTWRITEBYTECODE=1 python3 "$here/measure.py" "$work" "$otcap"
