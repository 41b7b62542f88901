/* The delivery frame. */
#include "lagebus/delivery.h"

/* Tags of lane (varint), position and previous (fixed64): proto/frames.proto. */
#define TAG_LANE 0x08
#define TAG_POSITION 0x11
#define TAG_PREVIOUS 0x19

static void put64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 8; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

void lb_delivery_encode(const struct lb_delivery *d, uint8_t out[LB_DELIVERY_SIZE])
{
	out[0] = TAG_LANE;
	out[1] = (uint8_t)d->lane;
	out[2] = TAG_POSITION;
	put64(out + LB_DELIVERY_POSITION_AT, d->position);
	out[LB_DELIVERY_PREVIOUS_AT - 1] = TAG_PREVIOUS;
	put64(out + LB_DELIVERY_PREVIOUS_AT, d->previous);
}

lb_err lb_delivery_decode(const uint8_t *p, size_t n, struct lb_delivery *out)
{
	if (n != LB_DELIVERY_SIZE || p[0] != TAG_LANE || p[1] >= LB_LANES || p[2] != TAG_POSITION || p[LB_DELIVERY_PREVIOUS_AT - 1] != TAG_PREVIOUS)
		return LB_ZMTP_FRAME;
	out->lane = (enum lb_lane)p[1];
	out->position = get64(p + LB_DELIVERY_POSITION_AT);
	out->previous = get64(p + LB_DELIVERY_PREVIOUS_AT);
	return LB_OK;
}
