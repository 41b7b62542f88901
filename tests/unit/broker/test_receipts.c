/* The ledger's answers: who may ask, who has a message and who not and why, what people did; and who would get one. */
#include "tests/kit/stand.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/limits.h"
#include "proto/receipt.pb-c.h"
#include "tests/unit/broker/receipts.h"

static void coordinator_and_origin_may_ask(void **state)
{
	struct caller *origin, *coordinator, *other;
	const Lagebus__Receipts *r;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("sn");
	coordinator = stand_agent("bsi");
	other = stand_agent("he");
	stand_send(origin, "de-sn/leipzig", 1);
	id = stand_send(origin, "de-sn/leipzig", 1);
	r = ask(origin, id.b, sizeof id.b);
	assert_string_equal(r->refused, "");
	assert_int_equal(r->lane, LB_LANE_ROUTINE);
	assert_int_equal(r->position, 2);
	assert_true(r->now > lb_uuid7_ms(&id) - 1);
	assert_int_equal(r->n_partners, 5);
	assert_int_equal(lb_header_decode(r->header.data, r->header.len, &h), LB_OK);
	assert_memory_equal(&h.id, &id, sizeof id);
	assert_string_equal(ask(coordinator, id.b, sizeof id.b)->refused, "");
	r = ask(other, id.b, sizeof id.b);
	assert_string_equal(r->refused, "role-may-not-send");
	assert_int_equal(r->n_partners + r->header.len + r->position, 0); /* and it learns nothing */
}

static void what_is_not_there_is_not_found(void **state)
{
	struct caller *c;
	struct lb_uuid id = lb_uuid7_now(), old;
	uint8_t no_version[16] = { 0 };

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	assert_string_equal(ask(c, id.b, sizeof id.b)->refused, "not-found");
	assert_string_equal(ask(c, id.b, 15)->refused, "bad-id");
	assert_string_equal(ask(c, id.b, 0)->refused, "bad-id");
	assert_string_equal(ask(c, no_version, sizeof no_version)->refused, "bad-id");
	old = stand_send(c, "de-sn", 1);
	assert_string_equal(ask(c, old.b, sizeof old.b)->refused, "");
}

static void it_says_who_has_it_and_who_does_not_and_why(void **state)
{
	const Lagebus__PartnerReceipt *row;
	struct caller *c, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->online && !row->delivered);
	assert_string_equal(row->rule, "");
	assert_int_equal(row->displayed + row->acknowledged + row->implemented, 0);
	row = receipt_of(c, &id, "de-he");
	assert_true(!row->online && !row->delivered && row->last_seen == 0);
	assert_string_equal(row->rule, "not-in-audience");
	assert_string_equal(receipt_of(c, &id, "bund-bsi")->rule, "not-in-audience");
	stand_assert_delivered(sn, &id, 1, 0);
	caller_say_received(sn, 1, 0);
	caller_fini(sn);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	stand_send(c, "de-he", 1); /* committed behind the cursor */
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->delivered && !row->online && row->last_seen > 0);
}

/* The older session ends when the newer one has stored more, and with its last word unsaved. */
static void a_session_that_was_taken_over_does_not_set_the_cursor_back(void **state)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	struct caller *sender, *first, *second;
	struct lb_uuid id, log;

	(void)state;
	stand_start();
	log = journal_id(stand.parts.journal);
	sender = stand_agent("bsi");
	first = stand_agent("sn");
	for (unsigned i = 0; i < 20; i++)
		id = stand_send(sender, "de-sn", 60000);
	caller_say_received(first, 0, 1);
	hello.version = LB_PROTOCOL_VERSION;
	hello.log = (ProtobufCBinaryData){ sizeof log.b, log.b };
	hello.routine = 20;
	second = stand_agent_from("sn", &hello);
	stand_wait(&stand_metrics(0)->sessions_closed, 1); /* the first, which took nothing any more */
	stand_send(sender, "de-he", 1);
	assert_true(receipt_of(sender, &id, "de-sn")->delivered);
	assert_true(caller_is_answered(second));
}

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
	assert_int_equal(caller_hear(c), HEARD_CONTROL);
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

