/* To whose certificates one encrypts for a partner. */
#include "agents/agent/directory.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "lagebus/envelope.h"
#include "lagebus/mandate.h"
#include "proto/host/log.h"

lb_err directory_check(struct lb_tls *tls, struct lb_frame certificate, const char *partner, int64_t now_ms, struct lb_identity *who)
{
	struct lb_signatory by;
	lb_err e = lb_tls_check_signer(tls, certificate.p, certificate.n, &by);

	if (e == LB_OK && (now_ms < by.from_ms || now_ms > by.until_ms))
		e = LB_TLS_EXPIRED;
	if (e == LB_OK && strcmp(by.identity.partner, partner) != 0 && !lb_mandate_names(certificate.p, certificate.n, partner, strlen(partner)))
		e = LB_WRONG_ORIGIN;
	if (e == LB_OK)
		e = lb_envelope_check_recipient(certificate);
	if (e == LB_OK)
		*who = by.identity;
	return e;
}

void directory_ask(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__DirectoryRequest *r)
{
	Lagebus__DirectoryQuery query = LAGEBUS__DIRECTORY_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct waiting *w;

	if (!lb_partner_is_valid(r->partner, strlen(r->partner))) {
		answer_refusal(a, peer, number, LB_BAD_AUDIENCE);
		return;
	}
	query.partner = r->partner;
	control.body_case = LAGEBUS__CONTROL__BODY_DIRECTORY_QUERY;
	control.directory_query = &query;
	w = waiting_ask(a, peer, number, WAITING_DIRECTORY, &control, &query.request);
	if (w)
		snprintf(w->partner, sizeof w->partner, "%s", r->partner);
}

/* What the broker gave, as far as it holds. */
struct recipients {
	size_t n;
	ProtobufCBinaryData certificate[LB_ENVELOPE_RECIPIENTS_MAX];
	char name[LB_ENVELOPE_RECIPIENTS_MAX][LB_SPIFFE_ID_MAX + 1];
	char *names[LB_ENVELOPE_RECIPIENTS_MAX];
	lb_err refused; /* why the last was that does not hold */
};

static void examine(struct agent *a, const char *partner, const Lagebus__Directory *d, struct recipients *out)
{
	for (size_t i = 0; i < d->n_certificates && out->n < LB_ENVELOPE_RECIPIENTS_MAX; i++) {
		struct lb_identity who;
		lb_err e = directory_check(a->tls, (struct lb_frame){ d->certificates[i].data, d->certificates[i].len }, partner, agent_clock_ms(), &who);

		if (e != LB_OK) {
			out->refused = e;
			log_event(LOG_WARN, "recipient_refused", "partner=%s reason=%s detail=%s", partner, lb_err_token(e),
			          "the broker's directory has a certificate that one may not encrypt to");
			continue;
		}
		lb_identity_format(&who, out->name[out->n]);
		out->names[out->n] = out->name[out->n];
		out->certificate[out->n++] = d->certificates[i];
	}
}

/* Nobody is left: what somebody can do about it. */
static void refuse(struct agent *a, const struct waiting *w, lb_err refused)
{
	char text[400];

	if (refused == LB_OK)
		snprintf(text, sizeof text, "%s: the broker knows no agent of it, one must have been connected once", w->partner);
	else
		snprintf(text, sizeof text, "%s: none of the certificates that the broker has for it can be encrypted to; of the last: %s (%s)", w->partner,
		         lb_err_text(refused), lb_err_token(refused));
	answer_error(a, &w->peer, w->number, lb_err_token(LB_NO_RECIPIENT), text);
}

void directory_answered(struct agent *a, const Lagebus__Directory *d)
{
	struct waiting *w = waiting_question(a, WAITING_DIRECTORY, d->request);
	Lagebus__DirectoryReply directory = LAGEBUS__DIRECTORY_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	struct recipients r = { .refused = LB_OK };

	if (!w)
		return;
	w->kind = WAITING_NOBODY;
	if (d->refused[0]) {
		answer_error(a, &w->peer, w->number, d->refused, lb_err_text(lb_err_from_token(d->refused)));
		return;
	}
	examine(a, w->partner, d, &r);
	if (r.n == 0) {
		refuse(a, w, r.refused);
		return;
	}
	directory.certificates = r.certificate;
	directory.n_certificates = r.n;
	directory.agents = r.names;
	directory.n_agents = r.n;
	reply.number = w->number;
	reply.body_case = LAGEBUS__REPLY__BODY_DIRECTORY;
	reply.directory = &directory;
	answer(a, &w->peer, &reply);
}
