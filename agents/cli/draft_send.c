/* Sending a draft, or asking the broker who would get it. */
#include <protobuf-c/protobuf-c.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/approvals.h"
#include "agents/cli/draft.h"
#include "agents/cli/out.h"
#include "lagebus/payload.h"
#include "agents/cli/sealing.h"
#include "proto/control.pb-c.h"
#include "proto/host/words.h"
#include "proto/violence.pb-c.h"

#define REASON_MAX 700

static ProtobufCBinaryData pack_header(const Lagebus__Header *h)
{
	ProtobufCBinaryData data = { 0, malloc(lagebus__header__get_packed_size(h) + 1) };

	if (data.data)
		data.len = lagebus__header__pack(h, data.data);
	return data;
}

static void describe(const struct draft *d, char *out, size_t n)
{
	size_t at = (size_t)snprintf(out, n, _("%s/%s, %s%s%s, to"), words_type(d->header.type), _(lb_area_name(d->header.area)),
		d->header.level ? _(out_level(d->header.level)) : "", d->header.level ? ", " : "", lb_tlp_name(d->header.tlp));

	for (size_t i = 0; i < d->header.n_audience && at < n; i++)
		at += (size_t)snprintf(out + at, n - at, " %s", d->audience[i]);
}

/* A warning of level 4 that was accepted is on the broker's disk and waits for a second person: what does the broker say of that? NULL: it
 * does not wait, or no longer, or that cannot be known now. */
static Lagebus__Receipts *ask_wait(struct client *client, const struct lb_uuid *id)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ReceiptsRequest body = LAGEBUS__RECEIPTS_REQUEST__INIT;
	Lagebus__Receipts *receipts = NULL;
	Lagebus__Reply *reply = NULL;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_RECEIPTS;
	request.receipts = &body;
	if (client_ask(client, &request, "asking the broker who may approve it", &reply))
		return NULL;
	if (reply->body_case == LAGEBUS__REPLY__BODY_RECEIPTS)
		receipts = lagebus__receipts__unpack(NULL, reply->receipts->receipts.len, reply->receipts->receipts.data);
	lagebus__reply__free_unpacked(reply, NULL);
	if (receipts && receipts->approval)
		return receipts;
	if (receipts)
		lagebus__receipts__free_unpacked(receipts, NULL);
	return NULL;
}

static enum cli_exit show_waiting(struct cli *cli, const struct draft *d, const char *id, const Lagebus__Receipts *r)
{
	char text[600], sentence[600];

	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:b,s:s,s:o}", "id", id, "accepted", 1, "approval", approvals_state(r->approval->state),
			"until", out_json_time(r->approval->until)));
	if (!cli->terminal) {
		out_line(cli, "%s\t%s", id, approvals_state(r->approval->state));
		return CLI_OK;
	}
	describe(d, text, sizeof(text));
	approvals_sentence(r->approval, r->now, sentence, sizeof(sentence));
	out_styled(cli, OUT_WARN, "%s: %s", id, sentence);
	out_line(cli, "%s\nthere: lagebus approve %s\nto withdraw it: lagebus recall %s", text, id, id);
	return CLI_OK;
}

static bool needs_second(const struct draft *d)
{
	return d->header.type == LB_TYPE_WARNING && d->header.level >= 4;
}

static enum cli_exit show_sent(struct client *client, const struct draft *d, const struct lb_uuid *uuid, bool accepted)
{
	Lagebus__Receipts *wait = accepted && needs_second(d) ? ask_wait(client, uuid) : NULL;
	struct cli *cli = client->cli;
	char id[LB_UUID_TEXT], pseudonym[LB_PSEUDONYM_TEXT], text[600];

