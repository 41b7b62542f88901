/* Envelopes: who can open them, and that a changed, shortened or foreign one is not opened. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/envelope.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-envelope-XXXXXX";
static const char words[] = "Doxing der Beratungsstelle, bitte heute";
static const struct lb_frame plain = { (const uint8_t *)words, sizeof words - 1 };

static const char *path(const char *name, const char *suffix)
{
	static char paths[4][256];
	static unsigned next;
	char *p = paths[next++ % 4];

	snprintf(p, sizeof paths[0], "%s/%s%s", folder, name, suffix);
	return p;
}

static struct lb_frame certificate(const char *name)
{
	static uint8_t der[8][CREDENTIALS_DER_MAX];
	static unsigned next;
	uint8_t *p = der[next++ % 8];
	size_t n = credentials_der(folder, name, p);

	assert_true(n > 0);
	return (struct lb_frame){ p, n };
}

static struct lb_opener *opener(const char *name)
{
	struct lb_opener *o = NULL;
	char why[300] = "";

	if (lb_opener_load(path(name, ".pem"), path(name, ".key"), &o, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return o;
}

static struct lb_frame frame_of(const struct lb_buf *b)
{
	return (struct lb_frame){ lb_buf_data(b), lb_buf_len(b) };
}

static struct lb_buf seal(struct lb_frame content, unsigned n, const char *const *names)
{
	struct lb_frame certificates[8];
	struct lb_buf out = LB_BUF_INIT;

	for (unsigned i = 0; i < n; i++)
		certificates[i] = certificate(names[i]);
	assert_int_equal(lb_envelope_seal(certificates, n, content, &out), LB_OK);
	return out;
}

static lb_err open_as(const char *name, struct lb_frame envelope, struct lb_frame expected)
{
	struct lb_opener *o = opener(name);
	struct lb_buf out = LB_BUF_INIT;
	lb_err e = lb_envelope_open(o, envelope, &out);

	if (e == LB_OK) {
		assert_int_equal(lb_buf_len(&out), expected.n);
		if (expected.n > 0)
			assert_memory_equal(lb_buf_data(&out), expected.p, expected.n);
	} else {
		assert_int_equal(lb_buf_len(&out), 0);
	}
	lb_buf_wipe(&out);
	lb_opener_free(o);
	return e;
}

static void test_each_recipient_opens_it_and_nobody_else(void **state)
{
	static const char *const names[] = { "p256", "p384", "p521" };
	struct lb_buf sealed = seal(plain, 3, names);

	(void)state;
	assert_true(lb_envelope_is_plausible(frame_of(&sealed)));
	assert_null(memmem(lb_buf_data(&sealed), lb_buf_len(&sealed), words, 8));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(open_as(names[i], frame_of(&sealed), plain), LB_OK);
	assert_int_equal(open_as("other", frame_of(&sealed), plain), LB_NOT_A_RECIPIENT);
	lb_buf_fini(&sealed);
}

static void test_a_key_that_was_renewed_still_opens(void **state)
{
	static const char *const names[] = { "p256" };
	struct lb_buf sealed = seal(plain, 1, names), out = LB_BUF_INIT;
	struct lb_opener *o = opener("other");
	char why[300] = "";

	(void)state;
	assert_int_equal(lb_envelope_open(o, frame_of(&sealed), &out), LB_NOT_A_RECIPIENT);
	assert_int_equal(lb_opener_add(o, path("p256", ".pem"), path("p384", ".key"), why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "does not belong"));
	assert_int_equal(lb_envelope_open(o, frame_of(&sealed), &out), LB_NOT_A_RECIPIENT);
	assert_int_equal(lb_opener_add(o, path("p256", ".pem"), path("p256", ".key"), why, sizeof why), LB_OK);
	assert_int_equal(lb_envelope_open(o, frame_of(&sealed), &out), LB_OK);
	assert_memory_equal(lb_buf_data(&out), plain.p, plain.n);
	for (unsigned i = 2; i < LB_OPENER_KEYS; i++)
		assert_int_equal(lb_opener_add(o, path("p384", ".pem"), path("p384", ".key"), why, sizeof why), LB_OK);
	assert_int_equal(lb_opener_add(o, path("p384", ".pem"), path("p384", ".key"), why, sizeof why), LB_LIMIT);
	lb_buf_wipe(&out);
	lb_opener_free(o);
	lb_buf_fini(&sealed);
}

/* Two of the same content have nothing in common but their length, which says little of it. */
static void test_length_and_bytes_say_little(void **state)
{
	static const char *const names[] = { "p256" };
	static uint8_t content[2 * LB_ENVELOPE_PAD];
	struct lb_buf a = seal(plain, 1, names), b = seal(plain, 1, names);

	(void)state;
	assert_memory_not_equal(lb_buf_data(&a) + lb_buf_len(&a) - 16, lb_buf_data(&b) + lb_buf_len(&b) - 16, 16);
	for (size_t n = 0; n <= sizeof content; n += n % LB_ENVELOPE_PAD == 1 ? LB_ENVELOPE_PAD - 2 : 1) {
		struct lb_buf c = seal((struct lb_frame){ content, n }, 1, names);
		size_t expected = lb_buf_len(&a) + n / LB_ENVELOPE_PAD * LB_ENVELOPE_PAD;

		/* The recipient's part has numbers that are a byte longer or shorter. */
		assert_in_range(lb_buf_len(&c), expected - 8, expected + 8);
		assert_int_equal(open_as("p256", frame_of(&c), (struct lb_frame){ content, n }), LB_OK);
		lb_buf_fini(&c);
	}
	lb_buf_fini(&a);
	lb_buf_fini(&b);
}

