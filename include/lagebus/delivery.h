/* The delivery frame, which the broker puts in front of a message: where it stands in the log of its lane, and where the
 * message stands that this recipient got before it in that lane. Nothing is missing if and only if `previous` is the
 * position of the last message that the recipient stored. Fixed size, so that the broker can patch it in place:
 * a protobuf message { lane = 1 varint; position = 2 fixed64; previous = 3 fixed64 }, every field always present. */
#ifndef LAGEBUS_DELIVERY_H
#define LAGEBUS_DELIVERY_H

#include <stdint.h>
#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"

struct lb_delivery {
	enum lb_lane lane;
	uint64_t position; /* from 1, consecutive within a lane's log */
	uint64_t previous; /* 0: nothing before it */
};

/* Offsets of the two fixed64 values inside the frame, little-endian (protobuf). */
#define LB_DELIVERY_POSITION_AT 3
#define LB_DELIVERY_PREVIOUS_AT 12

void lb_delivery_encode(const struct lb_delivery *d, uint8_t out[LB_DELIVERY_SIZE]);
/* LB_OK or LB_ZMTP_FRAME. Accepts only the fixed form. */
lb_err lb_delivery_decode(const uint8_t *p, size_t n, struct lb_delivery *out) LB_MUST_CHECK;

#endif
