/* Messages for the tables that are worked out of them, without a broker: headers and payloads. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_DERIVED_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_AGENT_DERIVED_FIXTURE_H

#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/indicator_find.h"
#include "agents/agent/indicators.h"
#include "lagebus/indicator.h"
#include "lagebus/message_type.h"
#include "proto/indicator.pb-c.h"

#define CREATED_MS INT64_C(1700000000000)

static inline struct lb_header derived_header(unsigned n, unsigned type, const char *origin)
{
	struct lb_header h = { .type = type, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_AMBER, .schema_version = 1, .created_ms = CREATED_MS + n, .audience_n = 1 };

	h.id = store_id(n);
	h.origin = lb_text_of(origin);
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = lb_header_lane(type, 0);
	return h;
}

static inline struct lb_frame packed(const ProtobufCMessage *m, struct lb_buf *to)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *room;

	lb_buf_fini(to);
	room = lb_buf_reserve(to, n + 1);
	assert_non_null(room);
	lb_buf_added(to, protobuf_c_message_pack(m, room));
	return (struct lb_frame){ lb_buf_data(to), lb_buf_len(to) };
}

static inline Lagebus__Indicator indicator_of(struct lb_uuid *id, unsigned kind, const char *value)
{
	Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT;

	i.id = (ProtobufCBinaryData){ sizeof id->b, id->b };
	i.kind = (Lagebus__IndicatorKind)kind;
	i.value = (char *)value;
	return i;
}

/* One indicator as the whole of message n. */
static inline void take_indicator(const struct lb_header *h, Lagebus__Indicator *one)
{
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	all.indicators = &one;
	all.n_indicators = 1;
	all.source = (char *)"a feed";
	assert_int_equal(indicators_take(&store, h, packed(&all.base, &payload), CREATED_MS + 5000), LB_OK);
	lb_buf_fini(&payload);
}

static inline void take_value(unsigned n, const char *origin, unsigned kind, const char *value)
{
	struct lb_header h = derived_header(n, LB_TYPE_INDICATOR, origin);
	struct lb_uuid id = store_id(1000 + n);
	Lagebus__Indicator i = indicator_of(&id, kind, value);

	take_indicator(&h, &i);
}

/* What is found, in rows; the caller frees each. */
struct found {
	Lagebus__IndicatorRow *rows[64];
	size_t n;
	bool more;
};

static inline void found_fini(struct found *f)
{
	for (size_t i = 0; i < f->n; i++)
		lagebus__indicator_row__free_unpacked(f->rows[i], NULL);
	f->n = 0;
}

static inline void found_ask(struct found *f, const Lagebus__IndicatorsRequest *r, int64_t now_ms)
{
	struct lb_buf rows = LB_BUF_INIT;
	Lagebus__IndicatorsReply *reply;

	found_fini(f);
	assert_int_equal(indicator_find(&store, r, now_ms, &rows, &f->more), LB_OK);
	reply = lagebus__indicators_reply__unpack(NULL, lb_buf_len(&rows), rows.p ? lb_buf_data(&rows) : (const uint8_t *)"");
	assert_non_null(reply);
	for (; f->n < reply->n_rows && f->n < 64; f->n++) {
		f->rows[f->n] = lagebus__indicator_row__unpack(NULL, reply->rows[f->n].len, reply->rows[f->n].data);
		assert_non_null(f->rows[f->n]);
	}
	lagebus__indicators_reply__free_unpacked(reply, NULL);
	lb_buf_fini(&rows);
}

static inline void found_pattern(struct found *f, const char *pattern)
{
	Lagebus__IndicatorsRequest r = LAGEBUS__INDICATORS_REQUEST__INIT;

	r.pattern = (char *)pattern;
	r.sightings = true;
	found_ask(f, &r, CREATED_MS + 6000);
}

#endif
