/* What may be TLP:RED: only what nobody can read on the way. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/envelope.h"
#include "lagebus/message_type.h"
#include "lagebus/sealed.h"
#include "tests/kit/envelope.h"

static const uint8_t pseudonym[LB_PSEUDONYM_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xab };
static struct lb_buf envelope = LB_BUF_INIT;

static int setup(void **state)
{
	(void)state;
	envelope_put(&envelope);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lb_buf_fini(&envelope);
	return 0;
}

static struct lb_frame frame_of(const struct lb_buf *b)
{
	return (struct lb_frame){ lb_buf_data(b), lb_buf_len(b) };
}

static struct lb_buf seal(bool named)
{
	struct lb_buf b = LB_BUF_INIT;

	assert_int_equal(lb_sealed_write(named ? pseudonym : NULL, frame_of(&envelope), &b), LB_OK);
	return b;
}

static struct lb_header header(unsigned type, unsigned tlp)
{
	return (struct lb_header){ .type = type, .tlp = tlp, .created_ms = 1000, .expires_ms = 1000 + 14 * LB_DAY_MS };
}

static void test_what_was_written_is_read(void **state)
{
	struct lb_buf named = seal(true), plain = seal(false);
	struct lb_sealed s;
	char text[LB_PSEUDONYM_TEXT];

	(void)state;
	assert_int_equal(lb_sealed_read(frame_of(&named), &s), LB_OK);
	assert_int_equal(s.envelope.n, lb_buf_len(&envelope));
	lb_pseudonym_format(s.pseudonym, text);
	assert_string_equal(text, "0102030405060708090a0b0c0d0e0fab");
	assert_int_equal(lb_sealed_read(frame_of(&plain), &s), LB_OK);
	assert_int_equal(s.pseudonym.n, 0);
	lb_buf_fini(&named);
	lb_buf_fini(&plain);
}

static void test_nothing_readable_goes_along(void **state)
{
	struct lb_buf b = seal(true);
	struct lb_sealed s;

	(void)state;
	for (size_t n = 0; n < lb_buf_len(&b); n++)
		assert_int_equal(lb_sealed_read((struct lb_frame){ lb_buf_data(&b), n }, &s), LB_RED_NOT_ENCRYPTED);
	assert_int_equal(lb_buf_append(&b, "\x1a\x05title", 7), LB_OK);
	assert_int_equal(lb_sealed_read(frame_of(&b), &s), LB_RED_NOT_ENCRYPTED);
	lb_buf_fini(&b);
}

/* A sender that leaves out the encryption, and all else is as it should be. */
static void test_what_stands_in_the_envelope_s_place_is_one(void **state)
{
	static const char *const contents[] = { "Doxing der Beratungsstelle", "0", "" };
	struct lb_sealed s;

	(void)state;
	for (unsigned named = 0; named < 2; named++)
		for (unsigned i = 0; i < sizeof contents / sizeof contents[0]; i++) {
			struct lb_frame content = { (const uint8_t *)contents[i], strlen(contents[i]) };
			struct lb_header h = header(named ? LB_TYPE_DIGITAL_VIOLENCE_CASE : LB_TYPE_INDICATOR, LB_TLP_RED);
			struct lb_buf b = LB_BUF_INIT;

			assert_int_equal(lb_sealed_write(named ? pseudonym : NULL, content, &b), LB_OK);
			assert_int_equal(lb_sealed_read(frame_of(&b), &s), LB_RED_NOT_ENCRYPTED);
			assert_int_equal(lb_sealed_check(&h, frame_of(&b)), LB_RED_NOT_ENCRYPTED);
			lb_buf_fini(&b);
		}
}

/* Of any other length it might be a name. */
static void test_a_pseudonym_has_its_length(void **state)
{
	static const uint8_t name[] = "Fallnummer 4711, Erika M.";
	struct lb_sealed s;

	(void)state;
	for (size_t n = 0; n < sizeof name; n++) {
		struct lb_buf b = seal(false), all = LB_BUF_INIT;
		const uint8_t head[] = { 0x0a, (uint8_t)n };

		assert_int_equal(lb_buf_append(&all, head, sizeof head), LB_OK);
		assert_int_equal(lb_buf_append(&all, name, n), LB_OK);
		assert_int_equal(lb_buf_append(&all, lb_buf_data(&b), lb_buf_len(&b)), LB_OK);
		assert_int_equal(lb_sealed_read(frame_of(&all), &s), n == LB_PSEUDONYM_SIZE ? LB_OK : LB_RED_NOT_ENCRYPTED);
		lb_buf_fini(&all);
		lb_buf_fini(&b);
	}
}

