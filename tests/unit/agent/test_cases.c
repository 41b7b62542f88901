/* A case that a person has acknowledged at another agent of the office: it goes here, too, and for no other Receipt. */
#include "tests/unit/agent/post.h"

#include "proto/receipt.pb-c.h"

static const char secret[] = "ciphertext that stands nowhere else";

static void send_case(unsigned n, unsigned type, const char *to)
{
	struct post p;

	init_post(&p, n, type);
	p.h.area = LB_AREA_DIGITAL_VIOLENCE;
	p.h.tlp = LB_TLP_RED;
	p.h.audience[0] = lb_text_of(to);
	p.h.expires_ms = p.h.created_ms + DAY_MS;
	memcpy(p.payload, secret, p.payload_n = sizeof secret);
	post_next(&p);
}

/* Of de-sn, whose agent this is. */
struct receipt {
	unsigned n, about, state;
	const char *by, *origin, *signer, *to;
	unsigned refers_to; /* 0: as about */
};

static void send_receipt(struct receipt r)
{
	Lagebus__Receipt receipt = LAGEBUS__RECEIPT__INIT;
	struct lb_uuid id = letter_id(r.refers_to ? r.refers_to : r.about);
	struct post p;

	init_post(&p, r.n, LB_TYPE_RECEIPT);
	p.h.area = LB_AREA_DIGITAL_VIOLENCE;
	p.h.tlp = LB_TLP_RED;
	p.h.origin = lb_text_of(r.origin ? r.origin : "de-sn");
	p.h.audience[0] = lb_text_of(r.to ? r.to : "bund-bsi");
	p.h.has_thread = true;
	p.h.thread = letter_id(r.about);
	receipt.refers_to = (ProtobufCBinaryData){ sizeof id.b, id.b };
	receipt.state = r.state;
	receipt.by = (char *)r.by;
	p.payload_n = lagebus__receipt__pack(&receipt, p.payload);
	p.signer = r.signer ? r.signer : "agent";
	post_next(&p);
}

static void begin(void)
{
	post_begin();
	say_signer("agent", true);
	settle();
}

static bool is_on_disk(void)
{
	char command[400];

	snprintf(command, sizeof command, "cat '%s'/agent.db* | grep -qaF '%s'", agent.settings.data, secret);
	return system(command) == 0;
}

static void what_a_colleague_acknowledged_goes_here_too(void **state)
{
	(void)state;
	begin();
	send_case(1, LB_TYPE_DIGITAL_VIOLENCE_CASE, "de-sn");
	assert_int_equal(row_of(1).payload.n, sizeof secret);
	assert_true(is_on_disk());
	send_receipt((struct receipt){ .n = 2, .about = 1, .state = LB_ACK_DISPLAYED, .by = "Fachstelle" });
	assert_int_equal(row_of(1).payload.n, sizeof secret);
	assert_int_equal(row_of(1).acknowledged, LB_ACK_DISPLAYED);
	send_receipt((struct receipt){ .n = 3, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "Fachstelle" });
	assert_int_equal(row_of(1).payload.n, 0);
	assert_int_equal(row_of(1).acknowledged, LB_ACK_ACKNOWLEDGED);
	assert_false(is_on_disk());
	assert_int_equal(inbox_total(), 1); /* our own receipts are nothing to show */
	assert_int_equal(heard.cursor[LB_LANE_URGENT], 3);
	send_receipt((struct receipt){ .n = 4, .about = 1, .state = LB_ACK_IMPLEMENTED, .by = "Fachstelle" }); /* it is gone already */
	assert_int_equal(row_of(1).acknowledged, LB_ACK_IMPLEMENTED);
}

static void no_other_receipt_deletes_it(void **state)
{
	(void)state;
	begin();
	send_case(1, LB_TYPE_DIGITAL_VIOLENCE_CASE, "de-sn");
	send_receipt((struct receipt){ .n = 2, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "" }); /* no person */
	send_receipt((struct receipt){ .n = 3, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "x", .refers_to = 9 });
	send_receipt((struct receipt){ .n = 4, .about = 1, .state = LB_RECEIPT_DELETED, .by = "x" });
	send_receipt((struct receipt){ .n = 5, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "x", .origin = "de-he", .signer = "other" });
	send_receipt((struct receipt){ .n = 6, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "x", .signer = "other" }); /* not de-sn's signature */
	assert_int_equal(row_of(1).payload.n, sizeof secret);
	assert_int_equal(quarantine_total(), 1);
}

/* Other messages stay, whoever has acknowledged them; and a case of somebody else's that we sent is not ours to delete. */
static void nothing_else_is_deleted(void **state)
{
	(void)state;
	begin();
	send_case(1, LB_TYPE_SIGHTING, "de-sn");
	send_case(2, LB_TYPE_DIGITAL_VIOLENCE_CASE, "de-he");
	send_receipt((struct receipt){ .n = 3, .about = 1, .state = LB_ACK_ACKNOWLEDGED, .by = "x" });
	send_receipt((struct receipt){ .n = 4, .about = 2, .state = LB_ACK_ACKNOWLEDGED, .by = "x" });
	send_receipt((struct receipt){ .n = 5, .about = 99, .state = LB_ACK_ACKNOWLEDGED, .by = "x" }); /* not here */
	assert_int_equal(row_of(1).payload.n, sizeof secret);
	assert_int_equal(row_of(2).payload.n, sizeof secret);
	assert_int_equal(inbox_total(), 2);
	/* One that is for us is shown as ever. */
	send_receipt((struct receipt){ .n = 6, .about = 98, .state = LB_ACK_ACKNOWLEDGED, .by = "x", .to = "de-sn" });
	send_receipt((struct receipt){ .n = 7, .about = 98, .state = LB_ACK_ACKNOWLEDGED, .by = "x", .origin = "de-he", .signer = "other", .to = "de-sn" });
	assert_int_equal(inbox_total(), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_a_colleague_acknowledged_goes_here_too),
		AGENT_TEST(no_other_receipt_deletes_it),
		AGENT_TEST(nothing_else_is_deleted),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
