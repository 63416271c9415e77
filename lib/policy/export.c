/*
 * otzones export: conduits as rules of a packet filter. What the target cannot
 * say is told, row by row: such a rule allows more than the conduit.
 */
#include "policy/plan.h"

enum { NETS_MOST = 4096, PORTS_MOST = 64 };

const char *const ot_export_names[] = { "nftables", "pcap", NULL };

#define TEXT(s) (int)(s).len, (s).p

struct wire {
	uint8_t transport;
	uint32_t first, last;
};

struct nets {
	struct ot_net at[NETS_MOST];
	uint32_t count;
	bool any;
};

/* One leg of a row. */
struct rule {
	struct nets *from, *to;
	const struct ot_conduit_row *row;
	struct wire wires[PORTS_MOST];
	uint32_t wire_count; /* 0: any service */
};

struct export
{
	const struct ot_question *q;
	ot_port_of *port_of;
	void *user;
	struct ot_sb *sb;
	struct ot_answers *answers;
	void (*write)(struct export * x, const struct rule *rule);
	struct nets from, to;
	uint32_t rules;
	bool lost;
};

static void
cannot(struct export *x, const struct ot_conduit_row *row, const char *before,
    struct ot_str what, const char *behind)
{
	struct ot_answer *a =
	    ot_answer_add(x->q->arena, x->answers, "not-expressed", false);

	x->lost |= !a || !ot_answer_say(x->q->arena, a, "%.*s: %s%.*s%s",
			     TEXT(row->id), before, TEXT(what), behind);
	if (a) {
		a->at = row->at;
		a->id = row->id;
	}
}

/* ---- ends ---- */

static void
add_net(struct nets *nets, const struct ot_net *net)
{
	if (nets->count < NETS_MOST)
		nets->at[nets->count++] = *net;
}

static void
add_asset(struct export *x, struct ot_str id, struct nets *nets)
{
	const struct ot_policy *policy = x->q->policy;

	for (uint32_t i = 0; i < policy->asset_count; i++)
		for (uint32_t k = 0; ot_str_eq(policy->assets[i].id, id) &&
				     k < policy->assets[i].ip_count;
		     k++) {
			const struct ot_addr *ip = &policy->assets[i].ips[k];

			add_net(
			    nets, &(struct ot_net){ *ip,
				      ip->kind == OT_ADDR_IPV4 ? 32 : 128 });
		}
}

/* Do the networks of a zone say all that belongs to it? */
static void
check_zone(struct export *x, const struct ot_conduit_row *conduit,
    const struct ot_zone_row *row)
{
	if (row->vlan_count || row->sensors.count)
		cannot(x, conduit, "zone ", row->id,
		    " is told apart by VLAN or sensor");
	if (row->match.len || row->mac_count)
		cannot(x, conduit, "members of zone ", row->id,
		    " by match or MAC");
}

/* The networks of an end; false where it has none. */
static bool
end_nets(struct export *x, const struct ot_conduit_row *conduit,
    struct ot_str end, struct nets *nets)
{
	static const char mark[] = "asset:";
	size_t len = sizeof(mark) - 1;
	const struct ot_zone_row *row = ot_zone_row(x->q->policy, end);

	nets->count = 0;
	nets->any = !end.len || ot_str_eq(end, ot_str("*"));
	if (nets->any)
		return true;
	if (ot_str_eq(end, ot_str(OT_ZONE_INTERNET))) {
		cannot(x, conduit, "", end, " stands for any address");
		return nets->any = true;
	}
	if (row)
		check_zone(x, conduit, row);
	for (uint32_t i = 0; row && i < row->network_count; i++)
		add_net(nets, &row->networks[i]);
	if (!row && end.len > len && memcmp(end.p, mark, len) == 0)
		end = (struct ot_str){ end.p + len, end.len - len };
	if (!row)
		add_asset(x, end, nets);
	if (nets->count == NETS_MOST)
		cannot(
		    x, conduit, "", end, " has more networks than a rule may");
	if (!nets->count)
		cannot(x, conduit, "left out: no network or address of ", end,
		    " is known");
	return nets->count > 0;
}

/* ---- services ---- */

static void
add_wire(struct rule *rule, struct wire wire)
{
	if (rule->wire_count < PORTS_MOST)
		rule->wires[rule->wire_count++] = wire;
}

