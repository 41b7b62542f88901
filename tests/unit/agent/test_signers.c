/* Signers: asked for once, verified with, remembered as bad, and all checked again after a reload. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/signers.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-signers-XXXXXX";
static const struct lb_frame header = { (const uint8_t *)"header", 6 }, payload = { (const uint8_t *)"payload", 7 };

static const char *path(const char *name, const char *suffix)
{
	static char paths[8][256];
	static unsigned next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s%s", folder, name, suffix);
	return p;
}

static struct lb_tls *load(const char *crl)
{
	struct lb_tls_files f = { .certificate = path("broker", ".pem"), .key = path("broker", ".key"), .ca = path("ca", ".pem") };
	struct lb_tls *tls = NULL;
	char why[400] = "";

	f.crl = crl ? path(crl, "") : NULL;
	if (lb_tls_load(LB_LINK_CLIENT, &f, &tls, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return tls;
}

static void sign(const char *name, struct lb_buf *out)
{
	struct lb_signer *s = NULL;
	char why[400] = "";

	if (lb_signer_load(path(name, ".pem"), path(name, ".key"), &s, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(lb_sign(s, header, payload, out), LB_OK);
	lb_signer_free(s);
}

static size_t der_of(const char *name, uint8_t der[4096])
{
	char command[600];
	FILE *f;
	size_t n;

	snprintf(command, sizeof command, "openssl x509 -in '%s' -outform DER", path(name, ".pem"));
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(der, 1, 4096, f);
	assert_int_equal(pclose(f), 0);
	return n;
}

static void learn(struct signers *s, const char *name, const uint8_t hint[LB_SIGNER_SIZE])
{
	uint8_t der[4096];
	size_t n = der_of(name, der);

	signers_learn(s, hint, der, n);
}

static lb_err verify(struct signers *s, const char *origin, const struct lb_buf *signature, uint8_t hint[LB_SIGNER_SIZE], const char **signer)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR };

	h.origin = lb_text_of(origin);
	return signers_verify(s, &h, header, payload, (struct lb_frame){ lb_buf_data(signature), lb_buf_len(signature) }, hint, signer);
}

static void a_signer_is_asked_for_and_then_known(void **state)
{
	struct lb_tls *tls = load(NULL), *revoking = load("agent.crl");
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer = NULL;

	(void)state;
	sign("agent", &signature);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	assert_false(signers_knows(s, hint));
	learn(s, "agent", hint);
	assert_true(signers_knows(s, hint));
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	assert_string_equal(signer, "spiffe://lagebus.example/partner/de-sn/agent/edge");
	/* Another partner's message, though it is signed. */
	assert_int_equal(verify(s, "de-he", &signature, hint, &signer), LB_WRONG_ORIGIN);
	lb_buf_data(&signature)[lb_buf_len(&signature) - 1] ^= 1;
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_BAD_SIGNATURE);
	lb_buf_data(&signature)[lb_buf_len(&signature) - 1] ^= 1;
	signers_reload(s, revoking);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	learn(s, "agent", hint);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_TLS_REVOKED);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
	lb_tls_unref(revoking);
}

static void a_mandate_speaks_for_whom_it_names(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer = NULL;

	(void)state;
	sign("mandated", &signature);
	assert_int_equal(verify(s, "de-sl", &signature, hint, &signer), LB_AGAIN);
	learn(s, "mandated", hint);
	assert_int_equal(verify(s, "de-sl", &signature, hint, &signer), LB_OK);
	assert_string_equal(signer, "spiffe://lagebus.example/partner/de-sn/agent/edge");
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	assert_int_equal(verify(s, "de-s", &signature, hint, &signer), LB_WRONG_ORIGIN);
	assert_int_equal(verify(s, "bund-bsi", &signature, hint, &signer), LB_WRONG_ORIGIN);
	lb_buf_data(&signature)[lb_buf_len(&signature) - 1] ^= 1;
	assert_int_equal(verify(s, "de-sl", &signature, hint, &signer), LB_BAD_SIGNATURE);
	lb_buf_fini(&signature);
	/* What a CA that is not the federation's wrote says nothing. */
	sign("false-mandate", &signature);
	assert_int_equal(verify(s, "de-sl", &signature, hint, &signer), LB_AGAIN);
	learn(s, "false-mandate", hint);
	assert_int_equal(verify(s, "de-sl", &signature, hint, &signer), LB_TLS_UNTRUSTED);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
}

static void a_bad_answer_is_remembered_as_such(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT, strange = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer;

	(void)state;
	sign("agent", &signature);
	sign("stranger", &strange);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	signers_learn(s, hint, NULL, 0);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_UNKNOWN_SIGNER);
	/* A certificate that is not the one the hint names. */
	learn(s, "broker", hint);
	assert_int_not_equal(verify(s, "bund-bsi", &signature, hint, &signer), LB_OK);
	assert_int_not_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_AGAIN);
	learn(s, "stranger", hint);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_TLS_UNTRUSTED);
	lb_buf_consume(&strange, 4);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_BAD_SIGNATURE);
	lb_buf_fini(&signature);
	lb_buf_fini(&strange);
	signers_free(s);
	lb_tls_unref(tls);
}

/* More hints than there are places: the memory stays bounded, and a good signer can be learned again. */
static void its_memory_is_bounded(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE], other[LB_SIGNER_SIZE] = { 0 };
	const char *signer;
	unsigned known = 0;

	(void)state;
	for (unsigned i = 0; i < 3 * SIGNERS_MAX; i++) {
		memcpy(other, &i, sizeof i);
		signers_learn(s, other, NULL, 0);
	}
	for (unsigned i = 0; i < 3 * SIGNERS_MAX; i++) {
		memcpy(other, &i, sizeof i);
		known += signers_knows(s, other);
	}
	assert_in_range(known, 1, SIGNERS_MAX);
	sign("agent", &signature);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	learn(s, "agent", hint);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
}

static int begin(void **state)
{
	static const struct credential agent = { "agent", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 };
	static const struct credential mandated = { "mandated", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 };
	static const struct credential false_mandate = { "false-mandate", "other-ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 };
	static const struct credential stranger = { "stranger", "other-ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 };

	(void)state;
	return mkdtemp(folder) && credentials_make(folder, "lagebus.example") && credentials_ca(folder, "other-ca") && credentials_issue(folder, &agent) &&
	                       credentials_issue(folder, &stranger) && credentials_issue_mandated(folder, &mandated, "de-sl") &&
	                       credentials_issue_mandated(folder, &false_mandate, "de-sl") && credentials_revoke(folder, "ca", "agent", "agent.crl", 2) ?
	               0 :
	               -1;
}

static int end(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signer_is_asked_for_and_then_known),
		cmocka_unit_test(a_mandate_speaks_for_whom_it_names),
		cmocka_unit_test(a_bad_answer_is_remembered_as_such),
		cmocka_unit_test(its_memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
