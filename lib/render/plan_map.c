/*
 * The zone map: zones in rows by level, an arrow for each pair that a conduit
 * joins or that was seen; the verdict by colour and by dash.
 */
#include "render/plan.h"

#include "render/render.h"

const char *const ot_map_names[] = { "svg", "dot", "mermaid", NULL };

#define TEXT(s) (int)(s).len, (s).p

static const struct style {
	const char *colour, *dash, *dot, *arrow;
} styles[] = {
	[OT_LINK_NONE] = { "#999999", "1 3", "dotted", "-.->" },
	[OT_LINK_ALLOWED] = { "#1a7f37", "", "solid", "-->" },
	[OT_LINK_UNTOLD] = { "#9a6700", "6 3", "dashed", "-.->" },
	[OT_LINK_BAD] = { "#cf222e", "2 2", "bold", "==>" },
};

/* Zones that no link touches and no row declares say nothing. */
static bool
is_shown(const struct ot_plan *plan, uint32_t zone)
{
	if (zone + 2 < plan->zone_count)
		return true; /* the last two are of no row */
	for (size_t i = 0; i < plan->link_count; i++)
		if (plan->links[i].from == zone || plan->links[i].to == zone)
			return true;
	return false;
}

static void
link_text(const struct ot_plan_link *link, struct ot_sb *sb)
{
	for (uint32_t i = 0; i < link->allows.count; i++)
		ot_sb_printf(
		    sb, "%s%.*s", i ? "; " : "", TEXT(link->allows.at[i]));
	if (!link->allows.count)
		ot_sb_puts(sb, "no conduit");
}

/* ---- dot ---- */

