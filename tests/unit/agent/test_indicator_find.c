/* Looking for indicators: what a pattern finds, how entries are joined, and pages without gaps. */
#include "tests/unit/agent/derived_fixture.h"

static void say(unsigned n, const char *origin, unsigned tlp, unsigned confidence, bool to_ids, const char *value)
{
	struct lb_header h = derived_header(n, LB_TYPE_INDICATOR, origin);
	struct lb_uuid id = store_id(1000 + n);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, value);

	h.tlp = tlp;
	i.confidence = confidence;
	i.to_ids = to_ids;
	i.title = (char *)origin;
	take_indicator(&h, &i);
}

static void entries_are_joined(void **state)
{
	struct found f = { .n = 0 };

	(void)state;
	say(1, "de-he", LB_TLP_GREEN, 80, true, "evil.example");
	say(2, "de-sn", LB_TLP_UNSET, 40, false, "EVIL.example");
	found_pattern(&f, "evil.example");
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->n_entries, 2);
	assert_int_equal(f.rows[0]->tlp, LB_TLP_AMBER_STRICT); /* the strictest */
	assert_int_equal(f.rows[0]->confidence, 80);
	assert_true(f.rows[0]->to_ids); /* the most confident says so */
	assert_int_equal(f.rows[0]->entries[0]->tlp, LB_TLP_GREEN);
	say(3, "de-st", LB_TLP_CLEAR, 80, false, "evil.example");
	found_pattern(&f, "evil.example");
	assert_int_equal(f.rows[0]->n_entries, 3);
	assert_false(f.rows[0]->to_ids); /* not all of the most confident */
	assert_int_equal(f.rows[0]->tlp, LB_TLP_AMBER_STRICT);
	found_fini(&f);
}

static void an_exercise_is_never_joined_with_what_is_real(void **state)
{
	struct lb_header h = derived_header(2, LB_TYPE_INDICATOR, "de-he");
	Lagebus__IndicatorsRequest real = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	struct found f = { .n = 0 };

	(void)state;
	say(1, "de-he", LB_TLP_GREEN, 80, true, "evil.example");
	h.exercise = true;
	h.exercise_name = lb_text_of("LÜKEX");
	take_indicator(&h, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 2);
	assert_false(f.rows[0]->exercise);
	assert_true(f.rows[1]->exercise);
	assert_string_equal(f.rows[1]->entries[0]->exercise_name, "LÜKEX");
	real.leave_out_exercises = true;
	found_ask(&f, &real, CREATED_MS + 6000);
	assert_int_equal(f.n, 1);
	assert_false(f.rows[0]->exercise);
	found_fini(&f);
}

static void a_pattern_finds_what_is_around_it(void **state)
{
	static const struct {
		const char *pattern;
		size_t n;
	} rows[] = {
		{ "", 8 }, { "192.0.2.7", 3 }, { "192.0.2.8", 1 }, { "192.0.0.0/16", 3 }, { "2001:db8::1", 1 }, { "198.51.100.1", 0 },
		{ "evil.example", 3 }, { "deep.www.evil.example", 1 }, { "*.evil.example", 3 }, { "*.example", 3 }, { "notevil.example", 0 },
		{ "evil*", 1 }, { "http*", 2 }, { "Setup.exe", 1 }, { "setup", 0 }, { "WHO@mail.evil.example", 0 }, { "who@mail.evil.example", 1 },
	};
	struct found f = { .n = 0 };

	(void)state;
	take_value(1, "de-he", LB_INDICATOR_IPV4_ADDR, "192.0.2.7");
	take_value(2, "de-he", LB_INDICATOR_IPV4_ADDR, "192.0.2.0/24");
	take_value(3, "de-he", LB_INDICATOR_URL, "http://192.0.2.7/x");
	take_value(4, "de-he", LB_INDICATOR_IPV6_ADDR, "2001:db8::/32");
	take_value(5, "de-he", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_value(6, "de-he", LB_INDICATOR_URL, "https://www.evil.example/x");
	take_value(7, "de-he", LB_INDICATOR_EMAIL_ADDR, "who@mail.evil.example");
	take_value(8, "de-he", LB_INDICATOR_FILE_NAME, "Setup.exe");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		found_pattern(&f, rows[i].pattern);
		if (f.n != rows[i].n)
			fail_msg("'%s' finds %zu, not %zu", rows[i].pattern, f.n, rows[i].n);
	}
	found_fini(&f);
}

static void pages_have_no_gaps(void **state)
{
	Lagebus__IndicatorsRequest r = LAGEBUS__INDICATORS_REQUEST__INIT;
	char value[40], last[40] = "";
	struct found f = { .n = 0 };
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; i < 25; i++) {
		snprintf(value, sizeof value, "h%u.example", i);
		take_value(i + 1, "de-he", LB_INDICATOR_DOMAIN_NAME, value);
		take_value(i + 101, "de-sn", LB_INDICATOR_DOMAIN_NAME, value);
	}
	r.limit = 10;
	do {
		r.after_value = last;
		r.after_kind = seen ? LB_INDICATOR_DOMAIN_NAME : 0;
		found_ask(&f, &r, CREATED_MS + 6000);
		for (size_t i = 0; i < f.n; i++) {
			assert_true(strcmp(f.rows[i]->value, last) > 0);
			assert_int_equal(f.rows[i]->n_entries, 2);
			strcpy(last, f.rows[i]->value);
		}
		seen += (unsigned)f.n;
	} while (f.more);
	assert_int_equal(seen, 25);
	found_fini(&f);
}

static void an_id_finds_all_who_say_the_same(void **state)
{
	Lagebus__IndicatorsRequest r = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct lb_uuid id = store_id(1001);
	struct lb_buf rows = LB_BUF_INIT;
	struct found f = { .n = 0 };
	bool more;

	(void)state;
	take_value(1, "de-he", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_value(2, "de-sn", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_value(3, "de-sn", LB_INDICATOR_DOMAIN_NAME, "other.example");
	r.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	found_ask(&f, &r, CREATED_MS + 6000);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->n_entries, 2);
	r.id.len = 3;
	assert_int_equal(indicator_find(&store, &r, CREATED_MS, &rows, &more), LB_INVALID);
	r.id.len = 0;
	r.pattern = (char *)"a*b";
	assert_int_equal(indicator_find(&store, &r, CREATED_MS, &rows, &more), LB_INVALID);
	found_fini(&f);
	lb_buf_fini(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(entries_are_joined),
		STORE_TEST(an_exercise_is_never_joined_with_what_is_real),
		STORE_TEST(a_pattern_finds_what_is_around_it),
		STORE_TEST(pages_have_no_gaps),
		STORE_TEST(an_id_finds_all_who_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
