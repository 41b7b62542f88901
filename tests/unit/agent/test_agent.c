/* The agent's turn: what cannot be stored is not acknowledged, to no one; opening, reloading, waking. */
#include "tests/unit/agent/agent_fixture.h"

#include <sys/eventfd.h>

#include "agents/agent/intake.h"

static int pragma(const char *text)
{
	sqlite3_stmt *q = NULL;
	int n = -1;

	assert_int_equal(sqlite3_prepare_v2(agent.store.db, text, -1, &q, NULL), SQLITE_OK);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* The database may grow by this many pages. */
static void leave_room(int pages)
{
	char text[60];

	snprintf(text, sizeof text, "PRAGMA max_page_count=%d", pragma("PRAGMA page_count") + pages);
	pragma(text);
}

static int refuse_commit(void *user)
{
	(void)user;
	return 1;
}

static void refuse_commits(bool on)
{
	sqlite3_commit_hook(agent.store.db, on ? refuse_commit : NULL, NULL);
}

static void assert_in_order(unsigned last)
{
	struct inbox_row row;
	int64_t at = 0;

	assert_int_equal(inbox_total(), last);
	for (unsigned n = 1; n <= last; n++) {
		assert_int_equal(inbox_after(&agent.store, at, &row), LB_OK);
		assert_int_equal(row.position, n);
		at = row.row;
	}
}

/* The cursor on disk is that of the inbox on disk: what was lost comes again. */
static void assert_cursor_is_the_inbox_s(void)
{
	uint64_t cursor[LB_LANES], missed;
	struct lb_uuid log, last[LB_LANES];

	assert_int_equal(inbox_load_cursors(&agent.store, &log, cursor, last, &missed), LB_OK);
	assert_int_equal(cursor[LB_LANE_ROUTINE], inbox_total());
	assert_int_equal(agent.cursor[LB_LANE_ROUTINE], inbox_total());
}

static void a_turn_that_does_not_fit_is_lost_as_a_whole(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	/* All of them come in one piece; after some the database is full. */
	leave_room(2);
	for (unsigned n = 2; n <= 100; n++)
		deliver_routine(n);
	UNTIL(heard.goodbyes == 1);
	assert_string_equal(heard.goodbye_reason, "store-full");
	assert_cursor_is_the_inbox_s();
	assert_true(inbox_total() < 100 && heard.cursor[LB_LANE_ROUTINE] == inbox_total());
	leave_room(1000);
	link_up();
	for (unsigned n = (unsigned)heard.cursor[LB_LANE_ROUTINE] + 1; n <= 100; n++)
		deliver_routine(n);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 100);
	assert_in_order(100);
}

static void a_turn_that_cannot_be_committed_is_lost(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	refuse_commits(true);
	deliver_routine(2);
	UNTIL(heard.goodbyes == 1);
	assert_cursor_is_the_inbox_s();
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], 1);
	refuse_commits(false);
	link_up();
	deliver_routine(2);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 2);
	assert_in_order(2);
}

static void who_sends_learns_that_it_was_not_stored(void **state)
{
	(void)state;
	link_up();
	leave_room(2);
	client_send(&client, 1, 100000, false);
	assert_refused(1, LB_STORE_FULL);
	client_send(&client, 2, 100000, true);
	assert_refused(2, LB_STORE_FULL);
	assert_int_equal(outbox_total(), 0);
	/* Nothing of the broker's was lost: the link stays. */
	settle();
	assert_true(uplink_is_open(&agent.uplink) && heard.published_n == 0);
	leave_room(1000);
	client_send(&client, 3, 100000, false);
	assert_sent(3, false);
	UNTIL(heard.published_n == 1);
	refuse_commits(true);
	client_send(&client, 4, 10, false);
	assert_refused(4, LB_IO);
	refuse_commits(false);
	assert_int_equal(outbox_total(), 1);
}

/* Until both of the agent's sockets have something for it. */
static void wait_for_arrival(void)
{
	struct pollfd p = { .fd = local_server_fd(agent.local), .events = POLLIN };

	assert_int_equal(poll(&p, 1, 20000), 1);
	p.fd = agent.uplink.fd;
	assert_int_equal(poll(&p, 1, 20000), 1);
}

/* Two requests and deliveries in one turn: who does not fit does not take the others along, nor make the agent say what is not so. */
static void one_that_does_not_fit_costs_the_deliveries_of_its_turn(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	leave_room(12);
	deliver_routine(2);
	deliver_routine(3);
	broker_send(&broker);
	client_send(&client, 1, 100000, false);
	client_send(&client, 2, 10, false);
	wait_for_arrival();
	agent_step(&agent, POLLIN, now_ms);
	assert_refused(1, LB_STORE_FULL);
	assert_sent(2, false);
	assert_int_equal(outbox_total(), 1);
	assert_cursor_is_the_inbox_s();
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], inbox_total());
}

static void what_is_held_is_released_when_there_is_room(void **state)
{
	(void)state;
	link_up();
	deliver_routine(1);
	deliver_routine(2);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 2);
	refuse_commits(true);
	say_signer("bund", true);
	UNTIL(heard.goodbyes == 1);
	assert_true(inbox_total() == 0 && agent.holding);
	refuse_commits(false);
	link_up();
	say_signer("bund", true);
	UNTIL(!agent.holding);
	UNTIL(!agent.in_transaction);
	assert_in_order(2);
}

