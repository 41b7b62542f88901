/* A partner with a good certificate and bad manners: manners PORT CA_FOLDER NAME. Each case is a connection of its own; prints a line
 * a case, and ends with 1 if the broker's answer is not the one expected. Somebody has published something to everyone before. */
#include "tests/hostile/hostile.h"

static void say_greeting(struct caller *c)
{
	caller_say_greeting(c);
	caller_say_ready(c, LB_ZMTP_DEALER);
}

static void say_open(struct caller *c)
{
	say_greeting(c);
	caller_say_hello(c, NULL);
}

static void bad_greeting(struct caller *c)
{
	uint8_t greeting[LB_ZMTP_GREETING];

	lb_zmtp_greeting(greeting);
	memcpy(greeting + 12, "PLAIN", 5);
	caller_say(c, greeting, sizeof greeting);
}
static void before_hello(struct caller *c)
{
	struct lb_header h;

	say_greeting(c);
	caller_header(c, "all", &h);
	caller_publish(c, &h, "x", 1);
}
static void garbage_control(struct caller *c) { say_greeting(c); caller_say_frames(c, &(struct lb_frame){ (const uint8_t *)"\xff\xff\xff", 3 }, 1); }
static void reserved_flags(struct caller *c) { say_open(c); caller_say(c, "\x08\x01x", 3); }
static void huge_frame(struct caller *c) { say_open(c); caller_say(c, "\x02\x7f\xff\xff\xff\xff\xff\xff\xff", 9); }
static void large_early(struct caller *c) { say_greeting(c); caller_say(c, "\x02\0\0\0\0\0\1\0\0", 9); }
static void five_frames(struct caller *c) { say_open(c); caller_say(c, "\1\1a\1\1b\1\1c\1\1d\0\1e", 15); }
static void two_frames(struct caller *c) { say_open(c); caller_say(c, "\1\1a\0\1b", 6); }
static void command_with_more(struct caller *c) { say_open(c); caller_say(c, "\5\1a", 3); }
static void hello_twice(struct caller *c) { say_open(c); caller_say_hello(c, NULL); }
static void bad_header(struct caller *c)
{
	struct lb_frame frames[3] = { { (const uint8_t *)"\xff\xff", 2 }, { (const uint8_t *)"x", 1 }, { (const uint8_t *)"s", 1 } };

	say_open(c);
	caller_say_frames(c, frames, 3);
}
static void received_ahead(struct caller *c) { say_open(c); caller_say_received(c, 0, 1000000); }
static void not_utf8(struct caller *c)
{
	struct lb_header h;
	struct lb_buf header = LB_BUF_INIT;
	struct lb_frame frames[3];

	say_open(c);
	caller_header(c, "all", &h);
	h.language = lb_text_of("de");
	must(lb_header_encode(&h, &header) == LB_OK, "a header");
	memcpy(memmem(lb_buf_data(&header), lb_buf_len(&header), "\x02" "de", 3), "\x02\xc3\x28", 3);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	frames[1] = frames[2] = (struct lb_frame){ (const uint8_t *)"x", 1 };
	caller_say_frames(c, frames, 3);
	lb_buf_fini(&header);
}
/* One wrong thing in a header that is good otherwise. */
static void with(struct caller *c, void (*spoil)(struct lb_header *h))
{
	struct lb_header h;

	say_open(c);
	caller_header(c, "all", &h);
	spoil(&h);
	caller_publish(c, &h, "x", 1);
}
static void spoil_origin(struct lb_header *h) { h->origin = lb_text_of("bund-bsi"); }
static void spoil_type(struct lb_header *h) { h->type = 99; }
static void spoil_audience(struct lb_header *h) { h->audience[0] = lb_text_of("de-xx"); }
static void spoil_lane(struct lb_header *h) { h->lane = LB_LANE_URGENT; }
static void spoil_expires(struct lb_header *h) { h->created_ms -= 10000; h->expires_ms = h->created_ms + 1; }
static void spoil_created(struct lb_header *h) { h->created_ms += 86400000; }
static void spoil_warning(struct lb_header *h) { h->type = LB_TYPE_WARNING; h->level = 3; h->lane = LB_LANE_URGENT; }
static void wrong_origin(struct caller *c) { with(c, spoil_origin); }
static void unknown_type(struct caller *c) { with(c, spoil_type); }
static void unknown_audience(struct caller *c) { with(c, spoil_audience); }
static void wrong_lane(struct caller *c) { with(c, spoil_lane); }
static void expired(struct caller *c) { with(c, spoil_expires); }
static void from_tomorrow(struct caller *c) { with(c, spoil_created); }
static void warns_everyone(struct caller *c) { with(c, spoil_warning); }
static void id_reused(struct caller *c)
{
	struct lb_header h;

	say_open(c);
	caller_header(c, "all", &h);
	caller_publish(c, &h, "one thing", 9);
	caller_publish(c, &h, "another", 7);
}

