/* lagebus check */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/ca_check.h"
#include "agents/cli/check_diff.h"
#include "agents/cli/check_federation.h"
#include "agents/cli/client.h"
#include "agents/cli/commands.h"
#include "agents/cli/conf.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define DEFAULT_FILE "/etc/lagebus/agent.conf"
#define OWN_NAME_N 9 /* of "lagebus: ", which every failure begins with */

const struct option_row cmd_check_options[] = {
	{ "files-only", NULL, "check the files; ask neither agent nor broker", 0 },
	{ "diff", "OLD", "compare the federation files OLD and FILE", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_check_examples[] = {
	"lagebus check",
	"lagebus check agent.conf --json",
	"lagebus check --files-only /etc/lagebus/lagebusd.conf",
	"lagebus check /etc/lagebus/federation.conf",
	"lagebus check --diff /etc/lagebus/federation.conf federation.new",
	NULL,
};

static void check_files(const char *path, struct conf *conf, struct findings *f)
{
	struct ca_files files = { conf->certificate, conf->key, conf->ca, conf->crl };
	struct why why;
	lb_err e = conf_load(path, conf, &why);

	if (e) {
		findings_add(f, FINDING_ERROR, exit_of(e), "configuration", "%s", why.text);
		return;
	}
	if (conf->is_federation)
		return;
	findings_add(f, FINDING_OK, CLI_OK, "configuration", "%s", path);
	ca_check(&files, when_now_ms() / 1000, f);
}

static void judge_status(const Lagebus__StatusReply *s, struct findings *f)
{
	uint64_t waiting = s->outbox_urgent + s->outbox_routine;
	const char *advice = advice_for(lb_err_from_token(s->last_error));
	char error[sizeof(f->list[0].text)];

	findings_add(f, FINDING_OK, CLI_OK, "agent", "answers as %s", s->agent);
	words_parts(s->last_error_text, error, sizeof(error));
	if (*s->broker)
		findings_add(f, FINDING_OK, CLI_OK, "broker", "linked to %s, %s", s->broker, s->link);
	else
		findings_add(f, FINDING_ERROR, CLI_NO_BROKER, "broker", "no link%s%s; %s", *error ? ": " : "", error,
			*advice ? advice : _("check its address, the way to its port and its log"));
	if (waiting)
		findings_add(f, FINDING_WARNING, CLI_OK, "outbox", words_n("%llu message waits for a broker", "%llu messages wait for a broker", waiting),
			(unsigned long long)waiting);
	if (s->quarantined)
		findings_add(f, FINDING_WARNING, CLI_OK, "quarantine", words_n("%llu message did not verify; lagebus inbox --quarantine shows it",
			"%llu messages did not verify; lagebus inbox --quarantine shows them", s->quarantined), (unsigned long long)s->quarantined);
	if (s->missed)
		findings_add(f, FINDING_WARNING, CLI_OK, "missed", words_n("%llu message was past retention when this agent came back; ask the coordinator for it",
			"%llu messages were past retention when this agent came back; ask the coordinator for them", s->missed), (unsigned long long)s->missed);
}

/* The client's own words about a failure go nowhere here: the finding has them. */
static void check_agent(struct cli *cli, const struct conf *conf, struct findings *f)
{
	struct cli quiet = *cli;
	struct client client;
	char *said = NULL;
	enum cli_exit code;
	size_t n;

	quiet.json = false;
	quiet.err = open_memstream(&said, &n);
	if (!quiet.err)
		return;
	if (*conf->local && !args_has(&cli->args, "agent"))
		quiet.agent = conf->local;
	code = client_open(&quiet, &client);
	fclose(quiet.err);
	if (code == CLI_OK)
		judge_status(client_status(&client), f);
	else
		findings_add(f, FINDING_ERROR, code, "agent", "%.*s", (int)strcspn(said, "\n") - OWN_NAME_N, said + OWN_NAME_N);
	client_close(&client);
	free(said);
}

/* The federation file, or the one that a broker's configuration names. NULL: there is none, or an error is among the findings. */
static struct federation *check_federation(const char *path, const struct conf *conf, struct findings *f)
{
	const char *file = conf->is_federation ? path : conf->federation;
	struct federation *federation = *file ? check_federation_read(file, CLI_REFUSED, f) : NULL;

	if (federation)
		check_federation_find(federation, file, f);
	return federation;
}

enum cli_exit cmd_check(struct cli *cli)
{
	const char *path = cli->args.words_n ? cli->args.words[0] : DEFAULT_FILE, *before = args_value(&cli->args, "diff", NULL);
	struct findings findings = { .n = 0 };
	struct conf conf = { .local = "" };
	struct federation *federation;
	enum cli_exit code;

	if (before)
		return cli->args.words_n ? check_diff(cli, before, path) :
			cli_fail(cli, CLI_USAGE, "--diff compares two files: lagebus check --diff %s FILE", before);
	check_files(path, &conf, &findings);
	federation = check_federation(path, &conf, &findings);
	if (!args_has(&cli->args, "files-only") && !conf.is_federation && !*conf.federation)
		check_agent(cli, &conf, &findings);
	code = findings_show(cli, &findings, cli->json && federation ? check_federation_retention(federation) : NULL);
	if (!code && federation && !cli->json)
		code = check_federation_show(cli, federation);
	federation_unref(federation);
	return code ? code : findings_code(&findings);
}