/* False where the row names services and none has a port. */
static bool
services(struct export *x, struct rule *rule)
{
	const struct ot_conduit_row *row = rule->row;

	for (uint32_t i = 0; i < row->service_count; i++) {
		const struct ot_service_row *s = &row->services[i];
		uint32_t before = rule->wire_count;
		struct wire wire = { s->transport, s->first, s->last };

		if (s->kind == OT_SERVICE_PORT && s->transport != OT_ETH)
			add_wire(rule, wire);
		for (size_t k = 0; s->kind == OT_SERVICE_PROTOCOL &&
				   x->port_of(x->user, s->protocol, k,
				       &wire.transport, &wire.first);
		     k++) {
			wire.last = wire.first;
			add_wire(rule, wire);
		}
		if (rule->wire_count == before)
			cannot(x, row, "service ", s->text, " has no port");
		else if (s->kind == OT_SERVICE_PROTOCOL)
			cannot(x, row, "", s->text,
			    " is a port, whatever is inside");
	}
	return rule->wire_count || !row->service_count;
}

/* Keys that no packet filter knows. */
static void
other_keys(struct export *x, const struct ot_conduit_row *row)
{
	static const struct ot_str nothing;

	if (row->verbs)
		cannot(x, row, "verbs", nothing, "");
	if (row->objects.count)
		cannot(x, row, "objects", nothing, "");
	if (row->encryption.len && !ot_str_eq(row->encryption, ot_str("none")))
		cannot(x, row, "encryption ", row->encryption, "");
	if (row->when.len)
		cannot(x, row, "when ", row->when, "");
	if (row->expires_ns != OT_TIME_NONE)
		cannot(x, row, "expires", nothing, "");
	if (row->oneway)
		cannot(x, row, "oneway", nothing, "");
	for (uint32_t i = 0; i < row->unjudged.count; i++)
		cannot(x, row, "", row->unjudged.at[i], "");
}

/* ---- nftables ---- */

static bool
has_family(const struct nets *nets, enum ot_addr_kind kind)
{
	for (uint32_t i = 0; i < nets->count; i++)
		if (nets->at[i].addr.kind == kind)
			return true;
	return nets->any;
}

static void
nft_nets(struct export *x, const char *what, const struct nets *nets,
    enum ot_addr_kind kind)
{
	char text[OT_ADDR_TEXT + 4];
	bool any = false;

	if (nets->any)
		return;
	ot_sb_printf(
	    x->sb, "%s %s { ", kind == OT_ADDR_IPV4 ? "ip" : "ip6", what);
	for (uint32_t i = 0; i < nets->count; i++) {
		if (nets->at[i].addr.kind != kind)
			continue;
		(void)ot_net_print(text, &nets->at[i]);
		ot_sb_printf(x->sb, "%s%s", any ? ", " : "", text);
		any = true;
	}
	ot_sb_puts(x->sb, " } ");
}

static void
nft_wire(struct export *x, const struct wire *wire, enum ot_addr_kind kind)
{
	static const char *const words[] = { "tcp", "udp", "sctp" };
	bool v4 = kind == OT_ADDR_IPV4;

	if (wire->transport == OT_ICMP)
		ot_sb_puts(x->sb,
		    v4 ? "meta l4proto icmp " : "meta l4proto ipv6-icmp ");
	else if (wire->transport == OT_IP)
		ot_sb_printf(
		    x->sb, "meta l4proto %u-%u ", wire->first, wire->last);
	else if (wire->first == 0 && wire->last >= 65535)
		ot_sb_printf(x->sb, "meta l4proto %s ", words[wire->transport]);
	else if (wire->first == wire->last)
		ot_sb_printf(
		    x->sb, "%s dport %u ", words[wire->transport], wire->first);
	else
		ot_sb_printf(x->sb, "%s dport %u-%u ", words[wire->transport],
		    wire->first, wire->last);
}

/* A comment is a quoted text without quotes inside, 128 bytes at most. */
static void
nft_comment(struct export *x, struct ot_str id)
{
	ot_sb_puts(x->sb, "accept comment \"");
	for (size_t i = 0; i < id.len && i < 100; i++)
		ot_sb_putc(x->sb, id.p[i] == '"' || id.p[i] == '\\' ||
					  (unsigned char)id.p[i] < 0x20
				      ? '?'
				      : id.p[i]);
	ot_sb_puts(x->sb, "\"\n");
}

static void
nft_rule(struct export *x, const struct rule *rule)
{
	static const enum ot_addr_kind kinds[] = { OT_ADDR_IPV4, OT_ADDR_IPV6 };

	for (size_t k = 0; k < 2; k++) {
		if (!has_family(rule->from, kinds[k]) ||
		    !has_family(rule->to, kinds[k]) ||
		    (k && rule->from->any && rule->to->any))
			continue;
		for (uint32_t i = 0; i == 0 || i < rule->wire_count; i++) {
			ot_sb_puts(x->sb, "\t\t");
			nft_nets(x, "saddr", rule->from, kinds[k]);
			nft_nets(x, "daddr", rule->to, kinds[k]);
			if (rule->wire_count)
				nft_wire(x, &rule->wires[i], kinds[k]);
			nft_comment(x, rule->row->id);
		}
	}
}

/* ---- pcap filters ---- */

