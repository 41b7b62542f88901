/* Sending many indicators. */
#include "agents/cli/indicator_send.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/progress.h"
#include "agents/cli/when.h"
#include "agents/cli/sealing.h"
#include "lagebus/uuid.h"
#include "proto/host/words.h"

#define FIELD_MAX 12 /* bytes of an indicator's tag and length within a message */

/* How many from `at` on fit into one message, also one that is encrypted; 0: not even one. */
static size_t fit(const struct indicator_set *set, size_t at, const char *source)
{
	size_t n = 0, bytes = strlen(source) + FIELD_MAX;

	for (; at + n < set->n && n < LB_INDICATORS_MAX; n++) {
		bytes += lagebus__indicator__get_packed_size(set->items[at + n]) + FIELD_MAX;
		if (bytes > LB_ENVELOPE_PLAIN_MAX)
			break;
	}
	return n;
}

size_t indicator_messages(const struct indicator_set *set, const char *source)
{
	size_t messages = 0;

	for (size_t at = 0, n; at < set->n && (n = fit(set, at, source)) > 0; at += n)
		messages++;
	return messages;
}

enum cli_exit indicator_dry_run(struct cli *cli, struct draft *d, const struct indicator_set *set, const char *source)
{
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	uint8_t *payload;
	enum cli_exit code;

	all.indicators = set->items;
	all.n_indicators = fit(set, 0, source);
	all.source = (char *)source;
	payload = malloc(lagebus__indicators__get_packed_size(&all) + 1);
	if (!payload)
		return cli_fail(cli, CLI_IO, "out of memory");
	code = draft_send(cli, d, payload, lagebus__indicators__pack(&all, payload));
	free(payload);
	return code;
}

/* What goes out: the indicators, or what only the recipients can open. */
static enum cli_exit pack(struct cli *cli, const struct sealing *s, const Lagebus__Indicators *all, struct lb_buf *out)
{
	struct lb_buf clear = LB_BUF_INIT, *to = s ? &clear : out;
	uint8_t *room = lb_buf_reserve(to, lagebus__indicators__get_packed_size(all) + 1);
	enum cli_exit code = room ? CLI_OK : cli_fail(cli, CLI_IO, "out of memory");

	if (!code)
		lb_buf_added(to, lagebus__indicators__pack(all, room));
	if (!code && s)
		code = sealing_seal(cli, s, NULL, (struct lb_frame){ lb_buf_data(&clear), lb_buf_len(&clear) }, out);
	lb_buf_wipe(&clear);
	return code;
}

static enum cli_exit send_one(struct client *client, const struct draft *d, const struct sealing *s, const Lagebus__Indicators *all, json_t *messages)
{
	struct lb_buf payload = LB_BUF_INIT;
	char text[LB_UUID_TEXT];
	struct lb_uuid id;
	bool accepted;
	enum cli_exit code = pack(client->cli, s, all, &payload);

	if (!code)
		code = draft_publish(client, d, lb_buf_data(&payload), lb_buf_len(&payload), _("waiting for the broker to accept them"), &id, &accepted);
	lb_buf_fini(&payload);
	if (code)
		return code;
	lb_uuid_format(&id, text);
	json_array_append_new(messages, json_pack("{s:s,s:b,s:I}", "id", text, "accepted", (int)accepted, "indicators", (json_int_t)all->n_indicators));
	return CLI_OK;
}

enum cli_exit indicator_send(struct client *client, const struct draft *d, const struct indicator_set *set, const char *source, json_t **messages)
{
	bool seals = d->header.tlp == LB_TLP_RED;
	struct sealing sealing = { .n = 0 };
	struct progress progress;
	enum cli_exit code = seals ? sealing_find(client, d->audience, d->header.n_audience, &sealing) : CLI_OK;

	*messages = json_array();
	progress_begin(&progress, client->cli, _("sending indicators"), when_now_ms());
	for (size_t at = 0, n; !code && at < set->n; at += n) {
		Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;

		n = fit(set, at, source);
		if (n == 0) {
			code = cli_fail(client->cli, CLI_REFUSED, "the indicator '%.60s' is too large for a message: shorten its description", set->items[at]->value);
			break;
		}
		all.indicators = set->items + at;
		all.n_indicators = n;
		all.source = (char *)source;
		progress_draw(&progress, when_now_ms(), at, set->n);
		code = send_one(client, d, seals ? &sealing : NULL, &all, *messages);
	}
	progress_end(&progress);
	sealing_fini(&sealing);
	return code;
}
