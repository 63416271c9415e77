# What is no stream, and a stream that is cut.
. tests/tools/try.sh
need jq
cd "$tmp" || exit 1
otcap "$top_srcdir/$samples/tianjin-factory.pcapng" > stream
head -n 40 stream > cut
{ head -n 40 stream; sed -n 41p stream | head -c 20; } > torn
: > empty
echo hello > text
mkdir folder
{
	sed '$d' stream
	sed 1d stream
} > twice
sed 's|otzt/1|otzt/99|' stream > later

for input in absent empty text folder later; do
	echo "== $input"
	try otassets "$input" -o never
	[ ! -e never ] || echo 'it was written'
done
echo '== standard input'
try otassets < text
try otassets < /dev/null
for input in cut torn; do
	echo "== $input"
	try otassets "$input"
	jq -c 'select(.type == "stream" or .type == "end") | [.type, .tools]' \
	    out
done
echo '== records behind the end'
{
	cat stream
	sed -n 3p stream
} > behind
try otassets behind
tail -n 1 out | cut -c 1-12
echo '== a record of another kind of value'
sed '2s|"frames":[0-9]*|"frames":"many"|' stream > wrong
# the column depends on the length of the name of the capture
try otassets wrong | sed "s,2: 1:[0-9]*:,2: 1:N:,"
echo '== two streams'
try otassets stream stream