static void assert_not_opened(const char *says)
{
	static struct agent a;
	char why[400] = "";

	assert_int_not_equal(agent_open(&a, fixture_path("agent", ".conf"), why, sizeof why), LB_OK);
	if (!strstr(why, says))
		fail_msg("\"%s\" does not say %s", why, says);
}

static void what_cannot_be_opened_is_named(void **state)
{
	static const char *const rest = "certificate = \"%s\"; key = \"%s\"; ca = \"%s\"; data = \"%s/other\"; local = \"%s\"; brokers = ( \"h:1\" );\n";
	char text[2000];

	(void)state;
	/* This agent has the database. */
	assert_not_opened("agent.db");
	fixture_configure("missing", NULL);
	assert_not_opened("missing.pem");
	fixture_configure("agent", "missing.crl");
	assert_not_opened("missing.crl");
	snprintf(text, sizeof text, rest, fixture_path("agent", ".pem"), fixture_path("agent", ".key"), fixture_path("ca", ".pem"), fixture_folder, "tcp://*:7");
	assert_true(credentials_write(fixture_folder, "agent.conf", text));
	assert_not_opened("tcp://*:7");
	assert_true(credentials_write(fixture_folder, "agent.conf", "brokers = ( \"h:1\" );\n"));
	assert_not_opened("certificate");
}

static void a_reload_takes_what_checks(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	assert_true(credentials_write(fixture_folder, "broken.crl", "nothing"));
	fixture_configure("agent", "broken.crl");
	agent_reload(&agent);
	settle();
	assert_true(uplink_is_open(&agent.uplink));
	/* With a list that names the signer. */
	fixture_configure("agent", "bund.crl");
	agent_reload(&agent);
	assert_false(uplink_is_open(&agent.uplink));
	link_up();
	deliver_routine(2);
	UNTIL(heard.queries == 2);
	say_signer("bund", true);
	UNTIL(heard.quarantined == 1);
	assert_string_equal(heard.quarantined_reason, "tls-revoked");
}

static void configure_more(const char *text)
{
	FILE *f;

	fixture_configure("agent", NULL);
	f = fopen(fixture_path("agent", ".conf"), "a");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int number(const char *query)
{
	sqlite3_stmt *q;
	int n;

	assert_int_equal(sqlite3_prepare_v2(agent.store.db, query, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void a_reload_reads_the_configuration_as_well(void **state)
{
	char data[200];

	(void)state;
	link_up();
	snprintf(data, sizeof data, "%s", agent.settings.data);
	configure_more("coordinators = ( \"bund-bsi\", \"de-he\" );\nincident_first = \"2 h\";\nincident_route = \"forward\";\n");
	assert_int_equal(sqlite3_exec(agent.store.db, "INSERT INTO incident(id,dirty,closed) VALUES(x'01',0,0),(x'02',0,1)", NULL, NULL, NULL), SQLITE_OK);
	agent_reload(&agent);
	assert_int_equal(agent.settings.coordinators_n, 2);
	assert_string_equal(agent.settings.coordinators[1], "de-he");
	assert_string_equal(agent.settings.incident_route, "forward");
	/* The clocks of what is open run otherwise. */
	assert_int_equal(number("SELECT group_concat(dirty)='1,0' FROM (SELECT dirty FROM incident ORDER BY id)"), 1);
	assert_string_equal(agent.settings.data, data);
	link_up(); /* at once, without waiting for the next try */
	/* What does not check changes nothing. */
	configure_more("coordinators = ( \"de-sn\" );\nlog_level = \"loud\";\n");
	agent_reload(&agent);
	assert_int_equal(agent.settings.coordinators_n, 2);
	assert_true(uplink_is_open(&agent.uplink));
	/* What is read at the start only stays. */
	fixture_tests++; /* another folder */
	configure_more("");
	agent_reload(&agent);
	fixture_tests--;
	assert_string_equal(agent.settings.data, data);
	assert_int_equal(agent.settings.coordinators_n, 1);
}

static void a_turn_ends_when_it_is_told_to(void **state)
{
	int wake = eventfd(1, EFD_CLOEXEC);
	time_t before = time(NULL);

	(void)state;
	agent.uplink.retry_ms = INT64_MAX; /* there is nothing else to do */
	agent_turn(&agent, wake);
	assert_true(time(NULL) - before < 20);
	assert_int_equal(agent.uplink.state, UPLINK_DOWN);
	close(wake);
}

static int begin(void **state)
{
	return fixture_begin(state) == 0 && credentials_revoke(fixture_folder, "ca", "bund", "bund.crl", 2) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(a_turn_that_does_not_fit_is_lost_as_a_whole),
		AGENT_TEST(a_turn_that_cannot_be_committed_is_lost),
		AGENT_TEST(who_sends_learns_that_it_was_not_stored),
		AGENT_TEST(one_that_does_not_fit_costs_the_deliveries_of_its_turn),
		AGENT_TEST(what_is_held_is_released_when_there_is_room),
		AGENT_TEST(what_cannot_be_opened_is_named),
		AGENT_TEST(a_reload_takes_what_checks),
		AGENT_TEST(a_reload_reads_the_configuration_as_well),
		AGENT_TEST(a_turn_ends_when_it_is_told_to),
	};

	return cmocka_run_group_tests(tests, begin, fixture_end);
}
