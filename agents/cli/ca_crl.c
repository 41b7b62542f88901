/* The authority's revocation list (RFC 5280, section 5). */
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "proto/host/words.h"

#include "agents/cli/ca_x509.h"

static int add_revoked(X509_CRL *crl, const struct ca_index_row *row)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)row->revoked_s);
	BIGNUM *n = NULL;
	ASN1_INTEGER *serial = BN_hex2bn(&n, row->serial) ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	int ok = r && at && serial && X509_REVOKED_set_serialNumber(r, serial) && X509_REVOKED_set_revocationDate(r, at) &&
		X509_CRL_add0_revoked(crl, r);

	if (!ok)
		X509_REVOKED_free(r);
	ASN1_TIME_free(at);
	ASN1_INTEGER_free(serial);
	BN_free(n);
	return ok;
}

static int add_number(X509_CRL *crl, X509_CRL *previous)
{
	ASN1_INTEGER *before = previous ? X509_CRL_get_ext_d2i(previous, NID_crl_number, NULL, NULL) : NULL;
	BIGNUM *n = before ? ASN1_INTEGER_to_BN(before, NULL) : BN_new();
	ASN1_INTEGER *number = n && BN_add_word(n, 1) ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	int ok = number && X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;

	ASN1_INTEGER_free(before);
	ASN1_INTEGER_free(number);
	BN_free(n);
	return ok;
}

static int add_issuer(X509_CRL *crl, X509 *ca)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	int ok;

	X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
	ok = e && X509_CRL_add_ext(crl, e, -1);
	X509_EXTENSION_free(e);
	return ok && X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca));
}

static int set_times(X509_CRL *crl, long days)
{
	ASN1_TIME *now = ASN1_TIME_adj(NULL, time(NULL), 0, -300);
	ASN1_TIME *next = ASN1_TIME_adj(NULL, time(NULL), (int)days, 0);
	int ok = now && next && X509_CRL_set1_lastUpdate(crl, now) && X509_CRL_set1_nextUpdate(crl, next);

	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	return ok;
}

lb_err ca_crl_new(const struct ca_pair *ca, const struct ca_index *index, X509_CRL *previous, long days, X509_CRL **out,
	unsigned *revoked_n, struct why *why)
{
	X509_CRL *crl = X509_CRL_new();
	unsigned n = 0;
	int ok = crl && X509_CRL_set_version(crl, X509_CRL_VERSION_2) && add_issuer(crl, ca->certificate) &&
		set_times(crl, days) && add_number(crl, previous);

	for (size_t i = 0; ok && i < index->n; i++) {
		if (!index->rows[i].revoked_s)
			continue;
		ok = add_revoked(crl, &index->rows[i]);
		n++;
	}
	if (ok && X509_CRL_sort(crl) && X509_CRL_sign(crl, ca->key, ca_digest(ca->key))) {
		*out = crl;
		*revoked_n = n;
		return LB_OK;
	}
	X509_CRL_free(crl);
	return ca_openssl_failed(why, LB_NO_MEMORY, _("cannot make the revocation list"));
}
