/* UTF-8 as RFC 3629 has it: every sequence of up to three bytes against an encoder, borders of four, and any place in a text. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/header.h"

/* The encoding of a code point; its length, 0 for a surrogate. */
static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c >= 0xd800 && c < 0xe000)
		return 0;
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 63));
		out[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 63));
	out[2] = (char)(0x80 | (c >> 6 & 63));
	out[3] = (char)(0x80 | (c & 63));
	return 4;
}

static void every_code_point_is_valid_and_none_is_when_cut(void **state)
{
	char text[4];

	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		size_t n = encode(c, text);

		if (n == 0)
			continue;
		assert_true(lb_utf8_is_valid(text, n));
		for (size_t k = 1; k < n; k++)
			assert_false(lb_utf8_is_valid(text, k));
	}
}

/* There are exactly as many valid texts of three bytes as combinations of code points allow. */
static void no_other_three_bytes_are_valid(void **state)
{
	uint64_t valid = 0, one = 127, two = 0x800 - 0x80, three = 0x10000 - 0x800 - 0x800;

	(void)state;
	for (uint32_t i = 0; i < 1u << 24; i++) {
		char p[3] = { (char)(i >> 16), (char)(i >> 8), (char)i };

		valid += lb_utf8_is_valid(p, 3);
	}
	assert_int_equal(valid, one * one * one + 2 * one * two + three);
}

static void the_borders_of_four_bytes(void **state)
{
	(void)state;
	assert_true(lb_utf8_is_valid("\xf0\x90\x80\x80", 4));
	assert_true(lb_utf8_is_valid("\xf4\x8f\xbf\xbf", 4));
	assert_false(lb_utf8_is_valid("\xf0\x8f\xbf\xbf", 4));
	assert_false(lb_utf8_is_valid("\xf4\x90\x80\x80", 4));
	assert_false(lb_utf8_is_valid("\xf5\x80\x80\x80", 4));
	assert_false(lb_utf8_is_valid("\xf1\x80\x80\xc0", 4));
}

/* Eight bytes are looked at at once: one wrong byte shows wherever it stands. */
static void a_wrong_byte_shows_at_each_place(void **state)
{
	char text[40];

	(void)state;
	for (size_t n = 0; n <= sizeof text; n++) {
		memset(text, 'a', sizeof text);
		assert_true(lb_utf8_is_valid(text, n));
		for (size_t i = 0; i < n; i++) {
			static const char wrong[] = { '\0', '\x80', '\xff', '\xc3' };

			for (unsigned k = 0; k < sizeof wrong; k++) {
				text[i] = wrong[k];
				assert_false(lb_utf8_is_valid(text, n));
			}
			text[i] = '\x7f';
			assert_true(lb_utf8_is_valid(text, n));
			text[i] = '\x01';
			assert_true(lb_utf8_is_valid(text, n));
			text[i] = 'a';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_valid_and_none_is_when_cut),
		cmocka_unit_test(no_other_three_bytes_are_valid),
		cmocka_unit_test(the_borders_of_four_bytes),
		cmocka_unit_test(a_wrong_byte_shows_at_each_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
