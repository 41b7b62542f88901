/* Warnings and what belongs to them, delivered to an agent in the urgent lane. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_POST_H
#define LAGEBUS_TESTS_UNIT_AGENT_POST_H

#include "tests/unit/agent/agent_fixture.h"

#include "proto/warning.pb-c.h"

static unsigned post_position;

/* A message from which a test may differ. */
struct post {
	struct lb_header h;
	uint8_t payload[400];
	size_t payload_n;
	const char *signer;
};

static inline void init_post(struct post *p, unsigned n, unsigned type)
{
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;

	memset(p, 0, sizeof *p);
	p->h = (struct lb_header){ .type = type, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .audience_n = 1, .tlp = LB_TLP_GREEN };
	p->h.id = letter_id(n);
	p->h.created_ms = (int64_t)time(NULL) * 1000;
	p->h.origin = lb_text_of("bund-bsi");
	p->h.audience[0] = lb_text_of("all");
	p->h.exercise_name = p->h.language = lb_text_of("");
	w.title = (char *)"Zuckerrohr";
	w.summary = (char *)"Zuckerrohr zusammen";
	p->payload_n = lagebus__warning__pack(&w, p->payload);
	p->signer = "bund";
}

/* Delivers it as the next of the urgent lane. */
static inline void post_next(struct post *p)
{
	struct letter l = { .signer = p->signer };

	p->h.lane = LB_LANE_URGENT;
	assert_int_equal(lb_header_encode(&p->h, &l.header), LB_OK);
	l.frames[0] = (struct lb_frame){ lb_buf_data(&l.header), lb_buf_len(&l.header) };
	l.frames[1] = (struct lb_frame){ p->payload, p->payload_n };
	letter_sign(&l);
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_URGENT, post_position + 1, post_position }, l.frames);
	post_position++;
	letter_fini(&l);
	settle();
}

/* A link whose broker knows the signers that are in the fixture. */
static inline void post_begin(void)
{
	post_position = 0;
	link_up();
	say_signer("bund", true);
	say_signer("other", true);
	settle();
}

static inline struct inbox_row row_of(unsigned n)
{
	struct lb_uuid id = letter_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&agent.store, &id, &row), LB_OK);
	return row;
}

#endif