static void opened_before(struct lb_buf *out, size_t at, size_t n)
{
	assert_true(at + LB_ENVELOPE_PAD < n);
	assert_int_equal(lb_buf_len(out), plain.n);
	assert_memory_equal(lb_buf_data(out), plain.p, plain.n);
	lb_buf_wipe(out);
}

static void test_no_other_content_comes_out(void **state)
{
	static const char *const names[] = { "p256" };
	struct lb_buf sealed = seal(plain, 1, names);
	struct lb_opener *o = opener("p256");
	struct lb_buf out = LB_BUF_INIT;
	size_t n = lb_buf_len(&sealed);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		lb_err e;

		lb_buf_data(&sealed)[i] ^= (uint8_t)(1 << i % 8);
		e = lb_envelope_open(o, frame_of(&sealed), &out);
		/* Of the recipient's part a version number can change without a consequence; the message's signature covers it. */
		if (e == LB_OK)
			opened_before(&out, i, n);
		else
			assert_true(e == LB_BAD_ENVELOPE || e == LB_NOT_A_RECIPIENT);
		assert_int_equal(lb_buf_len(&out), 0);
		lb_buf_data(&sealed)[i] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t cut = 0; cut < n; cut += cut < 64 || n - cut < 64 ? 1 : 37) {
		struct lb_frame part = { lb_buf_data(&sealed), cut };

		assert_false(lb_envelope_is_plausible(part));
		assert_int_equal(lb_envelope_open(o, part, &out), LB_BAD_ENVELOPE);
	}
	assert_int_equal(lb_envelope_open(o, frame_of(&sealed), &out), LB_OK);
	lb_buf_wipe(&out);
	assert_int_equal(lb_buf_append(&sealed, "x", 1), LB_OK);
	assert_false(lb_envelope_is_plausible(frame_of(&sealed)));
	lb_opener_free(o);
	lb_buf_fini(&sealed);
}

