/*
 * Cells that hold lists: networks, tags, addresses, and those of a registry,
 * which come in many notations.
 */
#include "policy/cells.h"

#include <ctype.h>

#include "zone/zone.h"

/* Is it a list, or a text that holds one? */
bool
ot_list_like(struct ot_reader *r, const struct ot_cell *cell)
{
	const struct ot_json *v = cell->json;

	if (!v || v->kind == OT_JSON_ARRAY || v->kind == OT_JSON_STRING ||
	    v->kind == OT_JSON_NUMBER)
		return true;
	ot_wrong(r, &cell->at, "%s is a list of texts", cell->key);
	return false;
}

void
ot_read_list(struct ot_reader *r, const struct ot_cell *cell, const char *marks,
    struct ot_strings *into)
{
	struct ot_items it = ot_items_of(r, cell, marks);
	struct ot_cell item;

	if (!ot_list_like(r, cell))
		return;
	while (ot_next_item(&it, &item))
		r->lost |= !ot_strings_add(r->arena, into, item.text);
}

void
ot_read_strings(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	ot_read_list(r, cell, ot_list_marks, into);
}

/* "unit 1 holding 100-199": blanks belong to it. */
void
ot_read_objects(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	ot_read_list(r, cell, ";", into);
}

void
ot_read_match(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	char shown[OT_SHOWN];
	struct ot_str token;
	const char *why;

	if (!ot_one_text(r, cell, false))
		return;
	why = ot_zone_match_wrong(cell->text, &token);
	if (why)
		ot_wrong(r, &cell->at, "%s: %s", ot_shown(shown, token), why);
	else
		*(struct ot_str *)into = cell->text;
}

void
ot_read_networks(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;
	struct ot_items it = ot_items_of(r, cell, ot_list_marks);
	size_t more = ot_count_items(r, cell, ot_list_marks);
	char shown[OT_SHOWN];
	struct ot_cell item;
	const char *why;

	if (!ot_list_like(r, cell))
		return;
	row->networks = ot_room_for(
	    r, more, row->networks, row->network_count, sizeof(struct ot_net));
	while (row->networks && ot_next_item(&it, &item)) {
		struct ot_net *net = &row->networks[row->network_count];

		if (ot_net_parse(net, item.text, &why))
			row->network_count++;
		else
			ot_wrong(r, &item.at, "%s is not a network: %s",
			    ot_shown(shown, item.text), why);
	}
}

void
ot_read_vlans(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;
	struct ot_items it = ot_items_of(r, cell, ot_list_marks);
	size_t more = ot_count_items(r, cell, ot_list_marks);
	char shown[OT_SHOWN];
	struct ot_cell item;
	uint32_t id;

	if (!ot_list_like(r, cell))
		return;
	row->vlans =
	    ot_room_for(r, more, row->vlans, row->vlan_count, sizeof(uint16_t));
	while (row->vlans && ot_next_item(&it, &item))
		if (ot_whole_number(item.text, 4094, &id) && id > 0)
			row->vlans[row->vlan_count++] = (uint16_t)id;
		else
			ot_wrong(r, &item.at, "%s is not a VLAN from 1 to 4094",
			    ot_shown(shown, item.text));
}

/* Twelve digits in any of the ways in which they are grouped:
 * 00:1b:1b:22:00:12, 00-1b-…, 001b.1b22.0012, 00.1b.…, 001b1b-220012,
 * 001b1b220012, 00 1b …. */
static bool
parse_mac(struct ot_str s, struct ot_addr *out)
{
	uint8_t b[6] = { 0 };
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		int c = tolower((unsigned char)s.p[i]);

		if (strchr(":-. ", c) && c && digits % 2 == 0)
			continue;
		if (!isxdigit(c) || digits == 12)
			return false;
		b[digits / 2] = (uint8_t)(b[digits / 2] << 4 |
					  (c <= '9' ? c - '0' : c - 'a' + 10));
		digits++;
	}
	if (digits != 12)
		return false;
	*out = ot_addr_mac(b);
	return true;
}

struct macs {
	struct ot_addr **at;
	uint32_t *count;
};

