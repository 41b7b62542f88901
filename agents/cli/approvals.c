/* What waits for a second person. */
#include "agents/cli/approvals.h"

#include <string.h>

#include "agents/cli/ids.h"
#include "agents/cli/when.h"
#include "lagebus/limits.h"
#include "proto/host/words.h"

const char *approvals_state(unsigned state)
{
	static const char *const names[] = { "", N_("waiting"), N_("approved"), N_("refused"), N_("expired"), N_("withdrawn"), N_("ended") };

	return state < sizeof names / sizeof names[0] ? names[state] : N_("unknown");
}

static enum cli_exit ask(struct client *client, const struct lb_uuid *id, uint64_t offset, Lagebus__Waiting **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ApprovalsRequest body = LAGEBUS__APPROVALS_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	Lagebus__Waiting *waiting = NULL;
	enum cli_exit code;
	lb_err e;

	if (id)
		body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	body.offset = offset;
	request.body_case = LAGEBUS__REQUEST__BODY_APPROVALS;
	request.approvals = &body;
	code = client_ask(client, &request, "asking the broker what waits", &reply);
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_APPROVALS)
		waiting = lagebus__waiting__unpack(NULL, reply->approvals->waiting.len, reply->approvals->waiting.data);
	lagebus__reply__free_unpacked(reply, NULL);
	if (!waiting)
		return cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	if (!*waiting->refused) {
		*out = waiting;
		return CLI_OK;
	}
	e = lb_err_from_token(waiting->refused);
	code = e == LB_NOT_FOUND ? cli_fail(client->cli, CLI_NOT_FOUND, "no such message waits for approval, or no longer; lagebus receipts ID says what became of it")
	                         : cli_fail(client->cli, e == LB_ERR_COUNT ? CLI_REFUSED : exit_of(e), "the broker refuses: %s (%s)",
					     e == LB_ERR_COUNT ? _("no reason is known") : _(lb_err_text(e)), waiting->refused);
	lagebus__waiting__free_unpacked(waiting, NULL);
	return code;
}

enum cli_exit approvals_list(struct client *client, Lagebus__Waiting **out)
{
	return ask(client, NULL, 0, out);
}

/* A whole id is asked for as it is; a part of one is looked for among what waits. */
static enum cli_exit resolve(struct client *client, const char *written, struct lb_uuid *id)
{
	Lagebus__Waiting *all = NULL;
	unsigned found = 0;
	enum cli_exit code;

	if (lb_uuid_parse(written, id) == LB_OK)
		return CLI_OK;
	code = approvals_list(client, &all);
	if (code)
		return code;
	for (size_t i = 0; i < all->n_messages; i++) {
		struct lb_header h;

		if (lb_header_decode(all->messages[i]->header.data, all->messages[i]->header.len, &h) == LB_OK &&
			(id_matches(&h.id, written) || strcmp(written, "last") == 0)) {
			found += found == 0 || memcmp(id, &h.id, sizeof(*id)) != 0;
			*id = h.id;
		}
	}
	lagebus__waiting__free_unpacked(all, NULL);
	if (found == 1)
		return CLI_OK;
	return found ? cli_fail(client->cli, CLI_USAGE, "%s is more than one message that waits; write more of the id (lagebus approvals)", written)
	             : cli_fail(client->cli, CLI_NOT_FOUND, "nothing with the id %s waits for approval (lagebus approvals lists what does)", written);
}

/* The parts of the payload that did not go into the first answer. */
static enum cli_exit fetch_rest(struct client *client, struct approvals_message *m)
{
	enum cli_exit code = CLI_OK;

	while (!code && lb_buf_len(&m->payload) < m->said->payload_size) {
		Lagebus__Waiting *more = NULL;
		const ProtobufCBinaryData *part = NULL;

		code = ask(client, &m->header.id, lb_buf_len(&m->payload), &more);
		if (code)
			return code;
		if (more->n_messages == 1)
			part = &more->messages[0]->payload;
		if (!part || part->len == 0 || lb_buf_append(&m->payload, part->data, part->len) != LB_OK)
			code = cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
		lagebus__waiting__free_unpacked(more, NULL);
	}
	return code;
}

enum cli_exit approvals_fetch(struct client *client, const char *written, struct approvals_message *out)
{
	struct lb_uuid id;
	enum cli_exit code;

	*out = (struct approvals_message){ .payload = LB_BUF_INIT };
	code = resolve(client, written, &id);
	if (!code)
		code = ask(client, &id, 0, &out->first);
	if (code)
		return code;
	if (out->first->n_messages != 1 || !out->first->messages[0]->approval || out->first->messages[0]->payload_size > LB_PAYLOAD_MAX ||
		lb_header_decode(out->first->messages[0]->header.data, out->first->messages[0]->header.len, &out->header) != LB_OK ||
		memcmp(&out->header.id, &id, sizeof(id)) != 0 ||
		lb_buf_append(&out->payload, out->first->messages[0]->payload.data, out->first->messages[0]->payload.len) != LB_OK)
		return cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	out->said = out->first->messages[0];
	return fetch_rest(client, out);
}

void approvals_message_fini(struct approvals_message *m)
{
	if (m->first)
		lagebus__waiting__free_unpacked(m->first, NULL);
	lb_buf_fini(&m->payload);
	m->first = NULL;
}

void approvals_sentence(const Lagebus__ApprovalStatus *a, int64_t now_ms, char *out, size_t n)
{
	char until[WHEN_TEXT], at[WHEN_TEXT];
	size_t put;

	when_short(a->until, now_ms, until);
	when_short(a->at, now_ms, at);
	switch (a->state) {
	case 1:
		put = (size_t)snprintf(out, n, _("waits until %s for a second person"), until);
		for (size_t i = 0; i < a->n_approvers && put < n; i++)
			put += (size_t)snprintf(out + put, n - put, "%s%s", i ? ", " : _(" of "), a->approvers[i]);
		return;
	case 4:
		snprintf(out, n, _("not sent: nobody approved it until %s"), until);
		return;
	case 6:
		snprintf(out, n, _("not sent: at %s its exercise was over, before anybody had approved it"), at);
		return;
	default:
		snprintf(out, n, _("%s%s at %s by %s%s%s%s%s%s"), a->state == 2 ? "" : _("not sent: "), _(approvals_state(a->state)), at, a->by, *a->function ? " (" : "",
			a->function, *a->function ? ")" : "", *a->note ? ": " : "", a->note);
	}
}
