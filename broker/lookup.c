/* A message in the log by its id; and whether what refers to one may. */
#include "broker/lookup.h"

#include "broker/core/block.h"
#include "broker/deliver.h"
#include "broker/worker_state.h"
#include "lagebus/zmtp.h"

lb_err lookup(struct worker *w, const struct lb_uuid *id, struct logged *out)
{
	struct lb_zmtp_message m;
	struct block *b;
	lb_err e = journal_find(w->reader, id, &out->lane, &out->position);

	if (e == LB_OK)
		e = deliver_find(w, (enum lb_lane)out->lane, out->position, &b);
	if (e != LB_OK)
		return e;
	if (b->first > out->position)
		return LB_NOT_FOUND; /* past retention */
	out->expires_ms = (int64_t)b->entries[out->position - b->first].expires_s * 1000;
	e = block_message(b, (uint32_t)(out->position - b->first), &m);
	if (e == LB_OK)
		e = lb_buf_append(&out->frame, m.frames[0].p, m.frames[0].n);
	if (e == LB_OK)
		e = lb_header_decode(lb_buf_data(&out->frame), lb_buf_len(&out->frame), &out->header);
	return e;
}

/* Who has another's message has it from the log, so what the log does not have is past retention: its label is forgotten. */
static lb_err compare(struct worker *w, const struct lb_header *h, const struct lb_uuid *id)
{
	struct logged about = { .frame = LB_BUF_INIT };
	lb_err e = lookup(w, id, &about);

	if (e == LB_OK && lb_header_widens(h, &about.header))
		e = LB_TLP_WIDENED;
	lb_buf_fini(&about.frame);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err lookup_label(struct worker *w, const struct lb_header *h)
{
	lb_err e = h->has_thread ? compare(w, h, &h->thread) : LB_OK;

	return e == LB_OK && h->has_supersedes ? compare(w, h, &h->supersedes) : e;
}
