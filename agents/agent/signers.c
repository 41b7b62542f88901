/* The certificates that messages were signed with. */
#include "agents/agent/signers.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/mandate.h"

struct signer {
	uint8_t hint[LB_SIGNER_SIZE];
	lb_err trust; /* LB_OK; LB_AGAIN: it is waited for; or why the certificate is not good */
	int64_t ask_ms; /* not before: if it is waited for, or unknown */
	struct lb_verifier *verifier;
	struct lb_signatory by;
	char spiffe_id[LB_SPIFFE_ID_MAX + 1];
	struct lb_buf der; /* the certificate, for its mandates */
};

struct signers {
	struct lb_tls *tls;
	int64_t patient_until_ms;
	unsigned next; /* where the one is looked for that goes when there are too many */
	struct signer *signer[SIGNERS_MAX];
};

struct signers *signers_new(struct lb_tls *tls)
{
	struct signers *s = calloc(1, sizeof *s);

	if (s)
		s->tls = lb_tls_ref(tls);
	return s;
}

static void free_signer(struct signer *g)
{
	if (!g)
		return;
	if (g->verifier)
		lb_verifier_free(g->verifier);
	lb_buf_fini(&g->der);
	free(g);
}

static void forget(struct signers *s)
{
	for (unsigned i = 0; i < SIGNERS_MAX; i++) {
		free_signer(s->signer[i]);
		s->signer[i] = NULL;
	}
	s->next = 0;
}

void signers_free(struct signers *s)
{
	forget(s);
	lb_tls_unref(s->tls);
	free(s);
}

void signers_reload(struct signers *s, struct lb_tls *tls)
{
	forget(s);
	lb_tls_ref(tls);
	lb_tls_unref(s->tls);
	s->tls = tls;
}

static struct signer *find(const struct signers *s, const uint8_t hint[LB_SIGNER_SIZE])
{
	for (unsigned i = 0; i < SIGNERS_MAX && s->signer[i]; i++)
		if (memcmp(s->signer[i]->hint, hint, LB_SIGNER_SIZE) == 0)
			return s->signer[i];
	return NULL;
}

void signers_linked(struct signers *s, int64_t now_ms)
{
	s->patient_until_ms = now_ms + SIGNERS_PATIENCE_MS;
	for (unsigned i = 0; i < SIGNERS_MAX && s->signer[i]; i++)
		if (s->signer[i]->trust == LB_UNKNOWN_SIGNER || s->signer[i]->trust == LB_AGAIN) {
			s->signer[i]->trust = LB_AGAIN;
			s->signer[i]->ask_ms = now_ms;
		}
}

/* A free place, or that of one that is not good, or of whoever's turn it is: a liar's certificates never drive out good ones. */
static struct signer **find_place(struct signers *s)
{
	unsigned at = s->next;

	for (unsigned i = 0; i < SIGNERS_MAX; i++) {
		struct signer **place = &s->signer[(s->next + i) % SIGNERS_MAX];

		if (!*place || (*place)->trust != LB_OK) {
			at = (s->next + i) % SIGNERS_MAX;
			break;
		}
	}
	s->next = (at + 1) % SIGNERS_MAX;
	return &s->signer[at];
}

/* Somebody new, who is waited for. NULL if memory is out. */
static struct signer *add(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE])
{
	struct signer *g = calloc(1, sizeof *g), **place;

	if (!g)
		return NULL;
	memcpy(g->hint, hint, LB_SIGNER_SIZE);
	g->trust = LB_AGAIN;
	g->ask_ms = INT64_MIN;
	place = find_place(s);
	free_signer(*place);
	*place = g;
	return g;
}

bool signers_ask(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], int64_t now_ms)
{
	struct signer *g = find(s, hint);

	if (!g)
		g = add(s, hint);
	if (!g)
		return true;
	if ((g->trust != LB_AGAIN && g->trust != LB_UNKNOWN_SIGNER) || now_ms < g->ask_ms)
		return false;
	g->trust = LB_AGAIN;
	g->ask_ms = now_ms + SIGNERS_ASK_AGAIN_MS;
	return true;
}

static lb_err examine(struct signers *s, struct signer *g, const uint8_t *der, size_t der_n)
{
	uint8_t hint[LB_SIGNER_SIZE];
	lb_err e;

	if (der_n == 0)
		return LB_UNKNOWN_SIGNER;
	lb_signer_hint(der, der_n, hint);
	if (memcmp(hint, g->hint, sizeof hint) != 0)
		return LB_UNKNOWN_SIGNER;
	e = lb_tls_check_signer(s->tls, der, der_n, &g->by);
	lb_buf_fini(&g->der);
	if (e == LB_OK)
		e = lb_buf_append(&g->der, der, der_n);
	if (e == LB_OK)
		e = lb_verifier_new(der, der_n, &g->verifier);
	if (e == LB_OK)
		lb_identity_format(&g->by.identity, g->spiffe_id);
	return e;
}

void signers_learn(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], const uint8_t *der, size_t der_n, int64_t now_ms)
{
	struct signer *g = find(s, hint);

	if (!g)
		g = add(s, hint);
	if (!g || g->trust == LB_OK)
		return; /* without memory it will be asked for again */
	g->trust = examine(s, g, der, der_n);
	if (g->trust != LB_UNKNOWN_SIGNER)
		return;
	if (now_ms < s->patient_until_ms) {
		g->trust = LB_AGAIN;
		g->ask_ms = now_ms + SIGNERS_ASK_AGAIN_MS;
	} else {
		g->ask_ms = now_ms + SIGNERS_UNKNOWN_MS;
	}
}

/* The certificate's own partner, or one that it has a mandate for. */
static bool speaks_for(const struct signer *g, struct lb_text origin)
{
	return lb_text_equals(origin, g->by.identity.partner) || lb_mandate_names(lb_buf_data(&g->der), lb_buf_len(&g->der), origin.p, origin.n);
}

lb_err signers_verify(struct signers *s, const struct lb_header *h, struct lb_frame header, struct lb_frame payload, struct lb_frame signature,
                      uint8_t hint[LB_SIGNER_SIZE], const char **signer)
{
	struct signer *g;
	lb_err e = lb_signature_hint(signature, hint);

	if (e != LB_OK)
		return e;
	g = find(s, hint);
	if (!g)
		return LB_AGAIN;
	if (g->trust != LB_OK)
		return g->trust;
	if (!speaks_for(g, h->origin))
		return LB_WRONG_ORIGIN;
	e = lb_verify(g->verifier, header, payload, signature);
	if (e == LB_OK && (h->created_ms < g->by.from_ms || h->created_ms > g->by.until_ms))
		e = LB_TLS_EXPIRED;
	if (e == LB_OK)
		*signer = g->spiffe_id;
	return e;
}

lb_err signers_key(const struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], uint8_t out[LB_DIGEST_SIZE])
{
	const struct signer *g = find(s, hint);

	return g && g->trust == LB_OK ? lb_verifier_key(g->verifier, out) : LB_UNKNOWN_SIGNER;
}
