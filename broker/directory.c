/* The directory: the certificates of a partner's agents, for whoever encrypts to them. */
#include "broker/directory.h"

#include <string.h>

#include "broker/control.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/envelope.h"
#include "proto/control.pb-c.h"

#define ROWS_MAX 256                    /* agents of a partner that are looked at */
#define BYTES_MAX (LB_CONTROL_MAX / 2) /* of certificates in an answer */

static void note(struct worker *w, const struct session *s, const char *partner)
{
	uint8_t key[AGENT_KEY_MAX];
	size_t n = agent_key(partner, s->agent, key);

	if (journal_get(w->reader, JOURNAL_AGENTS, key, n, &w->record) == LB_OK && lb_buf_len(&w->record) == sizeof s->signer &&
	    memcmp(lb_buf_data(&w->record), s->signer, sizeof s->signer) == 0)
		return;
	/* Behind the certificate itself, which was noted on this way, too. */
	publish_note(w, w->urgent, note_new(JOURNAL_AGENTS, key, n, s->signer, sizeof s->signer));
}

void directory_note(struct worker *w, struct session *s)
{
	const struct federation *f = router_federation(w->router);

	note(w, s, lb_link_peer(s->link)->partner);
	for (uint16_t i = 0; s->mandates && i < federation_count(f); i++)
		if (partner_set_has(s->mandates, i))
			note(w, s, federation_at(f, i)->id);
}

/* What stands in the table for a partner: the hints of those agents that speak for it under the federation in force. */
struct hints {
	const struct federation *f;
	uint16_t partner;
	size_t prefix_n;
	unsigned rows, n;
	uint8_t hint[LB_ENVELOPE_RECIPIENTS_MAX][LB_SIGNER_SIZE];
};

static bool speaks_for(const struct hints *h, const char *agent)
{
	struct lb_identity id;
	struct partner_set mandates;

	if (lb_identity_parse(agent, strlen(agent), &id) != LB_OK)
		return false;
	if (strcmp(id.partner, federation_at(h->f, h->partner)->id) == 0)
		return true;
	return federation_mandates_of(h->f, agent, &mandates) && partner_set_has(&mandates, h->partner);
}

static bool add_hint(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct hints *h = user;
	char agent[LB_SPIFFE_ID_MAX + 1];
	size_t n = key_n - h->prefix_n;

	if (++h->rows > ROWS_MAX || h->n == LB_ENVELOPE_RECIPIENTS_MAX)
		return false;
	if (n >= sizeof agent || value_n != LB_SIGNER_SIZE)
		return true;
	memcpy(agent, (const uint8_t *)key + h->prefix_n, n);
	agent[n] = '\0';
	if (speaks_for(h, agent))
		memcpy(h->hint[h->n++], value, LB_SIGNER_SIZE);
	return true;
}

static bool is_good(struct worker *w, const struct lb_buf *der)
{
	struct lb_signatory by;

	return lb_tls_check_signer(w->tls, lb_buf_data(der), lb_buf_len(der), &by) == LB_OK && by.from_ms <= w->now_ms && w->now_ms <= by.until_ms;
}

/* Certificates one behind the other in `bytes`; sizes[] says how long each is. */
static lb_err collect(struct worker *w, const struct hints *h, struct lb_buf *bytes, size_t sizes[LB_ENVELOPE_RECIPIENTS_MAX], unsigned *count)
{
	lb_err e = LB_OK;

	*count = 0;
	for (unsigned i = 0; e == LB_OK && i < h->n; i++) {
		e = journal_get(w->reader, JOURNAL_SIGNERS, h->hint[i], LB_SIGNER_SIZE, &w->record);
		if (e == LB_NOT_FOUND) {
			e = LB_OK; /* it is on its way to the log */
			continue;
		}
		if (e != LB_OK || lb_buf_len(bytes) + lb_buf_len(&w->record) > BYTES_MAX || !is_good(w, &w->record))
			continue;
		e = lb_buf_append(bytes, lb_buf_data(&w->record), lb_buf_len(&w->record));
		if (e == LB_OK)
			sizes[(*count)++] = lb_buf_len(&w->record);
	}
	return e;
}

static lb_err find(struct worker *w, const char *partner, struct hints *h)
{
	uint8_t prefix[AGENT_KEY_MAX];

	h->f = router_federation(w->router);
	h->partner = federation_find(h->f, partner, strlen(partner));
	if (h->partner == PARTNER_NONE)
		return LB_BAD_AUDIENCE;
	h->prefix_n = agent_key(partner, "", prefix);
	return journal_each(w->reader, JOURNAL_AGENTS, prefix, h->prefix_n, add_hint, h);
}

void directory_answer(struct worker *w, struct session *s, uint64_t request, const char *partner)
{
	Lagebus__Directory answer = LAGEBUS__DIRECTORY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	ProtobufCBinaryData certificates[LB_ENVELOPE_RECIPIENTS_MAX];
	size_t sizes[LB_ENVELOPE_RECIPIENTS_MAX], at = 0;
	struct lb_buf bytes = LB_BUF_INIT;
	struct hints hints = { .n = 0 };
	unsigned n = 0;
	lb_err e = find(w, partner, &hints);

	if (e == LB_OK)
		e = collect(w, &hints, &bytes, sizes, &n);
	answer.request = request;
	answer.partner = (char *)partner;
	if (e != LB_OK)
		answer.refused = (char *)lb_err_token(e);
	for (unsigned i = 0; e == LB_OK && i < n; at += sizes[i++])
		certificates[i] = (ProtobufCBinaryData){ sizes[i], lb_buf_data(&bytes) + at };
	answer.certificates = certificates;
	answer.n_certificates = e == LB_OK ? n : 0;
	control.body_case = LAGEBUS__CONTROL__BODY_DIRECTORY;
	control.directory = &answer;
	control_send(w, s, &control);
	lb_buf_fini(&bytes);
}
