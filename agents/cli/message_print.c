/* A message for a reader: who says what to whom, how urgent, what to do. */
#include <string.h>

#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/payload_print.h"
#include "agents/cli/when.h"
#include "lagebus/sealed.h"
#include "proto/host/words.h"

static void id_field(struct cli *cli, const char *name, bool there, const struct lb_uuid *id)
{
	char text[LB_UUID_TEXT];

	if (!there)
		return;
	lb_uuid_format(id, text);
	out_field(cli, OUT_PLAIN, name, text);
}

void message_banner(const struct message *m, struct cli *cli)
{
	if (m->header.exercise)
		out_styled(cli, OUT_YELLOW, "%s%s%.*s", OUT_EXERCISE, m->header.exercise_name.n ? "  " : "",
			(int)m->header.exercise_name.n, m->header.exercise_name.p ? m->header.exercise_name.p : "");
}

static void print_quarantine(const char *token, struct cli *cli)
{
	lb_err reason = lb_err_from_token(token);

	if (*token)
		out_styled(cli, OUT_BAD, _("QUARANTINED: %s (%s). Do not act on it."), reason == LB_ERR_COUNT ? _("it did not verify") : _(lb_err_text(reason)), token);
}

/* That it is not what counts any more is said before anything else. */
static void print_gone(const struct message *m, struct cli *cli)
{
	const Lagebus__StoredMessage *s = m->stored;
	char at[WHEN_TEXT], by[LB_UUID_TEXT];
	struct lb_uuid id;

	when_short(s->gone_at, when_now_ms(), at);
	if (*s->gone && strcmp(s->gone, "recalled") != 0)
		out_styled(cli, OUT_BAD, "EXPIRED at %s. What it said was deleted here.", at);
	else if (*s->gone)
		out_styled(cli, OUT_BAD, "RECALLED by %.*s at %s%s%s. What it said was deleted here.", (int)m->header.origin.n, m->header.origin.p, at,
			*s->gone_reason ? _(" because: ") : "", s->gone_reason);
	if (s->superseded_by.len != sizeof(id.b))
		return;
	memcpy(id.b, s->superseded_by.data, sizeof(id.b));
	lb_uuid_format(&id, by);
	out_styled(cli, OUT_WARN, "SUPERSEDED by %s", by);
}

static void print_header(const struct message *m, struct cli *cli)
{
	const struct lb_header *h = &m->header;
	const char *opened = lb_sealed_is_due(h) ? message_text(m, "title") : ""; /* the inbox's title says only that it is encrypted */
	char origin[LB_PARTNER_ID_MAX + 1], audience[MESSAGE_AUDIENCE_SHOWN];

	snprintf(origin, sizeof(origin), "%.*s", (int)h->origin.n, h->origin.p);
	message_audience_show(cli, h, audience, sizeof(audience));
	out_field(cli, OUT_HEAD, "title", *opened ? opened : m->stored->title);
	out_field(cli, OUT_PLAIN, "tracking id", m->stored->tracking_id);
	if (h->level)
		out_field(cli, out_level_style(h->level), "level", _(out_level(h->level)));
	out_field(cli, out_tlp_style(h->tlp), "marking", lb_tlp_name(lb_tlp_effective(h->tlp)));
	out_field(cli, OUT_PLAIN, "from", origin);
	out_field(cli, OUT_PLAIN, "to", audience);
	out_field(cli, OUT_PLAIN, "type", _(message_type(m)));
	out_field(cli, OUT_PLAIN, "area", _(message_area(m)));
	out_time_field(cli, OUT_PLAIN, "created", h->created_ms);
	out_time_field(cli, OUT_PLAIN, "received", m->stored->received);
	out_time_field(cli, OUT_PLAIN, "expires", h->expires_ms);
	id_field(cli, "thread", h->has_thread, &h->thread);
	id_field(cli, "supersedes", h->has_supersedes, &h->supersedes);
	if (h->personal_data)
		out_field(cli, OUT_WARN, "personal data", _("yes"));
}

static void print_state(const struct message *m, struct cli *cli)
{
	const Lagebus__StoredMessage *s = m->stored;

	if (m->header.ack_policy)
		out_field(cli, OUT_PLAIN, "asked for", _(out_ack(m->header.ack_policy)));
	out_time_field(cli, OUT_PLAIN, "until", m->header.ack_deadline_ms);
	if (m->header.ack_policy || s->acknowledged)
		out_field(cli, s->acknowledged ? OUT_GOOD : OUT_PLAIN, "our state", s->acknowledged ? _(out_ack(s->acknowledged)) : _("not acknowledged"));
	out_field(cli, OUT_PLAIN, "signed by", s->signer);
	out_field(cli, OUT_PLAIN, "approved by", s->approved_by);
	out_field(cli, OUT_DIM, "id", m->id);
}

/* How to get at what is no text. */
static void print_files(const struct message *m, struct cli *cli)
{
	static const char *const files[] = { "advisory", "attachment" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const ProtobufCBinaryData *file = message_file(m, files[i]);

		if (file && file->len > 0 && cli->terminal)
			out_styled(cli, OUT_DIM, _("lagebus show ID --%s FILE writes the file"), files[i]);
	}
}

static void print_sealed(const struct message *m, struct cli *cli)
{
	const Lagebus__StoredMessage *s = m->stored;
	lb_err refused = lb_err_from_token(s->not_opened);

	if (!lb_sealed_is_due(&m->header) || *s->quarantine)
		return;
	if (*s->not_opened)
		out_styled(cli, OUT_BAD, "It cannot be opened: %s (%s)", refused == LB_ERR_COUNT ? "" : _(lb_err_text(refused)), s->not_opened);
	else if (m->header.type == LB_TYPE_DIGITAL_VIOLENCE_CASE)
		out_styled(cli, OUT_DIM, "lagebus case show opens it");
	else
		out_field(cli, OUT_PLAIN, "encrypted", _("to its recipients; opened only to be shown"));
}

static void print_unreadable(const struct message *m, struct cli *cli)
{
	char said[LB_PAYLOAD_WHY];

	words_parts(m->unreadable, said, sizeof(said));
	if (*said)
		out_styled(cli, OUT_BAD, "The payload cannot be read: %s", said);
}

void message_print(const struct message *m, struct cli *cli)
{
	message_banner(m, cli);
	print_quarantine(m->stored->quarantine, cli);
	print_gone(m, cli);
	print_header(m, cli);
	print_state(m, cli);
	print_sealed(m, cli);
	if (m->payload)
		payload_print(m->payload, cli);
	print_unreadable(m, cli);
	print_files(m, cli);
	message_banner(m, cli);
}
