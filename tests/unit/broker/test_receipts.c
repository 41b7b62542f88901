/* What people did is noted in the ledger, once, and only by who had the message. */
#include "tests/kit/stand.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/limits.h"
#include "proto/receipt.pb-c.h"
#include "tests/kit/case.h"
#include "tests/unit/broker/receipts.h"

/* A Receipt of c's partner for a message, from which a test may differ. */
struct said {
	struct lb_header h;
	Lagebus__Receipt r;
};

static void init_said(struct said *s, const struct caller *c, const struct lb_uuid *about, const char *origin, unsigned what)
{
	caller_header(c, origin, &s->h);
	s->h.type = LB_TYPE_RECEIPT;
	s->h.lane = LB_LANE_URGENT;
	s->h.has_thread = true;
	s->h.thread = *about;
	s->r = (Lagebus__Receipt)LAGEBUS__RECEIPT__INIT;
	s->r.refers_to = (ProtobufCBinaryData){ sizeof about->b, (uint8_t *)about->b };
	s->r.state = what;
	s->r.by = (char *)"CISO on duty";
}

/* Publishes it; the token it is refused with, or "ok". */
static const char *say(struct caller *c, const struct said *s)
{
	static char reason[64];
	uint8_t packed[2048];

	assert_true(lagebus__receipt__get_packed_size(&s->r) <= sizeof packed);
	caller_publish(c, &s->h, packed, lagebus__receipt__pack(&s->r, packed));
	/* Of a case it hears its own, too, as the other agents of its office do. */
	while (caller_hear(c) == HEARD_DELIVERY)
		assert_true(c->header.type == LB_TYPE_RECEIPT && c->header.area == LB_AREA_DIGITAL_VIOLENCE);
	assert_non_null(c->control);
	if (c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED)
		return "ok";
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REFUSED);
	snprintf(reason, sizeof reason, "%s", c->control->refused->reason);
	return reason;
}

static const char *say_state(struct caller *c, const struct lb_uuid *about, const char *origin, unsigned what, const char *by)
{
	struct said s;

	init_said(&s, c, about, origin, what);
	s.r.by = (char *)by;
	return say(c, &s);
}

static void what_people_did_is_noted_once(void **state)
{
	const Lagebus__PartnerReceipt *row;
	struct caller *c, *sn;
	int64_t displayed, acknowledged;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	assert_string_equal(say_state(sn, &id, "bund-bsi", LB_ACK_DISPLAYED, ""), "ok");
	assert_int_equal(caller_hear(c), HEARD_DELIVERY); /* the origin is told by a message */
	assert_int_equal(c->header.type, LB_TYPE_RECEIPT);
	row = receipt_of(c, &id, "de-sn");
	displayed = row->displayed;
	assert_true(displayed > 0 && row->acknowledged == 0 && row->implemented == 0);
	assert_string_equal(say_state(sn, &id, "bund-bsi", LB_ACK_ACKNOWLEDGED, "CISO on duty"), "ok");
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	row = receipt_of(c, &id, "de-sn");
	acknowledged = row->acknowledged;
	assert_true(row->displayed == displayed && acknowledged >= displayed && row->implemented == 0);
	assert_string_equal(row->by, "CISO on duty");
	assert_string_equal(say_state(sn, &id, "bund-bsi", LB_ACK_DISPLAYED, ""), "ok"); /* later and less: nothing changes */
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->displayed == displayed && row->acknowledged == acknowledged && row->implemented == 0);
	assert_string_equal(row->by, "CISO on duty");
}

static void who_has_implemented_has_acknowledged_and_seen(void **state)
{
	const Lagebus__PartnerReceipt *row;
	struct caller *c, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	assert_string_equal(say_state(sn, &id, "bund-bsi", LB_ACK_IMPLEMENTED, "BSOC"), "ok");
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->displayed > 0 && row->acknowledged > 0 && row->implemented > 0);
	assert_true(receipt_of(c, &id, "de-sn/leipzig")->displayed == 0);
}

