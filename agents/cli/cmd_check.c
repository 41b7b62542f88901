/* lagebus check */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/ca_check.h"
#include "agents/cli/client.h"
#include "agents/cli/commands.h"
#include "agents/cli/conf.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"

#define DEFAULT_FILE "/etc/lagebus/agent.conf"
#define OWN_NAME_N 9 /* of "lagebus: ", which every failure begins with */

const struct option_row cmd_check_options[] = {
	{ "files-only", NULL, "check the files; ask neither agent nor broker", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_check_examples[] = {
	"lagebus check",
	"lagebus check agent.conf --json",
	"lagebus check --files-only /etc/lagebus/lagebusd.conf",
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
	findings_add(f, FINDING_OK, CLI_OK, "configuration", "%s", path);
	ca_check(&files, when_now_ms() / 1000, f);
}

static void judge_status(const Lagebus__StatusReply *s, struct findings *f)
{
	uint64_t waiting = s->outbox_urgent + s->outbox_routine;
	const char *advice = advice_for(lb_err_from_token(s->last_error));

	findings_add(f, FINDING_OK, CLI_OK, "agent", "answers as %s", s->agent);
	if (*s->broker)
		findings_add(f, FINDING_OK, CLI_OK, "broker", "linked to %s, %s", s->broker, s->link);
	else
		findings_add(f, FINDING_ERROR, CLI_NO_BROKER, "broker", "no link%s%s; %s", *s->last_error_text ? ": " : "", s->last_error_text,
			*advice ? advice : "check its address, the way to its port and its log");
	if (waiting)
		findings_add(f, FINDING_WARNING, CLI_OK, "outbox", "%llu messages wait for a broker", (unsigned long long)waiting);
	if (s->quarantined)
		findings_add(f, FINDING_WARNING, CLI_OK, "quarantine", "%llu messages did not verify; lagebus inbox --quarantine shows them",
			(unsigned long long)s->quarantined);
	if (s->missed)
		findings_add(f, FINDING_WARNING, CLI_OK, "missed", "%llu messages were past retention when this agent came back; ask the "
			"coordinator for them", (unsigned long long)s->missed);
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

static enum cli_exit show_json(struct cli *cli, const struct findings *f)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < f->n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "result", finding_kind_name(f->list[i].kind), "what",
			f->list[i].what, "text", out_json_string(f->list[i].text)));
	return out_json(cli, json_pack("{s:b,s:o}", "ok", findings_code(f) == CLI_OK, "checks", list));
}

static enum cli_exit show_lines(struct cli *cli, const struct findings *f)
{
	static const enum out_style styles[] = { OUT_GOOD, OUT_WARN, OUT_BAD };

	for (unsigned i = 0; i < f->n; i++)
		out_styled(cli, styles[f->list[i].kind], cli->terminal ? "%-8s %-14s %s" : "%s\t%s\t%s",
			finding_kind_name(f->list[i].kind), f->list[i].what, f->list[i].text);
	return CLI_OK;
}

enum cli_exit cmd_check(struct cli *cli)
{
	const char *path = cli->args.words_n ? cli->args.words[0] : DEFAULT_FILE;
	struct findings findings = { .n = 0 };
	struct conf conf = { .local = "" };
	enum cli_exit code;

	check_files(path, &conf, &findings);
	if (!args_has(&cli->args, "files-only") && !conf.is_broker)
		check_agent(cli, &conf, &findings);
	code = cli->json ? show_json(cli, &findings) : show_lines(cli, &findings);
	return code ? code : findings_code(&findings);
}
