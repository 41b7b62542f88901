/* What messages say is in the tables with their own transaction, also what we say once the broker has it, and not what is recalled. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/bounds.h"
#include "agents/agent/derive.h"
#include "agents/agent/indicators.h"
#include "agents/agent/outbox.h"
#include "lagebus/indicator.h"
#include "lagebus/message_type.h"
#include "proto/approval.pb-c.h"
#include "proto/indicator.pb-c.h"

static struct lb_frame pack_indicator(struct lb_uuid *id, struct lb_buf *to)
{
	Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT, *list = &i;
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;

	i.id = (ProtobufCBinaryData){ sizeof id->b, id->b };
	i.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_DOMAIN_NAME;
	i.value = (char *)"evil.example";
	all.indicators = &list;
	all.n_indicators = 1;
	return pack_into(&all.base, to);
}

static bool is_known(const struct lb_uuid *id)
{
	char owner[LB_PARTNER_ID_MAX + 1];

	return indicators_owner(&agent.store, id, owner) == LB_OK;
}

static void what_is_recalled_is_forgotten_for_its_origin(void **state)
{
	struct lb_header h = plain_header(1, LB_TYPE_INDICATOR, "bund-bsi"), recall = plain_header(2, LB_TYPE_RECALL, "de-he");
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	struct lb_buf payload = LB_BUF_INIT, other = LB_BUF_INIT;
	struct lb_uuid id = letter_id(77);

	(void)state;
	assert_int_equal(derive_received(&agent, &h, pack_indicator(&id, &payload)), LB_OK);
	assert_true(is_known(&id));
	r.refers_to = (ProtobufCBinaryData){ sizeof h.id.b, h.id.b };
	assert_int_equal(derive_received(&agent, &recall, pack_into(&r.base, &other)), LB_OK);
	assert_true(is_known(&id));
	recall.origin = lb_text_of("bund-bsi");
	assert_int_equal(derive_received(&agent, &recall, (struct lb_frame){ lb_buf_data(&other), lb_buf_len(&other) }), LB_OK);
	assert_false(is_known(&id));
	lb_buf_fini(&payload);
	lb_buf_fini(&other);
}

static void what_we_say_counts_when_the_broker_has_it(void **state)
{
	struct lb_header h = plain_header(1, LB_TYPE_INDICATOR, "");
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_uuid indicator = letter_id(77), id;
	ProtobufCBinaryData ids;

	(void)state;
	link_up();
	assert_int_equal(publish_add(&agent, &h, pack_indicator(&indicator, &payload), &id), LB_OK);
	step_at(now_ms);
	UNTIL(heard.published_n == 1);
	assert_false(is_known(&indicator));
	ids = (ProtobufCBinaryData){ sizeof id.b, id.b };
	accepted.ids = &ids;
	accepted.n_ids = 1;
	control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
	control.accepted = &accepted;
	broker_say(&broker, &control);
	settle();
	assert_true(is_known(&indicator));
	lb_buf_fini(&payload);
}

/* As if somebody had said so many. */
static void set_tally(enum bounded what, unsigned n)
{
	char *text = sqlite3_mprintf("UPDATE tally SET n=%u WHERE what=%d", n, (int)what);

	assert_int_equal(sqlite3_exec(agent.store.db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(text);
}

static unsigned sightings_total_rows(void)
{
	sqlite3_stmt *q = NULL;
	unsigned n;

	assert_int_equal(sqlite3_prepare_v2(agent.store.db, "SELECT count(*) FROM sighting", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = (unsigned)sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void what_comes_keeps_the_tables_in_their_bounds(void **state)
{
	struct lb_header h = plain_header(1, LB_TYPE_INDICATOR, "bund-bsi"), s = plain_header(2, LB_TYPE_SIGHTING, "bund-bsi");
	Lagebus__Sighting one = LAGEBUS__SIGHTING__INIT, *list = &one;
	Lagebus__Sightings all = LAGEBUS__SIGHTINGS__INIT;
	struct lb_buf payload = LB_BUF_INIT, sightings = LB_BUF_INIT;
	struct lb_uuid id = letter_id(77);
	struct lb_frame frame;

	(void)state;
	assert_int_equal(derive_received(&agent, &h, pack_indicator(&id, &payload)), LB_OK);
	assert_true(is_known(&id));
	set_tally(BOUNDED_INDICATORS, BOUNDS_INDICATORS_MAX + 1);
	h.id = letter_id(3);
	assert_int_equal(derive_received(&agent, &h, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }), LB_OK);
	assert_false(is_known(&id));
	one.indicator = (ProtobufCBinaryData){ sizeof id.b, id.b };
	all.sightings = &list;
	all.n_sightings = 1;
	frame = pack_into(&all.base, &sightings);
	assert_int_equal(derive_received(&agent, &s, frame), LB_OK);
	assert_int_equal(sightings_total_rows(), 1);
	set_tally(BOUNDED_SIGHTINGS, BOUNDS_SIGHTINGS_MAX + 1);
	s.id = letter_id(4);
	assert_int_equal(derive_received(&agent, &s, frame), LB_OK);
	assert_int_equal(sightings_total_rows(), 0);
	lb_buf_fini(&payload);
	lb_buf_fini(&sightings);
}

static void what_has_ended_goes_by_itself(void **state)
{
	struct lb_header h = plain_header(1, LB_TYPE_INDICATOR, "bund-bsi");
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_uuid id = letter_id(77);

	(void)state;
	/* Created so long ago that it has ended, but it came when it had not. */
	h.created_ms -= lb_message_type(LB_TYPE_INDICATOR)->keep_ms + 1;
	assert_int_equal(indicators_take(&agent.store, &h, pack_indicator(&id, &payload), h.created_ms), LB_OK);
	assert_true(is_known(&id));
	agent.expire_ms = now_ms + 1000;
	step_at(now_ms + 999);
	assert_true(is_known(&id));
	step_at(now_ms + 1);
	assert_false(is_known(&id));
	assert_true(agent.expire_ms > now_ms);
	lb_buf_fini(&payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_is_recalled_is_forgotten_for_its_origin),
		AGENT_TEST(what_we_say_counts_when_the_broker_has_it),
		AGENT_TEST(what_comes_keeps_the_tables_in_their_bounds),
		AGENT_TEST(what_has_ended_goes_by_itself),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
