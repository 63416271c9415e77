# The frames behind records, by tshark: exactly those that are named.
. tests/tools/try.sh
need jq tshark gzip
lagos=$samples/lagos-factory.pcapng
paris=$samples/paris.pcapng

# cited STREAM: file and number of each frame that records name, once.
cited()
{
	jq -r '.. | objects | select(.file and .frame)
	    | [.file, .frame], (select(.reply) | [.file, .reply])
	    | @tsv' "$1" | sort -u -k 1,1 -k 2,2n
}

# frames FILE [NUMBER...]: time, lengths, interface and bytes of each frame.
frames()
{
	file=$1
	shift
	[ $# -eq 0 ] || set -- -Y "frame.number in {$(echo "$@" | tr ' ' ,)}"
	tshark -n -r "$file" "$@" -o frame.generate_md5_hash:TRUE \
	    -T fields -e frame.time_epoch -e frame.len -e frame.cap_len \
	    -e frame.interface_name -e frame.md5_hash 2> /dev/null
}

echo '== findings'
otcap "$lagos" | otcheck -q -z "$policy" > "$tmp/found"
jq -c 'select(.type == "finding")' "$tmp/found" > "$tmp/findings"
try otcap --extract -o "$tmp/e.pcapng" "$lagos" < "$tmp/found"
# shellcheck disable=SC2046
frames "$lagos" $(cited "$tmp/findings" | cut -f 2) > "$tmp/expected"
frames "$tmp/e.pcapng" > "$tmp/frames"
same "$tmp/expected" "$tmp/frames"
tshark -r "$tmp/e.pcapng" -T fields -e frame.comment 2> /dev/null |
    grep modbus
echo '== a record for each file'
try otcap --extract-dir "$tmp/each" "$lagos" < "$tmp/findings"
jq -r '. as $f | select(.evidence) | $f.fingerprint + ".pcapng"' \
    "$tmp/findings" | sort -u > "$tmp/names"
(cd "$tmp/each" && ls) > "$tmp/there"
same "$tmp/names" "$tmp/there"
for name in $(head -n 3 "$tmp/names"); do
	jq -c --arg name "${name%.pcapng}" \
	    'select(.fingerprint == $name)' "$tmp/findings" > "$tmp/one"
	# shellcheck disable=SC2046
	frames "$lagos" $(cited "$tmp/one" | cut -f 2) > "$tmp/expected"
	frames "$tmp/each/$name" > "$tmp/frames"
	same "$tmp/expected" "$tmp/frames"
done
echo '== several captures, chosen by jq, through a pipe'
otcap "$paris" "$lagos" |
    jq -c 'select(.type == "flow") | .ops[]?
	| select(.verb == "write")' > "$tmp/writes"
otcap --extract "$paris" "$lagos" < "$tmp/writes" > "$tmp/w.pcapng"
tshark -r "$tmp/w.pcapng" -Y 'modbus and tcp.dstport == 502' 2> /dev/null |
    sed 's/^ *[0-9]* *[0-9.]* //' | head -n 3
tshark -r "$tmp/w.pcapng" -T fields -e frame.comment 2> /dev/null |
    head -n 1
otcap --extract "$lagos" "$paris" < "$tmp/writes" > "$tmp/v.pcapng"
same "$tmp/w.pcapng" "$tmp/v.pcapng"
echo '== a folder, packed files, another link type'
mkdir "$tmp/in"
gzip -nc "$paris" > "$tmp/in/a.gz"
editcap -F pcap "$lagos" "$tmp/in/b" 2> /dev/null
editcap -F nsecpcap -T rawip4 -C 18 "$samples/dubai.pcapng" "$tmp/in/c" \
    2> /dev/null
otcap -q "$tmp/in" > "$tmp/s"
try otcap --extract -o "$tmp/e.pcapng.gz" "$tmp/in" < "$tmp/s"
for file in a.gz b c; do
	# shellcheck disable=SC2046
	frames "$tmp/in/$file" \
	    $(cited "$tmp/s" | sed -n "s/^$file	//p") | cut -f 1-3,5
done > "$tmp/expected"
frames "$tmp/e.pcapng.gz" | cut -f 1-3,5 > "$tmp/frames"
same "$tmp/expected" "$tmp/frames"
capinfos -E "$tmp/e.pcapng.gz" 2> /dev/null | sed -n 's/^File enc.*: *//p'
echo '== another place, the same bytes'
cp "$lagos" "$tmp/moved"
try otcap --extract -o "$tmp/m.pcapng" "$tmp/moved" < "$tmp/found"
otcap --extract -o "$tmp/e.pcapng" "$lagos" < "$tmp/found"
same "$tmp/e.pcapng" "$tmp/m.pcapng"
echo '== what is missing'
echo '{"file":"no.pcap","frame":1}' |
    try otcap --extract -o "$tmp/n.pcapng" "$lagos"
echo "{\"file\":\"$lagos\",\"frame\":99999}" |
    try otcap --extract -o "$tmp/n.pcapng" "$lagos"
echo "{\"time\":\"2020-01-01T00:00:00Z\",\"file\":\"$lagos\",\"frame\":1}" |
    try otcap --extract -o "$tmp/n.pcapng" "$lagos"
cp "$paris" "$tmp/x"
otcap -q "$tmp/x" > "$tmp/of"
cp "$lagos" "$tmp/x"
try otcap --extract -o "$tmp/n.pcapng" "$tmp/x" < "$tmp/of"
frames "$tmp/n.pcapng" | wc -l
try otcap --extract -o "$tmp/n.pcapng" "$tmp/absent" < "$tmp/of"
head -n 3 "$tmp/found" | try otcap --extract -o "$tmp/n.pcapng" "$lagos"
echo '== all or nothing'
try otcap --extract -o "$tmp/none/e.pcapng" "$lagos" < "$tmp/found"
echo 'no record' | try otcap --extract -o "$tmp/none.pcapng" "$lagos"
ls "$tmp/none.pcapng" 2> /dev/null
echo '== usage'
try otcap --extract -f text "$lagos" < "$tmp/found"
try otcap --extract -o x --extract-dir y "$lagos" < "$tmp/found"
try otcap --extract - < "$tmp/found"
