/* Checks of the certificate files that an agent or a broker uses. */
#include "agents/cli/ca_check.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>

#include "agents/cli/ca_x509.h"
#include "proto/host/words.h"

#define DAY_S 86400
#define CERTIFICATE_SOON_DAYS 30
#define CRL_SOON_DAYS 3

static void bad(struct findings *f, enum cli_exit code, const char *what, const char *text)
{
	findings_add(f, FINDING_ERROR, code, what, "%s", text);
}

static void check_dates(const X509 *x, int64_t now_s, struct findings *f)
{
	int64_t from_s = ca_time_s(X509_get0_notBefore(x)), until_s = ca_time_s(X509_get0_notAfter(x));
	long days = (long)((until_s - now_s) / DAY_S), ahead = (long)((from_s - now_s) / DAY_S) + 1;

	if (now_s < from_s)
		findings_add(f, FINDING_ERROR, CLI_REFUSED, "dates", words_n("valid only in %ld day; check this machine's clock, or wait",
			"valid only in %ld days; check this machine's clock, or wait", (uint64_t)ahead), ahead);
	else if (now_s > until_s)
		findings_add(f, FINDING_ERROR, CLI_REFUSED, "dates", words_n("expired %ld day ago; ask the coordinator for a new one",
			"expired %ld days ago; ask the coordinator for a new one", (uint64_t)-days), -days);
	else if (days < CERTIFICATE_SOON_DAYS)
		findings_add(f, FINDING_WARNING, CLI_OK, "dates", words_n("%ld day left; ask the coordinator for a new one now",
			"%ld days left; ask the coordinator for a new one now", (uint64_t)days), days);
	else
		findings_add(f, FINDING_OK, CLI_OK, "dates", words_n("%ld day left", "%ld days left", (uint64_t)days), days);
}

static void check_identity(const X509 *x, struct findings *f)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;

	if (ca_uri_of(x, uri, sizeof(uri)) || lb_identity_parse(uri, strlen(uri), &id))
		bad(f, CLI_REFUSED, "identity", _("the certificate has no SPIFFE ID spiffe://.../partner/.../agent/... as URI SAN; "
			"ask for one that was made with lagebus ca issue"));
	else
		findings_add(f, FINDING_OK, CLI_OK, "identity", "%s", uri);
}

static void check_key(const X509 *x, const char *path, struct findings *f)
{
	EVP_PKEY *key = NULL;
	struct stat st;
	struct why why;
	lb_err e = ca_read_key(path, &key, &why);

	if (e)
		bad(f, exit_of(e), "key", why.text);
	else if (X509_check_private_key(x, key) != 1)
		findings_add(f, FINDING_ERROR, CLI_REFUSED, "key", "%s does not belong to the certificate; find the pair that was issued "
			"together", path);
	else if (stat(path, &st) == 0 && (st.st_mode & 077))
		findings_add(f, FINDING_WARNING, CLI_OK, "key", "%s can be read by others (mode %03o): chmod 600", path,
			(unsigned)st.st_mode & 0777);
	else
		findings_add(f, FINDING_OK, CLI_OK, "key", "belongs to the certificate");
	EVP_PKEY_free(key);
	ERR_clear_error();
}

static void check_crl(const char *path, int64_t now_s, struct findings *f)
{
	X509_CRL *crl = NULL;
	struct why why;
	int64_t next_s;
	lb_err e;

	if (!*path) {
		findings_add(f, FINDING_WARNING, CLI_OK, "crl", "no revocation list is configured: a revoked certificate would be accepted; "
			"set crl");
		return;
	}
	e = ca_read_crl(path, &crl, &why);
	if (e) {
		bad(f, exit_of(e), "crl", why.text);
		return;
	}
	next_s = X509_CRL_get0_nextUpdate(crl) ? ca_time_s(X509_CRL_get0_nextUpdate(crl)) : INT64_MAX;
	if (now_s > next_s)
		findings_add(f, FINDING_ERROR, CLI_REFUSED, "crl", "%s is out of date, links will fail; fetch the newest from the "
			"coordinator (lagebus ca crl makes it)", path);
	else if (next_s - now_s < CRL_SOON_DAYS * DAY_S)
		findings_add(f, FINDING_WARNING, CLI_OK, "crl", "%s is valid for %ld hours more; fetch the newest", path,
			(long)((next_s - now_s) / 3600));
	else
		findings_add(f, FINDING_OK, CLI_OK, "crl", "valid for %ld days more", (long)((next_s - now_s) / DAY_S));
	X509_CRL_free(crl);
}

/* What stands in the file behind the leaf. */
static STACK_OF(X509) *intermediates(const char *path)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *bio = BIO_new_file(path, "r");
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	X509_free(x);
	while (chain && bio && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		if (!sk_X509_push(chain, x))
			X509_free(x);
	BIO_free(bio);
	ERR_clear_error();
	return chain;
}

/* What is wrong with it: in our words where we have them, else in OpenSSL's. */
static const char *chain_fault(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return _(lb_err_text(LB_TLS_EXPIRED));
	case X509_V_ERR_CERT_REVOKED:
		return _(lb_err_text(LB_TLS_REVOKED));
	case X509_V_ERR_CRL_HAS_EXPIRED:
		return _("the revocation list has ended");
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		return _(lb_err_text(LB_TLS_UNTRUSTED));
	default:
		return X509_verify_cert_error_string(error);
	}
}

static void check_chain(X509 *x, const struct ca_files *files, struct findings *f)
{
	STACK_OF(X509) *chain = intermediates(files->certificate);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	if (!store || !ctx || !X509_STORE_load_file(store, files->ca)) {
		findings_add(f, FINDING_ERROR, CLI_NOT_FOUND, "ca", "%s cannot be read as CA certificates in PEM; fetch it from the coordinator",
			files->ca);
		goto out;
	}
	if (*files->crl && X509_STORE_load_file(store, files->crl))
		X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	if (X509_STORE_CTX_init(ctx, store, x, chain) && X509_verify_cert(ctx) == 1)
		findings_add(f, FINDING_OK, CLI_OK, "ca", "the certificate was issued by the federation's CA and is not revoked");
	else
		findings_add(f, FINDING_ERROR, CLI_REFUSED, "ca", "%s; the broker will refuse it: ask the coordinator for a certificate of "
			"this CA", chain_fault(X509_STORE_CTX_get_error(ctx)));
out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(chain, X509_free);
	ERR_clear_error();
}

void ca_check(const struct ca_files *files, int64_t now_s, struct findings *f)
{
	X509 *x = NULL;
	struct why why;
	lb_err e = ca_read_certificate(files->certificate, &x, &why);

	if (e) {
		bad(f, exit_of(e), "certificate", why.text);
		return;
	}
	check_identity(x, f);
	check_dates(x, now_s, f);
	check_key(x, files->key, f);
	check_crl(files->crl, now_s, f);
	check_chain(x, files, f);
	X509_free(x);
}
