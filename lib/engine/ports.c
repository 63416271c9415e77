/*
 * Names that ports suggest: data/ports.csv with the columns transport, port,
 * name. A name from here is a guess and marked as one.
 */
#include "engine/ports.h"

#include <stdlib.h>

#include "base/csv.h"
#include "base/io.h"

enum { FILE_MAX = 1 << 22 };

static uint64_t
key_of(const struct ot_port_name *p)
{
	return (uint64_t)p->transport << 32 | p->port;
}

static int
by_key(const void *a, const void *b)
{
	uint64_t x = key_of(a), y = key_of(b);

	return (x > y) - (x < y);
}

static void
complain(void *user, unsigned line, unsigned column, const char *message)
{
	struct ot_error *error = user;

	if (!error->code)
		ot_error_set(error, OT_ERR_USAGE, "ports.csv:%u:%u: %s", line,
		    column, message);
}

/* A decimal number of at most nine digits. */
static bool
number(struct ot_str s, uint32_t *out)
{
	uint32_t n = 0;

	if (!s.len || s.len > 9)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	}
	*out = n;
	return true;
}

static int
column(const struct ot_csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->columns; i++)
		if (ot_str_eq(csv->header[i].text, ot_str(name)))
			return (int)i;
	return -1;
}

static int
take(struct ot_ports *ports, struct ot_arena *arena, const struct ot_csv *csv,
    struct ot_error *error)
{
	int transport = column(csv, "transport"), port = column(csv, "port"),
	    name = column(csv, "name");
	size_t rows = 0;

	if (transport < 0 || port < 0 || name < 0)
		return ot_error_set(error, OT_ERR_USAGE,
		    "ports.csv: it has no column transport, port or name");
	for (const struct ot_csv_row *r = csv->rows; r; r = r->next)
		rows++;
	ports->at = ot_alloc_array(arena, rows + 1, sizeof(*ports->at));
	if (!ports->at)
		return ot_error_set(error, OT_ERR_MEMORY, "out of memory");
	for (const struct ot_csv_row *r = csv->rows; r; r = r->next) {
		struct ot_port_name *p = &ports->at[ports->count];
		int word =
		    ot_word(ot_transport_names, r->cells[transport].text);

		if (word < 0 || !number(r->cells[port].text, &p->port))
			return ot_error_set(error, OT_ERR_USAGE,
			    "ports.csv:%u:%u: not a transport and a port",
			    r->cells[transport].line,
			    r->cells[transport].column);
		p->transport = (uint8_t)word;
		p->name = ot_str_keep(arena, r->cells[name].text);
		ports->count++;
	}
	qsort(ports->at, ports->count, sizeof(*ports->at), by_key);
	return 0;
}

int
ot_ports_load(struct ot_ports *ports, struct ot_arena *arena,
    const char *folder, struct ot_error *error)
{
	struct ot_error wrong = { 0 };
	struct ot_str text;
	int e =
	    ot_file_read(&text, arena, folder, "ports.csv", FILE_MAX, error);

	if (e)
		return e;
	*ports = (struct ot_ports){ 0 };
	const struct ot_csv *csv = ot_csv_parse(arena, text, complain, &wrong);

	if (wrong.code) {
		*error = wrong;
		return -(int)wrong.code;
	}
	if (!csv || !csv->header)
		return ot_error_set(
		    error, OT_ERR_USAGE, "ports.csv: it is empty");
	return take(ports, arena, csv, error);
}

struct ot_str
ot_ports_name(const struct ot_ports *ports, uint8_t transport, uint32_t port)
{
	const struct ot_port_name key = { .transport = transport,
		.port = port };
	const struct ot_port_name *found =
	    ports->count
		? bsearch(&key, ports->at, ports->count, sizeof(key), by_key)
		: NULL;

	return found ? found->name : (struct ot_str){ 0 };
}
