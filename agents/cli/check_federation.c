/* lagebus check of a federation file. */
#include "agents/cli/check_federation.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/out.h"
#include "lagebus/message_type.h"
#include "proto/host/federation_file.h"
#include "proto/host/words.h"

struct federation *check_federation_read(const char *path, enum cli_exit code, struct findings *f)
{
	struct federation *federation = NULL;
	struct config_problem problem;
	char text[sizeof(problem.file) + sizeof(problem.reason) + 32], said[sizeof(problem.reason)];

	if (federation_file_read(path, &federation, &problem) == LB_OK)
		return federation;
	words_parts(problem.reason, said, sizeof(said));
	snprintf(problem.reason, sizeof(problem.reason), "%s", said);
	config_problem_text(&problem, text, sizeof(text));
	findings_add(f, FINDING_ERROR, code, "federation", "%s", text);
	return NULL;
}

void check_federation_find(const struct federation *federation, const char *path, struct findings *f)
{
	findings_add(f, FINDING_OK, CLI_OK, "federation", "%s: %u partners in %s", path, (unsigned)federation_count(federation),
		federation_trust_domain(federation));
}

/* "18 months" in the reader's language; as it stands in the file for programs. */
static void period(const struct cli *cli, int64_t ms, char *out, size_t n)
{
	static const struct {
		const char *unit, *one, *many;
	} units[] = {
		{ "day", N_("%u day"), N_("%u days") },
		{ "month", N_("%u month"), N_("%u months") },
		{ "year", N_("%u year"), N_("%u years") },
	};
	char text[RETENTION_PERIOD], unit[RETENTION_PERIOD] = "";
	unsigned number = 0;

	retention_span(ms, text);
	snprintf(out, n, "%s", text);
	if (!cli->terminal || sscanf(text, "%u %31s", &number, unit) != 2)
		return;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strncmp(unit, units[i].unit, strlen(units[i].unit)) == 0)
			snprintf(out, n, number == 1 ? _(units[i].one) : _(units[i].many), number);
}

json_t *check_federation_retention(const struct federation *federation)
{
	const struct retention *keep = federation_retention(federation);
	json_t *rows = json_array();

	for (unsigned t = 1; t <= LB_TYPE_MAX; t++) {
		char text[RETENTION_PERIOD];

		retention_span(keep->keep_ms[t], text);
		json_array_append_new(rows, json_pack("{s:s,s:s,s:I,s:b}", "type", lb_type_name(t), "kept", text, "days",
			(json_int_t)(keep->keep_ms[t] / LB_DAY_MS), "default", (int)!keep->most[t]));
	}
	return rows;
}

enum cli_exit check_federation_show(struct cli *cli, const struct federation *federation)
{
	static const char *const heads[] = { N_("type"), N_("kept for"), N_("until"), NULL };
	static const char *const pipe_heads[] = { "kind", "type", "kept for", "by", NULL };
	const struct retention *keep = federation_retention(federation);
	struct table *t = table_new(cli->terminal ? heads : pipe_heads, 2, 0);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		char text[64];

		period(cli, keep->keep_ms[type], text, sizeof(text));
		if (!cli->terminal)
			table_cell(t, OUT_PLAIN, "retention");
		table_cell(t, OUT_PLAIN, "%s", out_word(cli, lb_type_name(type)));
		table_cell(t, OUT_PLAIN, "%s", text);
		if (cli->terminal)
			table_cell(t, keep->most[type] ? OUT_PLAIN : OUT_DIM, "%s",
				keep->most[type] ? _("at the most, whatever a message says") : _("what a message says, or else for as long"));
		else
			table_cell(t, OUT_PLAIN, "%s", keep->most[type] ? "federation" : "default");
	}
	if (cli->terminal)
		out_styled(cli, OUT_HEAD, "%s", _("How long messages are kept"));
	code = table_print(t, cli);
	table_free(t);
	return code;
}
