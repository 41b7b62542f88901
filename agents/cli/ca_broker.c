/* A broker's certificate, checked from outside. */
#include "agents/cli/ca_broker.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/ca_x509.h"

struct ca_trust {
	X509_STORE *store;
};

lb_err ca_trust_load(const char *ca, struct ca_trust **out, struct why *why)
{
	struct ca_trust *t = calloc(1, sizeof(*t));
	lb_err e = LB_OK;

	if (!t || !(t->store = X509_STORE_new()))
		e = why_set(why, LB_NO_MEMORY, "out of memory");
	else if (!X509_STORE_load_file(t->store, ca))
		e = why_set(why, LB_NOT_FOUND, "%s cannot be read as CA certificates in PEM; fetch it from the coordinator", ca);
	ERR_clear_error();
	if (e) {
		if (t)
			ca_trust_free(t);
		return e;
	}
	X509_STORE_set_flags(t->store, X509_V_FLAG_NO_CHECK_TIME);
	X509_STORE_set_purpose(t->store, X509_PURPOSE_SSL_SERVER);
	*out = t;
	return LB_OK;
}

void ca_trust_free(struct ca_trust *t)
{
	X509_STORE_free(t->store);
	free(t);
}

static lb_err check_identity(const X509 *x)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;

	return ca_uri_of(x, uri, sizeof(uri)) == LB_OK && lb_identity_parse(uri, strlen(uri), &id) == LB_OK ? LB_OK : LB_BAD_IDENTITY;
}

lb_err ca_broker_check(void *trust, const uint8_t *der, size_t der_n)
{
	struct ca_trust *t = trust;
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)der_n);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	lb_err e = LB_INVALID;

	if (x && ctx && X509_STORE_CTX_init(ctx, t->store, x, NULL))
		e = X509_verify_cert(ctx) == 1 ? check_identity(x) : LB_TLS_UNTRUSTED;
	X509_STORE_CTX_free(ctx);
	X509_free(x);
	ERR_clear_error();
	return e;
}