/* Of two that come before the first is on disk, also the lesser one second. */
static void two_at_once_are_both_noted(void **state)
{
	const Lagebus__PartnerReceipt *row;
	struct said acknowledged, displayed;
	struct caller *c, *sn;
	uint8_t packed[256];
	size_t accepted = 0;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	init_said(&acknowledged, sn, &id, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	init_said(&displayed, sn, &id, "bund-bsi", LB_ACK_DISPLAYED);
	displayed.r.by = (char *)"";
	caller_publish(sn, &acknowledged.h, packed, lagebus__receipt__pack(&acknowledged.r, packed));
	caller_publish(sn, &displayed.h, packed, lagebus__receipt__pack(&displayed.r, packed));
	for (; accepted < 2; accepted += sn->control->accepted->n_ids)
		assert_non_null(caller_hear_control(sn, LAGEBUS__CONTROL__BODY_ACCEPTED));
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->acknowledged > 0);
	assert_string_equal(row->by, "CISO on duty");
}

static void spoil_thread(struct said *s) { s->h.thread = lb_uuid7_now(); }
static void spoil_no_thread(struct said *s) { s->h.has_thread = false; }
static void spoil_refers_to(struct said *s) { s->r.refers_to.len = 15; }
static void spoil_no_state(struct said *s) { s->r.state = 0; }
static void spoil_deleted(struct said *s) { s->r.state = LB_RECEIPT_DELETED; } /* it was not recalled */
static void spoil_state(struct said *s) { s->r.state = LB_RECEIPT_DELETED + 1; }
static void spoil_by(struct said *s) { s->r.by = (char *)"\xc3\x28"; }
static void spoil_note(struct said *s) { s->r.note = (char *)"\xff"; }
static void spoil_audience(struct said *s) { s->h.audience[0] = lb_text_of("de-he"); }
static void spoil_long(struct said *s)
{
	static char by[LB_TEXT_MAX + 2];

	memset(by, 'x', sizeof by - 1);
	s->r.by = by;
}
static void spoil_unknown(struct said *s)
{
	static struct lb_uuid unknown;

	unknown = lb_uuid7_now();
	s->h.thread = unknown;
	s->r.refers_to.data = unknown.b;
}

static void a_receipt_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *reason;
		void (*spoil)(struct said *s);
	} bad[] = {
		{ "bad-id", spoil_thread },     { "bad-id", spoil_no_thread },      { "bad-id", spoil_refers_to }, { "invalid", spoil_no_state },
		{ "invalid", spoil_state },     { "invalid", spoil_long },          { "not-utf8", spoil_by },      { "not-utf8", spoil_note },
		{ "not-found", spoil_unknown }, { "not-found", spoil_deleted }, { "bad-audience", spoil_audience },
	};
	struct caller *c, *sn;
	struct lb_uuid id;
	struct said s;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		init_said(&s, sn, &id, "bund-bsi", LB_ACK_DISPLAYED);
		bad[i].spoil(&s);
		assert_string_equal(say(sn, &s), bad[i].reason);
	}
	init_said(&s, sn, &id, "bund-bsi", LB_ACK_DISPLAYED);
	caller_publish(sn, &s.h, "\xff", 1); /* no protobuf */
	assert_string_equal(caller_hear_reason(sn), "invalid");
	assert_int_equal(receipt_of(c, &id, "de-sn")->displayed, 0);
}

static void only_a_recipient_has_something_to_say(void **state)
{
	struct caller *c, *he;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	he = stand_agent("he");
	id = stand_warn(c, "de-sn", 1);
	assert_string_equal(say_state(he, &id, "bund-bsi", LB_ACK_DISPLAYED, ""), "not-in-audience");
}

static void a_receipt_that_is_classified_is_refused(void **state)
{
	struct caller *c, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	assert_string_equal(say_state(sn, &id, "bund-bsi", LB_ACK_DISPLAYED, "VS-NfD"), "classified");
}

/* Is what was sent anywhere in the log's record of this position? */
static bool in_log(unsigned lane, uint64_t position, const struct lb_buf *what)
{
	struct lb_buf record = LB_BUF_INIT;
	struct journal_reader *r;
	uint64_t first;
	bool found;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	assert_int_equal(journal_read(r, lane, position, &record, &first), LB_OK);
	found = memmem(lb_buf_data(&record), lb_buf_len(&record), lb_buf_data(what), lb_buf_len(what)) != NULL;
	lb_buf_fini(&record);
	journal_reader_free(r);
	return found;
}