/* A cell in which blanks may stand between MACs or inside of one. */
static void
read_macs(struct ot_reader *r, const struct ot_cell *cell, struct macs macs)
{
	static const char outer[] = ";,\r\n", inner[] = " \t";
	struct ot_items it = ot_items_of(r, cell, outer);
	size_t more = cell->text.len / 12 + ot_count_items(r, cell, outer);
	char shown[OT_SHOWN];
	struct ot_cell part, item;

	if (!ot_list_like(r, cell))
		return;
	*macs.at =
	    ot_room_for(r, more, *macs.at, *macs.count, sizeof(struct ot_addr));
	while (*macs.at && ot_next_item(&it, &part)) {
		struct ot_items words = {
			.r = r, .cell = part, .marks = inner
		};

		/* its place is that of the text already */
		words.cell.json = NULL;
		if (parse_mac(part.text, &(*macs.at)[*macs.count])) {
			++*macs.count;
			continue;
		}
		while (ot_next_item(&words, &item))
			if (parse_mac(item.text, &(*macs.at)[*macs.count]))
				++*macs.count;
			else
				ot_wrong(r, &item.at, "%s is not a MAC address",
				    ot_shown(shown, item.text));
	}
}

void
ot_read_macs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_zone_row *row = into;

	read_macs(r, cell, (struct macs){ &row->macs, &row->mac_count });
}

/* ---- the registry ---- */

/* "10.1.30.1:Card 2 \ Addr 255" is a module behind 10.1.30.1; "10.1.30.1/24"
 * an address with its mask; 0.0.0.0 says that there is none. */
static struct ot_str
bare_ip(struct ot_str s, bool *module)
{
	const char *mark = memchr(s.p, '/', s.len);

	*module = false;
	if (!mark && memchr(s.p, '.', s.len)) {
		mark = memchr(s.p, ':', s.len);
		*module = mark && (size_t)(mark - s.p) > 6;
		if (!*module)
			mark = NULL;
	}
	return mark ? (struct ot_str){ s.p, (size_t)(mark - s.p) } : s;
}

static bool
says_nothing(struct ot_str s)
{
	static const char *const words[] = { "-", "n/a", "N/A", "unknown",
		"none", "0.0.0.0", "::", NULL };

	return ot_word(words, s) >= 0;
}

void
ot_read_asset_ips(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	static const char outer[] = ";,\r\n", inner[] = " \t";
	struct ot_asset_row *row = into;
	struct ot_items it = ot_items_of(r, cell, outer);
	size_t more = cell->text.len / 2 + ot_count_items(r, cell, outer);
	char shown[OT_SHOWN];
	struct ot_cell part, item;

	if (!ot_list_like(r, cell))
		return;
	row->ips =
	    ot_room_for(r, more, row->ips, row->ip_count, sizeof(*row->ips));
	while (row->ips && ot_next_item(&it, &part)) {
		struct ot_items words = {
			.r = r, .cell = part, .marks = inner
		};
		bool module = false;

		words.cell.json = NULL;
		while (!module && ot_next_item(&words, &item)) {
			struct ot_str text = bare_ip(item.text, &module);
			struct ot_addr addr;

			if (says_nothing(item.text) || says_nothing(text))
				continue;
			if (ot_addr_parse(&addr, text) && ot_addr_is_ip(&addr))
				row->ips[row->ip_count++] = addr;
			else
				ot_wrong(r, &item.at, "%s is not an IP address",
				    ot_shown(shown, item.text));
		}
	}
}

void
ot_read_asset_macs(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	struct ot_asset_row *row = into;

	if (says_nothing(cell->text))
		return;
	read_macs(r, cell, (struct macs){ &row->macs, &row->mac_count });
}

void
ot_read_asset_roles(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	ot_read_list(r, cell, ",; \t\r\n", into);
}

/* Types of an inventory: "Programming device" is one. */
void
ot_read_asset_role(struct ot_reader *r, const struct ot_cell *cell, void *into)
{
	ot_read_list(r, cell, ",;\r\n", into);
}
