/* A body's sightings go on to the owners, in the Land's name, with the transaction that stores them. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/indicators.h"
#include "agents/agent/outbox.h"
#include "agents/agent/sightings.h"
#include "lagebus/indicator.h"
#include "proto/indicator.pb-c.h"

static void know(unsigned n, const char *origin)
{
	struct lb_header h = plain_header(n, LB_TYPE_INDICATOR, origin);
	Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT, *list = &i;
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_uuid id = letter_id(100 + n);
	char value[40];

	snprintf(value, sizeof value, "h%u.example", n);
	i.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	i.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_DOMAIN_NAME;
	i.value = value;
	all.indicators = &list;
	all.n_indicators = 1;
	pack_into(&all.base, &payload);
	assert_int_equal(indicators_take(&agent.store, &h, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }, agent_clock_ms()), LB_OK);
	lb_buf_fini(&payload);
}

/* Three sightings: of indicators 1, 2 and 3, and of one that nobody knows. */
static void see(const struct lb_header *h)
{
	Lagebus__Sighting s[4], *list[4];
	Lagebus__Sightings all = LAGEBUS__SIGHTINGS__INIT;
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_uuid ids[4];

	for (unsigned i = 0; i < 4; i++) {
		ids[i] = letter_id(101 + i);
		lagebus__sighting__init(&s[i]);
		s[i].indicator = (ProtobufCBinaryData){ sizeof ids[i].b, ids[i].b };
		s[i].source = (char *)"gateway";
		list[i] = &s[i];
	}
	all.sightings = list;
	all.n_sightings = 4;
	pack_into(&all.base, &payload);
	assert_int_equal(sightings_pass_on(&agent, h, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }), LB_OK);
	lb_buf_fini(&payload);
}

static uint64_t waiting(void)
{
	uint64_t n = 0;

	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_int_equal(outbox_count(&agent.store, LB_LANE_ROUTINE, &n), LB_OK);
	return n;
}

static void each_owner_is_told_once(void **state)
{
	struct lb_header h = plain_header(9, LB_TYPE_SIGHTING, "de-sn/leipzig"), sent;
	struct lb_buf message = LB_BUF_INIT;
	Lagebus__Sightings *all;
	struct lb_uuid id;
	sqlite3_stmt *q;

	(void)state;
	know(1, "de-he");
	know(2, "de-he");
	know(3, "bund-bsi");
	h.exercise = true;
	see(&h);
	assert_int_equal(waiting(), 2);
	assert_int_equal(sqlite3_prepare_v2(agent.store.db, "SELECT header,payload FROM outbox ORDER BY row LIMIT 1", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(lb_header_decode(sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0), &sent), LB_OK);
	assert_true(lb_text_equals(sent.origin, "de-sn"));
	assert_true(lb_text_equals(sent.audience[0], "de-he"));
	assert_int_equal(sent.audience_n, 1);
	assert_int_equal(sent.tlp, LB_TLP_AMBER);
	assert_true(sent.has_thread && sent.exercise);
	assert_memory_equal(&sent.thread, &h.id, sizeof h.id);
	all = lagebus__sightings__unpack(NULL, (size_t)sqlite3_column_bytes(q, 1), sqlite3_column_blob(q, 1));
	assert_non_null(all);
	assert_int_equal(all->n_sightings, 2);
	assert_string_equal(all->sightings[0]->source, "gateway");
	id = letter_id(102);
	assert_memory_equal(all->sightings[1]->indicator.data, &id, sizeof id);
	lagebus__sightings__free_unpacked(all, NULL);
	sqlite3_finalize(q);
	lb_buf_fini(&message);
}

static void what_is_ours_or_not_from_below_or_red_stays(void **state)
{
	struct lb_header h = plain_header(9, LB_TYPE_SIGHTING, "de-he");

	(void)state;
	know(1, "de-sn"); /* our own */
	know(2, "bund-bsi");
	know(3, "de-sn/leipzig"); /* its own: it knows */
	see(&h); /* from elsewhere */
	h.origin = lb_text_of("de-snx/leipzig");
	see(&h);
	h.origin = lb_text_of("de-sn/leipzig");
	h.tlp = LB_TLP_RED;
	see(&h);
	assert_int_equal(waiting(), 0);
	h.tlp = LB_TLP_GREEN;
	see(&h);
	assert_int_equal(waiting(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(each_owner_is_told_once),
		AGENT_TEST(what_is_ours_or_not_from_below_or_red_stays),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
