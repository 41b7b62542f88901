/* lagebus warn */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/commands.h"
#include "agents/cli/csaf.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/when.h"
#include "lagebus/level_clock.h"
#include "proto/host/words.h"
#include "proto/warning.pb-c.h"

#define MEASURES_MAX (CSAF_MEASURES_MAX + 16)

const struct option_row cmd_warn_options[] = {
	{ "level", "N", "1 grey, 2 yellow, 3 orange or 4 red; required", 0 },
	{ "csaf", "FILE", "the CSAF 2.0 or 2.1 advisory; - is standard input", 0 },
	DRAFT_OPTIONS,
	{ "tracking-id", "ID", "the warning's own id, where there is no advisory", 0 },
	{ "measure", "TEXT", "what recipients should do, besides the advisory's remedies; may be repeated", 0 },
	{ "bits-category", "TEXT", "the BITS category", 0 },
	{ "wid-grade", "TEXT", "the WID grade", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_warn_examples[] = {
	"lagebus warn --level 3 --to all --csaf advisory.json",
	"lagebus warn --level 2 --to 'de-sn/*' --title 'Phishing gegen Kommunen' --text - < text.txt",
	"lagebus warn --dry-run --level 3 --to group:cert --csaf advisory.json",
	"lagebus warn --level 3 --exercise-name 'LÜKEX 26' --to all --csaf advisory.json --ack implemented --ack-deadline 3h",
	NULL,
};

struct advisory {
	uint8_t *bytes, *text;
	size_t bytes_n, text_n;
	struct csaf csaf;
	char *measures[MEASURES_MAX];
	Lagebus__Warning warning;
};

static void advisory_fini(struct advisory *a)
{
	csaf_fini(&a->csaf);
	free(a->text);
	free(a->bytes);
}

static lb_err read_csaf(const char *path, struct advisory *a, struct why *why)
{
	struct why inner;
	lb_err e = file_read(path, LB_PAYLOAD_MAX, &a->bytes, &a->bytes_n, why);

	if (e)
		return e;
	e = csaf_parse(a->bytes, a->bytes_n, &a->csaf, &inner);
	if (e)
		return why_set(why, e, "%.200s: %.380s", path, inner.text);
	a->warning.title = (char *)a->csaf.title;
	a->warning.tracking_id = (char *)a->csaf.tracking_id;
	a->warning.publisher = (char *)a->csaf.publisher;
	a->warning.summary = (char *)a->csaf.summary;
	a->warning.url = (char *)a->csaf.url;
	a->warning.products = (char **)a->csaf.products;
	a->warning.n_products = a->csaf.products_n;
	a->warning.cves = (char **)a->csaf.cves;
	a->warning.n_cves = a->csaf.cves_n;
	a->warning.advisory = (ProtobufCBinaryData){ a->bytes_n, a->bytes };
	a->warning.advisory_format = strcmp(a->csaf.version, "2.1") == 0 ? "csaf-2.1" : "csaf-2.0";
	return LB_OK;
}

static lb_err read_texts(const struct args *args, struct advisory *a, struct why *why)
{
	const char *text = args_value(args, "text", NULL), *measure;
	Lagebus__Warning *w = &a->warning;
	unsigned at = 0;
	lb_err e;

	if (text && strcmp(text, "-") == 0) {
		e = file_read("-", LB_PAYLOAD_MAX, &a->text, &a->text_n, why);
		if (e)
			return e;
		text = (char *)a->text;
	}
	w->title = (char *)args_value(args, "title", w->title);
	w->tracking_id = (char *)args_value(args, "tracking-id", w->tracking_id);
	w->summary = (char *)(text ? text : w->summary);
	w->bits_category = (char *)args_value(args, "bits-category", "");
	w->wid_grade = (char *)args_value(args, "wid-grade", "");
	w->measures = a->measures;
	for (unsigned i = 0; i < a->csaf.measures_n; i++)
		a->measures[w->n_measures++] = (char *)a->csaf.measures[i];
	while ((measure = args_next(args, "measure", &at))) {
		if (w->n_measures == MEASURES_MAX)
			return why_set(why, LB_INVALID, "--measure is given too often, 16 times at most");
		a->measures[w->n_measures++] = (char *)measure;
	}
	return LB_OK;
}

/* The origin's label may be narrowed here, never widened. */
static lb_err check_label(const struct draft *d, const struct csaf *c, struct why *why)
{
	if (c->tlp == LB_TLP_UNSET || lb_tlp_strictest(d->header.tlp, c->tlp) == lb_tlp_effective(d->header.tlp))
		return LB_OK;
	return why_set(why, LB_INVALID, "--tlp %s: the advisory is %s, and only its publisher may widen that; leave --tlp out",
		lb_tlp_name(d->header.tlp), lb_tlp_name(c->tlp));
}

static enum cli_exit pack_and_send(struct cli *cli, struct draft *d, const Lagebus__Warning *w)
{
	uint8_t *payload = malloc(lagebus__warning__get_packed_size(w) + 1);
	enum cli_exit code;

	if (!payload)
		return cli_fail(cli, CLI_IO, "out of memory");
	code = draft_send(cli, d, payload, lagebus__warning__pack(w, payload));
	free(payload);
	return code;
}

static enum cli_exit draft_and_send(struct cli *cli, struct advisory *a, unsigned level)
{
	struct draft_defaults defaults = { .type = LB_TYPE_WARNING, .area = LB_AREA_CYBER_DEFENCE, .level = level };
	int64_t now_ms = when_now_ms();
	struct draft draft;
	enum cli_exit code;
	struct why why;
	lb_err e;

	defaults.tlp = a->csaf.tlp != LB_TLP_UNSET ? a->csaf.tlp : LB_TLP_GREEN;
	defaults.language = a->csaf.language;
	defaults.ack_policy = lb_level_ack(level);
	defaults.ack_deadline_ms = lb_level_deadline_ms(level, now_ms);
	e = draft_init(&draft, &cli->args, &defaults, now_ms, &why);
	if (e)
		code = draft_fail(cli, e, &why);
	else if (check_label(&draft, &a->csaf, &why))
		code = cli_fail(cli, CLI_REFUSED, "%s", why.text);
	else
		code = pack_and_send(cli, &draft, &a->warning);
	draft_fini(&draft);
	return code;
}

enum cli_exit cmd_warn(struct cli *cli)
{
	const char *path = args_value(&cli->args, "csaf", NULL);
	struct advisory a = { .bytes = NULL };
	enum cli_exit code;
	struct why why;
	long level = 0;
	lb_err e = LB_OK;

	if (args_number(&cli->args, "level", 1, 4, &level, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	if (level == 0)
		return cli_fail(cli, CLI_USAGE, "how urgent? --level 1 (grey), 2 (yellow), 3 (orange) or 4 (red)");
	if (!path && !*args_value(&cli->args, "title", ""))
		return cli_fail(cli, CLI_USAGE, "what about? --csaf advisory.json, or --title and --text");
	lagebus__warning__init(&a.warning);
	if (path)
		e = read_csaf(path, &a, &why);
	for (unsigned i = 0; !e && i < a.csaf.notes_n; i++)
		cli_note(cli, "%s: %s", path, _(a.csaf.notes[i]));
	if (!e)
		e = read_texts(&cli->args, &a, &why);
	code = e ? cli_fail_why(cli, e, &why) : draft_and_send(cli, &a, (unsigned)level);
	advisory_fini(&a);
	return code;
}
