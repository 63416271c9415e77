/*
 * Usage: forms SHARED [CAPTURE...]
 * The captures of SHARED/pcaps in other forms, read through the library: in the
 * other byte order, as pcapng and as pcap again (editcap), compressed, through
 * a pipe: the records must be the same. And cut at every byte of the last three
 * records: what is whole must be as in a file that ends there, and the capture
 * record must say what is lost. Without CAPTURE some of them, always the same;
 * with OTZT_FORMS=all every one. What may differ stands in forms.csv, beside
 * it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "engine/engine.h"
#include "layout.h"
#include "model/stream.h"

enum {
	SAMPLE = 96,		/* captures */
	SMALL = 100 * 1000,	/* bytes of one of the sample */
	CUT_MOST = 2000 * 1000, /* bytes of one that is cut at every byte */
	CUTS = 5000,		/* of one capture; of more every n-th */
	TAIL = 3,		/* records that are cut */
	PATH = 4096,
};

static char work[64];  /* a folder of our own */
static char path[100]; /* every form has this path, for records name it */
static bool has_editcap;
static unsigned passed, failed, skipped, reads;

/* ---- what the library says ---- */

struct said {
	struct ot_capture_sum capture; /* without its texts and lists */
	bool damaged;
	struct ot_str records; /* malloc; flows, facts, events as text */
	int status;
};

static int
keep(void *user, struct ot_str bytes, struct ot_error *error)
{
	(void)error;
	ot_sb_add(user, bytes.p, bytes.len);
	return 0;
}