/* What was delivered to this agent, as it came: header, payload and its origin's own signature. */
static void recorded(struct caller *c)
{
	enum heard heard;

	say_open(c);
	while ((heard = caller_hear(c)) != HEARD_DELIVERY)
		must(heard > HEARD_CLOSED, "there is nothing to record");
	caller_say_frames(c, c->message.frames + 1, 3);
}

static uint64_t position_of(struct caller *c, const struct lb_uuid *id)
{
	Lagebus__ReceiptsQuery query = LAGEBUS__RECEIPTS_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY;
	control.receipts_query = &query;
	caller_say_control(c, &control);
	while (caller_hear(c) != HEARD_CONTROL || c->control->body_case != LAGEBUS__CONTROL__BODY_RECEIPTS)
		must(!c->closed, "a receipts query was not answered");
	return c->control->receipts->position;
}

static void await_accepted(struct caller *c, size_t n)
{
	while (n > 0) {
		must(caller_hear(c) > HEARD_CLOSED, "a publish was not answered");
		n -= c->control && c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED ? c->control->accepted->n_ids : 0;
	}
}

/* A thousand times the same is accepted a thousand times, and stands in the log once. */
static void replayed(struct caller *c)
{
	struct lb_header h, next;

	say_open(c);
	caller_header(c, "all", &h);
	for (unsigned i = 0; i < 1000; i++)
		caller_publish(c, &h, "again", 5);
	await_accepted(c, 1000);
	caller_header(c, "all", &next);
	caller_publish(c, &next, "next", 4);
	await_accepted(c, 1);
	must(position_of(c, &next.id) == position_of(c, &h.id) + 1, "a replayed publish was stored again");
	caller_publish(c, &h, "other", 5);
}

static const struct {
	const char *name, *expected;
	void (*run)(struct caller *c);
} cases[] = {
	{ "a greeting of another protocol", "zmtp-greeting", bad_greeting },
	{ "a publish before Hello", "unexpected", before_hello },
	{ "a control that is garbage", "bad-control", garbage_control },
	{ "a large frame before Hello", "zmtp-too-big", large_early },
	{ "reserved flags", "zmtp-frame", reserved_flags },
	{ "a frame of 2^63 bytes", "zmtp-too-big", huge_frame },
	{ "five frames", "zmtp-too-big", five_frames },
	{ "two frames", "unexpected", two_frames },
	{ "a command with MORE", "zmtp-frame", command_with_more },
	{ "Hello twice", "unexpected", hello_twice },
	{ "Received ahead of what was delivered", "unexpected", received_ahead },
	{ "a header that is garbage", "bad-header", bad_header },
	{ "a header that is not UTF-8", "not-utf8", not_utf8 },
	{ "another's origin", "wrong-origin", wrong_origin },
	{ "an unknown type", "unknown-type", unknown_type },
	{ "an unknown audience", "bad-audience", unknown_audience },
	{ "the wrong lane", "bad-header", wrong_lane },
	{ "an expired message", "expired", expired },
	{ "a message from tomorrow", "bad-time", from_tomorrow },
	{ "a state that warns everyone", "role-may-not-send", warns_everyone },
	{ "an id with other bytes", "id-reused", id_reused },
	{ "somebody else's message, as recorded", "wrong-origin", recorded },
	{ "a publish again and again, then changed", "id-reused", replayed },
};

int main(int argc, char **argv)
{
	int failed = 0;

	must(argc == 4, "usage: manners PORT CA_FOLDER NAME");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct caller c;
		const char *reason;
		bool as_expected;

		dial(&c, (unsigned)atoi(argv[1]), argv[2], argv[3]);
		cases[i].run(&c);
		reason = caller_hear_reason(&c);
		as_expected = strcmp(reason, cases[i].expected) == 0;
		printf("%-40s %s%s%s\n", cases[i].name, reason, as_expected ? "" : ", expected ", as_expected ? "" : cases[i].expected);
		failed += !as_expected;
		caller_fini(&c);
	}
	return failed != 0;
}
