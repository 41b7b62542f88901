/* lagebus ca init, issue, revoke, crl */
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "agents/cli/ca.h"
#include "agents/cli/commands.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define END { NULL, NULL, NULL, 0 }

const struct option_row cmd_ca_init_options[] = {
	{ "trust-domain", "NAME", "the SPIFFE trust domain of the federation; required", 0 },
	{ "days", "N", "how long the CA is valid (default 3650)", 0 },
	{ "curve", "NAME", "p256 (default), p384 or p521", 0 },
	END,
};
const char *const cmd_ca_init_examples[] = { "lagebus ca init pki --trust-domain lagebus.example", NULL };

const struct option_row cmd_ca_issue_options[] = {
	{ "agent", "PARTNER/NAME", "partner and agent in one, as de-sn/main (the last / separates them)", 0 },
	{ "partner", "ID", "the partner id, as de-sn or de-sn/leipzig (with --broker: bund-bsi)", 0 },
	{ "name", "NAME", "the agent's name (default main; with --broker: broker)", 0 },
	{ "broker", NULL, "a broker's certificate: for TLS servers too", 0 },
	{ "dns", "NAME", "with --broker: a DNS name of the broker; may be repeated", 0 },
	{ "ip", "ADDRESS", "with --broker: an address of the broker; may be repeated", 0 },
	{ "acts-for", "PARTNER", "a further partner that the agent may act for; may be repeated", 0 },
	{ "days", "N", "how long it is valid (default 365)", 0 },
	{ "from", "DATE", "from when on, as 2026-12-01 (default now)", 0 },
	{ "curve", "NAME", "p256 (default), p384 or p521", 0 },
	END,
};
const char *const cmd_ca_issue_examples[] = {
	"lagebus ca issue pki --agent de-sn/main",
	"lagebus ca issue pki --partner de-sn/leipzig --name main --days 90",
	"lagebus ca issue pki --agent de-sn/main --acts-for de-sn/leipzig --acts-for de-sn/dresden",
	"lagebus ca issue pki --broker --dns broker.lagebus.example --ip 192.0.2.7",
	NULL,
};

const struct option_row cmd_ca_revoke_options[] = {
	{ "days", "N", "days until the list's next update (default 30)", 0 },
	END,
};
const char *const cmd_ca_revoke_examples[] = {
	"lagebus ca revoke pki pki/issued/de-hb.main.pem",
	"lagebus ca revoke pki 9f3a04c1d2e8b7765544332211009988",
	NULL,
};

const struct option_row cmd_ca_crl_options[] = {
	{ "days", "N", "days until the list's next update (default 30)", 0 },
	END,
};
const char *const cmd_ca_crl_examples[] = { "lagebus ca crl pki --days 30", NULL };

enum cli_exit cmd_ca_init(struct cli *cli)
{
	const char *dir = cli->args.words[0], *domain = args_value(&cli->args, "trust-domain", NULL);
	struct why why;
	long days = 3650;
	lb_err e;

	if (!domain)
		return cli_fail(cli, CLI_USAGE, "the trust domain is missing: lagebus ca init %s --trust-domain lagebus.example", dir);
	if (args_number(&cli->args, "days", 1, 36500, &days, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	e = ca_init(dir, domain, args_value(&cli->args, "curve", "p256"), days, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:s,s:s+,s:s+,s:s+}", "trust_domain", domain, "folder", dir,
			"ca", dir, "/ca.pem", "key", dir, "/ca.key", "crl", dir, "/crl.pem"));
	out_line(cli, "The CA of %s is in %s: ca.pem and crl.pem (give them to everyone), ca.key (keep it offline)", domain, dir);
	return CLI_OK;
}

/* "de-sn/leipzig/main" is partner de-sn/leipzig, agent main. */
static lb_err split_agent(const char *agent, char partner[LB_PARTNER_ID_MAX + 1], const char **name, struct why *why)
{
	const char *slash = strrchr(agent, '/');

	if (!slash || slash == agent || !slash[1] || slash - agent > LB_PARTNER_ID_MAX)
		return why_set(why, LB_INVALID, "--agent %.130s: partner and name are expected, as de-sn/main", agent);
	memcpy(partner, agent, (size_t)(slash - agent));
	partner[slash - agent] = 0;
	*name = slash + 1;
	return LB_OK;
}

static lb_err read_names(const struct args *a, const char *option, const char **to, unsigned *n, struct why *why)
{
	const char *value;
	unsigned at = 0;

	while ((value = args_next(a, option, &at))) {
		if (*n == CA_NAMES_MAX)
			return why_set(why, LB_INVALID, "--%s is given more than %d times", option, CA_NAMES_MAX);
		to[(*n)++] = value;
	}
	return LB_OK;
}