static void test_what_is_no_recipient(void **state)
{
	static const char *const bad[] = { "rsa", "signs" };
	struct lb_frame both[LB_ENVELOPE_RECIPIENTS_MAX + 1];
	struct lb_buf out = LB_BUF_INIT;

	(void)state;
	assert_int_equal(lb_envelope_check_recipient(certificate("p256")), LB_OK);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(lb_envelope_check_recipient(certificate(bad[i])), LB_NO_RECIPIENT);
		both[0] = certificate("p256");
		both[1] = certificate(bad[i]);
		assert_int_equal(lb_envelope_seal(both, 2, plain, &out), LB_NO_RECIPIENT);
	}
	assert_int_equal(lb_envelope_check_recipient((struct lb_frame){ (const uint8_t *)"no certificate", 14 }), LB_NO_RECIPIENT);
	assert_int_equal(lb_envelope_check_recipient((struct lb_frame){ NULL, 0 }), LB_NO_RECIPIENT);
	assert_int_equal(lb_envelope_seal(both, 0, plain, &out), LB_NO_RECIPIENT);
	for (unsigned i = 0; i <= LB_ENVELOPE_RECIPIENTS_MAX; i++)
		both[i] = both[0];
	assert_int_equal(lb_envelope_seal(both, LB_ENVELOPE_RECIPIENTS_MAX + 1, plain, &out), LB_NO_RECIPIENT);
	assert_int_equal(lb_buf_len(&out), 0);
	assert_int_equal(lb_envelope_seal(both, LB_ENVELOPE_RECIPIENTS_MAX, plain, &out), LB_OK);
	assert_true(lb_envelope_is_plausible(frame_of(&out)));
	lb_buf_fini(&out);
}

static void test_the_largest_content(void **state)
{
	static const char *const names[] = { "p521", "p521", "p521", "p521" };
	uint8_t *content = calloc(1, LB_ENVELOPE_PLAIN_MAX + 1);
	struct lb_frame whole = { content, LB_ENVELOPE_PLAIN_MAX }, recipient = certificate("p256");
	struct lb_buf out = LB_BUF_INIT, sealed;

	(void)state;
	assert_non_null(content);
	memset(content, 'x', LB_ENVELOPE_PLAIN_MAX + 1);
	sealed = seal(whole, 4, names);
	assert_in_range(lb_buf_len(&sealed), LB_ENVELOPE_PLAIN_MAX, LB_PAYLOAD_MAX);
	assert_int_equal(open_as("p521", frame_of(&sealed), whole), LB_OK);
	whole.n++;
	assert_int_equal(lb_envelope_seal(&recipient, 1, whole, &out), LB_LIMIT);
	lb_buf_fini(&sealed);
	free(content);
}

/* What openssl's own command makes and reads, another implementer's agent does. */
static void test_openssl_opens_it(void **state)
{
	static const char *const names[] = { "p384" };
	struct lb_buf sealed = seal(plain, 1, names);
	char command[1200], got[LB_ENVELOPE_PAD + 1];
	FILE *f = fopen(path("sealed", ".der"), "wb");

	(void)state;
	assert_non_null(f);
	assert_int_equal(fwrite(lb_buf_data(&sealed), 1, lb_buf_len(&sealed), f), lb_buf_len(&sealed));
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof command, "openssl cms -decrypt -binary -inform DER -in '%s' -inkey '%s' -recip '%s'", path("sealed", ".der"),
	         path("p384", ".key"), path("p384", ".pem"));
	f = popen(command, "r");
	assert_non_null(f);
	assert_int_equal(fread(got, 1, sizeof got, f), LB_ENVELOPE_PAD);
	assert_int_equal(pclose(f), 0);
	assert_memory_equal(got, words, plain.n);
	snprintf(command, sizeof command, "openssl cms -cmsout -print -inform DER -in '%s' | grep -q 'dhSinglePass-stdDH-sha384kdf-scheme'", path("sealed", ".der"));
	assert_int_equal(system(command), 0);
	lb_buf_fini(&sealed);
}

