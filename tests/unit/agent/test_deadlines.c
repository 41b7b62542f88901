/* What the broker says of deadlines: stored, in the status, shown to who watches, and refused where it is no such thing. */
#include "tests/unit/agent/agent_fixture.h"


static void say_reminder(const struct lb_uuid *id, const char *partner, int64_t deadline_ms, bool overdue, bool settled)
{
	Lagebus__Reminder r = LAGEBUS__REMINDER__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	r.now = agent_clock_ms();
	if (id) {
		r.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
		r.partner = (char *)partner;
		r.ack_policy = LB_ACK_ACKNOWLEDGED;
		r.deadline = deadline_ms;
		r.overdue = overdue;
		r.settled = settled;
	}
	control.body_case = LAGEBUS__CONTROL__BODY_REMINDER;
	control.reminder = &r;
	broker_say(&broker, &control);
}

/* A header of bund-bsi's under that id. */
static void say_overdue(const struct lb_uuid *id, char **partners, size_t n, uint32_t in_all)
{
	Lagebus__Overdue o = LAGEBUS__OVERDUE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_header h = { .type = LB_TYPE_WARNING, .level = 3, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_GREEN, .schema_version = 1, .audience_n = 1 };
	struct lb_buf header = LB_BUF_INIT;

	h.id = letter_id(9);
	h.created_ms = agent_clock_ms();
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.ack_policy = LB_ACK_ACKNOWLEDGED;
	h.ack_deadline_ms = h.created_ms;
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	o.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	o.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	o.partners = partners;
	o.n_partners = n;
	o.partners_in_all = in_all;
	control.body_case = LAGEBUS__CONTROL__BODY_OVERDUE;
	control.overdue = &o;
	broker_say(&broker, &control);
	lb_buf_fini(&header);
}

/* To be freed. */
static Lagebus__Reply *ask_status(void)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;

	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	client_say(&client, &request);
	for (;;) {
		Lagebus__Reply *reply = client_hear();

		if (reply->body_case == LAGEBUS__REPLY__BODY_STATUS)
			return reply;
		lagebus__reply__free_unpacked(reply, NULL);
	}
}

static unsigned open_in_status(void)
{
	Lagebus__Reply *reply = ask_status();
	unsigned n = (unsigned)reply->status->n_open;

	lagebus__reply__free_unpacked(reply, NULL);
	return n;
}

static void watch(const char *topic)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__WatchRequest body = LAGEBUS__WATCH_REQUEST__INIT;

	body.topic = (char *)topic;
	body.from_now = true;
	request.number = 77;
	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = &body;
	client_say(&client, &request);
	assert_int_equal(open_in_status(), 0); /* the watch has been taken */
}

/* The next event of the watch. To be freed. */
static Lagebus__Reply *hear_event(void)
{
	Lagebus__Reply *reply = client_hear();

	assert_int_equal(reply->number, 77);
	assert_true(reply->more);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_DEADLINE);
	return reply;
}

static void a_reminder_is_kept_and_shown(void **state)
{
	struct lb_uuid id = letter_id(5);
	Lagebus__Reply *reply;

	(void)state;
	link_up();
	watch("");
	say_reminder(&id, "de-sn", agent_clock_ms() + DAY_MS, false, false);
	reply = hear_event();
	assert_string_equal(reply->deadline->partner, "de-sn");
	assert_false(reply->deadline->overdue || reply->deadline->settled);
	lagebus__reply__free_unpacked(reply, NULL);
	say_reminder(&id, "de-sn", agent_clock_ms() + DAY_MS, true, false);
	reply = hear_event();
	assert_true(reply->deadline->overdue);
	lagebus__reply__free_unpacked(reply, NULL);
	reply = ask_status();
	assert_int_equal(reply->status->n_open, 1);
	assert_true(reply->status->open[0]->overdue);
	assert_memory_equal(reply->status->open[0]->id.data, id.b, sizeof id.b);
	lagebus__reply__free_unpacked(reply, NULL);
	say_reminder(&id, "de-sn", agent_clock_ms(), false, true);
	reply = hear_event();
	assert_true(reply->deadline->settled);
	lagebus__reply__free_unpacked(reply, NULL);
	assert_int_equal(open_in_status(), 0);
}

