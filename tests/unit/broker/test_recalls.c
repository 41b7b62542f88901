/* Recalls and what is over: gone from the log, not given out any more, by the origin alone; who had it is still known. */
#include "tests/kit/stand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/message_type.h"
#include "proto/approval.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "tests/unit/broker/receipts.h"

static const char secret[] = "the sluice opens at dawn";

static void assert_refused(struct caller *c, const char *reason)
{
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_REFUSED));
	assert_string_equal(c->control->refused->reason, reason);
}

static struct lb_header publish(struct caller *c, const char *to, unsigned type, int64_t age_ms)
{
	struct lb_header h;

	caller_header(c, to, &h);
	h.type = type;
	h.lane = lb_header_lane(type, 0);
	h.created_ms -= age_ms;
	caller_publish(c, &h, secret, sizeof secret);
	stand_assert_accepted(c, &h.id);
	return h;
}

static void init_recall(const struct caller *c, const struct lb_header *about, struct lb_header *h)
{
	caller_header(c, "all", h);
	h->type = LB_TYPE_RECALL;
	h->lane = LB_LANE_URGENT;
	h->area = about->area;
	h->tlp = about->tlp;
	h->audience[0] = about->audience[0];
	h->has_thread = true;
	h->thread = about->id;
}

static void say_why(struct caller *c, const char *who, struct lb_header *h, const struct lb_uuid *refers_to, const char *reason)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	uint8_t bytes[256];

	r.refers_to = (ProtobufCBinaryData){ sizeof refers_to->b, (uint8_t *)refers_to->b };
	r.reason = (char *)reason;
	stand_publish(c, who, h, bytes, lagebus__recall__pack(&r, bytes));
}

static void say(struct caller *c, const char *who, struct lb_header *h, const struct lb_uuid *refers_to)
{
	say_why(c, who, h, refers_to, "falsch");
}

static struct lb_header recall(struct caller *c, const char *who, const struct lb_header *about)
{
	struct lb_header h;

	init_recall(c, about, &h);
	say(c, who, &h, &about->id);
	stand_assert_accepted(c, &h.id);
	return h;
}

/* Is the text anywhere in the record of this position? */
static bool in_log(enum lb_lane lane, uint64_t position)
{
	struct journal_reader *r;
	struct lb_buf record = LB_BUF_INIT;
	uint64_t first;
	bool found;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	assert_int_equal(journal_read(r, lane, position, &record, &first), LB_OK);
	found = memmem(lb_buf_data(&record), lb_buf_len(&record), secret, sizeof secret) != NULL;
	lb_buf_fini(&record);
	journal_reader_free(r);
	return found;
}

static void wait_until_gone(struct caller *c, enum lb_lane lane, uint64_t position)
{
	for (unsigned i = 0; in_log(lane, position); i++) {
		assert_true(i < 500);
		caller_wait(c, 20);
	}
}

static void it_goes_from_the_log_and_to_nobody(void **state)
{
	struct caller *origin, *sn, *late;
	struct lb_header before, h, after, said;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	sn = stand_agent("sn");
	before = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	h = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	after = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_true(in_log(LB_LANE_ROUTINE, 2));
	said = recall(origin, "bsi", &h);
	assert_false(in_log(LB_LANE_ROUTINE, 2));
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_memory_equal(&sn->header.id, &said.id, sizeof said.id);
	/* Who comes later gets the recall and the others, in a chain without a break. */
	late = stand_agent("he");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(caller_hear(late), HEARD_DELIVERY);
		if (late->place.lane == LB_LANE_ROUTINE && late->place.position == 1)
			assert_memory_equal(&late->header.id, &before.id, sizeof before.id);
		if (late->place.lane == LB_LANE_ROUTINE && late->place.position == 3) {
			assert_memory_equal(&late->header.id, &after.id, sizeof after.id);
			assert_int_equal(late->place.previous, 1);
		}
		assert_memory_not_equal(&late->header.id, &h.id, sizeof h.id);
	}
	assert_true(caller_is_answered(late));
	/* Its id is not free. */
	caller_publish(origin, &h, secret, sizeof secret);
	assert_refused(origin, "recalled");
}

static void it_is_not_in_the_log_after_a_restart_either(void **state)
{
	struct caller *origin, *sn;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	h = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	publish(origin, "all", LB_TYPE_INDICATOR, 0);
	recall(origin, "bsi", &h);
	stand_stop();
	stand_start();
	sn = stand_agent("sn");
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_int_equal(sn->header.type, LB_TYPE_RECALL);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_int_equal(sn->place.position, 2);
	assert_true(caller_is_answered(sn));
}

