/* Signatures: what verifies, and that every changed bit, other key or other frame does not. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/signature.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-signature-XXXXXX";
static const struct lb_frame header = { (const uint8_t *)"header", 6 }, payload = { (const uint8_t *)"payload bytes", 13 };

static const char *path(const char *name, const char *suffix)
{
	static char paths[4][256];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s%s", folder, name, suffix);
	return p;
}

static struct lb_signer *signer(const char *name)
{
	struct lb_signer *s = NULL;
	char why[300] = "";

	if (lb_signer_load(path(name, ".pem"), path(name, ".key"), &s, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return s;
}

static struct lb_verifier *verifier(const char *name, uint8_t hint[LB_SIGNER_SIZE])
{
	struct lb_verifier *v = NULL;
	uint8_t der[CREDENTIALS_DER_MAX];
	size_t n = credentials_der(folder, name, der);

	assert_int_equal(lb_verifier_new(der, n, &v), LB_OK);
	lb_signer_hint(der, n, hint);
	return v;
}

static struct lb_frame frame_of(const struct lb_buf *b)
{
	return (struct lb_frame){ lb_buf_data(b), lb_buf_len(b) };
}

static void each_kind_of_key_signs(void **state)
{
	static const char *const names[] = { "p256", "p384", "p521", "rsa" };

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		uint8_t hint[LB_SIGNER_SIZE], read[LB_SIGNER_SIZE];
		struct lb_signer *s = signer(names[i]);
		struct lb_verifier *v = verifier(names[i], hint);
		struct lb_buf out = LB_BUF_INIT;

		for (unsigned k = 0; k < 3; k++) {
			lb_buf_consume(&out, lb_buf_len(&out));
			assert_int_equal(lb_sign(s, header, payload, &out), LB_OK);
			assert_true(lb_buf_len(&out) <= LB_SIGNATURE_MAX);
			assert_int_equal(lb_verify(v, header, payload, frame_of(&out)), LB_OK);
		}
		assert_int_equal(lb_signature_hint(frame_of(&out), read), LB_OK);
		assert_memory_equal(hint, read, sizeof hint);
		lb_buf_fini(&out);
		lb_verifier_free(v);
		lb_signer_free(s);
	}
}

static void another_message_or_key_does_not_verify(void **state)
{
	/* The same bytes, with the border between header and payload elsewhere. */
	const struct lb_frame longer = { (const uint8_t *)"headerp", 7 }, shorter = { (const uint8_t *)"ayload bytes", 12 };
	const struct lb_frame none = { NULL, 0 }, changed = { (const uint8_t *)"payload bytez", 13 };
	uint8_t hint[LB_SIGNER_SIZE];
	struct lb_signer *s = signer("p256");
	struct lb_verifier *v = verifier("p256", hint), *other = verifier("other", hint), *rsa = verifier("rsa", hint);
	struct lb_buf out = LB_BUF_INIT;

	(void)state;
	assert_int_equal(lb_sign(s, header, payload, &out), LB_OK);
	assert_int_equal(lb_verify(v, longer, shorter, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(v, header, changed, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(v, header, none, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(v, payload, header, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(other, header, payload, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(rsa, header, payload, frame_of(&out)), LB_BAD_SIGNATURE);
	assert_int_equal(lb_verify(v, header, payload, frame_of(&out)), LB_OK);
	lb_buf_fini(&out);
	lb_verifier_free(v);
	lb_verifier_free(other);
	lb_verifier_free(rsa);
	lb_signer_free(s);
}

static void each_changed_or_missing_byte_shows(void **state)
{
	uint8_t hint[LB_SIGNER_SIZE];
	struct lb_signer *s = signer("p256");
	struct lb_verifier *v = verifier("p256", hint);
	struct lb_buf out = LB_BUF_INIT;
	size_t n;

	(void)state;
	assert_int_equal(lb_sign(s, header, payload, &out), LB_OK);
	n = lb_buf_len(&out);
	for (size_t i = 0; i < n; i++) {
		uint8_t *copy = malloc(i ? i : 1);

		memcpy(copy, lb_buf_data(&out), i);
		assert_int_equal(lb_verify(v, header, payload, (struct lb_frame){ copy, i }), LB_BAD_SIGNATURE);
		free(copy);
		/* The hint is not signed: it only says whose key to take. */
		if (i >= 2 && i < 2 + LB_SIGNER_SIZE)
			continue;
		lb_buf_data(&out)[i] ^= 0x04;
		assert_int_equal(lb_verify(v, header, payload, frame_of(&out)), LB_BAD_SIGNATURE);
		lb_buf_data(&out)[i] ^= 0x04;
	}
	assert_int_equal(lb_verify(v, header, payload, frame_of(&out)), LB_OK);
	lb_buf_fini(&out);
	lb_verifier_free(v);
	lb_signer_free(s);
}

static void malformed_frames_have_no_hint(void **state)
{
	static const uint8_t large[LB_SIGNATURE_MAX + 1];
	static const struct {
		const char *p;
		size_t n;
	} bad[] = { { "", 0 }, { "\x0a\x07" "1234567\x12\x01x", 12 }, { "\x0a\x08" "12345678", 10 }, { "\x0a\x08" "12345678\x12\x00", 12 },
		{ "\x08\x01\x12\x01x", 5 }, { "\x0a\xff\xff\xff\xff\x0f", 6 } };
	uint8_t hint[LB_SIGNER_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lb_signature_hint((struct lb_frame){ (const uint8_t *)bad[i].p, bad[i].n }, hint), LB_BAD_SIGNATURE);
	assert_int_equal(lb_signature_hint((struct lb_frame){ large, sizeof large }, hint), LB_BAD_SIGNATURE);
	assert_int_equal(lb_signature_hint((struct lb_frame){ (const uint8_t *)"\x0a\x08" "12345678\x12\x01x\x18\x01", 15 }, hint), LB_OK);
	assert_memory_equal(hint, "12345678", 8);
}

static void what_does_not_load_is_named(void **state)
{
	struct lb_signer *s = NULL;
	struct lb_verifier *v = NULL;
	char why[300];

	(void)state;
	assert_int_equal(lb_signer_load(path("none", ".pem"), path("p256", ".key"), &s, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "none.pem"));
	assert_int_equal(lb_signer_load(path("p256", ".pem"), path("none", ".key"), &s, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "none.key"));
	assert_int_equal(lb_signer_load(path("p256", ".pem"), path("other", ".key"), &s, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "other.key"));
	assert_null(s);
	assert_int_equal(lb_verifier_new((const uint8_t *)"no certificate", 14, &v), LB_INVALID);
	assert_null(v);
}

static int begin(void **state)
{
	static const struct credential all[] = {
		{ "p256", "ca", "spiffe://x/partner/a/agent/b", NULL, 2 },
		{ "other", "ca", "spiffe://x/partner/a/agent/b", NULL, 2 },
		{ "p384", "ca", "spiffe://x/partner/a/agent/b", "ec -pkeyopt ec_paramgen_curve:P-384", 2 },
		{ "p521", "ca", "spiffe://x/partner/a/agent/b", "ec -pkeyopt ec_paramgen_curve:P-521", 2 },
		{ "rsa", "ca", "spiffe://x/partner/a/agent/b", "rsa:3072", 2 },
	};

	(void)state;
	if (!mkdtemp(folder) || !credentials_ca(folder, "ca"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(folder, &all[i]))
			return -1;
	return 0;
}

static int end(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

/* The same key in two certificates is one; another kind or another key is not. */
static void a_key_is_known_in_whatever_certificate(void **state)
{
	static const char *const again[] = { "p256", "p384", "rsa" };
	uint8_t one[LB_DIGEST_SIZE], other[LB_DIGEST_SIZE], hint[LB_SIGNER_SIZE], other_hint[LB_SIGNER_SIZE], all[3][LB_DIGEST_SIZE];
	char command[900];

	(void)state;
	for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) {
		struct lb_verifier *v = verifier(again[i], hint), *w;

		/* Its point compressed, where it has one: another encoding of the same key. */
		snprintf(command, sizeof command, "%s openssl req -x509 -new -key '%s' -subj /CN=again -days 1 -out '%s' 2>/dev/null",
		         i < 2 ? "true;" : "", path(i < 2 ? "compressed" : again[i], ".key"), path("again", ".pem"));
		if (i < 2) {
			char convert[600];

			snprintf(convert, sizeof convert, "openssl ec -in '%s' -conv_form compressed -out '%s' 2>/dev/null", path(again[i], ".key"),
			         path("compressed", ".key"));
			assert_int_equal(system(convert), 0);
		}
		assert_int_equal(system(command), 0);
		w = verifier("again", other_hint);
		assert_memory_not_equal(hint, other_hint, sizeof hint);
		assert_int_equal(lb_verifier_key(v, one), LB_OK);
		assert_int_equal(lb_verifier_key(w, other), LB_OK);
		assert_memory_equal(one, other, sizeof one);
		memcpy(all[i], one, sizeof one);
		lb_verifier_free(v);
		lb_verifier_free(w);
	}
	assert_memory_not_equal(all[0], all[1], LB_DIGEST_SIZE);
	assert_memory_not_equal(all[1], all[2], LB_DIGEST_SIZE);
}

static void a_digest_is_of_what_is_signed(void **state)
{
	static const struct lb_frame shifted = { (const uint8_t *)"headerp", 7 }, rest = { (const uint8_t *)"ayload bytes", 12 };
	uint8_t one[LB_DIGEST_SIZE], other[LB_DIGEST_SIZE];

	(void)state;
	assert_int_equal(lb_message_digest(header, payload, one), LB_OK);
	assert_int_equal(lb_message_digest(header, payload, other), LB_OK);
	assert_memory_equal(one, other, sizeof one);
	assert_int_equal(lb_message_digest(shifted, rest, other), LB_OK);
	assert_memory_not_equal(one, other, sizeof one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_key_signs),
		cmocka_unit_test(another_message_or_key_does_not_verify),
		cmocka_unit_test(each_changed_or_missing_byte_shows),
		cmocka_unit_test(malformed_frames_have_no_hint),
		cmocka_unit_test(what_does_not_load_is_named),
		cmocka_unit_test(a_key_is_known_in_whatever_certificate),
		cmocka_unit_test(a_digest_is_of_what_is_signed),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
