/* Signers: asked for once, verified with, remembered as bad, and all checked again after a reload. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/agent/signers.h"
#include "tests/kit/credentials.h"

#define NOW_MS 1000000 /* of the monotonic clock: long after the link came up */

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
	struct lb_tls *tls = credentials_tls(LB_LINK_CLIENT, folder, "broker", "ca", crl);

	assert_non_null(tls);
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

static void learn(struct signers *s, const char *name, const uint8_t hint[LB_SIGNER_SIZE])
{
	uint8_t der[CREDENTIALS_DER_MAX];
	size_t n = credentials_der(folder, name, der);

	signers_learn(s, hint, der, n, NOW_MS);
}

static lb_err verify_of(struct signers *s, const char *origin, int64_t created_ms, const struct lb_buf *signature, uint8_t hint[LB_SIGNER_SIZE],
                        const char **signer)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .created_ms = created_ms };

	h.origin = lb_text_of(origin);
	return signers_verify(s, &h, header, payload, (struct lb_frame){ lb_buf_data(signature), lb_buf_len(signature) }, hint, signer);
}

static lb_err verify(struct signers *s, const char *origin, const struct lb_buf *signature, uint8_t hint[LB_SIGNER_SIZE], const char **signer)
{
	return verify_of(s, origin, (int64_t)time(NULL) * 1000, signature, hint, signer);
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
	assert_true(signers_ask(s, hint, NOW_MS));
	assert_false(signers_ask(s, hint, NOW_MS));
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	learn(s, "agent", hint);
	assert_false(signers_ask(s, hint, INT64_MAX));
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

/* A broker that gives another's does not make the message's own unknown for good. */
static void a_certificate_that_was_not_asked_for_is_not_taken_for_it(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer = NULL;

	(void)state;
	sign("agent", &signature);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	assert_true(signers_ask(s, hint, NOW_MS));
	learn(s, "mandated", hint);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_UNKNOWN_SIGNER);
	learn(s, "agent", hint);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
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
	signers_learn(s, hint, NULL, 0, NOW_MS);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_UNKNOWN_SIGNER);
	/* A certificate that is not the one the hint names. */
	learn(s, "broker", hint);
	assert_int_not_equal(verify(s, "bund-bsi", &signature, hint, &signer), LB_OK);
	assert_int_not_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_AGAIN);
	learn(s, "stranger", hint);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_TLS_UNTRUSTED);
	assert_false(signers_ask(s, hint, INT64_MAX));
	lb_buf_consume(&strange, 4);
	assert_int_equal(verify(s, "de-sn", &strange, hint, &signer), LB_BAD_SIGNATURE);
	lb_buf_fini(&signature);
	lb_buf_fini(&strange);
	signers_free(s);
	lb_tls_unref(tls);
}

/* A certificate that ended yesterday: what was signed before is as good as then. */
static void a_message_is_as_old_as_its_certificate_allows(void **state)
{
	int64_t now_ms = (int64_t)time(NULL) * 1000, day_ms = 86400000;
	struct lb_tls *tls = load("none.crl");
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer = NULL;

	(void)state;
	sign("ended", &signature);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	learn(s, "ended", hint);
	assert_int_equal(verify_of(s, "de-sn", now_ms - 11 * day_ms, &signature, hint, &signer), LB_TLS_EXPIRED);
	assert_int_equal(verify_of(s, "de-sn", now_ms, &signature, hint, &signer), LB_TLS_EXPIRED);
	assert_null(signer);
	assert_int_equal(verify_of(s, "de-sn", now_ms - 5 * day_ms, &signature, hint, &signer), LB_OK);
	assert_string_equal(signer, "spiffe://lagebus.example/partner/de-sn/agent/edge");
	/* What was not signed says nothing about its time. */
	lb_buf_data(&signature)[lb_buf_len(&signature) - 1] ^= 1;
	assert_int_equal(verify_of(s, "de-sn", now_ms, &signature, hint, &signer), LB_BAD_SIGNATURE);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
}