/* What a watch of another topic is shown: only the message whose header is known to be of it. */
static void a_watch_is_told_of_its_topic(void **state)
{
	static char *names[] = { (char *)"de-he" };
	struct lb_uuid unknown = letter_id(5), warning = letter_id(9);
	Lagebus__Reply *reply;

	(void)state;
	link_up();
	watch("warning/*");
	say_reminder(&unknown, "de-sn", agent_clock_ms(), true, false);
	say_overdue(&warning, names, 1, 1);
	reply = hear_event();
	assert_string_equal(reply->deadline->partner, "");
	lagebus__reply__free_unpacked(reply, NULL);
}

static void who_else_is_overdue_is_in_the_status(void **state)
{
	static char *names[] = { (char *)"de-he", (char *)"de-sn/leipzig" };
	struct lb_uuid id = letter_id(9);
	Lagebus__Reply *reply;

	(void)state;
	link_up();
	say_overdue(&id, names, 2, 5);
	settle();
	reply = ask_status();
	assert_int_equal(reply->status->n_open, 1);
	assert_string_equal(reply->status->open[0]->partner, "");
	assert_int_equal(reply->status->open[0]->n_partners, 2);
	assert_string_equal(reply->status->open[0]->partners[1], "de-sn/leipzig");
	assert_int_equal(reply->status->open[0]->partners_in_all, 5);
	lagebus__reply__free_unpacked(reply, NULL);
	say_overdue(&id, NULL, 0, 0);
	settle();
	assert_int_equal(open_in_status(), 0);
}

static void what_the_next_link_does_not_name_is_settled(void **state)
{
	struct lb_uuid one = letter_id(5), two = letter_id(6);

	(void)state;
	link_up();
	say_reminder(&one, "de-sn", agent_clock_ms(), true, false);
	say_reminder(&two, "de-sn", agent_clock_ms(), true, false);
	settle();
	assert_int_equal(open_in_status(), 2);
	link_up();
	say_reminder(&two, "de-sn", agent_clock_ms(), true, false);
	say_reminder(NULL, "", 0, false, false);
	settle();
	assert_int_equal(open_in_status(), 1);
}

/* Each ends the link: a broker that says it is none. */
static void what_is_no_reminder_ends_the_link(void **state)
{
	static char *bad_names[] = { (char *)"de-he,de-sn" }, *names[] = { (char *)"de-he" };
	struct lb_uuid good = letter_id(9), other = letter_id(8), no_uuid = { { 1 } };

	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		unsigned before = heard.goodbyes;

		link_up();
		switch (i) {
		case 0: say_reminder(&no_uuid, "de-sn", 1, false, false); break;
		case 1: say_reminder(&good, "DE SN", 1, false, false); break;
		case 2: say_reminder(&good, "de-sn", 0, false, false); break;
		case 3: say_overdue(&other, names, 1, 1); break;
		case 4: say_overdue(&good, bad_names, 1, 1); break;
		case 5: say_overdue(&good, names, 1, 0); break;
		case 6: say_overdue(&good, NULL, 0, 3); break;
		}
		UNTIL(heard.goodbyes > before);
		assert_string_equal(heard.goodbye_reason, "bad-control");
	}
	assert_int_equal(open_in_status(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(a_reminder_is_kept_and_shown),
		AGENT_TEST(a_watch_is_told_of_its_topic),
		AGENT_TEST(who_else_is_overdue_is_in_the_status),
		AGENT_TEST(what_the_next_link_does_not_name_is_settled),
		AGENT_TEST(what_is_no_reminder_ends_the_link),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