	lb_uuid_format(uuid, id);
	lb_pseudonym_format((struct lb_frame){ d->pseudonym, d->has_pseudonym ? sizeof(d->pseudonym) : 0 }, pseudonym);
	if (wait) {
		enum cli_exit code = show_waiting(cli, d, id, wait);

		lagebus__receipts__free_unpacked(wait, NULL);
		return code;
	}
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:b,s:s*}", "id", id, "accepted", (int)accepted, "case", d->has_pseudonym ? pseudonym : NULL));
	if (!cli->terminal) {
		out_line(cli, "%s\t%s", id, accepted ? "accepted" : "outbox");
		return CLI_OK;
	}
	describe(d, text, sizeof(text));
	if (accepted)
		out_styled(cli, OUT_GOOD, _("accepted by the broker: %s"), id);
	else
		out_styled(cli, OUT_WARN, _("in the agent's outbox, it goes out as soon as a broker is reached: %s"), id);
	if (d->has_pseudonym)
		out_line(cli, "case %s", pseudonym);
	out_line(cli, _("%s\nwho has it: lagebus receipts %s"), text, id);
	return CLI_OK;
}

static enum cli_exit send(struct client *client, const struct draft *d, ProtobufCBinaryData header, ProtobufCBinaryData payload)
{
	struct lb_uuid id;
	bool accepted;
	enum cli_exit code = client_send(client, header, payload, !d->no_wait, "waiting for the broker to accept it", &id, &accepted);

	return code ? code : show_sent(client, d, &id, accepted);
}

static json_t *route_json(const Lagebus__Route *route)
{
	json_t *doc = json_object(), *recipients = json_array(), *others = json_array();

	for (size_t i = 0; i < route->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = route->partners[i];

		if (*p->rule)
			json_array_append_new(others, json_pack("{s:o,s:o,s:s}", "partner", out_json_string(p->partner), "rule", out_json_string(p->rule), "text",
				lb_err_from_token(p->rule) == LB_ERR_COUNT ? "" : _(lb_err_text(lb_err_from_token(p->rule)))));
		else
			json_array_append_new(recipients, out_json_string(p->partner));
	}
	json_object_set_new(doc, "refused", *route->refused ? out_json_string(route->refused) : json_null());
	json_object_set_new(doc, "refused_text", *route->refused ? out_json_string(route->refused_text) : json_null());
	json_object_set_new(doc, "needs_approval", json_boolean(route->waits));
	json_object_set_new(doc, "recipients", recipients);
	json_object_set_new(doc, "others", others);
	return doc;
}

static enum cli_exit route_table(struct cli *cli, const Lagebus__Route *route)
{
	static const char *const heads[] = { N_("partner"), N_("gets it"), N_("rule"), N_("which says"), NULL };
	struct table *t = table_new(heads, 3, 0);
	unsigned yes = 0;
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < route->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = route->partners[i];
		lb_err rule = lb_err_from_token(p->rule);

		table_cell(t, OUT_PLAIN, "%s", p->partner);
		table_cell(t, *p->rule ? OUT_DIM : OUT_GOOD, "%s", out_word(cli, *p->rule ? N_("no") : N_("yes")));
		table_cell(t, OUT_PLAIN, "%s", p->rule);
		table_cell(t, OUT_DIM, "%s", *p->rule && rule != LB_ERR_COUNT ? _(lb_err_text(rule)) : "");
		yes += !*p->rule;
	}
	code = table_print(t, cli);
	table_free(t);
	if (!code && cli->terminal)
		out_line(cli, "%u of %zu would get it%s. Nothing was sent.", yes, route->n_partners,
			route->waits ? _(", when a second person has approved it") : "");
	return code;
}

static enum cli_exit show_route(struct cli *cli, const Lagebus__Route *route, unsigned type)
{
	lb_err e = lb_err_from_token(route->refused);
	const char *advice = advice_to_sender(e, type), *said = *route->refused_text ? route->refused_text : lb_err_text(e);
	char text[REASON_MAX];
	enum cli_exit code;

