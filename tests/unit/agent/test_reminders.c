/* What has to be acknowledged by a time, as it is kept: from the message, from the broker, until it is done or settled. */
#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/reminders.h"

#define NOW INT64_C(1795442400000)

/* What is listed, a line each. */
static char listed[8192];

static bool list_one(void *user, const struct reminder *r)
{
	size_t n = strlen(listed);

	(void)user;
	snprintf(listed + n, sizeof listed - n, "%02x %s %u %lld%s%s\n", r->id.b[7], r->partner, r->ack_policy, (long long)(r->deadline_ms - NOW), r->overdue ? " overdue" : "",
	         r->exercise ? " exercise" : "");
	return true;
}

static bool list_other(void *user, const struct reminder_others *o)
{
	size_t n = strlen(listed);

	(void)user;
	snprintf(listed + n, sizeof listed - n, "%02x %.*s %s %u\n", o->id.b[7], (int)o->header.n, (const char *)o->header.p, o->partners, o->n);
	return true;
}

static void assert_listed(const char *text)
{
	listed[0] = '\0';
	assert_int_equal(reminders_each(&store, 100, list_one, NULL), LB_OK);
	assert_int_equal(reminders_each_other(&store, 100, list_other, NULL), LB_OK);
	assert_string_equal(listed, text);
}

static struct reminder reminder(unsigned n, const char *partner, int64_t in_ms, bool overdue)
{
	struct reminder r = { .partner = partner, .ack_policy = LB_ACK_ACKNOWLEDGED, .deadline_ms = NOW + in_ms, .overdue = overdue };

	r.id = store_id(n);
	r.id.b[7] = (uint8_t)n;
	return r;
}

static bool hear(struct reminder r, int64_t link)
{
	bool news;

	assert_int_equal(reminders_heard(&store, &r, link, &news), LB_OK);
	return news;
}

static bool done(unsigned n, const char *partner, unsigned state)
{
	struct reminder r = reminder(n, partner, 0, false);
	bool news;

	assert_int_equal(reminders_done(&store, &r.id, lb_text_of(partner), state, &news), LB_OK);
	return news;
}

static void expect(unsigned n, int64_t in_ms, unsigned policy)
{
	struct lb_header h = { .ack_policy = policy, .ack_deadline_ms = in_ms ? NOW + in_ms : 0 };

	h.id = reminder(n, "", 0, false).id;
	assert_int_equal(reminders_expect(&store, &h, "de-sn"), LB_OK);
}

static void expect_until(unsigned n, int64_t in_ms, int64_t expires_in_ms)
{
	struct lb_header h = { .ack_policy = LB_ACK_ACKNOWLEDGED, .ack_deadline_ms = NOW + in_ms, .expires_ms = NOW + expires_in_ms };

	h.id = reminder(n, "", 0, false).id;
	assert_int_equal(reminders_expect(&store, &h, "de-sn"), LB_OK);
}

static void a_message_that_asks_is_listed_until_it_is_done(void **state)
{
	(void)state;
	expect(1, 20, LB_ACK_ACKNOWLEDGED);
	expect(2, 10, LB_ACK_IMPLEMENTED);
	expect(3, 10, LB_ACK_NONE);
	expect(4, 0, LB_ACK_ACKNOWLEDGED);
	expect_until(5, 10, 9);
	expect_until(6, 30, 31);
	assert_listed("02 de-sn 3 10\n01 de-sn 2 20\n06 de-sn 2 30\n");
	assert_true(done(6, "de-sn", LB_ACK_ACKNOWLEDGED));
	assert_false(done(1, "de-he", LB_ACK_ACKNOWLEDGED));
	assert_false(done(2, "de-sn", LB_ACK_ACKNOWLEDGED));
	assert_true(done(1, "de-sn", LB_ACK_IMPLEMENTED));
	assert_listed("02 de-sn 3 10\n");
	store_reopen();
	assert_listed("02 de-sn 3 10\n");
}

