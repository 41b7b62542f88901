/* Whether a message is signed by the agent that publishes it: what depends on who signed is not left to its recipients. */
#include "broker/signed_by.h"

#include <string.h>

#include "broker/edge/journal.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "lagebus/link.h"

/* The certificate of the session, or an earlier one of the same agent: a message may have been signed before a renewal. */
static lb_err find_certificate(struct worker *w, const struct session *s, const uint8_t hint[LB_SIGNER_SIZE], struct lb_buf *der)
{
	const uint8_t *p;
	size_t n;
	lb_err e;

	if (memcmp(hint, s->signer, LB_SIGNER_SIZE) == 0) {
		lb_link_peer_certificate(s->link, &p, &n);
		return lb_buf_append(der, p, n);
	}
	e = journal_get(w->reader, JOURNAL_SIGNERS, hint, LB_SIGNER_SIZE, der);
	return e == LB_NOT_FOUND ? LB_UNKNOWN_SIGNER : e;
}

static lb_err verify(const struct lb_buf *der, const struct lb_frame frames[3], uint8_t key[LB_DIGEST_SIZE])
{
	struct lb_verifier *v = NULL;
	lb_err e = lb_verifier_new(lb_buf_data(der), lb_buf_len(der), &v);

	if (e != LB_OK)
		return e;
	e = lb_verify(v, frames[0], frames[1], frames[2]);
	if (e == LB_OK)
		e = lb_verifier_key(v, key);
	lb_verifier_free(v);
	return e;
}

lb_err signed_by_session(struct worker *w, const struct session *s, const struct lb_header *h, const struct lb_frame frames[3], uint8_t key[LB_DIGEST_SIZE])
{
	struct lb_buf der = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	char agent[LB_SPIFFE_ID_MAX + 1];
	struct lb_signatory by;
	lb_err e = lb_signature_hint(frames[2], hint);

	if (e == LB_OK)
		e = find_certificate(w, s, hint, &der);
	if (e == LB_OK)
		e = lb_tls_check_signer(w->tls, lb_buf_data(&der), lb_buf_len(&der), &by);
	if (e == LB_OK) {
		lb_identity_format(&by.identity, agent);
		e = strcmp(agent, s->agent) == 0 ? verify(&der, frames, key) : LB_WRONG_ORIGIN;
	}
	if (e == LB_OK && (h->created_ms < by.from_ms || h->created_ms > by.until_ms))
		e = LB_TLS_EXPIRED;
	lb_buf_fini(&der);
	return e;
}
