/* A message of an incident on its way out. */
#include "agents/cli/incident_send.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/when.h"
#include "lagebus/identity.h"
#include "lagebus/message_type.h"

static void add(struct incident_mail *m, const char *partner)
{
	size_t n = m->draft.header.n_audience;

	for (size_t i = 0; i < n; i++)
		if (strcmp(m->to[i], partner) == 0)
			return;
	if (n == LB_AUDIENCE_MAX)
		return;
	snprintf(m->to[n], sizeof(m->to[n]), "%.63s", partner);
	m->draft.audience[n] = m->to[n];
	m->draft.header.n_audience++;
}

static enum cli_exit read_to(struct cli *cli, struct incident_mail *m)
{
	const char *value;
	unsigned at = 0;

	while ((value = args_next(&cli->args, "to", &at))) {
		while (*value) {
			size_t n = strcspn(value, ", ");
			char one[64];

			if (n >= sizeof(one) || (n > 0 && !lb_partner_is_valid(value, n)))
				return cli_fail(cli, CLI_USAGE, "--to %.80s: partner ids are expected, as de-he,de-st", value);
			snprintf(one, sizeof(one), "%.*s", (int)n, value);
			if (n > 0)
				add(m, one);
			value += n;
			value += strspn(value, ", ");
		}
	}
	return CLI_OK;
}

static enum cli_exit read_label(struct cli *cli, const struct incident_view *v, struct incident_mail *m)
{
	const char *tlp = args_value(&cli->args, "tlp", NULL);
	Lagebus__Header *h = &m->draft.header;

	h->tlp = v->one ? v->one->tlp : lb_message_type(h->type)->tlp;
	if (tlp && (h->tlp = lb_tlp_from_name(tlp)) == LB_TLP_UNSET)
		return cli_fail(cli, CLI_USAGE, "--tlp %.40s: clear, green, amber, amber+strict or red is expected", tlp);
	/* What is TLP:RED is encrypted to its recipients: no agent reads it, and an incident is what agents read. */
	if (h->tlp == LB_TLP_RED)
		return cli_fail(cli, CLI_REFUSED, "what belongs to an incident is at most TLP:AMBER+STRICT; send what is TLP:RED with lagebus send --tlp red");
	m->draft.has_tlp = true;
	return CLI_OK;
}

enum cli_exit incident_mail_begin(struct cli *cli, const struct incident_view *v, unsigned type, struct incident_mail *m)
{
	const char *as = args_value(&cli->args, "as", "");
	Lagebus__Header *h = &m->draft.header;
	enum cli_exit code;

	memset(m, 0, sizeof(*m));
	lagebus__header__init(h);
	if (*as && !lb_partner_is_valid(as, strlen(as)))
		return cli_fail(cli, CLI_USAGE, "--as %.80s: is no partner id; write de-sn/leipzig, for example", as);
	h->type = type;
	h->schema_version = 1;
	h->origin = (char *)as;
	h->area = v->one ? v->one->area : LB_AREA_INCIDENT_RESPONSE;
	h->language = (char *)"de";
	h->audience = m->draft.audience;
	h->ack_policy = lb_message_type(type)->ack_policy;
	h->ack_deadline = when_now_ms() + lb_message_type(type)->ack_ms;
	m->draft.dry_run = args_has(&cli->args, "dry-run");
	m->draft.no_wait = args_has(&cli->args, "no-wait");
	if (v->one) {
		memcpy(m->draft.thread, v->one->id.data, sizeof(m->draft.thread));
		h->thread = (ProtobufCBinaryData){ sizeof(m->draft.thread), m->draft.thread };
		h->exercise = v->one->exercise;
		h->exercise_name = v->one->exercise_name;
	}
	code = read_label(cli, v, m);
	return code ? code : read_to(cli, m);
}

void incident_mail_to(struct incident_mail *m, struct cli *cli, const struct incident_view *v, const char *partner)
{
	if (*partner && strcmp(partner, v->partner) != 0 && !args_has(&cli->args, "to"))
		add(m, partner);
}

static bool is_below(const char *partner, const char *above)
{
	size_t n = strlen(above);

	return strncmp(partner, above, n) == 0 && partner[n] == '/';
}

static void consider(struct incident_mail *m, struct cli *cli, const struct incident_view *v, const char *partner)
{
	bool federal = !*v->up;

	if (is_below(partner, v->partner) || (federal && !strchr(partner, '/')))
		incident_mail_to(m, cli, v, partner);
}

/* What a body reported, and its Land has not confirmed, is not for those above yet. */
static bool goes_up(const struct incident_view *v)
{
	const Lagebus__Incident *i = v->one;

	if (strchr(v->partner, '/') || !i || v->incidents->forwards || !is_below(i->reporter, v->partner))
		return true;
	for (size_t k = 0; k < i->n_parties; k++)
		if (strcmp(i->parties[k]->confirmed_by, v->partner) == 0)
			return true;
	return false;
}

void incident_mail_to_concerned(struct incident_mail *m, struct cli *cli, const struct incident_view *v)
{
	const Lagebus__Incident *i = v->one;

	if (goes_up(v))
		incident_mail_to(m, cli, v, v->up);
	if (!i)
		return;
	consider(m, cli, v, i->reporter);
	consider(m, cli, v, i->lead);
	for (size_t k = 0; k < i->n_parties; k++)
		consider(m, cli, v, i->parties[k]->partner);
}

enum cli_exit incident_mail_send(struct cli *cli, struct incident_mail *m, const ProtobufCMessage *payload)
{
	size_t n = protobuf_c_message_get_packed_size(payload);
	uint8_t *packed;
	enum cli_exit code;

	if (m->draft.header.n_audience == 0)
		return cli_fail(cli, CLI_USAGE, "to whom? --to with partner ids, as de-he,de-st");
	packed = malloc(n + 1);
	if (!packed)
		return cli_fail(cli, CLI_IO, "out of memory");
	n = protobuf_c_message_pack(payload, packed);
	code = draft_send(cli, &m->draft, packed, n);
	free(packed);
	return code;
}