/* Does the line tell of the file itself? */
static bool
is_of_file(const char *line)
{
	static const char *const types[] = { "{\"type\":\"stream\"",
		"{\"type\":\"capture\"", "{\"type\":\"end\"" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strncmp(line, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static struct ot_str
records_of(struct ot_store *store)
{
	struct ot_stream stream = { .store = *store, .complete = true };
	struct ot_sb all = { 0 };
	struct ot_error error = { 0 };
	size_t len = 0;

	(void)ot_stream_write(&stream, keep, &all, &error);
	char *text = malloc(all.len + 1);

	for (size_t at = 0; at < all.len;) {
		const char *line = all.p + at;
		const char *end = memchr(line, '\n', all.len - at);
		size_t n = end ? (size_t)(end - line) + 1 : all.len - at;

		if (!is_of_file(line)) {
			memcpy(text + len, line, n);
			len += n;
		}
		at += n;
	}
	ot_sb_done(&all);
	return (struct ot_str){ text, len };
}

/* Read what lies at `path` as the only input. */
static struct said
read_it(void)
{
	struct ot_engine_options options = { .threads = 1, .no_hash = true };
	struct ot_operand operand = { .path = path };
	struct ot_store store = { 0 };
	struct ot_error error = { 0 };
	struct said said = { 0 };

	reads++;
	said.status =
	    ot_engine_run(&store, &options, &operand, 1, &said.damaged, &error);
	if (store.list[OT_STORE_CAPTURE].count)
		said.capture =
		    *(struct ot_capture_sum *)store.list[OT_STORE_CAPTURE]
			 .at[0];
	said.records = records_of(&store);
	ot_store_done(&store);
	return said;
}

static struct said
read_bytes(const uint8_t *p, size_t len)
{
	store_at(path, p, len);
	return read_it();
}

static void
said_done(struct said *said)
{
	free((void *)(uintptr_t)said->records.p);
}

/* Names that the file gives to addresses: editcap does not keep their block. */
static struct ot_str
without_names(struct ot_str all)
{
	static const char names[] = "\"message\":\"name resolution block\"";
	char *text = malloc(all.len + 1);
	size_t len = 0;

	for (size_t at = 0; at < all.len;) {
		const char *line = all.p + at;
		const char *end = memchr(line, '\n', all.len - at);
		size_t n = end ? (size_t)(end - line) + 1 : all.len - at;

		if (!memmem(line, n, names, sizeof(names) - 1)) {
			memcpy(text + len, line, n);
			len += n;
		}
		at += n;
	}
	return (struct ot_str){ text, len };
}

/* The first thing that is not the same; NULL: all is. */
static const char *
difference(const struct said *a, const struct said *b)
{
	const struct ot_capture_sum *x = &a->capture, *y = &b->capture;

	if (a->status != b->status)
		return "status";
	if (x->frames != y->frames || x->bytes != y->bytes)
		return "frames and bytes";
	if (memcmp(&x->account, &y->account, sizeof(x->account)) != 0)
		return "account";
	if (x->first != y->first || x->last != y->last)
		return "times";
	if (x->cut_frames != y->cut_frames || x->back_steps != y->back_steps ||
	    x->tagged_frames != y->tagged_frames)
		return "counters";
	return ot_str_eq(a->records, b->records) ? NULL : "records";
}

/* ---- what may differ ---- */

static struct rule {
	char file[256], form[32];
	bool used;
} rules[32];
static size_t rule_count;

static void
read_rules(void)
{
	const char *source = getenv("top_srcdir");
	char line[1024], from[PATH];

	snprintf(from, sizeof(from), "%s/tests/conformance/forms.csv",
	    source ? source : ".");
	FILE *f = fopen(from, "r");

	while (f && fgets(line, sizeof(line), f) &&
	       rule_count < sizeof(rules) / sizeof(*rules)) {
		struct rule *r = &rules[rule_count];

		if (sscanf(line, "%255[^,],%31[^,]", r->file, r->form) == 2 &&
		    strcmp(r->file, "file") != 0)
			rule_count++;
	}
	if (f)
		fclose(f);
}

static bool
may_differ(const char *name, const char *form)
{
	for (size_t i = 0; i < rule_count; i++)
		if (strcmp(rules[i].file, name) == 0 &&
		    strncmp(rules[i].form, form, strlen(rules[i].form)) == 0)
			return rules[i].used = true;
	return false;
}

static void
result(const char *name, const char *form, const char *why)
{
	if (why && may_differ(name, form))
		why = NULL;
	passed += !why;
	failed += why != NULL;
	if (why)
		printf("FAILED: forms: %s: %s: %s differ\n", name, form, why);
}

static void
leave_out(const char *name, const char *form, const char *why)
{
	skipped++;
	printf("SKIP: forms: %s: %s: %s\n", name, form, why);
}

/* ---- the forms ---- */

static void
turn(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t was = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = was;
	}
}

static void
other_order(const char *name, const struct content *c, const struct layout *l,
    const struct said *plain)
{
	struct content t = { malloc(c->len + 1), c->len };
	static const uint8_t sizes[] = { 4, 2, 2, 4, 4, 4, 4 };
	size_t at = 0;

	memcpy(t.p, c->p, c->len);
	for (size_t i = 0; i < sizeof(sizes); at += sizes[i++])
		turn(t.p + at, sizes[i]);
	for (size_t i = 0; i + 1 < l->count; i++)
		for (size_t k = 0; k < 4; k++)
			turn(t.p + l->at[i] + 4 * k, 4);
	/* a header that is cut, or whose length is too great */
	at = l->at[l->count - 1];
	for (size_t k = 0; k < 4 && at + 4 * k + 4 <= c->len; k++)
		turn(t.p + at + 4 * k, 4);
	struct said said = read_bytes(t.p, t.len);

	result(name, "byte order", difference(plain, &said));
	said_done(&said);
	free(t.p);
}

/* suffix: of the packing */
static void
packed(const char *name, const struct content *c, const char *suffix,
    const struct said *plain)
{
	struct ot_error error = { 0 };
	struct ot_out *out;
	char to[160];

	snprintf(to, sizeof(to), "%s%s", path, suffix);
	if (ot_out_open(&out, to, &error) < 0) {
		leave_out(name, suffix, error.text);
		return;
	}
	bool good = ot_out_write(out, c->p, c->len, &error) >= 0 &&
		    ot_out_commit(out, &error) >= 0;

	ot_out_close(out);
	if (!good || rename(to, path) != 0) {
		result(name, suffix, error.text);
		return;
	}
	struct said said = read_it();

	result(name, suffix, difference(plain, &said));
	said_done(&said);
}

/* A child writes into the pipe, in pieces that no record keeps to. */
static void
write_pieces(const struct content *c)
{
	FILE *f = fopen(path, "wb");

	for (size_t at = 0, n; f && at < c->len; at += n) {
		n = c->len - at < 4099 ? c->len - at : 4099;
		if (fwrite(c->p + at, 1, n, f) != n || fflush(f) != 0)
			break;
	}
	_exit(0);
}

static void
piped(const char *name, const struct content *c, const struct said *plain)
{
	(void)unlink(path);
	if (mkfifo(path, 0600) != 0) {
		leave_out(name, "pipe", strerror(errno));
		return;
	}
	pid_t child = fork();

	if (child == 0)
		write_pieces(c);
	struct said said = read_it();

	(void)waitpid(child, NULL, 0);
	(void)unlink(path);
	result(name, "pipe", difference(plain, &said));
	said_done(&said);
}

/* editcap from `path` to itself in another format. */
static bool
convert(const char *format)
{
	char command[512];

	snprintf(command, sizeof(command),
	    "editcap -F %s %s %s.new >/dev/null 2>&1 && mv %s.new %s", format,
	    path, path, path, path);
	return system(command) == 0;
}

static void
converted(const char *name, const struct content *c, const struct said *plain)
{
	static const char *const formats[] = { "pcapng", "nsecpcap", "pcapng" };

	struct said nameless = *plain;

	nameless.records = without_names(plain->records);
	store_at(path, c->p, c->len);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		char form[64];

		snprintf(
		    form, sizeof(form), "editcap %zu %s", i + 1, formats[i]);
		if (!convert(formats[i])) {
			leave_out(name, form, "editcap does not");
			break;
		}
		struct said said = read_it();

		struct ot_str all = said.records;

		said.records = without_names(all);
		free((void *)(uintptr_t)all.p);
		result(name, form, difference(&nameless, &said));
		said_done(&said);
	}
	said_done(&nameless);
}

/* ---- cuts ---- */

/* Where the last frames begin; without any the end. */
static size_t
tail_of(const struct layout *l)
{
	size_t frames = 0, from = l->count - 1;

	for (size_t i = from; i && frames < TAIL; i--) {
		if (!l->frame[i - 1])
			continue;
		frames++;
		from = i - 1;
	}
	return from;
}

/* A file of len bytes must say what one that ends at the border before says,
 * and that it is damaged. */
static const char *
cut_at(const struct said *whole, size_t len, bool at_border)
{
	if (truncate(path, (off_t)len) != 0)
		return strerror(errno);
	struct said said = read_it();
	const char *why = difference(whole, &said);

	/* some are damaged already before that */
	if (!why && said.damaged != (whole->damaged || !at_border))
		why = "statements of damage";
	said_done(&said);
	return why;
}

/* From the end, so that the file only gets shorter. */
static void
cut(const char *name, const struct content *c, const struct layout *l)
{
	size_t from = tail_of(l), i = l->count - 1;
	size_t bytes = l->at[i] - l->at[from], step = 1 + bytes / CUTS;
	const char *why = NULL;
	size_t len = l->at[i];

	if (step > 1)
		printf("forms: %s: cut at every %zu. byte\n", name, step);
	for (; i > from && !why; i--) {
		struct said whole = read_bytes(c->p, l->at[i - 1]);

		store_at(path, c->p, l->at[i]);
		for (len = l->at[i] - 1; len >= l->at[i - 1] && !why;
		     len -= step) {
			why = cut_at(&whole, len, len == l->at[i - 1]);
			if (len < l->at[i - 1] + step)
				break;
		}
		said_done(&whole);
	}
	char form[64];

	snprintf(form, sizeof(form), "cut at %zu", len);
	result(name, form, why);
}

/* ---- captures ---- */

static void
look_at(const char *shared, const char *name)
{
	char from[PATH];
	struct layout l = { 0 };

	snprintf(from, sizeof(from), "%s/pcaps/%s", shared, name);
	struct content c = load(from);

	if (!c.p || !lay_out(&l, &c)) {
		leave_out(name, "all forms", "neither pcap nor pcapng");
		free(c.p);
		return;
	}
	struct said plain = read_bytes(c.p, c.len);

	if (!l.pcapng)
		other_order(name, &c, &l, &plain);
	packed(name, &c, ".zst", &plain);
	packed(name, &c, ".gz", &plain);
	piped(name, &c, &plain);
	if (!has_editcap)
		leave_out(name, "editcap", "it is not installed");
	else if (plain.damaged)
		leave_out(name, "editcap", "the capture itself is cut");
	else
		converted(name, &c, &plain);
	if (plain.status != 0)
		leave_out(name, "cuts", "it is refused as a whole");
	else if (c.len <= CUT_MOST)
		cut(name, &c, &l);
	else
		leave_out(name, "cuts", "too long for thousands of runs");
	said_done(&plain);
	layout_done(&l);
	free(c.p);
}

/* The captures of the manifest: its rows' first columns. */
static size_t
manifest(const char *shared, char ***names)
{
	char line[16384], from[PATH];
	size_t count = 0;

	snprintf(from, sizeof(from), "%s/pcaps/MANIFEST.tsv", shared);
	FILE *f = fopen(from, "r");

	*names = NULL;
	while (f && fgets(line, sizeof(line), f)) {
		char *tab = strchr(line, '\t');

		if (!tab || strncmp(line, "path\t", 5) == 0)
			continue;
		*tab = 0;
		*names = realloc(*names, (count + 1) * sizeof(**names));
		(*names)[count++] = strdup(line);
	}
	if (f)
		fclose(f);
	return count;
}

static bool
is_small(const char *shared, const char *name)
{
	char from[PATH];
	struct stat st;

	snprintf(from, sizeof(from), "%s/pcaps/%s", shared, name);
	return stat(from, &st) == 0 && st.st_size <= SMALL;
}

/* Gives whether they were all. */
static bool
look_at_some(const char *shared, char **names, size_t count)
{
	const char *how = getenv("OTZT_FORMS");
	bool all = how && strcmp(how, "all") == 0;
	size_t step = all || count < SAMPLE ? 1 : count / SAMPLE;

	for (size_t i = 0; i < count; i += step)
		if (all || is_small(shared, names[i]))
			look_at(shared, names[i]);
	return all;
}

static void
refuse_unused(void)
{
	for (size_t i = 0; i < rule_count; i++)
		if (!rules[i].used)
			result(rules[i].file, "forms.csv",
			    "the rule and what it excuses");
}

int
main(int argc, char **argv)
{
	const char *shared = argc > 1 ? argv[1] : getenv("OTZT_SHARED");
	char **names;
	size_t count = shared ? manifest(shared, &names) : 0;

	if (!count) {
		printf("SKIP: forms: no captures in %s/pcaps\n",
		    shared ? shared : "OTZT_SHARED");
		return 77;
	}
	snprintf(work, sizeof(work), "/tmp/otzt-forms-XXXXXX");
	if (!mkdtemp(work))
		return 99;
	snprintf(path, sizeof(path), "%s/capture", work);
	read_rules();
	has_editcap = system("editcap -h >/dev/null 2>&1") == 0;
	for (int i = 2; i < argc; i++)
		look_at(shared, argv[i]);
	if (argc <= 2 && look_at_some(shared, names, count))
		refuse_unused();
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	(void)unlink(path);
	(void)rmdir(work);
	printf("forms: read %u times\n", reads);
	printf("# %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? 1 : 0;
}
