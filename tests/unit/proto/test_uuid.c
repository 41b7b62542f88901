/* UUIDv7: bits, order, text. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/uuid.h"

static const uint8_t ones[10] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* The example of RFC 9562, A.6: 2022-02-22 19:22:22 GMT. */
static void is_the_rfc_s_example(void **state)
{
	static const uint8_t random[10] = { 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f };
	struct lb_uuid u = lb_uuid7(0x017F22E279B0, random), back;
	char text[LB_UUID_TEXT];

	(void)state;
	lb_uuid_format(&u, text);
	assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_int_equal(lb_uuid7_ms(&u), 1645557742000);
	assert_int_equal(lb_uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &back), LB_OK);
	assert_memory_equal(u.b, back.b, 16);
}

static void version_and_variant_are_set_and_asked_for(void **state)
{
	static const uint8_t zeros[10] = { 0 };
	struct lb_uuid a = lb_uuid7(0, zeros), b = lb_uuid7((1LL << 48) - 1, ones);

	(void)state;
	assert_true(lb_uuid7_is_valid(&a));
	assert_true(lb_uuid7_is_valid(&b));
	assert_int_equal(lb_uuid7_ms(&b), (1LL << 48) - 1);
	a.b[6] = 0x40;
	assert_false(lb_uuid7_is_valid(&a));
	b.b[8] = 0xc0;
	assert_false(lb_uuid7_is_valid(&b));
}

static void ids_of_a_thread_rise(void **state)
{
	struct lb_uuid last = lb_uuid7_now();

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct lb_uuid u = lb_uuid7_now();

		assert_true(lb_uuid7_is_valid(&u));
		assert_true(memcmp(u.b, last.b, 16) > 0);
		last = u;
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e279b07cc398c4dc0c0c07398f",
		"017f22e2+79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4--c0c0c07398f",
	};
	struct lb_uuid u;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lb_uuid_parse(bad[i], &u), LB_BAD_ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_rfc_s_example),
		cmocka_unit_test(version_and_variant_are_set_and_asked_for),
		cmocka_unit_test(ids_of_a_thread_rise),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