static void the_same_again_is_no_news(void **state)
{
	(void)state;
	expect(1, 10, LB_ACK_ACKNOWLEDGED);
	assert_true(hear(reminder(1, "de-sn", 10, false), 5));
	assert_false(hear(reminder(1, "de-sn", 10, false), 6));
	assert_true(hear(reminder(1, "de-sn", 10, true), 6));
	assert_false(hear(reminder(1, "de-sn", 10, true), 7));
	assert_false(hear(reminder(1, "de-sn", 10, false), 7));
	assert_listed("01 de-sn 2 10 overdue\n");
	assert_true(hear(reminder(1, "de-sl", 10, true), 7));
	assert_listed("01 de-sl 2 10 overdue\n01 de-sn 2 10 overdue\n");
}

static void what_a_link_does_not_name_is_settled(void **state)
{
	(void)state;
	hear(reminder(1, "de-sn", 10, true), 5);
	hear(reminder(2, "de-sn", 20, true), 5);
	expect(3, -10, LB_ACK_ACKNOWLEDGED); /* the broker would have named it */
	expect(4, 10, LB_ACK_ACKNOWLEDGED);  /* it is not time yet */
	hear(reminder(2, "de-sn", 20, true), 6);
	assert_int_equal(reminders_settle(&store, 6, NOW), LB_OK);
	assert_listed("04 de-sn 2 10\n02 de-sn 2 20 overdue\n");
}

static bool others(unsigned n, const char *partners, unsigned count, int64_t link)
{
	struct lb_uuid id = reminder(n, "", 0, false).id;
	bool news;

	assert_int_equal(reminders_others(&store, &id, (struct lb_frame){ (const uint8_t *)"header", 6 }, partners, count, link, &news), LB_OK);
	return news;
}

static void who_else_is_overdue_is_kept_until_nobody_is(void **state)
{
	(void)state;
	assert_true(others(1, "de-sn,de-he", 2, 5));
	assert_false(others(1, "de-sn,de-he", 2, 6));
	assert_true(others(1, "de-sn", 1, 6));
	assert_true(others(2, "de-he", 70, 5));
	assert_listed("02 header de-he 70\n01 header de-sn 1\n");
	assert_int_equal(reminders_settle(&store, 6, NOW), LB_OK);
	assert_listed("01 header de-sn 1\n");
	assert_true(others(1, "", 0, 6));
	assert_false(others(1, "", 0, 6));
	assert_listed("");
}

static unsigned seen;

static bool count_one(void *user, const struct reminder *r)
{
	(void)user;
	(void)r;
	seen++;
	return true;
}

static bool count_two(void *user, const struct reminder *r)
{
	(void)user;
	(void)r;
	return ++seen < 2;
}

static void there_is_an_end_to_it(void **state)
{
	(void)state;
	assert_int_equal(store_begin(&store), LB_OK);
	for (unsigned i = 0; i < REMINDERS_MAX + 10; i++) {
		struct lb_header h = { .ack_policy = LB_ACK_ACKNOWLEDGED, .ack_deadline_ms = NOW };

		h.id = store_id(i);
		assert_int_equal(reminders_expect(&store, &h, "de-sn"), LB_OK);
	}
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(reminders_each(&store, 2 * REMINDERS_MAX, count_one, NULL), LB_OK);
	assert_int_equal(seen, REMINDERS_MAX);
	seen = 0;
	assert_int_equal(reminders_each(&store, 7, count_one, NULL), LB_OK);
	assert_int_equal(seen, 7);
	seen = 0;
	assert_int_equal(reminders_each(&store, 7, count_two, NULL), LB_OK);
	assert_int_equal(seen, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_message_that_asks_is_listed_until_it_is_done),
		STORE_TEST(the_same_again_is_no_news),
		STORE_TEST(what_a_link_does_not_name_is_settled),
		STORE_TEST(who_else_is_overdue_is_kept_until_nobody_is),
		STORE_TEST(there_is_an_end_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
