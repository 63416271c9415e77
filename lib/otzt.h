/*
 * libotzt: from captures of OT networks to assets, zones and verdicts.
 *
 * A run holds one record stream (otzt-records(5)). It is filled from captures
 * or from streams, completed step by step (assets, zones, findings), and
 * written in any format. The four tools are this and their options.
 *
 * Functions that give int give 0, or a negative enum ot_status that, negated,
 * is the exit status of a tool; ot_run_error() then says what happened. A
 * run may be used by one thread at a time; several runs do not know of each
 * other. The library prints nothing and never exits.
 */
#ifndef OTZT_H
#define OTZT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OT_API __attribute__((visibility("default")))

enum ot_status {
	OT_OK = 0,
	OT_STATUS_FINDINGS = 1, /* for tools: findings at or above --fail-on */
	OT_STATUS_USAGE = 2,	/* options or policy wrong */
	OT_STATUS_INPUT = 3, /* input unreadable or cut, output not written */
	OT_STATUS_UNDECIDED = 4, /* for tools: --strict, something untold */
	OT_STATUS_PIPE = 13,	 /* the reader of the output has gone */
	OT_STATUS_BUG = 70,
};

struct ot_run;

/* Messages for a person, without newline; text is the callee's for the call. */
typedef void ot_message(void *user, const char *text);

/* Version of the library, "0.1.0". */
OT_API const char *ot_version(void);

/* A new run for a tool of that name. message may be NULL. NULL without
 * memory. */
OT_API struct ot_run *ot_run_new(
    const char *tool, ot_message *message, void *user);
OT_API void ot_run_free(struct ot_run *run);

/* What happened last. Valid until the next call. */
OT_API const char *ot_run_error(const struct ot_run *run);

/* How captures are read. Zeroed is the default. */
struct ot_capturing {
	const char *sensor;	 /* name of the sensor, or NULL */
	const char *sensor_from; /* "file", "folder", "interface", or NULL */
	const char *site;	 /* or NULL */
	bool site_from_folder;
	const char *filter; /* BPF, or NULL */
	unsigned threads;   /* 0: 1 */
	bool no_hash;
	bool connections; /* a record for each connection */
	uint64_t frames;  /* live: stop behind that many; 0: no limit */
	/* Told of the bytes read so far, now and then; may be NULL. */
	void (*progress)(void *user, uint64_t bytes);
	void *user;
};

/* Read captures: files, folders, "-" for standard input; live: one interface.
 * Input that is damaged or unreadable is told as a message, what could be read
 * is kept, and OT_STATUS_INPUT is returned. */
OT_API int ot_run_capture(struct ot_run *run, const struct ot_capturing *how,
    const char *const *paths, size_t count, bool live);

/* Make a live capture end; for signal handlers. */
OT_API void ot_run_stop(void);

/* Read a record stream, "-" for standard input. A stream without its end
 * record is OT_STATUS_INPUT; what was there is kept. */
OT_API int ot_run_read(struct ot_run *run, const char *path);

/* Merge streams: the same records as one run over all their captures. A part
 * whose inputs are all there already is dropped and named; one that shares only
 * some is refused. */
OT_API int ot_run_merge(
    struct ot_run *run, const char *const *paths, size_t count);

/* What is cut out of captures. */
struct ot_extracting {
	const char *records; /* a file, "-" for standard input */
	const char *output;  /* one pcapng file for all, or NULL, then */
	const char *folder;  /* one for each record in here, by its name */
};

/* Write the frames that records cite as evidence, with comments that say who
 * cites them. paths as of ot_run_capture. What is missing is told as messages,
 * what was found is written, and OT_STATUS_INPUT is returned. */
OT_API int ot_run_extract(struct ot_run *run, const struct ot_extracting *what,
    const char *const *paths, size_t count);

/* Was anything read? Where nothing could be, there is nothing to judge and
 * nothing to write. */
OT_API bool ot_run_any(const struct ot_run *run);

/* Read a policy: a folder or one file. All its errors are told as messages. */
OT_API int ot_run_policy(struct ot_run *run, const char *path);

/* Make what the stream lacks, or make it anew from the policy. */
OT_API int ot_run_assets(struct ot_run *run);
OT_API int ot_run_zones(struct ot_run *run);
OT_API int ot_run_check(struct ot_run *run);

/* Propose zones and conduits from the traffic and write them as a policy into
 * a folder, which is made if it is not there; one with a policy is refused. */
OT_API int ot_run_propose(struct ot_run *run, const char *folder);

/*
 * Questions about a policy (otzones(1)). Each wants ot_run_policy before, and
 * looks at the stream if one was read. Answers stay with the run until the
 * next question.
 */

/* Rows that say nothing, too much or nothing any more; now: a day or a time
 * instead of the newest one of the stream, or NULL. */
OT_API int ot_run_lint(struct ot_run *run, const char *now);

/* What is allowed and nobody did. */
OT_API int ot_run_exposure(struct ot_run *run);

/* Assertions of the policy. */
OT_API int ot_run_assert(struct ot_run *run);

/* One transaction: "from=…", "to=…", "service=…", "verb=…", "object=…",
 * "time=…". */
OT_API int ot_run_explain(
    struct ot_run *run, const char *const *words, size_t count);

/* What the policy of run allows and that of before does not, and the reverse;
 * with the same stream in both, which operations change verdict. */
OT_API int ot_run_diff(struct ot_run *run, struct ot_run *before);

/* Who can reach whom: "from=…", "to=…", "verb=…", each or none. */
OT_API int ot_run_reach(
    struct ot_run *run, const char *const *words, size_t count);

/* ot_run_read of one stream into two runs. */
OT_API int ot_run_read_both(
    struct ot_run *run, struct ot_run *other, const char *path);

/* How many answers count for an exit status. complete: no limit was met;
 * untold: something could not be told. */
OT_API uint64_t ot_run_answers(
    const struct ot_run *run, bool *complete, bool *untold);

/* Write the answers, as records or for a person. */
OT_API int ot_run_write_answers(
    struct ot_run *run, bool records, const char *path, bool colour);

/* The policy as a "matrix", a "map", or an "export" to other programs, in one
 * of its formats, to a file, "-" for standard output. What an export cannot
 * express are its answers. */
OT_API int ot_run_document(struct ot_run *run, const char *document,
    const char *format, const char *path);

/* Its formats, NULL at the end; NULL: there is no such document. */
OT_API const char *const *ot_document_formats(const char *document);

/* Write in a format ("ndjson", "text", "sarif", …) to a file, "-" for standard
 * output. The file appears complete or not at all. */
OT_API int ot_run_write(
    struct ot_run *run, const char *format, const char *path, bool colour);

/* The formats, NULL at the end. */
OT_API const char *const *ot_formats(void);

/* Open violations of at least that severity ("info" … "critical"), and what
 * could not be told. A severity that is none gives UINT64_MAX. */
OT_API uint64_t ot_run_violations(
    const struct ot_run *run, const char *severity);
OT_API uint64_t ot_run_undecided(const struct ot_run *run);

/* Give up what a run over hostile bytes does not need: afterwards only the
 * paths that were named can be read, only the folders of the outputs written,
 * nothing executed, no socket opened. Text for -v is written to what. */
OT_API void ot_run_confine(struct ot_run *run, const char *const *reads,
    size_t read_count, const char *const *writes, size_t write_count,
    char *what, size_t cap);

#endif