static void
pcap_nets(struct export *x, const char *side, const struct nets *nets)
{
	char text[OT_ADDR_TEXT + 4];

	if (nets->any) {
		ot_sb_puts(x->sb, "(ip or ip6)");
		return;
	}
	ot_sb_puts(x->sb, "(");
	for (uint32_t i = 0; i < nets->count; i++) {
		(void)ot_net_print(text, &nets->at[i]);
		ot_sb_printf(x->sb, "%s%s net %s", i ? " or " : "", side, text);
	}
	ot_sb_puts(x->sb, ")");
}

static void
pcap_wires(struct export *x, const char *side, const struct rule *rule)
{
	static const char *const words[] = { "tcp", "udp", "sctp" };

	for (uint32_t i = 0; i < rule->wire_count; i++) {
		const struct wire *w = &rule->wires[i];

		ot_sb_puts(x->sb, i ? " or " : " and (");
		if (w->transport == OT_ICMP)
			ot_sb_puts(x->sb, "icmp or icmp6");
		else if (w->transport == OT_IP)
			for (uint32_t n = w->first; n <= w->last; n++)
				ot_sb_printf(x->sb,
				    "%sip proto %u or ip6 proto %u",
				    n > w->first ? " or " : "", n, n);
		else if (w->first == 0 && w->last >= 65535)
			ot_sb_puts(x->sb, words[w->transport]);
		else
			ot_sb_printf(x->sb, "%s %s portrange %u-%u",
			    words[w->transport], side, w->first, w->last);
	}
	ot_sb_puts(x->sb, rule->wire_count ? ")" : "");
}

static void
pcap_way(struct export *x, const struct rule *rule, bool back)
{
	ot_sb_puts(x->sb, "(");
	pcap_nets(x, back ? "dst" : "src", rule->from);
	ot_sb_puts(x->sb, " and ");
	pcap_nets(x, back ? "src" : "dst", rule->to);
	pcap_wires(x, back ? "src" : "dst", rule);
	ot_sb_puts(x->sb, ")");
}

/* What goes there, and the answers. */
static void
pcap_rule(struct export *x, const struct rule *rule)
{
	ot_sb_puts(x->sb, x->rules ? "or " : "");
	pcap_way(x, rule, false);
	ot_sb_puts(x->sb, " or ");
	pcap_way(x, rule, true);
	ot_sb_puts(x->sb, "\n");
}

/* The same behind a tag: the word vlan holds for all that follows it. Without
 * a rule nothing passes. */
static void
with_tags(struct ot_sb *sb)
{
	struct ot_sb rules = { 0 };

	ot_sb_add(&rules, sb->p, sb->len);
	if (!rules.len)
		ot_sb_puts(sb, "less 1\n");
	else
		ot_sb_printf(
		    sb, "or (vlan and (\n%.*s))\n", (int)rules.len, rules.p);
	sb->lost |= rules.lost;
	ot_sb_done(&rules);
}

/* ---- the whole ---- */

static void
export_leg(struct export *x, const struct ot_conduit_row *row,
    struct ot_str from, struct ot_str to)
{
	struct rule rule = { .from = &x->from, .to = &x->to, .row = row };

	if (!end_nets(x, row, from, &x->from) ||
	    !end_nets(x, row, to, &x->to) || !services(x, &rule))
		return;
	x->write(x, &rule);
	x->rules++;
}

static void
export_row(struct export *x, const struct ot_conduit_row *row)
{
	other_keys(x, row);
	if (!row->via.count)
		export_leg(x, row, row->from, row->to);
	for (uint32_t i = 0; i < row->via.count; i++) {
		export_leg(x, row, row->from, row->via.at[i]);
		export_leg(x, row, row->via.at[i], row->to);
	}
}

bool
ot_policy_export(const struct ot_question *question, const char *format,
    ot_port_of *port_of, void *user, struct ot_sb *sb,
    struct ot_answers *answers)
{
	struct export *x = ot_alloc(question->arena, sizeof(*x));
	const struct ot_policy *policy = question->policy;
	bool nft = strcmp(format, "nftables") == 0;

	answers->question = "export";
	if (!x)
		return false;
	x->q = question;
	x->port_of = port_of;
	x->user = user;
	x->sb = sb;
	x->answers = answers;
	x->write = nft ? nft_rule : pcap_rule;
	if (nft)
		ot_sb_puts(sb,
		    "table inet otzt {\n\tchain forward {\n\t\ttype filter "
		    "hook forward priority 0; policy drop;\n\t\tct state "
		    "established,related accept\n");
	for (uint32_t i = 0; i < policy->conduit_count; i++)
		export_row(x, &policy->conduits[i]);
	if (nft)
		ot_sb_puts(sb, "\t}\n}\n");
	else
		with_tags(sb);
	return !x->lost && !sb->lost;
}
