/* Encrypting what is TLP:RED to the agents of the partners that it is for. */
#include "agents/cli/sealing.h"

#include <string.h>

#include "agents/cli/advice.h"
#include "lagebus/identity.h"
#include "proto/host/words.h"

static enum cli_exit take(struct cli *cli, const Lagebus__DirectoryReply *d, struct sealing *s)
{
	for (size_t i = 0; i < d->n_certificates; i++) {
		if (s->n == LB_ENVELOPE_RECIPIENTS_MAX)
			return cli_fail(cli, CLI_REFUSED, "the partners of --to have more than %d agents together; send it to fewer at once",
				LB_ENVELOPE_RECIPIENTS_MAX);
		if (lb_buf_append(&s->bytes, d->certificates[i].data, d->certificates[i].len) != LB_OK)
			return cli_fail(cli, CLI_IO, "out of memory");
		s->sizes[s->n++] = d->certificates[i].len;
	}
	return CLI_OK;
}

static enum cli_exit find_one(struct client *client, char *partner, struct sealing *s)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__DirectoryRequest body = LAGEBUS__DIRECTORY_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	if (strcmp(partner, "all") == 0 || !lb_partner_is_valid(partner, strlen(partner)))
		return cli_fail(client->cli, CLI_REFUSED, "%.80s: %s (%s): %s", partner, _(lb_err_text(LB_TLP_RED_NAMED_ONLY)), lb_err_token(LB_TLP_RED_NAMED_ONLY),
			advice_for(LB_TLP_RED_NAMED_ONLY));
	body.partner = partner;
	request.body_case = LAGEBUS__REQUEST__BODY_DIRECTORY;
	request.directory = &body;
	code = client_ask(client, &request, "asking for the recipients' certificates", &reply);
	if (code)
		return code;
	code = reply->body_case == LAGEBUS__REPLY__BODY_DIRECTORY ? take(client->cli, reply->directory, s) :
		cli_fail(client->cli, CLI_IO, "the agent's answer is not about certificates");
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit sealing_find(struct client *client, char *const *partners, size_t n, struct sealing *s)
{
	enum cli_exit code = CLI_OK;

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; !code && i < n; i++)
		code = find_one(client, partners[i], s);
	return code;
}

void sealing_fini(struct sealing *s)
{
	lb_buf_fini(&s->bytes);
	s->n = 0;
}

enum cli_exit sealing_seal(struct cli *cli, const struct sealing *s, const uint8_t *pseudonym, struct lb_frame payload, struct lb_buf *out)
{
	struct lb_frame certificates[LB_ENVELOPE_RECIPIENTS_MAX];
	struct lb_buf envelope = LB_BUF_INIT;
	size_t at = 0;
	lb_err e;

	for (unsigned i = 0; i < s->n; at += s->sizes[i++])
		certificates[i] = (struct lb_frame){ lb_buf_data(&s->bytes) + at, s->sizes[i] };
	e = lb_envelope_seal(certificates, s->n, payload, &envelope);
	if (!e)
		e = lb_sealed_write(pseudonym, (struct lb_frame){ lb_buf_data(&envelope), lb_buf_len(&envelope) }, out);
	lb_buf_fini(&envelope);
	if (e == LB_LIMIT)
		return cli_fail(cli, CLI_REFUSED, "the message is too large to be encrypted: %zu bytes, %d are allowed", payload.n, LB_ENVELOPE_PLAIN_MAX);
	return e ? cli_fail(cli, exit_of(e), "the message cannot be encrypted: %s (%s)", _(lb_err_text(e)), lb_err_token(e)) : CLI_OK;
}
