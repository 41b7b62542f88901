/* The audit's chain. */
#include "lagebus/audit.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/audit.pb-c.h"
#include "proto/texts.h"

struct lb_hasher {
	EVP_MD *sha256;
	EVP_MD_CTX *context;
};

struct lb_audit_check {
	lb_audit_trust *trust;
	void *user;
	struct lb_hasher *hasher;
	struct lb_verifier *broker; /* NULL: no certificate yet */
	uint8_t hash[LB_AUDIT_HASH];
	struct lb_audit_result result;
	bool broken;
};

struct lb_hasher *lb_hasher_new(void)
{
	struct lb_hasher *h = calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
	h->context = EVP_MD_CTX_new();
	/* Once with the algorithm: from then on a sum begins without looking for it. */
	if (h->sha256 && h->context && EVP_DigestInit_ex2(h->context, h->sha256, NULL) == 1)
		return h;
	lb_hasher_free(h);
	return NULL;
}

void lb_hasher_free(struct lb_hasher *h)
{
	EVP_MD_CTX_free(h->context);
	EVP_MD_free(h->sha256);
	free(h);
}

lb_err lb_hasher_sum(struct lb_hasher *h, const void *p, size_t n, uint8_t out[LB_AUDIT_HASH])
{
	unsigned size = LB_AUDIT_HASH;

	return EVP_DigestInit_ex2(h->context, NULL, NULL) == 1 && EVP_DigestUpdate(h->context, p, n) == 1 &&
	       EVP_DigestFinal_ex(h->context, out, &size) == 1 ? LB_OK : LB_NO_MEMORY;
}

void lb_audit_point(const struct lb_uuid *log, uint64_t number, const uint8_t hash[LB_AUDIT_HASH], uint8_t out[LB_AUDIT_POINT])
{
	memcpy(out, log->b, sizeof log->b);
	for (unsigned i = 0; i < 8; i++)
		out[16 + i] = (uint8_t)(number >> (56 - 8 * i));
	memcpy(out + 24, hash, LB_AUDIT_HASH);
}

lb_err lb_audit_check_new(lb_audit_trust *trust, void *user, struct lb_audit_check **out)
{
	struct lb_audit_check *c = calloc(1, sizeof *c);

	if (!c || !(c->hasher = lb_hasher_new())) {
		free(c);
		return LB_NO_MEMORY;
	}
	c->trust = trust;
	c->user = user;
	*out = c;
	return LB_OK;
}

void lb_audit_check_free(struct lb_audit_check *c)
{
	if (c->broker)
		lb_verifier_free(c->broker);
	lb_hasher_free(c->hasher);
	free(c);
}

static lb_err broken(struct lb_audit_check *c, uint64_t number, const char *what, char *why, size_t why_n)
{
	c->broken = true;
	snprintf(why, why_n, "row %llu: %s", (unsigned long long)number, what);
	return LB_CHAIN_BROKEN;
}

static lb_err take_certificate(struct lb_audit_check *c, const Lagebus__AuditRow *row, const Lagebus__AuditBroker *b, char *why, size_t why_n)
{
	struct lb_verifier *broker;
	lb_err e;
	char text[160];

	if (b->certificate.len == 0)
		return LB_OK;
	e = c->trust(c->user, b->certificate.data, b->certificate.len);
	if (e == LB_OK)
		e = lb_verifier_new(b->certificate.data, b->certificate.len, &broker);
	if (e == LB_NO_MEMORY)
		return e;
	if (e != LB_OK) {
		snprintf(text, sizeof text, "its certificate is not a broker's of this federation: %s", lb_err_text(e));
		return broken(c, row->number, text, why, why_n);
	}
	if (c->broker)
		lb_verifier_free(c->broker);
	c->broker = broker;
	return LB_OK;
}

