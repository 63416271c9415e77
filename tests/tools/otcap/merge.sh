# Merging streams is as reading their captures in one run.
. tests/tools/try.sh
need jq
cp "$samples"/*.pcapng "$tmp/"
cd "$tmp" || exit 1
otcap paris.pcapng > p
otcap dubai.pcapng > d
otcap lagos-factory.pcapng > l
otcap paris.pcapng dubai.pcapng lagos-factory.pcapng > whole
otcap paris.pcapng dubai.pcapng > pd
otcap paris.pcapng lagos-factory.pcapng > pl

echo '== in any order'
try otcap --merge p d l
same out whole
try otcap --merge l p d
same out whole
try otcap --merge - l < pd
same out whole
otcap --merge p d > made
try otcap --merge l made
same out whole
echo '== a part that is there already'
try otcap --merge p whole d
same out whole
try otcap -q --merge p whole d
same out whole
echo '== a part that shares some inputs'
try otcap --merge pd pl
jq -c 'select(.type == "stream") | [.inputs[].name]' out
tail -n 1 out | cut -c 1-13
echo '== a part that is cut'
head -n 60 l > cut
try otcap --merge p cut
jq -c 'select(.type == "stream") | [.inputs[].name]' out
tail -n 1 out | cut -c 1-13
echo '== a part that cannot be read'
try otcap --merge p absent
same out p
try otcap --merge paris.pcapng
wc -c < out
echo '== without hashes nothing is the same'
otcap --no-hash paris.pcapng > n
otcap --merge n n | jq -c 'select(.type == "stream") | [.inputs[].name]'
echo '== what was judged of a part is left out'
otcheck -q -z "$top_srcdir/$policy" p > judged
try otcap --merge judged d
jq -r .type out | sort -u | tr '\n' ' '
