# What the policy of the four sites does not allow, as text and as records.
. tests/tools/try.sh
need jq
all
try otcheck -z "$policy" -f text "$tmp/all"
grep -v '^coverage:' "$tmp/out"
echo '== records'
otcheck -z "$policy" "$tmp/all" | jq -c 'select(.type == "finding") |
    [.check, .verdict, .severity, .from_zone, .to_zone, .service, .rule, .file,
    .line, .count, .fingerprint, .status, .attack, .sr, .severity_steps,
    [.evidence[] | [.file, .frame, .reply]]]'