static void only_its_origin_recalls_it_and_to_all_who_had_it(void **state)
{
	struct caller *origin, *sn;
	struct lb_header h, said, receipt;
	struct lb_uuid unknown = lb_uuid7_now();

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	sn = stand_agent("sn");
	h = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	init_recall(sn, &h, &said);
	say(sn, "sn", &said, &h.id);
	assert_refused(sn, "wrong-origin");
	init_recall(origin, &h, &said);
	said.audience[0] = lb_text_of("de-sn");
	say(origin, "bsi", &said, &h.id);
	assert_refused(origin, "bad-audience");
	init_recall(origin, &h, &said);
	said.tlp = LB_TLP_CLEAR;
	say(origin, "bsi", &said, &h.id);
	assert_refused(origin, "bad-audience");
	init_recall(origin, &h, &said);
	say(origin, "bsi", &said, &unknown);
	assert_refused(origin, "bad-id");
	said.thread = unknown;
	say(origin, "bsi", &said, &unknown);
	assert_refused(origin, "not-found");
	init_recall(origin, &h, &said);
	caller_publish(origin, &said, "", 0);
	assert_refused(origin, "bad-id");
	init_recall(origin, &h, &said);
	say_why(origin, "bsi", &said, &h.id, "VS-NfD");
	assert_refused(origin, "classified");
	init_recall(origin, &h, &said);
	say_why(origin, "bsi", &said, &h.id, "\xff");
	assert_refused(origin, "not-utf8");
	init_recall(origin, &h, &receipt);
	say(origin, "bsi", &receipt, &h.id);
	stand_assert_accepted(origin, &receipt.id);
	init_recall(origin, &receipt, &said); /* a recall is not recalled */
	say(origin, "bsi", &said, &receipt.id);
	assert_refused(origin, "invalid");
	assert_false(in_log(LB_LANE_ROUTINE, 1));
}

static struct lb_uuid say_deleted(struct caller *c, const struct lb_header *about)
{
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	struct lb_header h;
	uint8_t bytes[256];

	caller_header(c, "bund-bsi", &h);
	h.type = LB_TYPE_RECEIPT;
	h.lane = LB_LANE_URGENT;
	h.has_thread = true;
	h.thread = about->id;
	r.refers_to = (ProtobufCBinaryData){ sizeof h.thread.b, h.thread.b };
	r.state = LB_RECEIPT_DELETED;
	caller_publish(c, &h, bytes, lagebus__receipt__pack(&r, bytes));
	stand_assert_accepted(c, &h.id);
	return h.id;
}

static void who_has_deleted_it_and_who_has_not(void **state)
{
	struct caller *origin, *sn, *sn2, *he;
	struct lb_header h, said;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	sn = stand_agent("sn");
	sn2 = stand_agent("sn2");
	h = publish(origin, "all", LB_TYPE_INDICATOR, 0);
	for (unsigned i = 0; i < 2; i++) {
		struct caller *c = i ? sn2 : sn;

		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
		caller_say_received(c, 0, 1);
		assert_true(caller_is_answered(c));
	}
	/* Their cursors are saved before the recall comes. */
	for (unsigned i = 0; !receipt_of(origin, &h.id, "de-sn")->delivered; i++) {
		assert_true(i < 500);
		caller_wait(origin, 20);
	}
	said = recall(origin, "bsi", &h);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(caller_hear(i ? sn2 : sn), HEARD_DELIVERY);
	assert_int_equal(stand_receipts(origin, h.id.b, sizeof h.id.b)->recall.len, sizeof said.id.b);
	assert_memory_equal(origin->control->receipts->recall.data, said.id.b, sizeof said.id.b);
	assert_true(receipt_of(origin, &h.id, "de-sn")->delivered);
	assert_int_equal(receipt_of(origin, &h.id, "de-sn")->deleted, 0);
	/* Both agents of the partner have a copy: it is deleted when both have said so. */
	say_deleted(sn, &h);
	assert_int_equal(receipt_of(origin, &h.id, "de-sn")->deleted, 0);
	say_deleted(sn2, &h);
	assert_true(receipt_of(origin, &h.id, "de-sn")->deleted > 0);
	/* One who comes now never had it. */
	he = stand_agent("he");
	assert_int_equal(caller_hear(he), HEARD_DELIVERY);
	assert_int_equal(he->header.type, LB_TYPE_RECALL);
	caller_say_received(he, he->place.position, 0);
	say_deleted(he, &h);
	for (unsigned i = 0; receipt_of(origin, &h.id, "de-he")->deleted == 0; i++) {
		assert_true(i < 500);
		caller_wait(origin, 20);
	}
	assert_false(receipt_of(origin, &h.id, "de-he")->delivered);
}

