/* One indicator, by its id or its value. */
#include "agents/cli/indicator_find.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/indicator.h"

struct finding {
	struct indicator_found *found;
	const char *written;
	char form[LB_INDICATOR_VALUE_MAX + 1];
};

static Lagebus__IndicatorRow *copy_of(const Lagebus__IndicatorRow *row)
{
	size_t n = lagebus__indicator_row__get_packed_size(row);
	uint8_t *p = malloc(n + 1);
	Lagebus__IndicatorRow *copy = p ? lagebus__indicator_row__unpack(NULL, lagebus__indicator_row__pack(row, p), p) : NULL;

	free(p);
	return copy;
}

/* The agent's answer to a value has what is around it, too. */
static bool add_row(void *user, const Lagebus__IndicatorRow *row)
{
	struct finding *f = user;
	Lagebus__IndicatorRow **rows;

	if (!f->found->by_id && strcmp(row->value, f->form) != 0 && strcmp(row->value, f->written) != 0)
		return true;
	rows = realloc(f->found->rows, (f->found->n + 1) * sizeof(*rows));
	if (!rows)
		return false;
	f->found->rows = rows;
	rows[f->found->n] = copy_of(row);
	if (!rows[f->found->n])
		return false;
	f->found->n++;
	return true;
}

enum cli_exit indicator_find(struct client *client, const char *written, struct indicator_found *out)
{
	Lagebus__IndicatorsRequest what = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct finding f = { .found = out, .written = written };
	enum cli_exit code;
	bool more;

	*out = (struct indicator_found){ .n = 0 };
	out->by_id = lb_uuid_parse(written, &out->id) == LB_OK;
	if (out->by_id)
		what.id = (ProtobufCBinaryData){ sizeof(out->id.b), out->id.b };
	else
		what.pattern = (char *)written;
	if (!out->by_id && (!*written || (strchr(written, '*') && *written != '[')))
		return cli_fail(client->cli, CLI_USAGE, "'%.80s': the id or the whole value of one indicator is expected; lagebus indicators search takes patterns", written);
	if (lb_indicator_detect(written, f.form) == 0)
		f.form[0] = 0;
	what.sightings = true;
	code = indicator_rows(client, &what, 0, add_row, &f, &more);
	if (code || out->n > 0)
		return code;
	return cli_fail(client->cli, CLI_NOT_FOUND, "there is no valid indicator %.80s", written);
}

void indicator_found_fini(struct indicator_found *f)
{
	for (size_t i = 0; i < f->n; i++)
		lagebus__indicator_row__free_unpacked(f->rows[i], NULL);
	free(f->rows);
	f->rows = NULL;
	f->n = 0;
}
