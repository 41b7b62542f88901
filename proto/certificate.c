/* What is kept of a peer's certificate, and the SPIFFE ID in it. */
#include "proto/certificate.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/x509v3.h>

lb_err certificate_identity(const X509 *x, struct lb_identity *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const ASN1_IA5STRING *uri = NULL;
	int uris = 0;
	lb_err e = LB_BAD_IDENTITY;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_URI) {
			uri = name->d.uniformResourceIdentifier;
			uris++;
		}
	}
	if (uris == 1)
		e = lb_identity_parse((const char *)ASN1_STRING_get0_data(uri), (size_t)ASN1_STRING_length(uri), out);
	GENERAL_NAMES_free(names);
	return e;
}

static bool read_time(const ASN1_TIME *t, int64_t *out_ms)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	*out_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

bool certificate_times(const X509 *x, int64_t *from_ms, int64_t *until_ms)
{
	if (!read_time(X509_get0_notBefore(x), from_ms) || !read_time(X509_get0_notAfter(x), until_ms))
		return false;
	*until_ms += 999;
	return true;
}

lb_err certificate_new(X509 *x, struct certificate **out)
{
	struct lb_identity identity;
	lb_err e = certificate_identity(x, &identity);
	int n = i2d_X509(x, NULL);
	unsigned digest_n = CERTIFICATE_DIGEST;
	struct certificate *c;
	unsigned char *p;

	if (e != LB_OK)
		return e;
	c = n > 0 ? calloc(1, sizeof *c + (size_t)n) : NULL;
	if (!c)
		return LB_NO_MEMORY;
	atomic_init(&c->refs, 1);
	c->identity = identity;
	c->der_n = (size_t)n;
	p = c->der;
	if (i2d_X509(x, &p) != n || X509_digest(x, EVP_sha256(), c->digest, &digest_n) != 1) {
		free(c);
		return LB_NO_MEMORY;
	}
	*out = c;
	return LB_OK;
}

struct certificate *certificate_ref(struct certificate *c)
{
	atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
	return c;
}

void certificate_unref(struct certificate *c)
{
	if (c && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1)
		free(c);
}

X509 *certificate_decode(const struct certificate *c)
{
	const unsigned char *p = c->der;

	return d2i_X509(NULL, &p, (long)c->der_n);
}