static const char *say_of_case(struct caller *c, const struct lb_uuid *about, unsigned what, const char *by)
{
	struct said s;

	init_said(&s, c, about, "bund-bsi", what);
	s.h.area = LB_AREA_DIGITAL_VIOLENCE;
	s.h.tlp = LB_TLP_RED;
	s.r.by = (char *)by;
	return say(c, &s);
}

static void a_case_goes_when_a_person_has_acknowledged_it(void **state)
{
	struct lb_buf payload = LB_BUF_INIT;
	struct caller *c, *sn, *sn2;
	struct lb_header h;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	case_make(c, "de-sn", &h, &payload);
	caller_publish(c, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_true(in_log(LB_LANE_ROUTINE, 1, &payload));
	/* Seen is not acknowledged, and a person says in which function. */
	assert_string_equal(say_of_case(sn, &h.id, LB_ACK_DISPLAYED, "Fachstelle"), "ok");
	assert_string_equal(say_of_case(sn, &h.id, LB_ACK_ACKNOWLEDGED, ""), "ok");
	assert_true(in_log(LB_LANE_ROUTINE, 1, &payload));
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	assert_int_equal(stand_receipts(c, h.id.b, sizeof h.id.b)->erased, 0);
	assert_string_equal(say_of_case(sn, &h.id, LB_ACK_ACKNOWLEDGED, "Fachstelle"), "ok");
	assert_false(in_log(LB_LANE_ROUTINE, 1, &payload));
	/* The origin hears of it, and the ledger still tells it. */
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	assert_true(stand_receipts(c, h.id.b, sizeof h.id.b)->erased > 0);
	assert_string_equal(receipt_of(c, &h.id, "de-sn")->by, "Fachstelle");
	assert_true(receipt_of(c, &h.id, "de-sn")->acknowledged > 0 && receipt_of(c, &h.id, "de-sn")->delivered);
	assert_false(receipt_of(c, &h.id, "de-sn")->expired);
	/* Another agent there that had not got it does not get it any more, from no worker's memory either. */
	sn2 = stand_agent("sn2");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(caller_hear(sn2), HEARD_DELIVERY);
		assert_int_equal(sn2->header.type, LB_TYPE_RECEIPT); /* by which one that had got it deletes it */
	}
	assert_true(caller_is_answered(sn2));
	/* The origin may not have heard that it was taken. */
	caller_publish(c, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	stand_stop();
	stand_start();
	assert_false(in_log(LB_LANE_ROUTINE, 1, &payload));
	c = stand_agent("bsi");
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	assert_string_equal(receipt_of(c, &h.id, "de-sn")->by, "Fachstelle");
	lb_buf_fini(&payload);
}

/* Though it goes to one partner alone, as a case does, and that has acknowledged it. */
static void what_is_no_case_stays_when_it_is_acknowledged(void **state)
{
	struct caller *c, *sn;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	caller_warning(c, "de-sn", &h);
	h.tlp = LB_TLP_AMBER_STRICT;
	caller_publish(c, &h, "", 1);
	stand_assert_accepted(c, &h.id);
	stand_assert_delivered(sn, &h.id, 1, 0);
	init_said(&s, sn, &h.id, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	s.h.tlp = LB_TLP_AMBER_STRICT;
	assert_string_equal(say(sn, &s), "ok");
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	assert_int_equal(stand_receipts(c, h.id.b, sizeof h.id.b)->erased, 0);
	stand_assert_delivered(stand_agent("sn2"), &h.id, 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(what_people_did_is_noted_once),
		STAND_TEST(who_has_implemented_has_acknowledged_and_seen),
		STAND_TEST(two_at_once_are_both_noted),
		STAND_TEST(a_receipt_that_is_none_is_refused),
		STAND_TEST(only_a_recipient_has_something_to_say),
		STAND_TEST(a_receipt_that_is_classified_is_refused),
		STAND_TEST(a_case_goes_when_a_person_has_acknowledged_it),
		STAND_TEST(what_is_no_case_stays_when_it_is_acknowledged),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
