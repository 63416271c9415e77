#!/bin/sh
# Usage: demo.sh HTML
# The example of four sites: prints what crosses between its zones, with
# verdicts, and writes the report to HTML. Run in the top folder, with the
# programs in PATH: ./bootstrap demo and make check do.
set -u
html=${1:?usage: demo.sh HTML}

otcap -q --sensor-from file samples/four-sites/*.pcapng |
    otassets -q -z zones/four-sites |
    otzones -q -z zones/four-sites |
    otcheck -q -z zones/four-sites -f crossings -f html="$html"
status=$?

# 1: there are findings, as there should be. A stage that failed leaves the
# stream without an end, and otcheck says 3.
[ "$status" -le 1 ]