static void test_a_case_is_red_and_ends(void **state)
{
	struct lb_buf named = seal(true), unnamed = seal(false);
	struct lb_header h = header(LB_TYPE_DIGITAL_VIOLENCE_CASE, LB_TLP_RED);

	(void)state;
	assert_int_equal(lb_sealed_check(&h, frame_of(&named)), LB_OK);
	assert_int_equal(lb_sealed_check(&h, frame_of(&unnamed)), LB_RED_NOT_ENCRYPTED);
	assert_int_equal(lb_sealed_check(&h, (struct lb_frame){ (const uint8_t *)"\x0a\x05title", 7 }), LB_RED_NOT_ENCRYPTED);
	assert_int_equal(lb_sealed_check(&h, (struct lb_frame){ NULL, 0 }), LB_RED_NOT_ENCRYPTED);
	h.expires_ms++;
	assert_int_equal(lb_sealed_check(&h, frame_of(&named)), LB_CASE_NOT_RED);
	h.expires_ms = 0;
	assert_int_equal(lb_sealed_check(&h, frame_of(&named)), LB_CASE_NOT_RED);
	h = header(LB_TYPE_DIGITAL_VIOLENCE_CASE, LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_sealed_check(&h, frame_of(&named)), LB_CASE_NOT_RED);
	h.tlp = LB_TLP_RED;
	h.exercise_name = lb_text_of("Doxing");
	assert_int_equal(lb_sealed_check_header(&h), LB_RED_NOT_ENCRYPTED);
	h.exercise_name = (struct lb_text){ NULL, 0 };
	h.language = lb_text_of("uk");
	assert_int_equal(lb_sealed_check_header(&h), LB_RED_NOT_ENCRYPTED);
	lb_buf_fini(&named);
	lb_buf_fini(&unnamed);
}

static void test_every_type_that_is_red(void **state)
{
	struct lb_buf named = seal(true), unnamed = seal(false);
	const struct lb_frame clear = { (const uint8_t *)"\x0a\x05title", 7 };

	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		struct lb_header h = header(type, LB_TLP_RED);
		bool read_by_broker = type == LB_TYPE_RECEIPT || type == LB_TYPE_APPROVAL || type == LB_TYPE_RECALL;

		if (type == LB_TYPE_DIGITAL_VIOLENCE_CASE)
			continue;
		if (type == LB_TYPE_EXERCISE) { /* the broker has to open it */
			assert_int_equal(lb_sealed_check_header(&h), LB_EXERCISE_RED);
			assert_int_equal(lb_sealed_check(&h, frame_of(&unnamed)), LB_EXERCISE_RED);
			h.tlp = LB_TLP_AMBER_STRICT;
			assert_int_equal(lb_sealed_check(&h, clear), LB_OK);
			continue;
		}
		assert_int_equal(lb_sealed_is_due(&h), !read_by_broker);
		assert_int_equal(lb_sealed_check(&h, clear), read_by_broker ? LB_OK : LB_RED_NOT_ENCRYPTED);
		if (!read_by_broker) {
			assert_int_equal(lb_sealed_check(&h, frame_of(&unnamed)), LB_OK);
			assert_int_equal(lb_sealed_check(&h, frame_of(&named)), LB_RED_NOT_ENCRYPTED);
		}
		h.tlp = LB_TLP_AMBER_STRICT;
		assert_false(lb_sealed_is_due(&h));
		assert_int_equal(lb_sealed_check(&h, clear), LB_OK);
	}
	lb_buf_fini(&named);
	lb_buf_fini(&unnamed);
}

static void test_texts_of_what_the_broker_reads(void **state)
{
	static const struct {
		unsigned type;
		const char *payload;
		lb_err expected;
	} rows[] = {
		{ LB_TYPE_RECEIPT, "\x10\x02\x1a\x04""CISO", LB_OK },
		{ LB_TYPE_RECEIPT, "\x10\x02\x2a\x04""note", LB_RED_NOT_ENCRYPTED },
		{ LB_TYPE_APPROVAL, "\x18\x01\x22\x04""CISO", LB_OK },
		{ LB_TYPE_APPROVAL, "\x18\x01\x32\x04""note", LB_RED_NOT_ENCRYPTED },
		{ LB_TYPE_RECALL, "\x18\x01", LB_OK },
		{ LB_TYPE_RECALL, "\x18\x01\x12\x03why", LB_RED_NOT_ENCRYPTED },
		{ LB_TYPE_RECALL, "\x18\x01\x12\x7f""cut", LB_RED_NOT_ENCRYPTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct lb_header h = header(rows[i].type, LB_TLP_RED);
		struct lb_frame payload = { (const uint8_t *)rows[i].payload, strlen(rows[i].payload) };

		assert_int_equal(lb_sealed_check(&h, payload), rows[i].expected);
		h.tlp = LB_TLP_AMBER;
		assert_int_equal(lb_sealed_check(&h, payload), LB_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_written_is_read),
		cmocka_unit_test(test_nothing_readable_goes_along),
		cmocka_unit_test(test_what_stands_in_the_envelope_s_place_is_one),
		cmocka_unit_test(test_a_pseudonym_has_its_length),
		cmocka_unit_test(test_a_case_is_red_and_ends),
		cmocka_unit_test(test_every_type_that_is_red),
		cmocka_unit_test(test_texts_of_what_the_broker_reads),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
