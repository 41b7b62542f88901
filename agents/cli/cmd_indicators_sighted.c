/* lagebus indicators sighted */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/indicator_find.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/message_type.h"
#include "lagebus/uuid.h"
#include "proto/host/words.h"

const struct option_row cmd_indicators_sighted_options[] = {
	{ "count", "N", "how often (default 1)", 0 },
	{ "first", "TIME", "when first, as 14:20, 3h (ago) or 2026-12-01 14:00 (default: as --last)", 0 },
	{ "last", "TIME", "when last; likewise (default now)", 0 },
	{ "source", "TEXT", "what saw it, without names of people: 'mail gateway 2'", 0 },
	DRAFT_READDRESS_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_indicators_sighted_examples[] = {
	"lagebus indicators sighted 192.0.2.66 --count 12 --source 'firewall'",
	"lagebus indicators sighted 018f3c2a-7b1e-8c55-9a41-0c3d1a2b3c4d --first 2026-11-30 --last 2026-12-01T08:00:00Z",
	NULL,
};

/* An indicator and who is told that it was seen. */
struct owner {
	ProtobufCBinaryData id;
	const char *partner;
	const Lagebus__IndicatorEntry *entry;
	bool exercise;
};

static enum cli_exit read_times(struct cli *cli, Lagebus__Sighting *s)
{
	const char *first = args_value(&cli->args, "first", NULL), *last = args_value(&cli->args, "last", NULL);
	int64_t now_ms = when_now_ms(), first_ms = 0, last_ms = now_ms;
	long count = 1;
	struct why why;

	if (args_number(&cli->args, "count", 1, 1000000000, &count, &why) || (first && when_past_ms(first, now_ms, &first_ms, &why)) ||
		(last && when_past_ms(last, now_ms, &last_ms, &why)))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	s->count = (uint64_t)count;
	s->last_seen = last_ms;
	s->first_seen = first ? first_ms : last_ms;
	if (s->first_seen > s->last_seen)
		return cli_fail(cli, CLI_USAGE, "--first is after --last");
	s->source = (char *)args_value(&cli->args, "source", "");
	if (!lb_utf8_is_valid(s->source, strlen(s->source)) || strlen(s->source) > LB_TEXT_MAX || lb_text_is_classified(s->source, strlen(s->source)))
		return cli_fail(cli, CLI_REFUSED, "--source: at most %d bytes of UTF-8 without a classification marking are expected", LB_TEXT_MAX);
	return CLI_OK;
}

/* Of an id that several use it is whoever sent it first. Of a value it is everyone who sent it. */
static size_t find_owners(const struct indicator_found *found, struct owner *out, size_t most)
{
	size_t n = 0;

	for (size_t r = 0; r < found->n; r++)
		for (size_t i = 0; i < found->rows[r]->n_entries && n < most; i++) {
			const Lagebus__IndicatorEntry *e = found->rows[r]->entries[i];

			if (found->by_id && (e->id.len != sizeof(found->id.b) || memcmp(e->id.data, found->id.b, e->id.len) != 0))
				continue;
			if (found->by_id && n == 1 && out[0].entry->first_received <= e->first_received)
				continue;
			n -= found->by_id && n == 1;
			out[n++] = (struct owner){ e->id, e->origin, e, found->rows[r]->exercise };
		}
	return n;
}

/* A body tells its Land, whose agent tells the owner. */
static const char *recipient_of(const char *self, const struct owner *owner, char parent[LB_PARTNER_ID_MAX + 1])
{
	const char *slash = strrchr(self, '/');

	if (!slash)
		return owner->partner;
	snprintf(parent, LB_PARTNER_ID_MAX + 1, "%.*s", (int)(slash - self), self);
	return parent;
}

static enum cli_exit send_one(struct client *client, const struct owner *owner, const Lagebus__Sighting *what, json_t *sent)
{
	struct cli *cli = client->cli;
	const char *self = args_value(&cli->args, "as", client_status(client)->partner);
	struct draft_defaults defaults = { .type = LB_TYPE_SIGHTING, .area = owner->entry->area };
	Lagebus__Sighting s = *what, *one = &s;
	Lagebus__Sightings all = LAGEBUS__SIGHTINGS__INIT;
	uint8_t payload[LB_TEXT_MAX + 200];
	char parent[LB_PARTNER_ID_MAX + 1], text[LB_UUID_TEXT];
	struct lb_uuid id;
	struct draft d;
	struct why why;
	bool accepted = false;
	enum cli_exit code;
	lb_err e;

	defaults.tlp = lb_tlp_strictest(lb_message_type(LB_TYPE_SIGHTING)->tlp, owner->entry->tlp);
	defaults.to = recipient_of(self, owner, parent);
	s.indicator = owner->id;
	all.sightings = &one;
	all.n_sightings = 1;
	e = draft_init(&d, &cli->args, &defaults, when_now_ms(), &why);
	code = e ? draft_fail(cli, e, &why) : CLI_OK;
	d.header.exercise |= owner->exercise;
	if (!code && d.dry_run)
		code = draft_send(cli, &d, payload, lagebus__sightings__pack(&all, payload));
	else if (!code)
		code = draft_publish(client, &d, payload, lagebus__sightings__pack(&all, payload), "waiting for the broker to accept it", &id, &accepted);
	if (!code && !d.dry_run) {
		lb_uuid_format(&id, text);
		json_array_append_new(sent, json_pack("{s:s,s:b,s:o}", "id", text, "accepted", (int)accepted, "to", out_json_string(d.audience[0])));
	}
	draft_fini(&d);
	return code;
}

static enum cli_exit show(struct cli *cli, const json_t *sent)
{
	json_t *one;
	size_t i;

	json_array_foreach(sent, i, one) {
		const char *id = json_string_value(json_object_get(one, "id")), *to = json_string_value(json_object_get(one, "to"));
		bool accepted = json_is_true(json_object_get(one, "accepted"));

		if (cli->terminal)
			out_styled(cli, accepted ? OUT_GOOD : OUT_WARN, "%s %s: %s", to, accepted ? _("is told") : _("will be told, it is in the agent's outbox"), id);
		else
			out_line(cli, "%s\t%s\t%s", id, accepted ? "accepted" : "outbox", to);
	}
	return CLI_OK;
}

static enum cli_exit send_all(struct client *client, const struct indicator_found *found, const Lagebus__Sighting *what)
{
	struct owner *owners = calloc(LB_PARTNERS_MAX, sizeof(*owners));
	json_t *sent = json_array();
	size_t n = owners ? find_owners(found, owners, LB_PARTNERS_MAX) : 0;
	enum cli_exit code = owners ? CLI_OK : cli_fail(client->cli, CLI_IO, "out of memory");

	for (size_t i = 0; !code && i < n; i++)
		code = send_one(client, &owners[i], what, sent);
	if (!code && client->cli->json && !args_has(&client->cli->args, "dry-run"))
		code = out_json(client->cli, json_pack("{s:O}", "sightings", sent));
	else if (!code)
		code = show(client->cli, sent);
	json_decref(sent);
	free(owners);
	return code;
}

enum cli_exit cmd_indicators_sighted(struct cli *cli)
{
	Lagebus__Sighting what = LAGEBUS__SIGHTING__INIT;
	struct indicator_found found = { .n = 0 };
	struct client client;
	enum cli_exit code = read_times(cli, &what);

	if (code)
		return code;
	code = client_open(cli, &client);
	if (!code)
		code = indicator_find(&client, cli->args.words[0], &found);
	if (!code)
		code = send_all(&client, &found, &what);
	indicator_found_fini(&found);
	client_close(&client);
	return code;
}
