/* What a body reported, as it signed it. */
#include "agents/cli/incident_reported.h"
#include "proto/host/words.h"

#include <string.h>

static bool is_below(const char *partner, const char *above)
{
	size_t n = strlen(above);

	return strncmp(partner, above, n) == 0 && partner[n] == '/';
}

/* The first of a body below that counts; what was corrected does not. */
static const Lagebus__IncidentEntry *first_of_body(const struct incident_view *v)
{
	for (size_t k = 0; k < v->one->n_entries; k++) {
		const Lagebus__IncidentEntry *e = v->one->entries[k];

		if (e->type == LB_TYPE_INCIDENT_REPORT && !*e->fault && is_below(e->origin, v->partner))
			return e;
	}
	return NULL;
}

static enum cli_exit ask(struct cli *cli, ProtobufCBinaryData id, Lagebus__Reply **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ShowRequest body = LAGEBUS__SHOW_REQUEST__INIT;
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	body.id = id;
	request.body_case = LAGEBUS__REQUEST__BODY_SHOW;
	request.show = &body;
	if (!code)
		code = client_hear(&client, &request, _("reading what was reported"), out);
	if (!code && lb_err_from_token((*out)->error) != LB_NOT_FOUND)
		code = client_refused(&client, *out);
	client_close(&client);
	return code;
}

static bool read_message(struct incident_reported *r)
{
	const Lagebus__StoredMessage *m = r->reply && r->reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE ? r->reply->message : NULL;

	if (!m || *m->quarantine || *m->gone || m->signature.len == 0 || lb_header_decode(m->header.data, m->header.len, &r->header) != LB_OK)
		return false;
	r->report.header = m->header;
	r->report.payload = m->payload;
	r->report.signature = m->signature;
	return true;
}

enum cli_exit incident_reported_find(struct cli *cli, const struct incident_view *v, struct incident_reported *out)
{
	const Lagebus__IncidentEntry *e = first_of_body(v);
	enum cli_exit code;

	*out = (struct incident_reported){ .is_there = false };
	lagebus__original_report__init(&out->report);
	code = e ? ask(cli, e->id, &out->reply) : CLI_OK;
	out->is_there = !code && read_message(out);
	if (!code && !out->is_there)
		cli_note(cli, "the body's own report is not in the inbox any more: the confirmation goes out without it, and nobody can verify who reported");
	return code;
}

void incident_reported_fini(struct incident_reported *r)
{
	if (r->reply)
		lagebus__reply__free_unpacked(r->reply, NULL);
	r->reply = NULL;
}