/* As openssl encrypts a content that fills the padding's unit. */
static struct lb_buf foreign(const char *cipher, const char *recipient)
{
	static const uint8_t content[LB_ENVELOPE_PAD];
	struct lb_buf out = LB_BUF_INIT;
	uint8_t *room = lb_buf_reserve(&out, CREDENTIALS_DER_MAX);
	FILE *f = fopen(path("content", ""), "wb");
	char command[1200];

	assert_non_null(f);
	assert_int_equal(fwrite(content, 1, sizeof content, f), sizeof content);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof command, "openssl cms -encrypt %s -binary -in '%s' -outform DER '%s'", cipher, path("content", ""), path(recipient, ".pem"));
	f = popen(command, "r");
	assert_non_null(f);
	lb_buf_added(&out, fread(room, 1, CREDENTIALS_DER_MAX, f));
	assert_int_equal(pclose(f), 0);
	assert_true(lb_buf_len(&out) > sizeof content);
	return out;
}

/* Other people's ciphers are not ours: weaker ones, and keys for which whoever has them later can open what was recorded before. */
static void test_only_our_kind_is_plausible(void **state)
{
	static const struct {
		const char *cipher, *recipient;
		bool plausible;
	} kinds[] = {
		{ "-aes-256-gcm", "p256", true }, { "-aes-128-gcm", "p256", false }, { "-aes-256-cbc", "p256", false }, { "-aes-256-gcm", "rsa", false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct lb_buf b = foreign(kinds[i].cipher, kinds[i].recipient);

		assert_int_equal(lb_envelope_is_plausible(frame_of(&b)), kinds[i].plausible);
		lb_buf_fini(&b);
	}
}

/* The tag stands last, in three elements that have their length in two bytes. */
static void test_a_shorter_tag_is_not_plausible(void **state)
{
	static const char *const names[] = { "p256" };
	static const size_t lengths[] = { 2, 19, 23 };
	struct lb_buf b = seal(plain, 1, names);
	uint8_t *p = lb_buf_data(&b);
	size_t n = lb_buf_len(&b);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		unsigned length = (unsigned)(p[lengths[i]] << 8 | p[lengths[i] + 1]) - 4;

		assert_int_equal(p[lengths[i] - 1], 0x82);
		p[lengths[i]] = (uint8_t)(length >> 8);
		p[lengths[i] + 1] = (uint8_t)length;
	}
	assert_int_equal(p[n - 17], 16);
	p[n - 17] = 12;
	assert_false(lb_envelope_is_plausible((struct lb_frame){ p, n - 4 }));
	lb_buf_fini(&b);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) && credentials_make(folder, "lagebus.example") &&
	       credentials_issue(folder, &(struct credential){ "p256", "ca", "spiffe://lagebus.example/partner/de-sn/agent/main", NULL, 2 }) &&
	       credentials_issue(folder, &(struct credential){ "p384", "ca", NULL, "ec -pkeyopt ec_paramgen_curve:P-384", 2 }) &&
	       credentials_issue(folder, &(struct credential){ "p521", "ca", NULL, "ec -pkeyopt ec_paramgen_curve:P-521", 2 }) &&
	       credentials_issue(folder, &(struct credential){ "other", "ca", NULL, NULL, 2 }) &&
	       credentials_issue(folder, &(struct credential){ "rsa", "ca", NULL, "rsa:3072", 2 }) && credentials_ca(folder, "signs") ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_recipient_opens_it_and_nobody_else),
		cmocka_unit_test(test_a_key_that_was_renewed_still_opens),
		cmocka_unit_test(test_length_and_bytes_say_little),
		cmocka_unit_test(test_no_other_content_comes_out),
		cmocka_unit_test(test_what_is_no_recipient),
		cmocka_unit_test(test_the_largest_content),
		cmocka_unit_test(test_openssl_opens_it),
		cmocka_unit_test(test_only_our_kind_is_plausible),
		cmocka_unit_test(test_a_shorter_tag_is_not_plausible),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
