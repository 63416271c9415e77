/*
 * A policy folder for one test: files are written into it, the policy is
 * loaded, its errors are a text, one a line.
 */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "policy/load.h"

static const char *const folder_files[] = { "policy.json", "zones.csv",
	"conduits.csv", "registry.csv", "waivers.csv", "review.csv" };

static struct ot_arena arena;
static struct ot_policy policy;
static struct ot_sb told;
static char folder[64];

static inline void
folder_open(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/otzt-policy-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static inline void
folder_close(void)
{
	char path[128];

	for (size_t i = 0; i < sizeof(folder_files) / sizeof(*folder_files);
	     i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, folder_files[i]);
		(void)unlink(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
	ot_sb_done(&told);
	ot_arena_done(&arena);
	policy = (struct ot_policy){ .name = { NULL, 0 } };
}

static inline void
folder_put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* FILE:LINE:COLUMN: MESSAGE, the file without its folder. */
static inline void
on_error(void *user, const struct ot_source *at, const char *message)
{
	struct ot_sb *sb = user;
	size_t skip = strlen(folder) + 1;

	ck_assert_uint_gt(at->file.len, skip);
	ot_sb_printf(sb, "%.*s:%u:%u: %s\n", (int)(at->file.len - skip),
	    at->file.p + skip, at->line, at->column, message);
}

static inline const char *
load_errors(const struct ot_policy_names *names)
{
	struct ot_error error;
	int rc;

	ot_sb_done(&told);
	ot_sb_puts(&told, "");
	rc = ot_policy_load(
	    &arena, &policy, folder, names, on_error, &told, &error);
	ck_assert_int_eq(rc, told.len ? -OT_ERR_USAGE : 0);
	return told.p;
}

/* Load policy.json with this text. */
static inline const char *
errors_of(const char *json)
{
	folder_put("policy.json", json);
	return load_errors(NULL);
}

static inline bool
is(struct ot_str s, const char *text)
{
	return ot_str_eq(s, ot_str(text));
}

#endif
