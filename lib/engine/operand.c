/*
 * The files that an operand stands for.
 */
#include "engine/operand.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "capture/capture.h"

enum { FILES_MAX = 1 << 20 };

static int
by_time(const void *a, const void *b)
{
	const struct ot_input_file *x = a, *y = b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return strcmp(x->path, y->path);
}

static int
no_memory(struct ot_error *error)
{
	return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
}

static int
add(struct ot_input_files *files, const struct ot_input_file *file,
    struct ot_error *error)
{
	struct ot_input_file *at =
	    ot_heap_grow(files->at, files->count + 1, sizeof(*at));

	if (!at)
		return no_memory(error);
	files->at = at;
	at[files->count++] = *file;
	return 0;
}

/* The path of a member that is a regular file and not hidden, else NULL. */
static const char *
member_path(struct ot_arena *arena, const char *folder, const char *name)
{
	struct ot_sb sb = { 0 };
	struct ot_str path = { 0 };
	struct stat st;

	ot_sb_printf(&sb, "%s/%s", folder, name);
	if (name[0] != '.' && !sb.lost && stat(sb.p, &st) == 0 &&
	    S_ISREG(st.st_mode))
		path = ot_str_keep(arena, ot_sb_str(&sb));
	ot_sb_done(&sb);
	return path.p;
}

static int
list(struct ot_input_files *files, struct ot_arena *arena, const char *folder,
    DIR *dir, ot_left_out *left_out, void *user, struct ot_error *error)
{
	struct dirent *entry;
	int e = 0;

	while (!e && (entry = readdir(dir))) {
		struct ot_input_file file = { 0 };
		struct ot_error why = { 0 };

		file.path = member_path(arena, folder, entry->d_name);
		if (!file.path)
			continue;
		file.name = file.path + strlen(folder) + 1;
		int got =
		    ot_capture_first_time(&file.first_ns, file.path, &why);

		/* notes and scripts lie beside captures; a file that cannot be
		 * read is another matter */
		if (got < 0)
			left_out(user, why.text, got == -OT_ERR_IO);
		else if (files->count == FILES_MAX)
			e = ot_error_set(error, OT_ERR_MEMORY,
			    "%s: more than %d captures", folder, FILES_MAX);
		else
			e = add(files, &file, error);
	}
	return e;
}

static int
list_folder(struct ot_input_files *files, struct ot_arena *arena,
    const char *folder, ot_left_out *left_out, void *user,
    struct ot_error *error)
{
	DIR *dir = opendir(folder);

	if (!dir)
		return ot_error_set(
		    error, OT_ERR_IO, "%s: cannot open the folder", folder);
	int e = list(files, arena, folder, dir, left_out, user, error);

	(void)closedir(dir);
	if (!e && !files->count)
		e = ot_error_set(error, OT_ERR_INPUT,
		    "%s: no capture in this folder", folder);
	if (!e)
		qsort(files->at, files->count, sizeof(*files->at), by_time);
	return e;
}

int
ot_input_files(struct ot_input_files *files, struct ot_arena *arena,
    const char *operand, ot_left_out *left_out, void *user,
    struct ot_error *error)
{
	struct stat st;

	*files = (struct ot_input_files){ 0 };
	if (strcmp(operand, "-") != 0 && stat(operand, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return list_folder(
		    files, arena, operand, left_out, user, error);
	return add(files,
	    &(struct ot_input_file){ .path = operand, .name = operand }, error);
}

void
ot_input_files_done(struct ot_input_files *files)
{
	ot_heap_free(files->at);
	*files = (struct ot_input_files){ 0 };
}
