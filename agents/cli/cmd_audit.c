/* lagebus audit verify, show */
#include <string.h>

#include "agents/cli/audit_file.h"
#include "agents/cli/audit_print.h"
#include "agents/cli/audit_trace.h"
#include "agents/cli/ca_broker.h"
#include "agents/cli/commands.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/audit.h"
#include "proto/host/words.h"

#define DEFAULT_CA "/etc/lagebus/ca.pem"

const struct option_row cmd_audit_verify_options[] = {
	{ "ca", "FILE", "the federation's CA certificates (default " DEFAULT_CA ")", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_audit_verify_examples[] = {
	"lagebus audit verify audit.bin",
	"lagebus audit verify audit.bin --ca ca.pem --json",
	NULL,
};
const struct option_row cmd_audit_show_options[] = {
	{ "message", "ID", "only what became of this message, and when each of its recipients had it", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_audit_show_examples[] = {
	"lagebus audit show audit.bin | grep refused",
	"lagebus audit show audit.bin --message 01a20e07-a179-748c-9cdc-d2c98fa005a4",
	"lagebus audit show audit.bin --json | jq 'select(.what == \"receipt\")'",
	NULL,
};

static enum cli_exit report(struct cli *cli, const struct lb_audit_result *r, const struct why *why)
{
	uint64_t open = r->last - r->signed_up_to;
	char from[WHEN_TEXT], to[WHEN_TEXT];
	bool holds = !why && r->checkpoints > 0;

	if (cli->json) {
		out_json(cli, json_pack("{s:b,s:I,s:I,s:I,s:o,s:o,s:I,s:I,s:o}", "holds", holds, "rows", (json_int_t)r->rows, "first", (json_int_t)r->first, "last",
			(json_int_t)r->last, "from", out_json_time(r->first_ms), "to", out_json_time(r->last_ms), "checkpoints", (json_int_t)r->checkpoints,
			"signed_up_to", (json_int_t)r->signed_up_to, "broken", why ? out_json_string(why->text) : json_null()));
		return holds ? CLI_OK : CLI_REFUSED;
	}
	when_iso(r->first_ms, from);
	when_iso(r->last_ms, to);
	if (r->rows)
		out_line(cli, "%llu rows, %llu to %llu, of %s to %s", (unsigned long long)r->rows, (unsigned long long)r->first, (unsigned long long)r->last, from,
			to);
	if (r->checkpoints)
		out_line(cli, "%llu checkpoints signed by the broker hold, the newest signs everything up to row %llu", (unsigned long long)r->checkpoints,
			(unsigned long long)r->signed_up_to);
	if (why)
		out_styled(cli, OUT_BAD, "the chain is broken: %s", why->text);
	else if (!r->checkpoints)
		out_styled(cli, OUT_BAD, "the rows follow each other, but no checkpoint is signed: anyone may have written this file");
	else if (open > 1)
		out_styled(cli, OUT_WARN, "the chain holds; the last %llu rows are not signed yet", (unsigned long long)open);
	else
		out_styled(cli, OUT_GOOD, "the chain holds");
	return holds ? CLI_OK : CLI_REFUSED;
}

static lb_err check_rows(struct audit_file *file, struct lb_audit_check *check, struct why *why)
{
	char text[sizeof(why->text)], said[sizeof(why->text)];
	lb_err e;

	while ((e = audit_file_next(file, why)) == LB_OK) {
		e = lb_audit_check_row(check, file->row, file->n, text, sizeof(text));
		if (e) {
			words_parts(e == LB_CHAIN_BROKEN ? text : lb_err_text(e), said, sizeof(said));
			return why_set(why, e, "%s", said);
		}
	}
	return e == LB_CLOSED ? LB_OK : e;
}

static enum cli_exit verify(struct cli *cli, struct audit_file *file, struct lb_audit_check *check)
{
	struct lb_audit_result r;
	struct why why;
	lb_err e = check_rows(file, check, &why);

	r = lb_audit_check_result(check);
	if (e != LB_OK && e != LB_CHAIN_BROKEN)
		return cli_fail_why(cli, e, &why);
	return report(cli, &r, e ? &why : NULL);
}

enum cli_exit cmd_audit_verify(struct cli *cli)
{
	struct lb_audit_check *check = NULL;
	struct ca_trust *trust = NULL;
	struct audit_file file;
	struct why why;
	enum cli_exit code;
	lb_err e = audit_file_open(cli->args.words[0], &file, &why);

	if (!e)
		e = ca_trust_load(args_value(&cli->args, "ca", DEFAULT_CA), &trust, &why);
	if (!e && lb_audit_check_new(ca_broker_check, trust, &check) != LB_OK)
		e = why_set(&why, LB_NO_MEMORY, "out of memory");
	code = e ? cli_fail_why(cli, e, &why) : verify(cli, &file, check);
	if (check)
		lb_audit_check_free(check);
	if (trust)
		ca_trust_free(trust);
	audit_file_close(&file);
	return code;
}

/* `trace` is of one message; NULL: everything is shown. */
static enum cli_exit show_row(struct cli *cli, const struct audit_file *file, struct audit_trace *trace)
{
	Lagebus__AuditRow *row = lagebus__audit_row__unpack(NULL, file->n, file->row);
	enum cli_exit code;

	if (!row)
		return cli_fail(cli, CLI_REFUSED, "row %llu of the file cannot be decoded; lagebus audit verify says more", (unsigned long long)file->read);
	code = trace ? audit_trace_row(trace, cli, row) : audit_print(cli, row);
	lagebus__audit_row__free_unpacked(row, NULL);
	return code;
}

enum cli_exit cmd_audit_show(struct cli *cli)
{
	const char *message = args_value(&cli->args, "message", NULL);
	struct audit_trace *trace = NULL;
	struct audit_file file;
	enum cli_exit code = CLI_OK;
	struct lb_uuid id;
	struct why why;
	lb_err e;

	if (message && lb_uuid_parse(message, &id) != LB_OK)
		return cli_fail(cli, CLI_USAGE, "--message %s: the whole id of a message is expected", message);
	if (message && !(trace = audit_trace_new(&id)))
		return cli_fail(cli, CLI_IO, "out of memory");
	e = audit_file_open(cli->args.words[0], &file, &why);
	while (!e && !code && (e = audit_file_next(&file, &why)) == LB_OK)
		code = show_row(cli, &file, trace);
	if (e && e != LB_CLOSED)
		code = cli_fail_why(cli, e, &why);
	audit_file_close(&file);
	audit_trace_free(trace);
	return code;
}
