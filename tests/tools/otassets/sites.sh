# The same addresses at two sites are other hosts; at two sensors of one site
# they are one. Without a policy each sensor stands for itself.
. tests/tools/try.sh
need jq
all
chosen='select(.type == "asset" and any(.addresses[];
    .address | IN("10.20.0.11", "10.20.0.12", "10.20.0.21"))) |
    [.id, .site, (.sensors | keys), [.addresses[].address], .registry]'
echo '== with the policy'
otassets -z "$policy" "$tmp/all" | jq -c "$chosen"
echo '== without'
otassets "$tmp/all" | jq -c "$chosen"
echo '== the whole plant is one site'
otcap --sensor-from file --site plant "$samples"/lagos-*.pcapng |
    otassets | jq -c "$chosen"
