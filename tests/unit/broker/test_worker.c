/* A worker's loop: what others tell it. Commits of every worker, reloads, takeovers, drains, its end. */
#include "tests/kit/stand.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kit/logged.h"

static void every_worker_delivers_what_any_takes(void **state)
{
	struct caller *sender[2], *receiver[2];
	struct lb_uuid id;

	(void)state;
	stand_set("workers", 2);
	stand_start();
	sender[0] = stand_agent("bsi"); /* they take turns */
	sender[1] = stand_agent("he");
	receiver[0] = stand_agent("sn");
	receiver[1] = stand_agent("sn2");
	assert_int_equal(worker_load(stand.parts.workers[0]), 2);
	assert_int_equal(worker_load(stand.parts.workers[1]), 2);
	for (uint64_t i = 0; i < 20; i++) {
		id = stand_send(sender[i % 2], "de-sn", 10);
		for (unsigned k = 0; k < 2; k++)
			stand_assert_delivered(receiver[k], &id, i + 1, i);
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->published), 10);
	assert_int_equal(atomic_load(&stand_metrics(1)->published), 10);
}

static const char without_sn[] =
	"trust_domain = \"lagebus.example\";\n"
	"partners = (\n"
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; },\n"
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; }\n"
	");\n";

static void a_partner_that_is_removed_loses_its_sessions(void **state)
{
	struct caller *bsi, *sn, *early, *he;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	sn = stand_agent("sn");
	early = stand_call("sn2");
	he = stand_agent("he");
	stand_reload(without_sn, NULL);
	assert_string_equal(caller_hear_reason(sn), "not-a-member");
	assert_int_equal(caller_hear(sn), HEARD_CLOSED);
	assert_string_equal(caller_hear_reason(early), "not-a-member"); /* before its Hello, too */
	assert_string_equal(caller_hear_reason(stand_call("sn")), "not-a-member");
	caller_header(bsi, "de-sn", &h);
	caller_publish(bsi, &h, "x", 1);
	assert_string_equal(caller_hear_reason(bsi), "bad-audience");
	id = stand_send(bsi, "de-he", 1); /* the others are who they were, though they stand in other places */
	stand_assert_delivered(he, &id, 1, 0);
	stand_reload(stand_federation, NULL);
	assert_true(caller_is_answered(stand_agent("sn")));
}

static void a_certificate_that_is_revoked_loses_its_session(void **state)
{
	struct caller *sn, *sn2;

	(void)state;
	stand_start();
	sn = stand_agent("sn");
	sn2 = stand_agent("sn2");
	stand_revoke("sn", "revoked.crl");
	stand_reload(NULL, "revoked.crl");
	assert_string_equal(caller_hear_reason(sn), "tls-revoked");
	assert_int_equal(caller_hear(sn), HEARD_CLOSED);
	assert_true(caller_is_answered(sn2));
}

static void a_place_that_is_somebody_elses_is_not_closed(void **state)
{
	struct roster_place *place = malloc(sizeof *place);
	struct caller *c;

	(void)state;
	assert_non_null(place);
	stand_start();
	caller_fini(stand_agent("sn"));
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	c = stand_agent("he"); /* where the other was */
	*place = (struct roster_place){ 0, 0, 1 };
	assert_int_equal(channel_send(stand.parts.to_workers[0], (struct channel_item){ WORKER_CLOSE, place }), LB_OK);
	assert_true(caller_is_answered(c));
}

static void a_drain_says_goodbye_to_everyone(void **state)
{
	struct caller *open, *early, *late;

	(void)state;
	stand_start();
	open = stand_agent("sn");
	early = stand_call("he");
	assert_int_equal(caller_hear(early), HEARD_GREETING);
	parts_drain(&stand.parts);
	late = stand_call("bsi");
	assert_string_equal(caller_hear_reason(open), "draining");
	assert_non_null(open->control); /* a Goodbye */
	assert_string_equal(caller_hear_reason(early), "draining");
	assert_null(early->control); /* an ERROR */
	assert_string_equal(caller_hear_reason(late), "draining");
	stand_wait(&stand_metrics(0)->sessions_closed, 3);
	assert_int_equal(parts_sessions(&stand.parts), 0);
}

/* And takes nothing new meanwhile: who goes on publishing would never be told. */
static void a_drain_answers_what_is_under_way_first(void **state)
{
	struct lb_uuid id;
	struct lb_header h;
	struct caller *c;
	struct block *b;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	caller_header(c, "all", &h);
	id = h.id;
	caller_publish(c, &h, "x", 1);
	b = stand_next_block(LB_LANE_ROUTINE);
	parts_drain(&stand.parts);
	caller_header(c, "all", &h);
	caller_publish(c, &h, "x", 1);
	assert_false(caller_wait(c, 600));
	stand_commit(b, LB_OK);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_int_equal(c->control->accepted->n_ids, 1);
	assert_memory_equal(c->control->accepted->ids[0].data, id.b, sizeof id.b);
	assert_string_equal(caller_hear_reason(c), "draining");
}

/* Whatever it is in the middle of: nothing waits, and nothing is left. */
static void it_ends_in_the_middle_of_everything(void **state)
{
	struct caller *sender, *c;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	stand_call("he");
	stand_agent("sn");
	for (unsigned i = 0; i < 20; i++)
		stand_send(sender, "all", 60000);
	c = stand_agent("uni"); /* catching up */
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	for (unsigned i = 0; i < 100; i++)
		caller_say_ping(sender, NULL, 0);
	stand_call("sn2");
}

/* The log writer has ended by then: that a cursor cannot be given to it any more is no error, least of all one of memory. */
static void it_ends_without_complaint(void **state)
{
	struct caller *sender, *c;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	stand_send(sender, "de-sn", 10);
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	caller_say_received(c, 0, 1);
	assert_true(caller_is_answered(c));
	logged_begin();
	parts_end(&stand.parts); /* its callers are still there */
	stand.parts = (struct parts){ .hub = NULL };
	assert_int_equal(logged(""), 0);
	logged_end();
}

static void a_worker_has_a_name_of_its_own(void **state)
{
	struct worker *second = NULL;
	struct worker_settings w = { .index = 0, .workers = 1 };

	(void)state;
	stand_start();
	w.settings = &stand.parts.configuration.settings;
	w.hub = stand.parts.hub;
	w.journal = stand.parts.journal;
	w.roster = stand.parts.roster;
	w.federation = stand.parts.configuration.federation;
	w.tls = stand.parts.configuration.tls;
	assert_int_equal(worker_new(&w, &second), LB_INVALID);
	assert_null(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(every_worker_delivers_what_any_takes),
		STAND_TEST(a_partner_that_is_removed_loses_its_sessions),
		STAND_TEST(a_certificate_that_is_revoked_loses_its_session),
		STAND_TEST(a_place_that_is_somebody_elses_is_not_closed),
		STAND_TEST(a_drain_says_goodbye_to_everyone),
		STAND_TEST(a_drain_answers_what_is_under_way_first),
		STAND_TEST(it_ends_in_the_middle_of_everything),
		STAND_TEST(it_ends_without_complaint),
		STAND_TEST(a_worker_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
