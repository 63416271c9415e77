/*
 * Reading and matching of the rules; otzt-fingerprints(5) has the columns.
 */
#include "asset/rules.h"

#include "base/csv.h"
#include "base/io.h"

enum { FILE_MAX = 16 << 20 };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- patterns ---- */

/* '*' any run, '?' one byte; the pattern is in lower case. All stars but the
 * last take as little as they can. */
static bool
matches(struct ot_str pattern, struct ot_str s, struct ot_str *caught)
{
	size_t i = 0, k = 0, stars = 0, back = 0;

	while (i < s.len) {
		if (k < pattern.len && pattern.p[k] == '*') {
			caught[stars++] = (struct ot_str){ s.p + i, 0 };
			back = ++k;
		} else if (k < pattern.len &&
			   (pattern.p[k] == '?' ||
			       pattern.p[k] == lower(s.p[i]))) {
			k++;
			i++;
		} else if (stars) {
			struct ot_str *last = &caught[stars - 1];

			k = back;
			i = (size_t)(last->p - s.p) + ++last->len;
		} else {
			return false;
		}
	}
	while (k < pattern.len && pattern.p[k] == '*') {
		caught[stars++] = (struct ot_str){ "", 0 };
		k++;
	}
	return k == pattern.len;
}

static size_t
stars_of(struct ot_str pattern)
{
	size_t stars = 0;

	for (size_t i = 0; i < pattern.len; i++)
		stars += pattern.p[i] == '*';
	return stars;
}

/* The first piece up to a separator; the rest stays in s. */
static struct ot_str
piece(struct ot_str *s, char separator)
{
	const char *end = s->len ? memchr(s->p, separator, s->len) : NULL;
	struct ot_str first = *s;

	if (end) {
		first.len = (size_t)(end - s->p);
		s->p = end + 1;
		s->len -= first.len + 1;
	} else {
		*s = (struct ot_str){ 0 };
	}
	while (first.len && first.p[0] == ' ') {
		first.p++;
		first.len--;
	}
	while (first.len && first.p[first.len - 1] == ' ')
		first.len--;
	return first;
}

bool
ot_asset_listed(struct ot_str list, struct ot_str word)
{
	if (list.len == 0)
		return true;
	while (list.len)
		if (ot_str_eq(piece(&list, ' '), word))
			return true;
	return false;
}

const struct ot_asset_rule *
ot_asset_rule_first(const struct ot_asset_rules *rules, struct ot_str key)
{
	return ot_map_get(&rules->by_key, key.p, key.len);
}

bool
ot_asset_rule_match(const struct ot_asset_rule *rule,
    const struct ot_asset_statement *statement,
    struct ot_str caught[static OT_ASSET_STARS])
{
	if (!ot_asset_listed(rule->protocols, statement->protocol) ||
	    !ot_asset_listed(rule->by, ot_str(ot_by_names[statement->by])) ||
	    (rule->message.len &&
		!ot_str_glob(rule->message, statement->message)))
		return false;
	return rule->pattern.len == 0 ||
	       matches(rule->pattern, statement->value, caught);
}

/* ---- values ---- */

static struct ot_str
from_table(
    const struct ot_asset_rules *rules, struct ot_str table, struct ot_str id)
{
	struct ot_sb sb = { 0 };
	const struct ot_str *name;

	ot_sb_add(&sb, table.p, table.len);
	ot_sb_putc(&sb, ' ');
	for (size_t i = 0; i < id.len; i++)
		ot_sb_putc(&sb, lower(id.p[i]));
	name = ot_map_get(&rules->tables, sb.p, sb.len);
	ot_sb_done(&sb);
	return name ? *name : (struct ot_str){ 0 };
}

struct ot_str
ot_asset_rule_value(struct ot_arena *arena, const struct ot_asset_rules *rules,
    struct ot_str value, struct ot_str stated, const struct ot_str *caught)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	if (value.len && value.p[0] == '@')
		return from_table(rules,
		    (struct ot_str){ value.p + 1, value.len - 1 }, stated);
	if (!value.len || !memchr(value.p, '$', value.len))
		return value;
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '$' && i + 1 < value.len) {
			const struct ot_str *c = &caught[value.p[++i] - '1'];

			ot_sb_add(&sb, c->p, c->len);
		} else {
			ot_sb_putc(&sb, value.p[i]);
		}
	}
	kept = ot_str_keep(arena, ot_sb_str(&sb));
	ot_sb_done(&sb);
	return kept;
}

struct ot_str
ot_asset_vendor(const struct ot_asset_rules *rules, struct ot_str name)
{
	struct ot_str caught[OT_ASSET_STARS];

	for (uint32_t i = 0; i < rules->vendors.count; i++) {
		const struct ot_asset_set *v = rules->vendors.at[i];

		if (matches(v->key, name, caught))
			return v->value;
	}
	return name;
}