static bool count_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	(void)key;
	(void)key_n;
	(void)value;
	(void)value_n;
	++*(unsigned *)user;
	return true;
}

static unsigned deadlines(void)
{
	struct journal_reader *r;
	unsigned n = 0;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	assert_int_equal(journal_each(r, JOURNAL_DEADLINES, NULL, 0, count_row, &n), LB_OK);
	journal_reader_free(r);
	return n;
}

static void nobody_has_to_acknowledge_it_any_more(void **state)
{
	struct caller *origin;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	caller_warning(origin, "de-sn", &h);
	caller_publish(origin, &h, secret, sizeof secret);
	stand_assert_accepted(origin, &h.id);
	assert_int_equal(deadlines(), 1);
	recall(origin, "bsi", &h);
	assert_int_equal(deadlines(), 0);
}

static void what_is_over_goes_from_the_log(void **state)
{
	struct caller *origin, *sn;
	struct lb_header over, brief;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	sn = stand_agent("sn");
	over = publish(origin, "all", LB_TYPE_INDICATOR, lb_message_type(LB_TYPE_INDICATOR)->keep_ms + 1000);
	caller_header(origin, "all", &brief);
	brief.expires_ms = brief.created_ms + 1500;
	caller_publish(origin, &brief, secret, sizeof secret);
	stand_assert_accepted(origin, &brief.id);
	publish(origin, "all", LB_TYPE_INDICATOR, 0);
	wait_until_gone(origin, LB_LANE_ROUTINE, 1);
	wait_until_gone(origin, LB_LANE_ROUTINE, 2);
	assert_true(in_log(LB_LANE_ROUTINE, 3));
	assert_string_equal(stand_receipts(origin, over.id.b, sizeof over.id.b)->refused, "");
	assert_int_equal(stand_receipts(origin, over.id.b, sizeof over.id.b)->n_partners, 5);
	/* A repeat of it cannot be compared any more. */
	caller_publish(origin, &over, secret, sizeof secret);
	assert_refused(origin, "expired");
	caller_fini(sn);
	stand_stop();
	stand_start();
	sn = stand_agent("he");
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_int_equal(sn->place.position, 3);
	assert_int_equal(sn->place.previous, 0);
}

/* For how long a type is kept counts from a reload on, also for what is there, and for what comes. */
static void what_is_kept_for_less_from_now_on_goes(void **state)
{
	static char federation[2000];
	struct caller *origin;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	publish(origin, "all", LB_TYPE_INDICATOR, 40 * LB_DAY_MS);
	publish(origin, "all", LB_TYPE_SITUATION_REPORT, 40 * LB_DAY_MS);
	publish(origin, "all", LB_TYPE_INDICATOR, 20 * LB_DAY_MS);
	snprintf(federation, sizeof federation, "retention = { indicator = \"30 days\"; };\n%s", stand_federation);
	stand_reload(federation, NULL);
	wait_until_gone(origin, LB_LANE_ROUTINE, 1);
	assert_true(in_log(LB_LANE_ROUTINE, 2) && in_log(LB_LANE_ROUTINE, 3));
	publish(origin, "all", LB_TYPE_INDICATOR, 50 * LB_DAY_MS);
	wait_until_gone(origin, LB_LANE_ROUTINE, 4);
	assert_true(in_log(LB_LANE_ROUTINE, 2) && in_log(LB_LANE_ROUTINE, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_goes_from_the_log_and_to_nobody),
		STAND_TEST(it_is_not_in_the_log_after_a_restart_either),
		STAND_TEST(only_its_origin_recalls_it_and_to_all_who_had_it),
		STAND_TEST(who_has_deleted_it_and_who_has_not),
		STAND_TEST(nobody_has_to_acknowledge_it_any_more),
		STAND_TEST(what_is_over_goes_from_the_log),
		STAND_TEST(what_is_kept_for_less_from_now_on_goes),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
