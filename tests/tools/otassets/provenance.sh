# Each value says who told it and how sure that is; conflicts are kept.
. tests/tools/try.sh
need jq
all
otassets -z "$policy" "$tmp/all" > "$tmp/out"
for id in registry:plc-1 registry:plc-2 registry:filler-1 registry:rtu-1 \
    registry:mixer-1 registry:jump-1 ip:paris/10.20.0.11; do
	echo "== $id"
	jq -c --arg id "$id" 'select(.type == "asset" and .id == $id) |
	    [.site, .class, .level, .registry, .importance, .owner, .zone,
	    .zone_by, (.sensors | keys), [.addresses[].address], .parts],
	    (.roles[]? | [.role, .reason, .confidence]),
	    (.attributes[]? |
	    select(.key | IN("vendor", "model", "firmware", "serial", "name",
	    "family", "product_code", "os")) | [.key, .value, .nested,
	    .confidence, .by, .evidence[0].frame])' "$tmp/out"
done
