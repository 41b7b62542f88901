/* Feeds bytes to the header's decoder; what it takes is within the limits, and comes out of the encoder meaning the same. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lagebus/header.h"
#include "lagebus/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool same(struct lb_text a, struct lb_text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check(const struct lb_header *h)
{
	assert(lb_uuid7_is_valid(&h->id) && h->type != 0 && h->area != 0 && h->lane < LB_LANES && h->level <= 4);
	assert(lb_partner_is_valid(h->origin.p, h->origin.n));
	assert(h->audience_n >= 1 && h->audience_n <= LB_AUDIENCE_MAX && h->approvals_n <= LB_APPROVALS_MAX);
	assert(h->created_ms > 0 && (h->expires_ms == 0 || h->expires_ms > h->created_ms));
	assert(h->language.n <= LB_TEXT_MAX && lb_utf8_is_valid(h->language.p, h->language.n));
	assert(h->exercise_name.n <= LB_TEXT_MAX && lb_utf8_is_valid(h->exercise_name.p, h->exercise_name.n));
	for (unsigned i = 0; i < h->audience_n; i++)
		assert(lb_audience_entry_is_valid(h->audience[i].p, h->audience[i].n));
}

static void check_round_trip(const struct lb_header *h)
{
	struct lb_buf out = LB_BUF_INIT;
	struct lb_header back;

	/* Refused only where the canonical form is longer than a header may be. */
	if (lb_header_encode(h, &out) == LB_OK) {
		assert(lb_header_decode(lb_buf_data(&out), lb_buf_len(&out), &back) == LB_OK);
		assert(memcmp(back.id.b, h->id.b, 16) == 0 && back.type == h->type && back.area == h->area && back.tlp == h->tlp);
		assert(back.lane == h->lane && back.level == h->level && back.created_ms == h->created_ms && back.expires_ms == h->expires_ms);
		assert(back.exercise == h->exercise && back.personal_data == h->personal_data && back.ack_policy == h->ack_policy);
		assert(same(back.origin, h->origin) && same(back.language, h->language) && same(back.exercise_name, h->exercise_name));
		assert(back.audience_n == h->audience_n && back.approvals_n == h->approvals_n);
		for (unsigned i = 0; i < h->audience_n; i++)
			assert(same(back.audience[i], h->audience[i]));
	}
	lb_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lb_header h;

	if (lb_header_decode(data, n, &h) == LB_OK) {
		check(&h);
		check_round_trip(&h);
	}
	return 0;
}
