/*
 * Cells of conduits: services, verbs, and what nothing judges yet.
 */
#include "policy/cells.h"

#include <ctype.h>

#include "policy/calendar.h"

struct service_form {
	const char *word;
	uint8_t transport;
	uint32_t most;
};

static const struct service_form forms[] = {
	{ "tcp", OT_TCP, 65535 },
	{ "udp", OT_UDP, 65535 },
	{ "sctp", OT_SCTP, 65535 },
	{ "ip", OT_IP, 255 },
	/* beyond 16 bits: LLC, as flow records write it */
	{ "ethertype", OT_ETH, 0x1ffffff },
};

/* Protocols of IP that flows have transports of their own for. */
static void
by_number(struct ot_service_row *row)
{
	static const struct {
		uint32_t number;
		uint8_t transport;
		uint32_t last;
	} own[] = { { 1, OT_ICMP, 0 }, { 6, OT_TCP, 65535 },
		{ 17, OT_UDP, 65535 }, { 58, OT_ICMP, 0 },
		{ 132, OT_SCTP, 65535 } };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (row->transport == OT_IP && row->first == row->last &&
		    row->first == own[i].number) {
			row->transport = own[i].transport;
			row->first = 0;
			row->last = own[i].last;
			return;
		}
}

static bool
read_port(struct ot_reader *r, const struct ot_source *at, struct ot_str range,
    struct ot_service_row *out)
{
	const char *dash = memchr(range.p, '-', range.len);
	size_t len = dash ? (size_t)(dash - range.p) : range.len;
	struct ot_str first = { range.p, len }, last = first;
	char shown[OT_SHOWN];
	size_t i = 0;

	if (dash)
		last = (struct ot_str){ dash + 1, range.len - len - 1 };
	while (forms[i].transport != out->transport)
		i++;
	if (!ot_whole_number(first, forms[i].most, &out->first) ||
	    !ot_whole_number(last, forms[i].most, &out->last) ||
	    out->first > out->last) {
		ot_wrong(r, at, "%s is not %s/N or %s/N-M",
		    ot_shown(shown, out->text), forms[i].word, forms[i].word);
		return false;
	}
	by_number(out);
	return true;
}

static bool
read_protocol(struct ot_reader *r, const struct ot_source *at,
    struct ot_str name, struct ot_service_row *out)
{
	const char *const *known = r->names ? r->names->protocols : NULL;
	struct ot_cell item = { .at = *at, .text = name };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (ot_str_eq(name, ot_str(forms[i].word))) {
			ot_wrong(
			    r, at, "write %s/ and a number", forms[i].word);
			return false;
		}
	if (known && ot_word(known, name) < 0) {
		ot_unknown_word(r, &item, "a known service", known);
		return false;
	}
	out->kind = OT_SERVICE_PROTOCOL;
	out->protocol = name;
	return true;
}

bool
ot_read_service(struct ot_reader *r, const struct ot_source *at,
    struct ot_str text, struct ot_service_row *out)
{
	const char *slash = memchr(text.p, '/', text.len);
	size_t len = slash ? (size_t)(slash - text.p) : text.len;
	struct ot_str word = { text.p, len };
	char shown[OT_SHOWN];

	*out = (struct ot_service_row){ .text = text };
	if (ot_str_eq(text, ot_str("icmp"))) {
		out->kind = OT_SERVICE_PORT;
		out->transport = OT_ICMP;
		return true;
	}
	if (!slash)
		return read_protocol(r, at, text, out);
	out->kind = OT_SERVICE_PORT;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (ot_str_eq(word, ot_str(forms[i].word))) {
			out->transport = forms[i].transport;
			return read_port(r, at,
			    (struct ot_str){ slash + 1, text.len - len - 1 },
			    out);
		}
	ot_wrong(r, at,
	    "%s is not a service: a protocol, or tcp/, udp/, sctp/, ip/ or "
	    "ethertype/ and a number",
	    ot_shown(shown, text));
	return false;
}

void
ot_read_services(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_conduit_row *row = into;
	struct ot_items it = ot_items_of(r, cell, ot_list_marks);
	size_t more = ot_count_items(r, cell, ot_list_marks);
	struct ot_cell item;

	if (!ot_list_like(r, cell))
		return;
	row->services = ot_room_for(
	    r, more, row->services, row->service_count, sizeof(*row->services));
	while (row->services && ot_next_item(&it, &item))
		if (ot_read_service(r, &item.at, item.text,
			&row->services[row->service_count]))
			row->service_count++;
}

void
ot_read_verbs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_items it = ot_items_of(r, cell, ot_list_marks);
	struct ot_cell item;
	uint32_t *verbs = into;

	if (!ot_list_like(r, cell))
		return;
	while (ot_next_item(&it, &item)) {
		int verb = ot_word(ot_verb_names, item.text);

		if (verb < 0)
			ot_unknown_word(r, &item, "a verb", ot_verb_names);
		else
			*verbs |= UINT32_C(1) << verb;
	}
}

/* A key that narrows a conduit and that nothing judges yet: it is kept as
 * "key text". */
void
ot_read_unjudged(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_conduit_row *row = into;
	struct ot_sb sb = { 0 };

	if (cell->json && cell->json->kind == OT_JSON_FALSE)
		return;
	ot_sb_puts(&sb, cell->key);
	ot_sb_putc(&sb, ' ');
	ot_sb_add(&sb, cell->text.p, cell->text.len);
	r->lost |=
	    sb.lost ||
	    !ot_strings_add(r->arena, &row->unjudged, ot_str(cell->key)) ||
	    !ot_strings_add(r->arena, &row->unjudged_texts, ot_sb_str(&sb));
	ot_sb_done(&sb);
}

void
ot_read_calendar(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	char shown[OT_SHOWN];
	const char *why =
	    ot_calendar_read(r->arena, cell->text, into, &r->lost);

	if (why)
		ot_wrong(r, &cell->at, "%s is not a time window: %s",
		    ot_shown(shown, cell->text), why);
}