static lb_err read_mandates(const struct args *a, struct ca_request *r, struct why *why)
{
	lb_err e = read_names(a, "acts-for", r->acts_for, &r->acts_for_n, why);

	if (!e && r->broker && r->acts_for_n)
		return why_set(why, LB_INVALID, "--acts-for is for agents; a broker speaks for nobody");
	for (unsigned i = 0; !e && i < r->acts_for_n; i++)
		if (!lb_partner_is_valid(r->acts_for[i], strlen(r->acts_for[i])) || strcmp(r->acts_for[i], r->partner) == 0)
			e = why_set(why, LB_INVALID, "--acts-for %.80s: another partner's id is expected, as de-sn/leipzig", r->acts_for[i]);
	return e;
}

static lb_err read_request(const struct args *a, struct ca_request *r, char partner[LB_PARTNER_ID_MAX + 1], struct why *why)
{
	const char *agent = args_value(a, "agent", NULL), *from = args_value(a, "from", NULL);
	lb_err e = LB_OK;

	r->broker = args_has(a, "broker");
	r->partner = args_value(a, "partner", r->broker ? "bund-bsi" : NULL);
	r->name = args_value(a, "name", r->broker ? "broker" : "main");
	r->curve = args_value(a, "curve", "p256");
	r->days = 365;
	if (agent && (args_has(a, "partner") || args_has(a, "name")))
		return why_set(why, LB_INVALID, "--agent stands for --partner and --name; give one or the others");
	if (agent) {
		e = split_agent(agent, partner, &r->name, why);
		r->partner = partner;
	}
	if (!e && !r->partner)
		e = why_set(why, LB_INVALID, "whose certificate? --agent de-sn/main, --partner de-sn, or --broker");
	if (!e && !r->broker && (args_has(a, "dns") || args_has(a, "ip")))
		e = why_set(why, LB_INVALID, "--dns and --ip go with --broker; an agent is known by its SPIFFE ID alone");
	if (!e)
		e = args_number(a, "days", 1, 36500, &r->days, why);
	if (!e && from)
		e = when_date_s(from, &r->from_s, why);
	if (!e)
		e = read_names(a, "dns", r->dns, &r->dns_n, why);
	if (!e)
		e = read_mandates(a, r, why);
	return e ? e : read_names(a, "ip", r->ip, &r->ip_n, why);
}

static void issued_fields(struct cli *cli, const struct ca_issued *issued, const char *until)
{
	out_field(cli, OUT_HEAD, "issued for", issued->spiffe_id);
	out_field(cli, OUT_PLAIN, "certificate", issued->certificate);
	out_field(cli, OUT_PLAIN, "private key", issued->key);
	out_field(cli, OUT_PLAIN, "serial number", issued->serial);
	out_field(cli, OUT_PLAIN, "valid until", until);
}

enum cli_exit cmd_ca_issue(struct cli *cli)
{
	struct ca_request request = { .dns_n = 0 };
	struct ca_issued issued;
	char partner[LB_PARTNER_ID_MAX + 1], until[WHEN_TEXT];
	struct why why;
	lb_err e;

	if (read_request(&cli->args, &request, partner, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	e = ca_issue(cli->args.words[0], &request, &issued, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	when_iso(issued.until_s * 1000, until);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:s,s:s,s:s,s:s}", "spiffe_id", issued.spiffe_id, "serial", issued.serial,
			"certificate", issued.certificate, "key", issued.key, "until", until));
	if (cli->terminal)
		issued_fields(cli, &issued, until);
	else
		out_line(cli, "%s\t%s\t%s\tuntil %s", issued.spiffe_id, issued.certificate, issued.serial, until);
	return CLI_OK;
}

enum cli_exit cmd_ca_revoke(struct cli *cli)
{
	struct ca_issued issued;
	struct why why;
	long days = 30;
	lb_err e;

	if (args_number(&cli->args, "days", 1, 3650, &days, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	e = ca_revoke(cli->args.words[0], cli->args.words[1], days, &issued, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:s}", "revoked", issued.serial, "spiffe_id", issued.spiffe_id));
	out_line(cli, "revoked %s (%s); give the new %s/crl.pem to brokers and agents and reload them (SIGHUP)", issued.spiffe_id,
		issued.serial, cli->args.words[0]);
	return CLI_OK;
}

enum cli_exit cmd_ca_crl(struct cli *cli)
{
	const char *dir = cli->args.words[0];
	unsigned revoked_n = 0;
	struct why why;
	long days = 30;
	lb_err e;

	if (args_number(&cli->args, "days", 1, 3650, &days, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	e = ca_crl(dir, days, &revoked_n, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->json)
		return out_json(cli, json_pack("{s:s+,s:i,s:i}", "crl", dir, "/crl.pem", "revoked", (int)revoked_n, "days", (int)days));
	out_line(cli, words_n("%s/crl.pem: %u revoked, good for %ld day", "%s/crl.pem: %u revoked, good for %ld days", (uint64_t)days), dir, revoked_n, days);
	return CLI_OK;
}