/* ---- reading ---- */

/* One file: its rows, and where the first error is. */
struct file {
	struct ot_arena *arena;
	const char *name;
	struct ot_csv *csv;
	struct ot_error *error;
	int rc;
};

static void
wrong(struct file *f, unsigned line, unsigned column, const char *what)
{
	if (f->rc == 0)
		f->rc = ot_error_set(f->error, OT_ERR_INPUT, "%s:%u:%u: %s",
		    f->name, line, column, what);
}

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	wrong(user, line, column, message);
}

static void
no_memory(struct file *f)
{
	if (f->rc == 0)
		f->rc = ot_error_set(
		    f->error, OT_ERR_MEMORY, "%s: out of memory", f->name);
}

static void
file_open(struct file *f, const char *folder)
{
	struct ot_str text;

	f->rc =
	    ot_file_read(&text, f->arena, folder, f->name, FILE_MAX, f->error);
	if (f->rc < 0)
		return;
	f->csv = ot_csv_parse(f->arena, text, complain, f);
	if (!f->csv)
		no_memory(f);
}

static const struct ot_csv_cell *
cell(struct file *f, const struct ot_csv_row *row, const char *name)
{
	static const struct ot_csv_cell none;

	for (size_t i = 0; i < f->csv->columns; i++)
		if (ot_str_eq(f->csv->header[i].text, ot_str(name)))
			return &row->cells[i];
	wrong(f, 1, 1, "a column is missing");
	return &none;
}

static struct ot_str
text(struct file *f, const struct ot_csv_row *row, const char *name)
{
	return cell(f, row, name)->text;
}

static uint32_t
number(struct file *f, const struct ot_csv_row *row, const char *name)
{
	const struct ot_csv_cell *c = cell(f, row, name);
	uint32_t n = 0;

	for (size_t i = 0; i < c->text.len; i++) {
		char digit = c->text.p[i];

		if (digit < '0' || digit > '9' || n > 99999) {
			wrong(f, c->line, c->column, "not a small number");
			return 0;
		}
		n = n * 10 + (uint32_t)(digit - '0');
	}
	return n;
}

static uint32_t
percent(struct file *f, const struct ot_csv_row *row)
{
	const struct ot_csv_cell *c = cell(f, row, "confidence");
	uint32_t n = number(f, row, "confidence");

	if (n == 0 || n > 100)
		wrong(f, c->line, c->column, "confidence is 1 to 100");
	return n;
}

static uint32_t
verbs(struct file *f, const struct ot_csv_row *row, const char *name)
{
	const struct ot_csv_cell *c = cell(f, row, name);
	struct ot_str list = c->text;
	uint32_t mask = 0;

	while (list.len) {
		int verb = ot_word(ot_verb_names, piece(&list, ' '));

		if (verb < 0)
			wrong(f, c->line, c->column, "not a verb");
		else
			mask |= 1U << verb;
	}
	return mask;
}

/* Every $ is followed by the number of a star. */
static bool
refers(struct ot_str value, size_t stars)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.p[i] == '$' &&
		    (i + 1 == value.len || value.p[i + 1] < '1' ||
			(size_t)(value.p[i + 1] - '0') > stars))
			return false;
	return true;
}

static void
read_sets(
    struct file *f, const struct ot_csv_row *row, struct ot_asset_rule *rule)
{
	const struct ot_csv_cell *c = cell(f, row, "sets");
	struct ot_str list = c->text;
	size_t stars = stars_of(rule->pattern);

	if (stars > OT_ASSET_STARS)
		wrong(f, c->line, c->column, "too many stars in the pattern");
	while (list.len && f->rc == 0) {
		struct ot_str value = piece(&list, ';');
		struct ot_str key = piece(&value, '=');

		value = piece(&value, '\0');
		if (key.len == 0 || value.len == 0 || !refers(value, stars) ||
		    rule->set_count == OT_ASSET_SETS)
			wrong(f, c->line, c->column,
			    "sets are key=value with ';' between, $N a star");
		else
			rule->sets[rule->set_count++] =
			    (struct ot_asset_set){ key, value };
	}
}

/* The last rule of the key, so that the order of the file stays. */
static void
append(struct file *f, struct ot_asset_rules *rules, struct ot_asset_rule *rule,
    struct ot_map *last)
{
	void **first = ot_map_at(&rules->by_key, rule->key.p, rule->key.len);
	void **end = ot_map_at(last, rule->key.p, rule->key.len);

	if (!first || !end || !ot_list_push(f->arena, &rules->rules, rule)) {
		no_memory(f);
		return;
	}
	if (*end)
		((struct ot_asset_rule *)*end)->next = rule;
	else
		*first = rule;
	*end = rule;
}

