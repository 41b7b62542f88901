/* Whose certificate may sign messages, and of which time. */
#include "proto/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

/* Whether a certificate of the chain was in its time, is for each message to say. X509_V_FLAG_NO_CHECK_TIME would pass a revocation
 * list that is out of date as well, and X509_VERIFY_PARAM_set_time would judge the list by that time. */
static int pass_times(int ok, X509_STORE_CTX *c)
{
	int error = X509_STORE_CTX_get_error(c);

	if (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID)
		return ok;
	X509_STORE_CTX_set_error(c, X509_V_OK);
	return 1;
}

static bool read_window(STACK_OF(X509) *chain, struct lb_signatory *out)
{
	int64_t from, until;

	if (!certificate_times(sk_X509_value(chain, 0), &out->from_ms, &out->until_ms))
		return false;
	for (int i = 1; i < sk_X509_num(chain); i++) {
		if (!certificate_times(sk_X509_value(chain, i), &from, &until))
			return false;
		if (until < out->until_ms)
			out->until_ms = until;
	}
	return true;
}

/* `c` is what we keep of the leaf; NULL: it has no identity. */
static lb_err check(struct lb_tls *tls, const struct certificate *c, X509 *leaf, struct lb_signatory *out)
{
	/* Whoever signs is an agent: a client, whichever side we are. */
	X509_STORE_CTX *v = tls_begin_verification(tls, leaf, NULL, "ssl_client");
	lb_err e = LB_NO_MEMORY;

	if (v) {
		X509_STORE_CTX_set_verify_cb(v, pass_times);
		e = tls_error(tls_verify_chain(v));
	}
	if (e == LB_OK && !tls_is_ours(tls, c))
		e = LB_BAD_IDENTITY;
	if (e == LB_OK && !read_window(X509_STORE_CTX_get0_chain(v), out))
		e = LB_TLS_UNTRUSTED;
	if (e == LB_OK)
		out->identity = c->identity;
	X509_STORE_CTX_free(v);
	return e;
}

lb_err lb_tls_check_signer(struct lb_tls *tls, const uint8_t *der, size_t der_n, struct lb_signatory *out)
{
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)der_n);
	struct certificate *c = NULL;
	struct lb_signatory found;
	lb_err e = LB_TLS_UNTRUSTED;

	if (x && p == der + der_n)
		e = certificate_new(x, &c) == LB_NO_MEMORY ? LB_NO_MEMORY : check(tls, c, x, &found);
	if (e == LB_OK)
		*out = found;
	certificate_unref(c);
	X509_free(x);
	ERR_clear_error();
	return e;
}
