/* The certificates that messages were signed with. */
#include "agents/agent/signers.h"

#include <stdlib.h>
#include <string.h>

struct signer {
	uint8_t hint[LB_SIGNER_SIZE];
	lb_err trust; /* LB_OK, or why the certificate is not good */
	struct lb_verifier *verifier;
	struct lb_signatory by;
	char spiffe_id[LB_SPIFFE_ID_MAX + 1];
};

struct signers {
	struct lb_tls *tls;
	unsigned next; /* the one that goes when there are too many */
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
	if (g && g->verifier)
		lb_verifier_free(g->verifier);
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

bool signers_knows(const struct signers *s, const uint8_t hint[LB_SIGNER_SIZE])
{
	return find(s, hint);
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
	if (e == LB_OK)
		e = lb_verifier_new(der, der_n, &g->verifier);
	if (e == LB_OK)
		lb_identity_format(&g->by.identity, g->spiffe_id);
	return e;
}

void signers_learn(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], const uint8_t *der, size_t der_n)
{
	struct signer *g = find(s, hint), **slot;

	if (g && g->trust == LB_OK)
		return;
	if (!g) {
		g = calloc(1, sizeof *g);
		if (!g)
			return; /* it will be asked for again */
		memcpy(g->hint, hint, LB_SIGNER_SIZE);
		slot = &s->signer[s->next++ % SIGNERS_MAX];
		free_signer(*slot);
		*slot = g;
	}
	g->trust = examine(s, g, der, der_n);
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
	if (!lb_text_equals(h->origin, g->by.identity.partner))
		return LB_WRONG_ORIGIN;
	e = lb_verify(g->verifier, header, payload, signature);
	if (e == LB_OK && (h->created_ms < g->by.from_ms || h->created_ms > g->by.until_ms))
		e = LB_TLS_EXPIRED;
	if (e == LB_OK)
		*signer = g->spiffe_id;
	return e;
}
