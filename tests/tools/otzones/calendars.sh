# Time windows of conduits: in, out, by the clock of the server's site, over
# several quarter hours, and a boundary within one.
. tests/tools/try.sh
need jq
clocks
cp -r "$policy" "$tmp/plant"
chmod -R u+w "$tmp/plant"
otcap -q --sensor-from file "$samples/lagos-factory.pcapng" > "$tmp/seen"
jq -r 'select(.type == "flow" and .network.protocol == "s7comm") |
    .ops[] | .slots[]' "$tmp/seen" | sort -u
# window WHEN: the verdicts on blocks and counters with that window
window()
{
	cat > "$tmp/plant/conduits.csv" << END
id,from,to,services,when,owner,reason
blocks,asset:historian-1,lagos/factory,s7comm,$1,a,b
END
	echo "== $1"
	otcheck -q -z "$tmp/plant" --fail-on critical "$tmp/seen" |
	    jq -c 'select(.type == "crossing" and .protocol == "s7comm" and
	    .client_address == "10.2.10.10") |
	    [.verdict, .rule, .nearest, .failed, .missing]'
}
window daily
window "Tue 15:45-16:00"
window "Tue 14:45-15:00"
window "Mon-Fri 06:00-15:50"
window "Mon; Wed"
window "Mon 22:00-06:00; Tue 06:00-18:00"