static lb_err take_checkpoint(struct lb_audit_check *c, const Lagebus__AuditRow *row, const Lagebus__AuditCheckpoint *p, char *why, size_t why_n)
{
	uint8_t point[LB_AUDIT_POINT];
	struct lb_uuid log;

	if (p->log.len != sizeof log.b)
		return broken(c, row->number, "its checkpoint names no log", why, why_n);
	memcpy(log.b, p->log.data, sizeof log.b);
	lb_audit_point(&log, row->number - 1, row->previous.data, point);
	/* A file that begins later may have its certificate before it: what cannot be checked is not counted. */
	if (!c->broker)
		return LB_OK;
	if (lb_verify(c->broker, (struct lb_frame){ (const uint8_t *)LB_AUDIT_SIGNED, strlen(LB_AUDIT_SIGNED) }, (struct lb_frame){ point, sizeof point },
	              (struct lb_frame){ p->signature.data, p->signature.len }) != LB_OK)
		return broken(c, row->number, "its checkpoint is not signed by the broker", why, why_n);
	c->result.checkpoints++;
	c->result.signed_up_to = row->number - 1;
	return LB_OK;
}

static lb_err check_events(struct lb_audit_check *c, const Lagebus__AuditRow *row, char *why, size_t why_n)
{
	lb_err e = LB_OK;

	for (size_t i = 0; e == LB_OK && i < row->n_events; i++) {
		const Lagebus__AuditEvent *event = row->events[i];

		if (event->body_case == LAGEBUS__AUDIT_EVENT__BODY_BROKER)
			e = take_certificate(c, row, event->broker, why, why_n);
		else if (event->body_case == LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT)
			e = take_checkpoint(c, row, event->checkpoint, why, why_n);
		else if (event->body_case == LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED && event->published->messages.len % LB_AUDIT_ENTRY != 0)
			e = broken(c, row->number, "a message in it is not whole", why, why_n);
	}
	return e;
}

static lb_err check_place(struct lb_audit_check *c, const Lagebus__AuditRow *row, char *why, size_t why_n)
{
	static const uint8_t zeros[LB_AUDIT_HASH];
	char text[120];

	if (row->previous.len != LB_AUDIT_HASH)
		return broken(c, row->number, "it does not say what it follows", why, why_n);
	if (c->result.rows == 0)
		return row->number != 1 || memcmp(row->previous.data, zeros, sizeof zeros) == 0 ? LB_OK : broken(c, row->number, "there is something before the first row", why, why_n);
	if (row->number != c->result.last + 1) {
		snprintf(text, sizeof text, "it stands behind row %llu", (unsigned long long)c->result.last);
		return broken(c, row->number, text, why, why_n);
	}
	if (memcmp(row->previous.data, c->hash, sizeof c->hash) != 0)
		return broken(c, row->number - 1, "it was changed: the next row has another hash of it", why, why_n);
	return LB_OK;
}

lb_err lb_audit_check_row(struct lb_audit_check *c, const uint8_t *row, size_t n, char *why, size_t why_n)
{
	Lagebus__AuditRow *r = n <= LB_AUDIT_ROW_MAX ? lagebus__audit_row__unpack(NULL, n, row) : NULL;
	lb_err e;

	if (c->broken) {
		snprintf(why, why_n, "the chain is broken already");
		e = LB_CHAIN_BROKEN;
	} else if (!r || !texts_are_utf8(&r->base)) {
		e = broken(c, c->result.last + 1, "it cannot be decoded", why, why_n);
	} else {
		e = check_place(c, r, why, why_n);
	}
	if (e == LB_OK)
		e = check_events(c, r, why, why_n);
	if (e == LB_OK)
		e = lb_hasher_sum(c->hasher, row, n, c->hash);
	if (e == LB_OK) {
		if (c->result.rows++ == 0) {
			c->result.first = r->number;
			c->result.first_ms = r->at;
		}
		c->result.last = r->number;
		c->result.last_ms = r->at;
	}
	if (r)
		lagebus__audit_row__free_unpacked(r, NULL);
	return e;
}

struct lb_audit_result lb_audit_check_result(const struct lb_audit_check *c)
{
	return c->result;
}