static void
put_dot(struct ot_sb *sb, struct ot_str s)
{
	ot_sb_putc(sb, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			ot_sb_putc(sb, '\\');
		ot_sb_putc(sb, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	ot_sb_putc(sb, '"');
}

static void
dot_link(const struct ot_plan *plan, const struct ot_plan_link *link,
    struct ot_sb *sb)
{
	const struct style *style = &styles[ot_link_state(link)];
	struct ot_sb text = { 0 };

	link_text(link, &text);
	ot_sb_putc(sb, '\t');
	put_dot(sb, plan->zones[link->from].id);
	ot_sb_puts(sb, " -> ");
	put_dot(sb, plan->zones[link->to].id);
	ot_sb_printf(
	    sb, " [color=\"%s\" style=%s label=", style->colour, style->dot);
	put_dot(sb, ot_sb_str(&text));
	ot_sb_puts(sb, "]\n");
	ot_sb_done(&text);
}

static void
dot(const struct ot_plan *plan, struct ot_sb *sb)
{
	ot_sb_puts(sb, "digraph zones {\n\tnode [shape=box]\n");
	for (uint32_t i = 0; i < plan->zone_count; i++) {
		if (!is_shown(plan, i))
			continue;
		ot_sb_putc(sb, '\t');
		put_dot(sb, plan->zones[i].id);
		ot_sb_putc(sb, '\n');
	}
	for (size_t i = 0; i < plan->link_count; i++)
		dot_link(plan, &plan->links[i], sb);
	ot_sb_puts(sb, "}\n");
}

/* ---- mermaid ---- */

static void
put_mermaid(struct ot_sb *sb, struct ot_str s)
{
	ot_sb_putc(sb, '"');
	for (size_t i = 0; i < s.len; i++)
		if (strchr("\"#;<>&|`", s.p[i]) || (unsigned char)s.p[i] < 0x20)
			ot_sb_printf(sb, "#%u;", (unsigned char)s.p[i]);
		else
			ot_sb_putc(sb, s.p[i]);
	ot_sb_putc(sb, '"');
}

static void
mermaid(const struct ot_plan *plan, struct ot_sb *sb)
{
	ot_sb_puts(sb, "flowchart TB\n");
	for (uint32_t i = 0; i < plan->zone_count; i++) {
		if (!is_shown(plan, i))
			continue;
		ot_sb_printf(sb, "\tz%u[", i);
		put_mermaid(sb, plan->zones[i].id);
		ot_sb_puts(sb, "]\n");
	}
	for (size_t i = 0; i < plan->link_count; i++) {
		const struct ot_plan_link *link = &plan->links[i];
		struct ot_sb text = { 0 };

		link_text(link, &text);
		ot_sb_printf(sb, "\tz%u %s|", link->from,
		    styles[ot_link_state(link)].arrow);
		put_mermaid(sb, ot_sb_str(&text));
		ot_sb_printf(sb, "| z%u\n", link->to);
		ot_sb_done(&text);
	}
}

/* ---- svg ---- */

enum {
	BOX = 170,
	HIGH = 44,
	GAP = 40,
	ROW = 150,
	MARGIN = 30,
	LEVELS = 7, /* none, then 5 down to 0 */
	CLIP = 24   /* letters of a name */
};

struct place {
	uint32_t x, y;
};

static uint32_t
row_of(const struct ot_plan_zone *zone)
{
	return zone->level < 0 ? 0 : (uint32_t)(6 - zone->level);
}

/* Where the i-th zone stands: rows that hold none take no room. */
static struct place
place_of(const struct ot_plan *plan, uint32_t zone)
{
	uint32_t row = row_of(&plan->zones[zone]), column = 0, rows = 0;
	bool used[LEVELS] = { false };

	for (uint32_t i = 0; i < plan->zone_count; i++) {
		if (!is_shown(plan, i))
			continue;
		used[row_of(&plan->zones[i])] = true;
		column += i < zone && row_of(&plan->zones[i]) == row;
	}
	for (uint32_t i = 0; i < row; i++)
		rows += used[i];
	/* every other row a little to the right, so that arrows part */
	return (struct place){ MARGIN + column * (BOX + GAP) + rows % 2 * 60,
		MARGIN + rows * ROW };
}

static void
svg_zone(const struct ot_plan *plan, uint32_t zone, struct ot_sb *sb)
{
	const struct ot_plan_zone *z = &plan->zones[zone];
	struct place at = place_of(plan, zone);
	struct ot_str id = z->id;

	ot_sb_puts(sb, "<g><title>");
	ot_escape_xml(sb, z->id);
	ot_sb_puts(sb, ": ");
	ot_escape_xml(sb, z->kind);
	if (z->level >= 0)
		ot_sb_printf(sb, ", level %d", z->level);
	ot_sb_printf(sb,
	    "</title><rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" "
	    "rx=\"6\" fill=\"#f6f8fa\" stroke=\"#57606a\"/><text x=\"%u\" "
	    "y=\"%u\" text-anchor=\"middle\">",
	    at.x, at.y, BOX, HIGH, at.x + BOX / 2, at.y + HIGH / 2 + 5);
	if (id.len > CLIP) {
		id.len = CLIP;
		while (id.len && ((unsigned char)id.p[id.len] & 0xc0) == 0x80)
			id.len--;
	}
	ot_escape_xml(sb, id);
	ot_sb_printf(sb, "%s</text></g>\n", id.len < z->id.len ? "…" : "");
}

/* Leave a box on the side of the other, a little beside its middle, so that
 * there and back are two lines. */
static void
svg_link(const struct ot_plan *plan, const struct ot_plan_link *link,
    struct ot_sb *sb)
{
	const struct style *style = &styles[ot_link_state(link)];
	struct place a = place_of(plan, link->from),
		     b = place_of(plan, link->to);
	uint32_t ax = a.x + BOX / 2, bx = b.x + BOX / 2;
	uint32_t side = link->from < link->to ? 12 : 24;
	struct ot_sb text = { 0 };

	link_text(link, &text);
	ot_sb_puts(sb, "<g><title>");
	ot_escape_xml(sb, plan->zones[link->from].id);
	ot_sb_puts(sb, " → ");
	ot_escape_xml(sb, plan->zones[link->to].id);
	ot_sb_puts(sb, ": ");
	ot_escape_xml(sb, ot_sb_str(&text));
	ot_sb_puts(sb, "</title><path d=\"");
	if (a.y == b.y) /* in one row: an arc below */
		ot_sb_printf(sb, "M%u %u Q%u %u %u %u", ax, a.y + HIGH,
		    (ax + bx) / 2, a.y + HIGH + 30 + side, bx + side,
		    b.y + HIGH + 4);
	else if (a.y < b.y)
		ot_sb_printf(sb, "M%u %u L%u %u", ax + side, a.y + HIGH,
		    bx + side, b.y - 4);
	else
		ot_sb_printf(sb, "M%u %u L%u %u", ax - side, a.y, bx - side,
		    b.y + HIGH + 4);
	ot_sb_printf(sb,
	    "\" fill=\"none\" stroke=\"%s\" stroke-width=\"%d\"%s%s%s "
	    "marker-end=\"url(#a%d)\"/></g>\n",
	    style->colour, ot_link_state(link) == OT_LINK_BAD ? 3 : 1,
	    *style->dash ? " stroke-dasharray=\"" : "", style->dash,
	    *style->dash ? "\"" : "", ot_link_state(link));
	ot_sb_done(&text);
}

static void
svg_size(const struct ot_plan *plan, uint32_t *width, uint32_t *height)
{
	*width = *height = 0;
	for (uint32_t i = 0; i < plan->zone_count; i++) {
		struct place at = place_of(plan, i);

		if (!is_shown(plan, i))
			continue;
		if (at.x + BOX + MARGIN > *width)
			*width = at.x + BOX + MARGIN;
		if (at.y + HIGH + 2 * MARGIN > *height)
			*height = at.y + HIGH + 2 * MARGIN;
	}
}

static void
svg(const struct ot_plan *plan, struct ot_sb *sb)
{
	uint32_t width, height;

	svg_size(plan, &width, &height);
	ot_sb_printf(sb,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" "
	    "height=\"%u\" viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" "
	    "font-size=\"13\">\n<defs>\n",
	    width, height, width, height);
	for (int i = OT_LINK_NONE; i <= OT_LINK_BAD; i++)
		ot_sb_printf(sb,
		    "<marker id=\"a%d\" viewBox=\"0 0 8 8\" refX=\"7\" "
		    "refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
		    "markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path "
		    "d=\"M0 0 L8 4 L0 8 z\" fill=\"%s\"/></marker>\n",
		    i, styles[i].colour);
	ot_sb_puts(sb, "</defs>\n");
	for (size_t i = 0; i < plan->link_count; i++)
		if (plan->links[i].from != plan->links[i].to)
			svg_link(plan, &plan->links[i], sb);
	for (uint32_t i = 0; i < plan->zone_count; i++)
		if (is_shown(plan, i))
			svg_zone(plan, i, sb);
	ot_sb_puts(sb, "</svg>\n");
}

bool
ot_map_render(const struct ot_plan *plan, const char *format, struct ot_sb *sb)
{
	static void (*const forms[])(const struct ot_plan *plan,
	    struct ot_sb *sb) = { svg, dot, mermaid };
	int i = ot_word(ot_map_names, ot_str(format));

	if (i < 0)
		return false;
	forms[i](plan, sb);
	return true;
}
