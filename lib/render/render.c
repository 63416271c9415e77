/*
 * The table of renderers, and how what they wrote is passed on.
 */
#include "render/render.h"

extern const struct ot_renderer ot_renderer_text;
extern const struct ot_renderer ot_renderer_crossings;
extern const struct ot_renderer ot_renderer_sarif;
extern const struct ot_renderer ot_renderer_junit;
extern const struct ot_renderer ot_renderer_html;
extern const struct ot_renderer ot_renderer_zeek;

const struct ot_renderer *const ot_renderers[] = {
	&ot_renderer_text,
	&ot_renderer_crossings,
	&ot_renderer_sarif,
	&ot_renderer_junit,
	&ot_renderer_html,
	&ot_renderer_zeek,
	NULL,
};

enum { MUCH = 64 * 1024 }; /* bytes that are worth a write */

void
ot_render_flush(struct ot_render *render, bool all)
{
	if (!render->failed && render->sb.lost)
		render->failed = ot_error_set(
		    render->error, OT_ERR_MEMORY, "no memory for the report");
	if (!render->failed && render->sb.len &&
	    (all || render->sb.len >= MUCH))
		render->failed = render->write(
		    render->user, ot_sb_str(&render->sb), render->error);
	if (render->failed || all || render->sb.len >= MUCH)
		render->sb.len = 0;
}

static const struct ot_renderer *
renderer_of(const char *name)
{
	for (size_t i = 0; ot_renderers[i]; i++)
		if (strcmp(ot_renderers[i]->name, name) == 0)
			return ot_renderers[i];
	return NULL;
}

int
ot_render_report(const struct ot_report *report, const char *name, bool colour,
    int (*write)(void *user, struct ot_str bytes, struct ot_error *error),
    void *user, struct ot_error *error)
{
	const struct ot_renderer *renderer = renderer_of(name);
	struct ot_render render = { .report = report,
		.colour = colour,
		.write = write,
		.user = user,
		.error = error };

	if (!renderer)
		return ot_error_set(
		    error, OT_ERR_USAGE, "no format is named '%s'", name);
	renderer->render(&render);
	ot_render_flush(&render, true);
	ot_sb_done(&render.sb);
	return render.failed;
}
