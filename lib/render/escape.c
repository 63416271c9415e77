/*
 * Text from outside, made harmless for the medium that it is written to
 * (FORMATS.md, escaping matrix; HTML Standard 13.1, XML 1.0 section 2.2).
 */
#include "render/render.h"

#include "base/utf.h"

/* Unicode Bidi_Control: what turns the direction of writing could make a text
 * read as another. */
static bool
turns_direction(uint32_t code)
{
	return code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* C0, DEL and C1. */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static bool
is_line_space(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r';
}

/* XML 1.0 production 2, Char. */
static bool
legal_in_xml(uint32_t code)
{
	return is_line_space(code) ||
	       (code >= 0x20 && code != 0xfffe && code != 0xffff);
}

static bool
legal_in_html(uint32_t code)
{
	return is_line_space(code) ||
	       (!is_control(code) && !turns_direction(code) &&
		   legal_in_xml(code));
}

/* What stands for a character of the markup, or NULL. */
static const char *
entity_of(uint32_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
escape_markup(struct ot_sb *sb, struct ot_str s, bool (*legal)(uint32_t code))
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(s.p, s.len, &fault);

	while (b.left) {
		uint32_t code = 0;
		size_t len = ot_utf8_peek(&b, &code);
		const char *entity = len ? entity_of(code) : NULL;
		const uint8_t *p = ot_take(&b, len ? len : 1);

		if (entity)
			ot_sb_puts(sb, entity);
		else if (!p || !len || !legal(code))
			ot_sb_puts(sb, "\xef\xbf\xbd"); /* U+FFFD */
		else
			ot_sb_add(sb, (const char *)p, len);
	}
}

void
ot_escape_html(struct ot_sb *sb, struct ot_str s)
{
	escape_markup(sb, s, legal_in_html);
}

void
ot_escape_xml(struct ot_sb *sb, struct ot_str s)
{
	escape_markup(sb, s, legal_in_xml);
}

void
ot_escape_terminal(struct ot_sb *sb, struct ot_str s)
{
	enum ot_fault fault = OT_FAULT_NONE;
	struct ot_buf b = ot_buf(s.p, s.len, &fault);

	while (b.left) {
		uint32_t code = 0;
		size_t len = ot_utf8_peek(&b, &code), n = len ? len : 1;
		bool bad = !len || is_control(code) || turns_direction(code);
		const uint8_t *p = ot_take(&b, n);

		if (p && !bad)
			ot_sb_add(sb, (const char *)p, n);
		for (size_t i = 0; p && bad && i < n; i++)
			ot_sb_printf(sb, "\\x%02x", p[i]);
	}
}
