/* lagebus indicators import */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/import.h"
#include "agents/cli/indicator_send.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/message_type.h"
#include "proto/host/words.h"

const struct option_row cmd_indicators_import_options[] = {
	DRAFT_ADDRESS_OPTIONS,
	{ "format", "FORMAT", "text (a value a line), csv, misp or stix (default: what it looks like)", 0 },
	{ "source", "TEXT", "the feed or event that they come from (default: the event's title)", 0 },
	{ "confidence", "N", "0 to 100, where the file says none (default 50)", 0 },
	{ "to-ids", NULL, "good enough for a sensor to act on, where the file does not say", 0 },
	{ "valid-until", "TIME", "until when they count, where the file does not say (default 18 months)", 0 },
	{ "from-now", NULL, "they count from now on, whatever dates the file has", 0 },
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_indicators_import_examples[] = {
	"lagebus indicators import feed.txt --to all --tlp amber --confidence 70",
	"lagebus indicators import event.json --to de-sn,de-he --to-ids --valid-until 30d",
	"lagebus indicators import bundle.json --to group:cert --from-now --json",
	NULL,
};

static enum cli_exit read_options(struct cli *cli, struct import *im)
{
	static const char *const formats[] = { [IMPORT_TEXT] = "text", [IMPORT_CSV] = "csv", [IMPORT_MISP] = "misp", [IMPORT_STIX] = "stix" };
	const char *format = args_value(&cli->args, "format", NULL), *until = args_value(&cli->args, "valid-until", NULL);
	long confidence = 50;
	struct why why;

	im->now_ms = when_now_ms();
	for (unsigned i = IMPORT_TEXT; format && i <= IMPORT_STIX; i++)
		if (strcmp(format, formats[i]) == 0)
			im->format = (enum import_format)i;
	if (format && im->format == IMPORT_GUESS)
		return cli_fail(cli, CLI_USAGE, "--format %.40s: text, csv, misp or stix is expected", format);
	if (args_number(&cli->args, "confidence", 0, 100, &confidence, &why) || (until && when_deadline_ms(until, im->now_ms, &im->valid_until, &why)))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	im->confidence = (unsigned)confidence;
	im->to_ids = args_has(&cli->args, "to-ids");
	im->from_now = args_has(&cli->args, "from-now");
	return CLI_OK;
}

static enum cli_exit read_import(struct cli *cli, struct import *im)
{
	const char *path = cli->args.words[0];
	uint8_t *file = NULL;
	struct why why;
	size_t n;
	lb_err e = file_read(path, IMPORT_FILE_MAX, &file, &n, &why);

	if (e)
		return cli_fail_why(cli, e, &why);
	e = import_read(im, file, n, &why);
	free(file);
	return e ? cli_fail(cli, exit_of(e), "%s: %s", path, why.text) : CLI_OK;
}

/* What was no indicator, with its lines. */
static void note_nothing(struct cli *cli, const struct import *im)
{
	const char *what = im->format == IMPORT_MISP || im->format == IMPORT_STIX ? _("no.") : _("line");

	for (size_t i = 0; i < im->nothing_n && i < IMPORT_NOTED; i++)
		if (im->nothing[i].line)
			cli_note(cli, "%s %zu is no indicator: %s", what, im->nothing[i].line, im->nothing[i].text);
		else
			cli_note(cli, "it is left out: %s", im->nothing[i].text);
	if (im->nothing_n > IMPORT_NOTED)
		cli_note(cli, "%zu more are no indicators", im->nothing_n - IMPORT_NOTED);
	if (im->ended_n)
		cli_note(cli, words_n("%zu was not valid any more and is left out (--from-now takes it as of today)",
			"%zu were not valid any more and are left out (--from-now takes them as of today)", im->ended_n), im->ended_n);
}

static json_t *nothing_json(const struct import *im)
{
	json_t *list = json_array();

	for (size_t i = 0; i < im->nothing_n && i < IMPORT_NOTED; i++)
		json_array_append_new(list, json_pack("{s:I,s:o}", "line", (json_int_t)im->nothing[i].line, "text", out_json_string(im->nothing[i].text)));
	return list;
}

static enum cli_exit show(struct cli *cli, const struct import *im, bool red, json_t *messages)
{
	size_t n = json_array_size(messages);
	bool accepted = true;
	json_t *one;
	size_t i;

	if (cli->json)
		return out_json(cli, json_pack("{s:I,s:I,s:I,s:I,s:o,s:O}", "indicators", (json_int_t)im->set.n, "duplicates", (json_int_t)im->set.duplicates, "ended",
			(json_int_t)im->ended_n, "nothing", (json_int_t)im->nothing_n, "nothing_lines", nothing_json(im), "messages", messages));
	json_array_foreach(messages, i, one) {
		accepted &= json_is_true(json_object_get(one, "accepted"));
		if (!cli->terminal)
			out_line(cli, "%s\t%s\t%lld", json_string_value(json_object_get(one, "id")), json_is_true(json_object_get(one, "accepted")) ? "accepted" : "outbox",
				(long long)json_integer_value(json_object_get(one, "indicators")));
	}
	if (cli->terminal)
		out_styled(cli, accepted ? OUT_GOOD : OUT_WARN, words_n("%zu indicators in %zu message%s; %zu were there twice", "%zu indicators in %zu messages%s; %zu were there twice", n), im->set.n, n,
			accepted ? _(", accepted by the broker") : _(", in the agent's outbox"), im->set.duplicates);
	if (red)
		cli_note(cli, _("TLP:RED is in no agent's table: each recipient reads it with lagebus show ID"));
	return CLI_OK;
}

/* The file's label holds where none is given, and is not widened: it is not ours. */
static enum cli_exit check_label(struct cli *cli, const struct import *im, const struct draft *d)
{
	if (im->tlp == LB_TLP_UNSET || lb_tlp_strictest(im->tlp, d->header.tlp) == lb_tlp_effective(d->header.tlp))
		return CLI_OK;
	return cli_fail(cli, CLI_REFUSED, "the file is %s, and only its origin may widen that: --tlp %s is looser", lb_tlp_name(im->tlp), lb_tlp_name(d->header.tlp));
}

/* Whose they are makes their ids; only then can each be checked. */
static enum cli_exit identify(struct cli *cli, struct import *im, const char *origin)
{
	if (indicator_set_identify(&im->set, origin))
		return cli_fail(cli, CLI_IO, "out of memory");
	import_check(im);
	note_nothing(cli, im);
	return im->set.n > 0 ? CLI_OK : cli_fail(cli, CLI_REFUSED, "%s: there is no indicator in it that is valid", cli->args.words[0]);
}

static enum cli_exit send_all(struct cli *cli, struct import *im, const struct draft *d)
{
	const char *source = args_value(&cli->args, "source", im->source);
	json_t *messages = NULL;
	struct client client;
	enum cli_exit code;

	if (!lb_utf8_is_valid(source, strlen(source)) || strlen(source) > LB_TEXT_MAX || lb_text_is_classified(source, strlen(source)))
		return cli_fail(cli, CLI_REFUSED, "--source: at most %d bytes of UTF-8 without a classification marking are expected", LB_TEXT_MAX);
	code = client_open(cli, &client);
	if (!code)
		code = identify(cli, im, *d->header.origin ? d->header.origin : client_status(&client)->partner);
	if (!code && d->header.supersedes.len && indicator_messages(&im->set, source) > 1)
		code = cli_fail(cli, CLI_USAGE, "--supersedes replaces one message, and these are %zu", indicator_messages(&im->set, source));
	if (!code)
		code = indicator_send(&client, d, &im->set, source, &messages);
	client_close(&client);
	if (!code)
		code = show(cli, im, d->header.tlp == LB_TLP_RED, messages);
	json_decref(messages);
	return code;
}

/* Who would get them is the same for each message. */
static enum cli_exit dry_run(struct cli *cli, struct import *im, struct draft *d)
{
	const char *source = args_value(&cli->args, "source", im->source);
	enum cli_exit code = identify(cli, im, *d->header.origin ? d->header.origin : "dry-run");

	return code ? code : indicator_dry_run(cli, d, &im->set, source);
}

enum cli_exit cmd_indicators_import(struct cli *cli)
{
	struct draft_defaults defaults = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_THREAT_INTELLIGENCE };
	struct import im = { .format = IMPORT_GUESS };
	struct draft draft = { .audience_text = NULL };
	struct why why;
	lb_err e;
	enum cli_exit code = read_options(cli, &im);

	if (!code)
		code = read_import(cli, &im);
	if (!code) {
		defaults.tlp = im.tlp != LB_TLP_UNSET ? im.tlp : lb_message_type(LB_TYPE_INDICATOR)->tlp;
		e = draft_init(&draft, &cli->args, &defaults, im.now_ms, &why);
		code = e ? draft_fail(cli, e, &why) : CLI_OK;
	}
	if (!code)
		code = check_label(cli, &im, &draft);
	if (!code && im.set.n == 0) {
		note_nothing(cli, &im);
		code = cli_fail(cli, CLI_REFUSED, "%s: there is no indicator in it that is valid", cli->args.words[0]);
	}
	if (!code)
		code = draft.dry_run ? dry_run(cli, &im, &draft) : send_all(cli, &im, &draft);
	draft_fini(&draft);
	import_fini(&im);
	return code;
}
