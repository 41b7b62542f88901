/* The table of indicators: taken apart, replaced, ended, and what is none left out. */
#include "tests/unit/agent/derived_fixture.h"

static void a_message_is_taken_apart_once(void **state)
{
	struct found f = { .n = 0 };

	(void)state;
	take_value(1, "bund-bsi", LB_INDICATOR_DOMAIN_NAME, "Evil.Example");
	take_value(1, "bund-bsi", LB_INDICATOR_DOMAIN_NAME, "again.example"); /* the same id */
	found_pattern(&f, "");
	assert_int_equal(f.n, 1);
	assert_string_equal(f.rows[0]->value, "evil.example");
	assert_int_equal(f.rows[0]->tlp, LB_TLP_AMBER);
	assert_int_equal(f.rows[0]->n_entries, 1);
	assert_string_equal(f.rows[0]->entries[0]->origin, "bund-bsi");
	assert_string_equal(f.rows[0]->entries[0]->source, "a feed");
	found_fini(&f);
}

static void an_origin_says_one_thing_of_a_value(void **state)
{
	struct lb_header h = derived_header(2, LB_TYPE_INDICATOR, "bund-bsi"), old = derived_header(1, LB_TYPE_INDICATOR, "bund-bsi");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	struct found f = { .n = 0 };

	(void)state;
	i.confidence = 20;
	h.tlp = LB_TLP_GREEN;
	take_indicator(&h, &i);
	i.confidence = 90; /* older, and comes later */
	take_indicator(&old, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->n_entries, 1);
	assert_int_equal(f.rows[0]->confidence, 20);
	assert_int_equal(f.rows[0]->tlp, LB_TLP_GREEN);
	h = derived_header(3, LB_TYPE_INDICATOR, "bund-bsi");
	i.confidence = 300;
	take_indicator(&h, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->confidence, 100);
	found_fini(&f);
}

static void what_replaces_takes_the_rest_away_of_its_origin_only(void **state)
{
	struct lb_header h = derived_header(3, LB_TYPE_INDICATOR, "de-he");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "new.example");
	struct found f = { .n = 0 };

	(void)state;
	take_value(1, "bund-bsi", LB_INDICATOR_DOMAIN_NAME, "old.example");
	h.has_supersedes = true;
	h.supersedes = store_id(1);
	take_indicator(&h, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 2);
	h = derived_header(4, LB_TYPE_INDICATOR, "bund-bsi");
	h.has_supersedes = true;
	h.supersedes = store_id(1);
	take_indicator(&h, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 1);
	assert_string_equal(f.rows[0]->value, "new.example");
	assert_int_equal(f.rows[0]->n_entries, 2);
	assert_int_equal(indicators_forget(&store, &h.id, lb_text_of("de-he")), LB_OK); /* not its own */
	found_pattern(&f, "");
	assert_int_equal(f.rows[0]->n_entries, 2);
	assert_int_equal(indicators_forget(&store, &h.id, lb_text_of("bund-bsi")), LB_OK);
	found_pattern(&f, "");
	assert_int_equal(f.rows[0]->n_entries, 1);
	found_fini(&f);
}

