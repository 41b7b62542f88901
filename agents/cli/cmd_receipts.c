/* lagebus receipts */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/ids.h"
#include "agents/cli/receipts.h"
#include "agents/cli/stop.h"
#include "proto/host/words.h"

#define LOOK_MS 1000 /* how often a live table asks the broker */

const struct option_row cmd_receipts_options[] = {
	{ "all", NULL, "also who is no recipient, and by which rule", 0 },
	{ "watch", NULL, "show it again whenever something has changed, until everyone is done or it is interrupted", 0 },
	{ "csv", NULL, "write CSV (RFC 4180) with heads", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_receipts_examples[] = {
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d",
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --all",
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --watch",
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --all --csv > receipts.csv",
	NULL,
};

/* The rules have other words where a message is sent. */
static const char *reason_of(lb_err e)
{
	if (e == LB_ROLE_MAY_NOT_SEND)
		return _("only its origin and a coordinator may ask who has a message");
	if (e == LB_NOT_FOUND)
		return _("it has no message of this id, or no longer: see what warn or send said");
	return _(lb_err_text(e));
}

static enum cli_exit check(struct cli *cli, const Lagebus__Receipts *receipts)
{
	lb_err e = lb_err_from_token(receipts->refused);

	if (!*receipts->refused)
		return CLI_OK;
	return cli_fail(cli, e == LB_ERR_COUNT ? CLI_REFUSED : exit_of(e), "the broker gives no receipts: %s (%s)", reason_of(e), receipts->refused);
}

/* *out is to be freed; NULL on error. */
static enum cli_exit ask(struct client *client, const struct lb_uuid *id, Lagebus__Receipts **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ReceiptsRequest body = LAGEBUS__RECEIPTS_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	*out = NULL;
	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_RECEIPTS;
	request.receipts = &body;
	code = client_ask(client, &request, "asking the broker for the receipts", &reply);
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_RECEIPTS)
		*out = lagebus__receipts__unpack(NULL, reply->receipts->receipts.len, reply->receipts->receipts.data);
	lagebus__reply__free_unpacked(reply, NULL);
	code = *out ? check(client->cli, *out) : cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	if (code && *out) {
		lagebus__receipts__free_unpacked(*out, NULL);
		*out = NULL;
	}
	return code;
}

static enum cli_exit verdict(const Lagebus__Receipts *receipts)
{
	return receipts_overdue(receipts) ? CLI_OVERDUE : CLI_OK;
}

static enum cli_exit once(struct client *client, const struct lb_uuid *id)
{
	struct cli *cli = client->cli;
	bool all = args_has(&cli->args, "all");
	Lagebus__Receipts *receipts;
	enum cli_exit code = ask(client, id, &receipts);

	if (code)
		return code;
	code = (args_has(&cli->args, "csv") ? receipts_csv : receipts_show)(cli, receipts, all);
	if (!code)
		code = verdict(receipts);
	lagebus__receipts__free_unpacked(receipts, NULL);
	return code;
}

/* What counts as a change: everything but the number of the question and the time of the answer. */
static uint8_t *pack(Lagebus__Receipts *r, size_t *n)
{
	int64_t now = r->now;
	uint8_t *p;

	r->now = 0;
	r->request = 0;
	p = malloc(lagebus__receipts__get_packed_size(r) + 1);
	*n = p ? lagebus__receipts__pack(r, p) : 0;
	r->now = now;
	return p;
}

struct seen {
	uint8_t *p;
	size_t n;
};

static bool is_news(struct seen *seen, Lagebus__Receipts *r)
{
	struct seen next;
	bool news;

	next.p = pack(r, &next.n);
	news = !seen->p || !next.p || next.n != seen->n || memcmp(next.p, seen->p, seen->n) != 0;
	free(seen->p);
	*seen = next;
	return news;
}

static enum cli_exit follow(struct client *client, const struct lb_uuid *id)
{
	struct cli *cli = client->cli;
	bool all = args_has(&cli->args, "all"), complete = false;
	struct seen seen = { NULL, 0 };
	enum cli_exit code = CLI_OK, last = CLI_OK;

	while (!code && !complete && !stop_asked() && !ferror(cli->out)) {
		Lagebus__Receipts *receipts;

		code = ask(client, id, &receipts);
		if (code)
			break;
		if (is_news(&seen, receipts))
			code = receipts_redraw(cli, receipts, all);
		complete = receipts_are_complete(receipts);
		last = verdict(receipts);
		lagebus__receipts__free_unpacked(receipts, NULL);
		if (!code && !complete && !stop_asked())
			poll(NULL, 0, LOOK_MS); /* a signal ends it */
	}
	free(seen.p);
	return stop_asked() || !code ? last : code;
}

enum cli_exit cmd_receipts(struct cli *cli)
{
	bool watch = args_has(&cli->args, "watch");
	struct client client;
	struct lb_uuid id;
	enum cli_exit code;

	if (args_has(&cli->args, "csv") && (watch || cli->json))
		return cli_fail(cli, CLI_USAGE, "--csv stands alone: --watch and --json write something else");
	if (watch)
		stop_catch();
	code = client_open(cli, &client);
	if (!code)
		code = id_resolve(&client, cli->args.words[0], &id);
	if (!code)
		code = watch ? follow(&client, &id) : once(&client, &id);
	client_close(&client);
	return code;
}