/* Who would get a message of this header; valid until the caller hears again. */
static const Lagebus__Route *route(struct caller *c, const void *header, size_t n)
{
	Lagebus__RouteQuery query = LAGEBUS__ROUTE_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.request = 7;
	query.header = (ProtobufCBinaryData){ n, (uint8_t *)header };
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE_QUERY;
	control.route_query = &query;
	caller_say_control(c, &control);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ROUTE));
	assert_int_equal(c->control->route->request, 7);
	return c->control->route;
}

static const Lagebus__Route *route_of(struct caller *c, const struct lb_header *h)
{
	struct lb_buf header = LB_BUF_INIT;
	const Lagebus__Route *r;

	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	r = route(c, lb_buf_data(&header), lb_buf_len(&header));
	lb_buf_fini(&header);
	return r;
}

static void it_says_who_would_get_it(void **state)
{
	const Lagebus__Route *r;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_header(c, "all", &h);
	h.tlp = LB_TLP_AMBER_STRICT;
	h.area = LB_AREA_DIGITAL_VIOLENCE;
	r = route_of(c, &h);
	assert_string_equal(r->refused, "");
	assert_int_equal(r->n_partners, 5);
	assert_string_equal(row_of(r->partners, r->n_partners, "de-sn")->rule, "");
	assert_string_equal(row_of(r->partners, r->n_partners, "de-he")->rule, "area-not-agreed");
	assert_string_equal(row_of(r->partners, r->n_partners, "de-sn/leipzig")->rule, "tlp-strict-named-only");
	assert_string_equal(row_of(r->partners, r->n_partners, "uni")->rule, "tlp-observer-green");
	assert_string_equal(row_of(r->partners, r->n_partners, "bund-bsi")->rule, "not-in-audience");
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 0); /* and nothing was sent */
}

static void it_says_that_it_would_be_refused(void **state)
{
	const Lagebus__Route *r;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	caller_warning(c, "all", &h);
	r = route_of(c, &h);
	assert_string_equal(r->refused, "role-may-not-send");
	assert_int_equal(r->n_partners, 0);
	h.origin = lb_text_of("bund-bsi");
	assert_string_equal(route_of(c, &h)->refused, "wrong-origin");
	h.origin = lb_text_of("de-he");
	h.audience[0] = lb_text_of("group:xx");
	r = route_of(c, &h);
	assert_string_equal(r->refused, "bad-audience");
	assert_non_null(strstr(r->refused_text, "not in the federation: group:xx"));
	assert_string_equal(route(c, "\xff\xff", 2)->refused, "bad-header");
	assert_string_equal(route(c, "", 0)->refused, "bad-id");
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

static void a_dry_run_looks_at_the_label_too(void **state)
{
	struct caller *c, *he;
	struct lb_header h;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	he = stand_agent("he");
	caller_header(he, "all", &h);
	h.tlp = LB_TLP_CLEAR;
	h.has_thread = true;
	h.thread = stand_send(c, "uni", 1);
	assert_string_equal(route_of(he, &h)->refused, "tlp-widened");
	h.tlp = LB_TLP_GREEN;
	assert_string_equal(route_of(he, &h)->refused, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(coordinator_and_origin_may_ask),
		STAND_TEST(what_is_not_there_is_not_found),
		STAND_TEST(it_says_who_has_it_and_who_does_not_and_why),
		STAND_TEST(a_session_that_was_taken_over_does_not_set_the_cursor_back),
		STAND_TEST(what_people_did_is_noted_once),
		STAND_TEST(who_has_implemented_has_acknowledged_and_seen),
		STAND_TEST(a_receipt_that_is_none_is_refused),
		STAND_TEST(only_a_recipient_has_something_to_say),
		STAND_TEST(it_says_who_would_get_it),
		STAND_TEST(a_receipt_that_is_classified_is_refused),
		STAND_TEST(a_dry_run_looks_at_the_label_too),
		STAND_TEST(it_says_that_it_would_be_refused),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