static int
read_fingerprints(struct file *f, struct ot_asset_rules *rules)
{
	struct ot_map last = { 0 };

	for (const struct ot_csv_row *row = f->csv->rows; row && f->rc == 0;
	     row = row->next) {
		struct ot_asset_rule *rule = ot_alloc(f->arena, sizeof(*rule));

		if (!rule) {
			no_memory(f);
			break;
		}
		rule->id = text(f, row, "id");
		rule->key = text(f, row, "key");
		rule->protocols = text(f, row, "protocols");
		rule->message = text(f, row, "message");
		rule->by = text(f, row, "by");
		rule->pattern = text(f, row, "pattern");
		rule->confidence = percent(f, row);
		rule->example = text(f, row, "example");
		read_sets(f, row, rule);
		append(f, rules, rule, &last);
	}
	ot_map_done(&last);
	return f->rc;
}

static int
read_roles(struct file *f, struct ot_asset_rules *rules)
{
	static const char *const ends[] = { "server", "client", "both",
		"public", "router", NULL };

	for (const struct ot_csv_row *row = f->csv->rows; row && f->rc == 0;
	     row = row->next) {
		struct ot_asset_deed_rule *rule =
		    ot_alloc(f->arena, sizeof(*rule));
		const struct ot_csv_cell *c = cell(f, row, "end");
		int end = ot_word(ends, c->text);

		if (end < 0) {
			wrong(f, c->line, c->column,
			    "end is server, client, both, public or router");
		} else if (!rule ||
			   !ot_list_push(f->arena, &rules->deeds, rule)) {
			no_memory(f);
		} else {
			rule->id = text(f, row, "id");
			rule->end = (enum ot_asset_end)end;
			rule->protocols = text(f, row, "protocols");
			rule->verbs = verbs(f, row, "verbs");
			rule->without = verbs(f, row, "without");
			rule->peers = number(f, row, "peers");
			rule->ops = number(f, row, "ops");
			rule->role = text(f, row, "role");
			rule->class_ = text(f, row, "class");
			rule->level = text(f, row, "level");
			rule->confidence = percent(f, row);
		}
	}
	return f->rc;
}

static int
read_vendors(struct file *f, struct ot_asset_rules *rules)
{
	for (const struct ot_csv_row *row = f->csv->rows; row && f->rc == 0;
	     row = row->next) {
		struct ot_asset_set *v = ot_alloc(f->arena, sizeof(*v));

		if (!v || !ot_list_push(f->arena, &rules->vendors, v)) {
			no_memory(f);
			break;
		}
		v->key = text(f, row, "pattern");
		v->value = text(f, row, "name");
		if (v->value.len == 0 || stars_of(v->key) > OT_ASSET_STARS)
			wrong(f, row->cells[0].line, 1,
			    "a pattern with few stars, and a name");
	}
	return f->rc;
}

/* NAME.csv: id, name. */
static int
read_table(struct file *f, struct ot_asset_rules *rules)
{
	struct ot_str table = ot_str(f->name);

	table.len -= strlen(".csv");
	for (const struct ot_csv_row *row = f->csv->rows; row && f->rc == 0;
	     row = row->next) {
		const struct ot_csv_cell *name = cell(f, row, "name");
		struct ot_sb sb = { 0 };

		ot_sb_add(&sb, table.p, table.len);
		ot_sb_putc(&sb, ' ');
		ot_sb_add(&sb, text(f, row, "id").p, text(f, row, "id").len);
		struct ot_str key = ot_str_keep(f->arena, ot_sb_str(&sb));
		struct ot_str *value = ot_alloc(f->arena, sizeof(*value));
		void **at =
		    key.p ? ot_map_at(&rules->tables, key.p, key.len) : NULL;

		ot_sb_done(&sb);
		if (!at || !value) {
			no_memory(f);
			break;
		}
		*value = name->text;
		*at = value;
	}
	return f->rc;
}

int
ot_asset_rules_load(struct ot_asset_rules *rules, struct ot_arena *arena,
    const char *folder, struct ot_error *error)
{
	static const struct {
		const char *name;
		int (*read)(struct file *f, struct ot_asset_rules *rules);
	} files[] = {
		{ "fingerprints.csv", read_fingerprints },
		{ "roles.csv", read_roles },
		{ "vendors.csv", read_vendors },
		{ "vendors_bacnet.csv", read_table },
		{ "vendors_cip.csv", read_table },
		{ "vendors_profinet.csv", read_table },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct file f = {
			.arena = arena, .name = files[i].name, .error = error
		};

		file_open(&f, folder);
		if (f.rc == 0)
			(void)files[i].read(&f, rules);
		if (f.rc < 0)
			return f.rc;
	}
	return 0;
}

void
ot_asset_rules_done(struct ot_asset_rules *rules)
{
	ot_map_done(&rules->by_key);
	ot_map_done(&rules->tables);
	*rules = (struct ot_asset_rules){ 0 };
}
