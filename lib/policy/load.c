/*
 * Reading a policy: policy.json with its comments, and the tables in it or
 * beside it (DESIGN.md section 4). Keys are in keys.c, rows in rows.c, what a
 * key may hold in cell.c, what rows say of each other in resolve.c.
 */
#include "policy/load.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/io.h"
#include "model/stream.h"
#include "policy/loader.h"

enum { FILE_MAX = 64 << 20 };

/* ---- files ---- */

struct file {
	struct ot_str name, text;
};

static struct ot_str
keep_format(struct ot_load *l, struct ot_str folder, struct ot_str name)
{
	struct ot_sb sb = { 0 };
	struct ot_str kept;

	if (folder.len) {
		ot_sb_add(&sb, folder.p, folder.len);
		if (folder.p[folder.len - 1] != '/')
			ot_sb_putc(&sb, '/');
	}
	ot_sb_add(&sb, name.p, name.len);
	kept = ot_str_keep(l->r.arena, ot_sb_str(&sb));
	l->r.lost |= sb.lost || !kept.p;
	ot_sb_done(&sb);
	return kept;
}

int
ot_open_file(struct ot_load *l, struct ot_str name, struct ot_str *text,
    struct ot_error *error)
{
	struct ot_str path = ot_str_keep(l->r.arena, name);
	struct file *file = ot_alloc(l->r.arena, sizeof(*file));
	int rc;

	if (!path.p || !file || !ot_list_push(l->r.arena, &l->files, file)) {
		l->r.lost = true;
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	}
	rc = ot_file_read(text, l->r.arena, l->folder, path.p, FILE_MAX, error);
	if (rc < 0)
		l->files.count--;
	else
		*file = (struct file){ path, *text };
	l->file = keep_format(l, l->shown, path);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct file *const *x = a, *const *y = b;

	return ot_str_cmp((*x)->name, (*y)->name);
}

static struct ot_str
digest(struct ot_load *l, struct ot_sha256 *sha)
{
	uint8_t bytes[OT_SHA256_LEN];
	char hex[2 * OT_SHA256_LEN + 1];

	ot_sha256_end(sha, bytes);
	ot_hex(hex, bytes, sizeof(bytes));
	return ot_str_keep(l->r.arena, ot_str(hex));
}

/* The files that were read, by name; a file that two tables name is one. */
static void
keep_inputs(struct ot_load *l)
{
	struct ot_policy *policy = l->r.policy;
	struct ot_sha256 all, one;

	ot_sha256_init(&all);
	if (l->files.count)
		qsort(
		    l->files.at, l->files.count, sizeof(*l->files.at), by_name);
	for (uint32_t i = 0; i < l->files.count; i++) {
		const struct file *file = l->files.at[i];
		struct ot_input *input = ot_alloc(l->r.arena, sizeof(*input));

		if (i && by_name(&l->files.at[i - 1], &l->files.at[i]) == 0)
			continue;
		ot_sha256_init(&one);
		ot_sha256_add(&one, file->text.p, file->text.len);
		ot_sha256_add(&all, file->name.p, file->name.len + 1);
		ot_sha256_add(&all, file->text.p, file->text.len);
		if (!input ||
		    !ot_list_push(l->r.arena, &policy->inputs, input)) {
			l->r.lost = true;
			return;
		}
		input->name = keep_format(l, l->shown, file->name);
		input->sha256 = digest(l, &one);
		input->bytes = file->text.len;
	}
	policy->sha256 = digest(l, &all);
}

/* ---- the whole ---- */

/* Folder and name of what is read: policy.json in a folder, or a file. */
static int
open_operand(struct ot_load *l, const char *path, struct ot_str *name,
    struct ot_error *error)
{
	struct stat st;
	const char *slash = strrchr(path, '/');

	if (stat(path, &st) != 0)
		return ot_error_set(
		    error, OT_ERR_USAGE, "%s: there is no such policy", path);
	if (S_ISDIR(st.st_mode)) {
		l->shown = ot_str(path);
		*name = ot_str("policy.json");
	} else {
		size_t len = slash ? (size_t)(slash - path) + 1 : 0;

		l->shown = (struct ot_str){ path, len };
		*name = ot_str(path + len);
	}
	l->shown = ot_str_keep(l->r.arena, l->shown);
	l->folder = l->shown.len ? l->shown.p : ".";
	return 0;
}

static int
load(struct ot_load *l, const char *path, struct ot_error *error)
{
	struct ot_str name, text;
	int rc = open_operand(l, path, &name, error);

	if (rc == 0)
		rc = ot_open_file(l, name, &text, error);
	if (rc < 0) {
		/* a policy that is not there is a wrong policy */
		if (error && rc == -OT_ERR_IO)
			error->code = OT_ERR_USAGE;
		return rc == -OT_ERR_IO ? -OT_ERR_USAGE : rc;
	}
	l->r.policy->path = ot_str_keep(l->r.arena, ot_str(path));
	ot_read_policy(l, text);
	keep_inputs(l);
	if (l->r.lost)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	if (l->r.errors)
		return ot_error_set(error, OT_ERR_USAGE,
		    "%s: %u error%s in the policy", path, l->r.errors,
		    l->r.errors == 1 ? "" : "s");
	return 0;
}

int
ot_policy_load(struct ot_arena *arena, struct ot_policy *policy,
    const char *path, const struct ot_policy_names *names,
    ot_policy_complain *complain, void *user, struct ot_error *error)
{
	struct ot_policy made = { 0 };
	struct ot_load l = { .r = { .arena = arena,
				 .policy = &made,
				 .names = names,
				 .complain = complain,
				 .user = user } };
	int rc = load(&l, path, error);

	ot_map_done(&l.r.places);
	if (rc == 0)
		*policy = made;
	return rc;
}
