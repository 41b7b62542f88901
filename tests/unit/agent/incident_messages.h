/* Messages of incidents, as tests write them. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_INCIDENT_MESSAGES_H
#define LAGEBUS_TESTS_UNIT_AGENT_INCIDENT_MESSAGES_H

#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident.h"
#include "proto/assistance.pb-c.h"

#define T0 INT64_C(1790000000000)
#define HOUR INT64_C(3600000)
#define STAGE(name) LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_##name
#define HELP(name) LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_##name

/* One that stays where it is until the test ends. */
struct told {
	struct lb_uuid id;
	struct lb_buf header, payload;
};

/* What a message says; zero is usual. Ids are numbers here: message n has id n. */
struct word {
	unsigned n, thread, supersedes;
	const char *by;
	unsigned type; /* 0: a report */
	int64_t at;    /* ms after T0 */
	bool exercise;
	unsigned tlp;
	/* a report */
	unsigned stage;
	const char *title, *lead;
	int64_t known; /* ms after T0; 0: not said */
	bool closed;
	/* assistance */
	unsigned request, offer, state;
	const char *capability;
};

static inline struct lb_uuid told_id(unsigned n)
{
	uint8_t random[10] = { (uint8_t)(n >> 8), (uint8_t)n };

	return lb_uuid7(T0, random);
}

static inline void told_pack(struct told *t, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *room = lb_buf_reserve(&t->payload, n + 1);

	assert_non_null(room);
	lb_buf_added(&t->payload, protobuf_c_message_pack(m, room));
}

static inline void told_payload(struct told *t, const struct word *w)
{
	struct lb_uuid request = told_id(w->request), offer = told_id(w->offer);
	ProtobufCBinaryData request_id = { w->request ? sizeof request.b : 0, request.b }, offer_id = { w->offer ? sizeof offer.b : 0, offer.b };
	Lagebus__IncidentReport report = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__AssistanceRequest ask = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	Lagebus__AssistanceOffer give = LAGEBUS__ASSISTANCE_OFFER__INIT;

	report.stage = w->stage ? w->stage : STAGE(FIRST);
	report.title = (char *)(w->title ? w->title : "");
	report.lead = (char *)(w->lead ? w->lead : "");
	report.known_at = w->known ? T0 + w->known : 0;
	report.closed = w->closed;
	ask.request = give.request = request_id;
	ask.offer = give.offer = offer_id;
	ask.state = give.state = w->state;
	ask.capability = give.capability = (char *)(w->capability ? w->capability : "");
	told_pack(t, w->type == LB_TYPE_ASSISTANCE_REQUEST ? &ask.base : w->type == LB_TYPE_ASSISTANCE_OFFER ? &give.base : &report.base);
}

static inline void told_write(struct told *t, const struct word *w)
{
	struct lb_header h = { .type = w->type ? w->type : LB_TYPE_INCIDENT_REPORT, .area = LB_AREA_INCIDENT_RESPONSE, .tlp = w->tlp ? w->tlp : LB_TLP_AMBER_STRICT,
		               .schema_version = 1, .audience_n = 1, .exercise = w->exercise };

	*t = (struct told){ .id = told_id(w->n) };
	h.id = t->id;
	h.created_ms = T0 + w->at;
	h.origin = lb_text_of(w->by);
	h.audience[0] = lb_text_of("de-sn");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = lb_header_lane(h.type, 0);
	h.has_thread = w->thread != 0;
	h.thread = told_id(w->thread);
	h.has_supersedes = w->supersedes != 0;
	h.supersedes = told_id(w->supersedes);
	assert_int_equal(lb_header_encode(&h, &t->header), LB_OK);
	told_payload(t, w);
}

static inline struct incident_message told_message(const struct told *t)
{
	struct incident_message m = { { lb_buf_data(&t->header), lb_buf_len(&t->header) }, { (const uint8_t *)"", 0 } };

	if (lb_buf_len(&t->payload))
		m.payload = (struct lb_frame){ lb_buf_data(&t->payload), lb_buf_len(&t->payload) };
	return m;
}

static inline void told_fini(struct told *t)
{
	lb_buf_fini(&t->header);
	lb_buf_fini(&t->payload);
}

#endif
