/* Warnings of level 4 that wait, and what a second person says of them. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_TWO_PEOPLE_H
#define LAGEBUS_TESTS_UNIT_BROKER_TWO_PEOPLE_H

#include "tests/kit/stand.h"

#include <string.h>

#include "broker/core/approval.h"
#include "lagebus/level_clock.h"
#include "proto/approval.pb-c.h"

#define APPROVED LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED
#define REFUSED LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_REFUSED

static const char waiting_payload[] = "the sluice opens at dawn";

static inline void red(struct caller *c, const char *to, struct lb_header *h)
{
	caller_warning(c, to, h);
	h->level = 4;
	h->ack_deadline_ms = lb_level_deadline_ms(h->level, h->created_ms);
}

/* A warning of level 4 that waits. */
static inline struct lb_header hold(struct caller *c, const char *who, const char *to)
{
	struct lb_header h;

	red(c, to, &h);
	stand_publish(c, who, &h, waiting_payload, sizeof waiting_payload);
	stand_assert_accepted(c, &h.id);
	return h;
}

/* An Approval, from which a test may differ. */
struct said {
	struct lb_header h;
	Lagebus__Approval a;
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_uuid refers_to;
};

static inline void init_said(struct said *s, const struct caller *c, const struct lb_header *about, Lagebus__ApprovalDecision decision)
{
	struct lb_buf header = LB_BUF_INIT;

	caller_header(c, "all", &s->h);
	s->h.type = LB_TYPE_APPROVAL;
	s->h.lane = LB_LANE_URGENT;
	s->h.area = about->area;
	s->h.tlp = about->tlp;
	s->h.audience[0] = decision == APPROVED ? about->audience[0] : about->origin;
	s->h.has_thread = true;
	s->h.thread = s->refers_to = about->id;
	s->h.exercise = about->exercise;
	s->h.exercise_name = about->exercise_name;
	assert_int_equal(lb_header_encode(about, &header), LB_OK);
	assert_int_equal(lb_message_digest((struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) },
	                                   (struct lb_frame){ (const uint8_t *)waiting_payload, sizeof waiting_payload }, s->digest),
	                 LB_OK);
	lb_buf_fini(&header);
	lagebus__approval__init(&s->a);
	s->a.decision = decision;
	s->a.by = (char *)"Leitung";
	s->a.note = (char *)"gesehen";
}

static inline void say(struct caller *c, const char *who, struct said *s)
{
	uint8_t bytes[512];

	s->a.refers_to = (ProtobufCBinaryData){ sizeof s->refers_to.b, s->refers_to.b };
	s->a.digest = (ProtobufCBinaryData){ sizeof s->digest, s->digest };
	stand_publish(c, who, &s->h, bytes, lagebus__approval__pack(&s->a, bytes));
}

static inline struct lb_uuid decide(struct caller *c, const char *who, const struct lb_header *about, Lagebus__ApprovalDecision decision)
{
	struct said s;

	init_said(&s, c, about, decision);
	say(c, who, &s);
	stand_assert_accepted(c, &s.h.id);
	return s.h.id;
}

/* A Recall of it; `h` is the Recall's. What the broker answers is the test's to hear. */
static inline void recall_header(const struct caller *c, const char *to, const struct lb_header *about, struct lb_header *h)
{
	caller_warning(c, to, h);
	h->type = LB_TYPE_RECALL;
	h->level = 0;
	h->has_thread = true;
	h->thread = about->id;
}

static inline void recall_say(struct caller *c, const char *who, struct lb_header *h)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	uint8_t bytes[256];

	r.refers_to = (ProtobufCBinaryData){ sizeof h->thread.b, h->thread.b };
	r.reason = (char *)"falsch";
	stand_publish(c, who, h, bytes, lagebus__recall__pack(&r, bytes));
}

static inline void recall(struct caller *c, const char *who, const char *to, const struct lb_header *about, struct lb_header *h)
{
	recall_header(c, to, about, h);
	recall_say(c, who, h);
}

static inline const Lagebus__Receipts *receipts(struct caller *c, const struct lb_uuid *id)
{
	return stand_receipts(c, id->b, sizeof id->b);
}

static inline unsigned state_of(struct caller *c, const struct lb_uuid *id)
{
	const Lagebus__Receipts *r = receipts(c, id);

	return r->approval ? r->approval->state : 0;
}

#endif
