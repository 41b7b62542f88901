/* Feeds bytes, behind a byte that says the type, to the payload's check: what it lets through it lets through again as we would write it. */
#include <assert.h>
#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/limits.h"
#include "lagebus/payload.h"
#include "lagebus/topic.h"
#include "proto/violence.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static lb_err open_as(unsigned type, struct lb_frame payload, ProtobufCMessage **out, char *why)
{
	if (type == LB_TYPE_MAX + 1)
		return lb_payload_open_as(&lagebus__digital_violence_report__descriptor, payload, out, why, LB_PAYLOAD_WHY);
	return lb_payload_open(type, payload, out, why, LB_PAYLOAD_WHY);
}

static void check_again(unsigned type, const ProtobufCMessage *m)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *p = malloc(n + 1);
	ProtobufCMessage *again = NULL;
	char why[LB_PAYLOAD_WHY];

	assert(p);
	protobuf_c_message_pack(m, p);
	/* Numbers that were written longer than they need be are not any more. */
	assert(n <= LB_PAYLOAD_MAX && open_as(type, (struct lb_frame){ p, n }, &again, why) == LB_OK);
	assert(lb_payload_marked(again) == lb_payload_marked(m));
	protobuf_c_message_free_unpacked(again, NULL);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	unsigned type = n > 0 ? data[0] % (LB_TYPE_MAX + 2) : LB_TYPE_WARNING;
	struct lb_frame payload = { n > 0 ? data + 1 : data, n > 0 ? n - 1 : 0 };
	char why[LB_PAYLOAD_WHY] = "";
	ProtobufCMessage *m = NULL;
	lb_err e = open_as(type, payload, &m, why);

	assert(e == LB_OK || e == LB_INVALID || e == LB_UNKNOWN_TYPE);
	assert((e == LB_OK) == (m != NULL) && (e == LB_OK) == (*why == 0) && memchr(why, 0, sizeof why));
	if (!m)
		return 0;
	assert(lb_payload_check_message(m, why, sizeof why) == LB_OK);
	check_again(type, m);
	protobuf_c_message_free_unpacked(m, NULL);
	return 0;
}
