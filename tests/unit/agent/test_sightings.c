/* Sightings: each message counts once, sums, and the newest first. */
#include "tests/unit/agent/derived_fixture.h"

#include "agents/agent/sightings.h"

static void take_sighting(unsigned n, const char *origin, struct lb_uuid id, uint64_t count, int64_t first, int64_t last, bool exercise)
{
	struct lb_header h = derived_header(n, LB_TYPE_SIGHTING, origin);
	Lagebus__Sighting s = LAGEBUS__SIGHTING__INIT, *list = &s;
	Lagebus__Sightings all = LAGEBUS__SIGHTINGS__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	h.exercise = exercise;
	s.indicator = (ProtobufCBinaryData){ sizeof id.b, id.b };
	s.count = count;
	s.first_seen = first;
	s.last_seen = last;
	s.source = (char *)"gateway";
	all.sightings = &list;
	all.n_sightings = 1;
	assert_int_equal(sightings_take(&store, &h, packed(&all.base, &payload)), LB_OK);
	lb_buf_fini(&payload);
}

static void sightings_are_summed(void **state)
{
	struct found f = { .n = 0 };

	(void)state;
	take_value(1, "de-sn", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_sighting(2, "de-he", store_id(1001), 5, 100, 200, false);
	take_sighting(2, "de-he", store_id(1001), 5, 100, 200, false); /* the same message again */
	take_sighting(3, "de-hb", store_id(1001), 0, 0, 0, false);    /* once, when it was said */
	take_sighting(4, "de-hb", store_id(1002), 9, 1, 1, false);    /* of another */
	take_sighting(5, "de-hb", store_id(1001), 9, 1, 1, true);     /* of an exercise */
	found_pattern(&f, "evil.example");
	assert_int_equal(f.n, 1);
	assert_int_equal(f.rows[0]->sighted, 6);
	assert_int_equal(f.rows[0]->first_seen, 100);
	assert_int_equal(f.rows[0]->last_seen, CREATED_MS + 3);
	assert_int_equal(f.rows[0]->n_sightings, 2);
	assert_string_equal(f.rows[0]->sightings[0]->origin, "de-hb");
	assert_string_equal(f.rows[0]->sightings[1]->source, "gateway");
	found_fini(&f);
}

static void what_its_origin_recalls_is_not_counted(void **state)
{
	struct lb_uuid sighting = store_id(2);
	struct found f = { .n = 0 };

	(void)state;
	take_value(1, "de-sn", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_sighting(2, "de-he", store_id(1001), 5, 100, 200, false);
	assert_int_equal(sightings_forget(&store, &sighting, lb_text_of("de-sn")), LB_OK); /* not its own */
	found_pattern(&f, "evil.example");
	assert_int_equal(f.rows[0]->sighted, 5);
	assert_int_equal(sightings_forget(&store, &sighting, lb_text_of("de-he")), LB_OK);
	found_pattern(&f, "evil.example");
	assert_int_equal(f.rows[0]->sighted, 0);
	found_fini(&f);
}

static void sightings_end(void **state)
{
	int64_t keep_ms = lb_message_type(LB_TYPE_SIGHTING)->keep_ms;
	struct found f = { .n = 0 };
	bool more = true;

	(void)state;
	take_value(1, "de-sn", LB_INDICATOR_DOMAIN_NAME, "evil.example");
	take_sighting(2, "de-he", store_id(1001), UINT64_MAX, 100, 200, false);
	assert_int_equal(sightings_expire(&store, CREATED_MS + keep_ms, &more), LB_OK);
	assert_false(more);
	found_pattern(&f, "evil.example");
	assert_int_equal(f.rows[0]->sighted, UINT64_C(1000000000000)); /* what anyone says of one is bounded */
	assert_int_equal(sightings_expire(&store, CREATED_MS + 2 + keep_ms, &more), LB_OK);
	found_pattern(&f, "evil.example");
	assert_int_equal(f.rows[0]->sighted, 0);
	found_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(sightings_are_summed),
		STORE_TEST(what_its_origin_recalls_is_not_counted),
		STORE_TEST(sightings_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
