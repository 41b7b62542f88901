/* Keys and certificates of the authority (RFC 5280; SPIFFE X.509-SVID for the URI SAN). */
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agents/cli/ca_x509.h"
#include "lagebus/mandate.h"
#include "proto/host/words.h"

#define SKEW_S 300 /* a new certificate is valid at once, also where the clock is a little behind */
#define DAY_S 86400

static const struct {
	const char *name, *group;
} curves[] = {
	{ "p256", "P-256" },
	{ "p384", "P-384" },
	{ "p521", "P-521" },
};

lb_err ca_key_new(const char *curve, EVP_PKEY **out, struct why *why)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (strcmp(curves[i].name, curve) != 0)
			continue;
		*out = EVP_EC_gen(curves[i].group);
		return *out ? LB_OK : ca_openssl_failed(why, LB_NO_MEMORY, _("cannot make a key"));
	}
	return why_usage(why, "--curve %.32s: p256, p384 or p521 is expected", curve);
}

const EVP_MD *ca_digest(const EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	return bits > 384 && bits < 1024 ? EVP_sha512() : bits > 256 && bits < 1024 ? EVP_sha384() : EVP_sha256();
}

int ca_random_serial(ASN1_INTEGER *serial)
{
	BIGNUM *n = BN_new();
	int ok = n && BN_rand(n, 128, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) && BN_to_ASN1_INTEGER(n, serial);

	BN_free(n);
	return ok;
}

static int add_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	int ok = e && X509_add_ext(x, e, -1);

	X509_EXTENSION_free(e);
	return ok;
}

static int add_name(X509_NAME *name, const char *field, const char *text)
{
	return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0);
}

/* What every certificate has: version 3, a random serial number, its time and its public key. */
static X509 *new_certificate(EVP_PKEY *key, int64_t from_s, long days)
{
	X509 *x = X509_new();

	if (x && X509_set_version(x, X509_VERSION_3) && ca_random_serial(X509_get_serialNumber(x)) &&
	    ASN1_TIME_adj(X509_getm_notBefore(x), (time_t)from_s, 0, 0) &&
	    ASN1_TIME_adj(X509_getm_notAfter(x), (time_t)from_s, (int)days, 0) && X509_set_pubkey(x, key))
		return x;
	X509_free(x);
	return NULL;
}