static void an_end_is_an_end(void **state)
{
	struct lb_header h = derived_header(1, LB_TYPE_INDICATOR, "bund-bsi");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	int64_t keep_ms = lb_message_type(LB_TYPE_INDICATOR)->keep_ms;
	Lagebus__IndicatorsRequest all = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct found f = { .n = 0 };
	bool more = true;

	(void)state;
	i.valid_until = INT64_MAX;
	take_indicator(&h, &i);
	found_ask(&f, &all, CREATED_MS + keep_ms);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->valid_until, h.created_ms + keep_ms); /* 18 months and no more */
	found_ask(&f, &all, h.created_ms + keep_ms);
	assert_int_equal(f.n, 0);
	assert_int_equal(indicators_expire(&store, h.created_ms + keep_ms - 1, &more), LB_OK);
	assert_false(more);
	found_ask(&f, &all, CREATED_MS + 1);
	assert_int_equal(f.n, 1);
	assert_int_equal(indicators_expire(&store, h.created_ms + keep_ms, &more), LB_OK);
	found_ask(&f, &all, CREATED_MS + 1);
	assert_int_equal(f.n, 0);

	h = derived_header(2, LB_TYPE_INDICATOR, "bund-bsi");
	i.valid_until = CREATED_MS + 6001;
	take_indicator(&h, &i);
	h = derived_header(3, LB_TYPE_INDICATOR, "de-he");
	h.expires_ms = CREATED_MS + 6002;
	i.valid_until = 0;
	i.value = (char *)"other.example";
	take_indicator(&h, &i);
	found_pattern(&f, "");
	assert_int_equal(f.n, 2);
	assert_int_equal(f.rows[0]->valid_until, CREATED_MS + 6001);
	assert_int_equal(f.rows[1]->valid_until, CREATED_MS + 6002);
	i.valid_until = CREATED_MS; /* it ended before it came */
	h = derived_header(4, LB_TYPE_INDICATOR, "de-he");
	i.value = (char *)"third.example";
	take_indicator(&h, &i);
	found_pattern(&f, "third.example");
	assert_int_equal(f.n, 0);
	found_fini(&f);
}

static void what_is_none_is_left_out(void **state)
{
	struct lb_header h = derived_header(1, LB_TYPE_INDICATOR, "bund-bsi");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i[5], *list[5];
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	struct lb_buf payload = LB_BUF_INIT;
	struct found f = { .n = 0 };

	(void)state;
	for (unsigned k = 0; k < 5; k++) {
		i[k] = indicator_of(&id, LB_INDICATOR_IPV4_ADDR, "192.0.2.7");
		list[k] = &i[k];
	}
	i[0].id.len = 15;
	i[1].kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_UNSPECIFIED;
	i[2].value = (char *)"192.0.2.777";
	i[3].kind = (Lagebus__IndicatorKind)77; /* of a later version */
	i[3].value = (char *)"what it is";
	all.indicators = list;
	all.n_indicators = 5;
	assert_int_equal(indicators_take(&store, &h, packed(&all.base, &payload), CREATED_MS), LB_OK);
	found_pattern(&f, "");
	assert_int_equal(f.n, 2);
	assert_string_equal(f.rows[0]->value, "192.0.2.7");
	assert_int_equal(f.rows[1]->kind, 77);
	h.id = store_id(2);
	assert_int_equal(indicators_take(&store, &h, (struct lb_frame){ (const uint8_t *)"\xff\xff", 2 }, CREATED_MS), LB_OK);
	assert_int_equal(indicators_take(&store, &h, (struct lb_frame){ (const uint8_t *)"", 0 }, CREATED_MS), LB_OK);
	found_fini(&f);
	lb_buf_fini(&payload);
}

static void an_id_is_its_first_senders(void **state)
{
	struct lb_header first = derived_header(2, LB_TYPE_INDICATOR, "de-he"), second = derived_header(1, LB_TYPE_INDICATOR, "bund-bsi");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator i = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	char owner[LB_PARTNER_ID_MAX + 1];

	(void)state;
	assert_int_equal(indicators_owner(&store, &id, owner), LB_NOT_FOUND);
	take_indicator(&first, &i);
	take_indicator(&second, &i);
	assert_int_equal(indicators_owner(&store, &id, owner), LB_OK);
	assert_string_equal(owner, "de-he");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_message_is_taken_apart_once),
		STORE_TEST(an_origin_says_one_thing_of_a_value),
		STORE_TEST(what_replaces_takes_the_rest_away_of_its_origin_only),
		STORE_TEST(an_end_is_an_end),
		STORE_TEST(what_is_none_is_left_out),
		STORE_TEST(an_id_is_its_first_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