static void an_unknown_signer_is_asked_for_again(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE];
	int64_t now_ms = NOW_MS;
	const char *signer;

	(void)state;
	sign("agent", &signature);
	signers_linked(s, now_ms);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	/* At the beginning of a link it is waited for. */
	for (; now_ms < NOW_MS + SIGNERS_PATIENCE_MS; now_ms += SIGNERS_ASK_AGAIN_MS) {
		assert_true(signers_ask(s, hint, now_ms));
		signers_learn(s, hint, NULL, 0, now_ms);
		assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
		assert_false(signers_ask(s, hint, now_ms + SIGNERS_ASK_AGAIN_MS - 1));
	}
	/* Then it is given up, for a while. */
	assert_true(signers_ask(s, hint, now_ms));
	signers_learn(s, hint, NULL, 0, now_ms);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_UNKNOWN_SIGNER);
	assert_false(signers_ask(s, hint, now_ms + SIGNERS_UNKNOWN_MS - 1));
	assert_true(signers_ask(s, hint, now_ms + SIGNERS_UNKNOWN_MS));
	signers_learn(s, hint, NULL, 0, now_ms + SIGNERS_UNKNOWN_MS);
	/* A new link is a new beginning. */
	signers_linked(s, now_ms + SIGNERS_UNKNOWN_MS);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	assert_true(signers_ask(s, hint, now_ms + SIGNERS_UNKNOWN_MS));
	learn(s, "agent", hint);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	/* An answer that comes late, or unasked, does not make it unknown. */
	signers_learn(s, hint, NULL, 0, now_ms + SIGNERS_UNKNOWN_MS);
	signers_linked(s, now_ms + SIGNERS_UNKNOWN_MS);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
}

/* More hints than there are places: the memory stays bounded, and who is good keeps the place. */
static void its_memory_is_bounded(void **state)
{
	struct lb_tls *tls = load(NULL);
	struct signers *s = signers_new(tls);
	struct lb_buf signature = LB_BUF_INIT;
	uint8_t hint[LB_SIGNER_SIZE], other[LB_SIGNER_SIZE] = { 0 };
	const char *signer;
	unsigned known = 0;

	(void)state;
	sign("agent", &signature);
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_AGAIN);
	for (unsigned i = 0; i < 3 * SIGNERS_MAX; i++) {
		if (i == SIGNERS_MAX)
			learn(s, "agent", hint);
		memcpy(other, &i, sizeof i);
		signers_learn(s, other, NULL, 0, NOW_MS);
	}
	assert_int_equal(verify(s, "de-sn", &signature, hint, &signer), LB_OK);
	/* The last are remembered; an unknown one is not asked for before its time. */
	for (unsigned i = 3 * SIGNERS_MAX; i-- > 0; known++) {
		memcpy(other, &i, sizeof i);
		if (signers_ask(s, other, NOW_MS))
			break;
	}
	assert_in_range(known, SIGNERS_MAX - 2, SIGNERS_MAX);
	lb_buf_fini(&signature);
	signers_free(s);
	lb_tls_unref(tls);
}

static int begin(void **state)
{
	const struct credential mandated[] = {
		{ "mandated", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 },
		{ "false-mandate", "other-ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 },
	};
	const struct credential all[] = {
		{ "agent", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 },
		{ "ended", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, -1 },
		{ "stranger", "other-ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 },
	};

	(void)state;
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example") || !credentials_ca(folder, "other-ca"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(folder, &all[i]))
			return -1;
	for (size_t i = 0; i < sizeof mandated / sizeof mandated[0]; i++)
		if (!credentials_issue_mandated(folder, &mandated[i], "de-sl"))
			return -1;
	return credentials_revoke(folder, "ca", NULL, "none.crl", 2) && credentials_revoke(folder, "ca", "agent", "agent.crl", 2) ? 0 : -1;
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
		cmocka_unit_test(a_certificate_that_was_not_asked_for_is_not_taken_for_it),
		cmocka_unit_test(a_mandate_speaks_for_whom_it_names),
		cmocka_unit_test(a_bad_answer_is_remembered_as_such),
		cmocka_unit_test(a_message_is_as_old_as_its_certificate_allows),
		cmocka_unit_test(an_unknown_signer_is_asked_for_again),
		cmocka_unit_test(its_memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