lb_err ca_root_new(EVP_PKEY *key, const char *trust_domain, long days, X509 **out, struct why *why)
{
	X509 *x = new_certificate(key, (int64_t)time(NULL) - SKEW_S, days);
	char uri[LB_SPIFFE_ID_MAX + 1], name[64];
	X509V3_CTX ctx;

	snprintf(name, sizeof(name), "CA of %.56s", trust_domain);
	snprintf(uri, sizeof(uri), "URI:spiffe://%s", trust_domain);
	if (!x || !add_name(X509_get_subject_name(x), "O", "Lagebus") ||
	    !add_name(X509_get_subject_name(x), "CN", name) || !X509_set_issuer_name(x, X509_get_subject_name(x)))
		goto failed;
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	if (!add_extension(x, &ctx, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
	    !add_extension(x, &ctx, NID_key_usage, "critical,keyCertSign,cRLSign") ||
	    !add_extension(x, &ctx, NID_subject_key_identifier, "hash") ||
	    !add_extension(x, &ctx, NID_authority_key_identifier, "keyid:always") ||
	    !add_extension(x, &ctx, NID_subject_alt_name, uri) || !X509_sign(x, key, ca_digest(key)))
		goto failed;
	*out = x;
	return LB_OK;
failed:
	X509_free(x);
	return ca_openssl_failed(why, LB_INVALID, _("cannot make the CA certificate"));
}

static int add_names(X509 *x, X509V3_CTX *ctx, const struct ca_request *r, const char *spiffe_id)
{
	char text[LB_SPIFFE_ID_MAX + 2 * CA_NAMES_MAX * 264];
	int n = snprintf(text, sizeof(text), "URI:%s", spiffe_id);

	for (unsigned i = 0; i < r->dns_n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ",DNS:%.255s", r->dns[i]);
	for (unsigned i = 0; i < r->ip_n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ",IP:%.255s", r->ip[i]);
	return add_extension(x, ctx, NID_subject_alt_name, text);
}

static ASN1_SEQUENCE_ANY *list_mandates(const struct ca_request *r)
{
	ASN1_SEQUENCE_ANY *list = sk_ASN1_TYPE_new_null();

	for (unsigned i = 0; list && i < r->acts_for_n; i++) {
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();
		ASN1_TYPE *entry = ASN1_TYPE_new();

		if (!text || !entry || !ASN1_STRING_set(text, r->acts_for[i], -1) || !sk_ASN1_TYPE_push(list, entry)) {
			ASN1_IA5STRING_free(text);
			ASN1_TYPE_free(entry);
			sk_ASN1_TYPE_pop_free(list, ASN1_TYPE_free);
			return NULL;
		}
		ASN1_TYPE_set(entry, V_ASN1_IA5STRING, text);
	}
	return list;
}

static int add_mandates(X509 *x, const struct ca_request *r)
{
	ASN1_SEQUENCE_ANY *list = list_mandates(r);
	ASN1_OBJECT *oid = OBJ_txt2obj(LB_MANDATE_OID, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = NULL;
	unsigned char *der = NULL;
	int n = list ? i2d_ASN1_SEQUENCE_ANY(list, &der) : -1, ok;

	if (oid && value && n > 0 && ASN1_OCTET_STRING_set(value, der, n))
		e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	ok = e && X509_add_ext(x, e, -1);
	sk_ASN1_TYPE_pop_free(list, ASN1_TYPE_free);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(value);
	X509_EXTENSION_free(e);
	OPENSSL_free(der);
	return ok;
}

static int extend_leaf(X509 *x, const struct ca_pair *ca, const struct ca_request *r, const char *spiffe_id)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, ca->certificate, x, NULL, NULL, 0);
	return add_extension(x, &ctx, NID_basic_constraints, "critical,CA:FALSE") &&
		add_extension(x, &ctx, NID_key_usage, r->broker ? "critical,digitalSignature" : "critical,digitalSignature,keyAgreement") &&
		add_extension(x, &ctx, NID_ext_key_usage, r->broker ? "serverAuth,clientAuth" : "clientAuth") &&
		add_extension(x, &ctx, NID_subject_key_identifier, "hash") &&
		add_extension(x, &ctx, NID_authority_key_identifier, "keyid:always") && add_names(x, &ctx, r, spiffe_id) &&
		(r->acts_for_n == 0 || add_mandates(x, r));
}

lb_err ca_leaf_new(const struct ca_pair *ca, EVP_PKEY *key, const struct ca_request *r, const char *spiffe_id, X509 **out,
	struct why *why)
{
	int64_t from_s = r->from_s ? r->from_s : (int64_t)time(NULL) - SKEW_S;
	int64_t end_s = ca_time_s(X509_get0_notAfter(ca->certificate));
	X509 *x;

	if (from_s >= end_s)
		return why_set(why, LB_INVALID, "the CA's own certificate ends before this one would begin; make a new CA");
	if (from_s + r->days * DAY_S > end_s)
		return why_set(why, LB_INVALID, "--days %ld: the CA's own certificate ends in %ld days; ask for fewer, or make a new CA",
			r->days, (long)((end_s - from_s) / DAY_S));
	x = new_certificate(key, from_s, r->days);
	if (x && add_name(X509_get_subject_name(x), "O", r->partner) && add_name(X509_get_subject_name(x), "CN", r->name) &&
	    X509_set_issuer_name(x, X509_get_subject_name(ca->certificate)) && extend_leaf(x, ca, r, spiffe_id) &&
	    X509_sign(x, ca->key, ca_digest(ca->key))) {
		*out = x;
		return LB_OK;
	}
	X509_free(x);
	return ca_openssl_failed(why, LB_INVALID, _("cannot make the certificate"));
}