	words_parts(said, text, sizeof(text));
	if (*route->refused && !cli->json)
		return cli_fail(cli, CLI_REFUSED, "the broker would refuse it: %s (%s)%s%s", text, route->refused,
			*advice ? ": " : "", advice);
	code = cli->json ? out_json(cli, route_json(route)) : route_table(cli, route);
	return code || !*route->refused ? code : CLI_REFUSED;
}

static enum cli_exit dry_run(struct client *client, ProtobufCBinaryData header, ProtobufCBinaryData payload, unsigned type)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__RouteRequest body = LAGEBUS__ROUTE_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	Lagebus__Route *route = NULL;
	enum cli_exit code;

	body.header = header;
	body.payload = payload;
	request.body_case = LAGEBUS__REQUEST__BODY_ROUTE;
	request.route = &body;
	code = client_ask(client, &request, "asking the broker who would get it", &reply);
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_ROUTE)
		route = lagebus__route__unpack(NULL, reply->route->route.len, reply->route->route.data);
	code = route ? show_route(client->cli, route, type) : cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	if (route)
		lagebus__route__free_unpacked(route, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit draft_publish(struct client *client, const struct draft *d, const uint8_t *payload, size_t payload_n, const char *waiting,
	struct lb_uuid *id, bool *accepted)
{
	ProtobufCBinaryData body = { payload_n, (uint8_t *)payload }, header = pack_header(&d->header);
	enum cli_exit code = header.data ? CLI_OK : cli_fail(client->cli, CLI_IO, "out of memory");

	if (!code)
		code = client_send(client, header, body, !d->no_wait, waiting, id, accepted);
	free(header.data);
	return code;
}

/* What did not verify has no label. */
static unsigned label_of(const Lagebus__StoredMessage *stored)
{
	struct lb_header h;

	if (*stored->quarantine || lb_header_decode(stored->header.data, stored->header.len, &h) != LB_OK)
		return LB_TLP_CLEAR;
	return lb_tlp_effective(h.tlp);
}

/* What is not in the inbox (one of our own, or gone) the broker judges. */
static enum cli_exit follow_label(struct client *client, struct draft *d, ProtobufCBinaryData id, const char *which)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ShowRequest body = LAGEBUS__SHOW_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;
	unsigned tlp;

	if (d->has_tlp || id.len == 0)
		return CLI_OK;
	body.id = id;
	request.body_case = LAGEBUS__REQUEST__BODY_SHOW;
	request.show = &body;
	code = client_hear(client, &request, _("reading the message that it refers to"), &reply);
	if (code)
		return code;
	if (lb_err_from_token(reply->error) != LB_NOT_FOUND)
		code = client_refused(client, reply);
	tlp = reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE ? label_of(reply->message) : LB_TLP_CLEAR;
	if (!code && lb_tlp_strictest(tlp, d->header.tlp) != lb_tlp_effective(d->header.tlp)) {
		d->header.tlp = tlp;
		cli_note(client->cli, "it is %s, like the message that it %s; --tlp chooses a stricter one", lb_tlp_name(tlp), _(which));
	}
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit draft_exercise(struct client *client, const struct draft *d, const char **name)
{
	const Lagebus__StatusReply *s = client_status(client);
	char names[600] = "";
	size_t at = 0;

	*name = d->header.exercise_name;
	if (!d->header.exercise || **name)
		return CLI_OK;
	if (s->n_exercises == 1) {
		*name = s->exercises[0];
		return CLI_OK;
	}
	for (size_t i = 0; i < s->n_exercises && at < sizeof(names); i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s'%s'", i ? ", " : "", s->exercises[i]);
	if (s->n_exercises)
		return cli_fail(client->cli, CLI_USAGE, "which exercise? --exercise-name with one of %s", names);
	return cli_fail(client->cli, CLI_USAGE, "no exercise runs that this agent knows of; --exercise-name names one");
}

/* A case's header has none: whoever reports it has put it into the report. */
static enum cli_exit name_exercise(struct client *client, struct draft *d)
{
	const char *name = "";
	enum cli_exit code = d->header.type == LB_TYPE_DIGITAL_VIOLENCE_CASE ? CLI_OK : draft_exercise(client, d, &name);

	d->header.exercise_name = (char *)name;
	return code;
}

static enum cli_exit pack_and_send(struct client *client, const struct draft *d, ProtobufCBinaryData payload)
{
	ProtobufCBinaryData header = pack_header(&d->header);
	enum cli_exit code;

	if (!header.data)
		return cli_fail(client->cli, CLI_IO, "out of memory");
	if (header.len > LB_HEADER_MAX)
		code = cli_fail(client->cli, CLI_REFUSED, "the header is too large: %zu bytes, %d are allowed; --to names too many, use a group", header.len,
			LB_HEADER_MAX);
	else
		code = d->dry_run ? dry_run(client, header, payload, d->header.type) : send(client, d, header, payload);
	free(header.data);
	return code;
}

/* What is TLP:RED leaves this process only encrypted, but for asking who would get it. */
static enum cli_exit seal_and_send(struct client *client, const struct draft *d, struct lb_frame payload)
{
	const struct lb_header h = { .type = d->header.type, .tlp = d->header.tlp };
	struct lb_buf sealed = LB_BUF_INIT;
	struct sealing s = { .n = 0 };
	enum cli_exit code = CLI_OK;

	if (d->dry_run)
		payload.n = 0; /* the broker judges by the header */
	if (d->dry_run || !lb_sealed_is_due(&h))
		return pack_and_send(client, d, (ProtobufCBinaryData){ payload.n, (uint8_t *)payload.p });
	code = sealing_find(client, d->audience, d->header.n_audience, &s);
	if (!code)
		code = sealing_seal(client->cli, &s, d->has_pseudonym ? d->pseudonym : NULL, payload, &sealed);
	if (!code)
		code = pack_and_send(client, d, (ProtobufCBinaryData){ lb_buf_len(&sealed), lb_buf_data(&sealed) });
	sealing_fini(&s);
	lb_buf_fini(&sealed);
	return code;
}

static lb_err check_payload(unsigned type, struct lb_frame payload, struct why *why)
{
	ProtobufCMessage *m = NULL;
	char text[LB_PAYLOAD_WHY], said[LB_PAYLOAD_WHY];
	const char *marked;
	/* Of a case it is the report, which is sealed only now. */
	const ProtobufCMessageDescriptor *schema = type == LB_TYPE_DIGITAL_VIOLENCE_CASE ? &lagebus__digital_violence_report__descriptor : lb_payload_schema(type);
	lb_err e = lb_payload_open_as(schema, payload, &m, text, sizeof(text));

	if (e) {
		words_parts(text, said, sizeof(said));
		return why_set(why, e, "the payload is not one of a message of type %s: %s", lb_type_name(type), said);
	}
	marked = lb_payload_marked(m);
	if (marked)
		e = advice_why(why, LB_CLASSIFIED, marked);
	protobuf_c_message_free_unpacked(m, NULL);
	return e;
}

enum cli_exit draft_send(struct cli *cli, struct draft *d, const uint8_t *payload, size_t payload_n)
{
	struct client client;
	enum cli_exit code;
	struct why why;
	lb_err e;

	if (payload_n > LB_PAYLOAD_MAX)
		return cli_fail(cli, CLI_REFUSED, "the message is too large: %zu bytes of payload, %d are allowed; send a link instead",
			payload_n, LB_PAYLOAD_MAX);
	e = check_payload(d->header.type, (struct lb_frame){ payload, payload_n }, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	code = client_open(cli, &client);
	if (!code)
		code = name_exercise(&client, d);
	if (!code)
		code = follow_label(&client, d, d->header.thread, N_("belongs to"));
	if (!code)
		code = follow_label(&client, d, d->header.supersedes, N_("replaces"));
	if (!code)
		code = seal_and_send(&client, d, (struct lb_frame){ payload, payload_n });
	client_close(&client);
	return code;
}
