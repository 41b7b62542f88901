/* What the broker's unit tests share: a small federation and encoded messages. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_BROKER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "broker/core/block.h"
#include "proto/host/federation.h"
#include "broker/core/route.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

/* bund-bsi (coordinator), de-sn, de-he (states), each with every area. */
static inline struct federation *fixture_federation(void)
{
	static const char *const all[] = { "all" };
	static const struct partner_line lines[] = {
		{ "bund-bsi", "BSI", "coordinator", NULL, all, 0, 1 },
		{ "de-sn", "Sachsen", "state", NULL, all, 0, 1 },
		{ "de-he", "Hessen", "state", NULL, all, 0, 1 },
	};
	struct federation *f;
	char why[200] = "";

	assert_int_equal(federation_begin("lagebus.example", &f), LB_OK);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_int_equal(federation_partner(f, &lines[i], why, sizeof why), LB_OK);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

/* The publisher's encoding of a message with payload_n bytes for one recipient ("de-sn", "all"). */
static inline void fixture_message(struct lb_buf *raw, struct lb_header *h, uint8_t n, enum lb_lane lane, const char *to, size_t payload_n)
{
	static uint8_t payload[LB_PAYLOAD_MAX];
	struct lb_buf header = LB_BUF_INIT;
	struct lb_frame frames[3];
	uint8_t random[10] = { n };

	memset(h, 0, sizeof *h);
	h->id = lb_uuid7(1700000000000 + n, random);
	h->type = lane == LB_LANE_URGENT ? LB_TYPE_WARNING : LB_TYPE_INDICATOR;
	h->level = lane == LB_LANE_URGENT ? 3 : 0;
	h->lane = lane;
	h->area = LB_AREA_CYBER_DEFENCE;
	h->tlp = LB_TLP_GREEN;
	h->origin = lb_text_of("bund-bsi");
	h->audience_n = 1;
	h->audience[0] = lb_text_of(to);
	h->created_ms = 1700000000000;
	h->schema_version = 1;
	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	memset(payload, n, payload_n);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	frames[1] = (struct lb_frame){ payload, payload_n };
	frames[2] = (struct lb_frame){ (const uint8_t *)"signature", 9 };
	assert_int_equal(lb_zmtp_put_message(raw, frames, 3), LB_OK);
	lb_buf_fini(&header);
}

/* Appends such a message to a block, with its route. */
static inline void fixture_append(struct block *b, struct router *router, uint8_t n, const char *to, size_t payload_n, int64_t expires_ms)
{
	struct lb_buf raw = LB_BUF_INIT;
	struct block_publish publish = { .session = n };
	struct lb_header h;

	fixture_message(&raw, &h, n, b->lane, to, payload_n);
	publish.id = h.id;
	publish.bytes = (uint32_t)lb_buf_len(&raw);
	assert_int_equal(block_append(b, lb_buf_data(&raw), lb_buf_len(&raw), expires_ms, router_route(router, 0, &h), &publish), LB_OK);
	lb_buf_fini(&raw);
}

#endif
