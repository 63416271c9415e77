# Inputs that are none: each is named, the others are read, status 3.
. tests/tools/try.sh
need jq
cd "$tmp" || exit 1
sample=$top_srcdir/$samples/paris.pcapng
echo 'hello' > text
: > empty
printf '\324\303\262\241\002' > short
mkdir bare rubbish
cp text rubbish/
cp "$sample" good.pcapng
mkfifo silent

echo '== none'
for input in absent text empty short bare rubbish /dev/null; do
	try otcap "$input"
	wc -c < out
done
echo '== some'
try otcap absent text good.pcapng rubbish
jq -c 'select(.type == "stream") | [.inputs[].name]' out
jq -c 'select(.type == "capture") | [.file, .frames]' out
tail -n 1 out | cut -c 1-13
echo '== a pipe by name'
cat good.pcapng > silent &
try otcap silent
jq -c 'select(.type == "capture") | [.file, .frames]' out
echo '== a record stream is no capture'
otcap good.pcapng > stream
try otcap stream
if [ "$(id -u)" != 0 ]; then
	cp good.pcapng closed.pcapng
	chmod 0 closed.pcapng
	otcap closed.pcapng 2>&1 | grep -q 'Permission denied' ||
	    echo 'a file without permission was not named'
fi
