/* Feeds JSON, behind a byte that says the type, to the reader of payloads; what it makes is the same after it was written and read again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/payload_json.h"
#include "lagebus/payload.h"
#include "lagebus/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint8_t *packed(const ProtobufCMessage *m, size_t *n)
{
	uint8_t *p = malloc(protobuf_c_message_get_packed_size(m) + 1);

	assert(p);
	*n = protobuf_c_message_pack(m, p);
	return p;
}

static void write_and_read(const ProtobufCMessage *m)
{
	size_t before_n, after_n;
	uint8_t *before = packed(m, &before_n), *after;
	json_t *doc = payload_json(m);
	ProtobufCMessage *again = NULL;
	struct why why;

	assert(doc && payload_from_json(m->descriptor, doc, &again, &why) == LB_OK);
	after = packed(again, &after_n);
	assert(before_n == after_n && memcmp(before, after, before_n) == 0);
	protobuf_c_message_free_unpacked(again, NULL);
	json_decref(doc);
	free(before);
	free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const ProtobufCMessageDescriptor *schema = lb_payload_schema(n > 0 ? data[0] : 0);
	json_t *doc = n > 1 ? json_loadb((const char *)data + 1, n - 1, JSON_REJECT_DUPLICATES, NULL) : NULL;
	ProtobufCMessage *m = NULL;
	char text[LB_PAYLOAD_WHY];
	struct why why;

	/* Only what was checked is written: a time out of all bounds has no form. */
	if (schema && doc && payload_from_json(schema, doc, &m, &why) == LB_OK && lb_payload_check_message(m, text, sizeof text) == LB_OK)
		write_and_read(m);
	if (m)
		protobuf_c_message_free_unpacked(m, NULL);
	json_decref(doc);
	return 0;
}
