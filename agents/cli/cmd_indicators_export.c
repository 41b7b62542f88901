/* lagebus indicators export */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/indicator_export.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/tlp.h"
#include "proto/host/words.h"

const struct option_row cmd_indicators_export_options[] = {
	{ "format", "FORMAT", "text (a value a line; the default), csv, json or stix (a 2.1 bundle)", 0 },
	{ "tlp", "LABEL", "nothing that is stricter (default amber+strict: TLP:RED must be asked for)", 0 },
	{ "kind", "KIND", "only this kind: ipv4-addr, domain-name, url, file-sha256, ...", 0 },
	{ "confidence", "N", "only from this confidence on", 0 },
	{ "to-ids", NULL, "only what a sensor may act on", 0 },
	{ "exercise", NULL, "those of exercises, and no real ones", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_indicators_export_examples[] = {
	"lagebus indicators export --kind ipv4-addr --to-ids --tlp green > blocklist.txt",
	"lagebus indicators export --format stix > indicators.json",
	"lagebus indicators export --format csv --confidence 70",
	NULL,
};

static enum cli_exit read_format(struct cli *cli, enum export_format *out)
{
	static const char *const names[] = { [EXPORT_TEXT] = "text", [EXPORT_CSV] = "csv", [EXPORT_JSON] = "json", [EXPORT_STIX] = "stix" };
	const char *name = args_value(&cli->args, "format", cli->json ? "json" : "text");

	for (unsigned i = 0; i <= EXPORT_STIX; i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum export_format)i;
			return CLI_OK;
		}
	return cli_fail(cli, CLI_USAGE, "--format %.40s: text, csv, json or stix is expected", name);
}

static enum cli_exit read_options(struct cli *cli, struct exporting *x)
{
	const char *tlp = args_value(&cli->args, "tlp", "amber+strict");
	long confidence = 0;
	struct why why;

	x->ceiling = lb_tlp_from_name(tlp);
	if (x->ceiling == LB_TLP_UNSET)
		return cli_fail(cli, CLI_USAGE, "--tlp %.40s: clear, green, amber, amber+strict or red is expected", tlp);
	if (args_number(&cli->args, "confidence", 0, 100, &confidence, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	x->cli = cli;
	x->confidence = (unsigned)confidence;
	x->to_ids = args_has(&cli->args, "to-ids");
	x->exercises = args_has(&cli->args, "exercise");
	x->now_ms = when_now_ms();
	return read_format(cli, &x->format);
}

enum cli_exit cmd_indicators_export(struct cli *cli)
{
	Lagebus__IndicatorsRequest what = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct exporting x = { .written = 0 };
	struct client client;
	bool more;
	enum cli_exit code = read_options(cli, &x);

	if (!code)
		code = indicator_kind_option(cli, &what.kind);
	if (code)
		return code;
	what.leave_out_exercises = !x.exercises;
	code = client_open(cli, &client);
	if (!code) {
		export_begin(&x);
		code = indicator_rows(&client, &what, 0, export_row, &x, &more);
		export_end(&x);
	}
	client_close(&client);
	if (!code && x.failed)
		code = cli_fail(cli, CLI_IO, "out of memory: the export is not complete");
	if (!code && x.too_strict)
		cli_note(cli, words_n("%zu is stricter than %s and is left out", "%zu are stricter than %s and are left out", x.too_strict), x.too_strict, lb_tlp_name(x.ceiling));
	return code;
}
