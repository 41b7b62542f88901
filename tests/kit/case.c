/* A digital-violence case as a broker sees it. */
#include "tests/kit/case.h"

#include <stdlib.h>

#include "lagebus/message_type.h"
#include "lagebus/sealed.h"
#include "tests/kit/envelope.h"

void case_make(const struct caller *c, const char *to, struct lb_header *h, struct lb_buf *payload)
{
	static const uint8_t pseudonym[LB_PSEUDONYM_SIZE] = { 1, 2, 3 };
	struct lb_buf envelope = LB_BUF_INIT;

	envelope_put(&envelope);
	if (lb_sealed_write(pseudonym, (struct lb_frame){ lb_buf_data(&envelope), lb_buf_len(&envelope) }, payload) != LB_OK)
		abort();
	lb_buf_fini(&envelope);
	caller_header(c, to, h);
	h->type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h->area = LB_AREA_DIGITAL_VIOLENCE;
	h->tlp = LB_TLP_RED;
	h->ack_policy = LB_ACK_ACKNOWLEDGED;
	h->expires_ms = h->created_ms + 14 * LB_DAY_MS;
}
