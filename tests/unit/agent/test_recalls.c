/* What an origin takes back or replaces, at the recipient's. */
#include "tests/unit/agent/post.h"

#include "agents/agent/indicators.h"
#include "agents/agent/reminders.h"
#include "lagebus/indicator.h"
#include "proto/approval.pb-c.h"
#include "proto/indicator.pb-c.h"

static void recall(struct post *p, unsigned n, unsigned about)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	struct lb_uuid id = letter_id(about);

	init_post(p, n, LB_TYPE_RECALL);
	p->h.has_thread = true;
	p->h.thread = id;
	r.refers_to = (ProtobufCBinaryData){ sizeof id.b, id.b };
	r.reason = (char *)"falsch";
	p->payload_n = lagebus__recall__pack(&r, p->payload);
}

static bool count_row(void *user, const struct inbox_row *row)
{
	(void)row;
	++*(unsigned *)user;
	return true;
}

static unsigned found(const char *search)
{
	struct inbox_query q = { .search = search };
	unsigned n = 0;

	assert_int_equal(inbox_find(&agent.store, &q, count_row, &n), LB_OK);
	return n;
}

/* Is the word anywhere in the database or its write-ahead log? */
static bool in_files(const char *word)
{
	char command[400];

	snprintf(command, sizeof command, "cat '%s'/agent.db* | grep -aqi '%s'", agent.settings.data, word);
	return system(command) == 0;
}

static bool count_reminder(void *user, const struct reminder *r)
{
	(void)r;
	++*(unsigned *)user;
	return true;
}

/* Messages that we still have to acknowledge by a time. */
static unsigned owed(void)
{
	unsigned n = 0;

	assert_int_equal(reminders_each(&agent.store, 10, count_reminder, &n), LB_OK);
	return n;
}

static void a_recall_deletes_and_is_confirmed(void **state)
{
	struct post p;

	(void)state;
	post_begin();
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	p.h.ack_policy = LB_ACK_ACKNOWLEDGED;
	p.h.ack_deadline_ms = agent_clock_ms() + 60000;
	post_next(&p);
	assert_int_equal(owed(), 1);
	assert_int_equal(found("Zuckerrohr"), 1);
	assert_true(in_files("Zuckerrohr"));
	recall(&p, 2, 1);
	post_next(&p);
	assert_string_equal(row_of(1).gone, "recalled");
	assert_string_equal(row_of(1).gone_reason, "falsch");
	assert_int_equal(row_of(1).payload.n, 0);
	assert_string_equal(row_of(1).title, "");
	assert_int_equal(owed(), 0);
	assert_int_equal(found("Zuckerrohr"), 0);
	assert_false(in_files("Zuckerrohr"));
	UNTIL(heard.published_n == 1);
}

static void a_message_that_comes_behind_its_recall_is_deleted_too(void **state)
{
	struct post p;

	(void)state;
	post_begin();
	recall(&p, 2, 1);
	post_next(&p);
	UNTIL(heard.published_n == 1); /* nothing of it is here: that is confirmed */
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	assert_string_equal(row_of(1).gone, "recalled");
	assert_false(in_files("Zuckerrohr"));
}

static void nobody_elses_recall_deletes(void **state)
{
	struct post p;

	(void)state;
	post_begin();
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	recall(&p, 2, 1);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	post_next(&p);
	assert_string_equal(row_of(1).gone, "");
	assert_int_equal(found("Zuckerrohr"), 1);
}

/* Nor if it comes first. */
static void nobody_elses_recall_waits_for_it(void **state)
{
	struct post p;

	(void)state;
	post_begin();
	recall(&p, 2, 1);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	post_next(&p);
	init_post(&p, 3, LB_TYPE_SITUATION_REPORT);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(1);
	post_next(&p);
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	assert_string_equal(row_of(1).gone, "");
	assert_int_equal(row_of(1).superseded.n, 0);
}

/* From the table it is taken apart into, too, if it comes behind its recall. */
static void what_it_brought_goes_with_it(void **state)
{
	struct lb_uuid id = letter_id(77);
	Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT, *list = &i;
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	char owner[LB_PARTNER_ID_MAX + 1];

	(void)state;
	i.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	i.kind = (Lagebus__IndicatorKind)LB_INDICATOR_DOMAIN_NAME;
	i.value = (char *)"evil.example";
	all.indicators = &list;
	all.n_indicators = 1;
	post_begin();
	for (unsigned late = 0; late < 2; late++) {
		struct post p, r;

		init_post(&p, 1 + 10 * late, LB_TYPE_INDICATOR);
		p.payload_n = lagebus__indicators__pack(&all, p.payload);
		recall(&r, 2 + 10 * late, 1 + 10 * late);
		if (late)
			post_next(&r);
		post_next(&p);
		if (!late) {
			assert_int_equal(indicators_owner(&agent.store, &id, owner), LB_OK);
			post_next(&r);
		}
		assert_string_equal(row_of(1 + 10 * late).gone, "recalled");
		assert_int_equal(indicators_owner(&agent.store, &id, owner), LB_NOT_FOUND);
	}
}

static void what_is_replaced_is_marked(void **state)
{
	struct post p;
	struct lb_uuid by = letter_id(2);

	(void)state;
	post_begin();
	init_post(&p, 1, LB_TYPE_SITUATION_REPORT);
	post_next(&p);
	init_post(&p, 3, LB_TYPE_SITUATION_REPORT);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(1);
	post_next(&p);
	assert_int_equal(row_of(1).superseded.n, 0); /* another's does not count */
	init_post(&p, 2, LB_TYPE_SITUATION_REPORT);
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(1);
	post_next(&p);
	assert_int_equal(row_of(1).superseded.n, sizeof by.b);
	assert_memory_equal(row_of(1).superseded.p, by.b, sizeof by.b);
	/* Also if it comes later than what replaces it. */
	init_post(&p, 5, LB_TYPE_SITUATION_REPORT);
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(4);
	post_next(&p);
	init_post(&p, 4, LB_TYPE_SITUATION_REPORT);
	post_next(&p);
	assert_int_equal(row_of(4).superseded.n, sizeof by.b);
}

/* Nobody has to do anything for it. */
static void what_is_over_goes_by_itself(void **state)
{
	struct post p;

	(void)state;
	post_begin();
	for (unsigned n = 1; n <= 2; n++) {
		init_post(&p, n, LB_TYPE_SITUATION_REPORT);
		post_next(&p);
	}
	assert_int_equal(sqlite3_exec(agent.store.db, "UPDATE inbox SET until=1 WHERE position=1", NULL, NULL, NULL), SQLITE_OK);
	agent.erase_ms = 0;
	settle();
	assert_string_equal(row_of(1).gone, "expired");
	assert_int_equal(row_of(1).payload.n, 0);
	assert_true(row_of(2).payload.n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(a_recall_deletes_and_is_confirmed),
		AGENT_TEST(a_message_that_comes_behind_its_recall_is_deleted_too),
		AGENT_TEST(nobody_elses_recall_deletes),
		AGENT_TEST(nobody_elses_recall_waits_for_it),
		AGENT_TEST(what_it_brought_goes_with_it),
		AGENT_TEST(what_is_over_goes_by_itself),
		AGENT_TEST(what_is_replaced_is_marked),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
