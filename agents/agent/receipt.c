/* The receipts that an agent sends. */
#include "agents/agent/receipt.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "proto/receipt.pb-c.h"

lb_err receipt_pack(const struct lb_uuid *id, unsigned state, const char *by, const char *note, struct lb_buf *out)
{
	Lagebus__Receipt receipt = LAGEBUS__RECEIPT__INIT;
	uint8_t *room;
	size_t n;

	receipt.refers_to = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	receipt.state = state;
	receipt.by = (char *)by;
	receipt.at = agent_clock_ms();
	receipt.note = (char *)note;
	n = lagebus__receipt__get_packed_size(&receipt);
	room = lb_buf_reserve(out, n);
	if (!room)
		return LB_NO_MEMORY;
	lagebus__receipt__pack(&receipt, room);
	lb_buf_added(out, n);
	return LB_OK;
}

void receipt_header(const struct lb_header *about, const struct lb_uuid *id, const char *as, struct lb_header *h)
{
	memset(h, 0, sizeof *h);
	h->origin = lb_text_of(as);
	h->type = LB_TYPE_RECEIPT;
	h->schema_version = 1;
	h->area = about->area;
	h->tlp = lb_tlp_effective(about->tlp);
	h->audience_n = 1;
	h->audience[0] = about->origin;
	h->has_thread = true;
	h->thread = *id;
	h->exercise = about->exercise;
	h->exercise_name = about->exercise_name;
	h->language = (struct lb_text){ "", 0 };
}
