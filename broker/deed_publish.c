/* A publish that the log writer does something special with: in a block of its own, with its deed. */
#include "broker/deed_publish.h"

#include "broker/core/block.h"
#include "broker/core/deadline.h"
#include "broker/core/route.h"
#include "broker/deliver.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/message_type.h"

/* Hands the writer a block of its own, behind everything that the session has published before. Takes the block. */
static lb_err send_alone(struct worker *w, struct block *b)
{
	publish_flush_lane(w, LB_LANE_URGENT);
	if (!w->filling[LB_LANE_URGENT] && channel_send(w->urgent, (struct channel_item){ WRITER_BLOCK, b }) == LB_OK)
		return LB_OK;
	block_unref(b);
	return LB_NO_MEMORY;
}

static lb_err add_message(struct worker *w, struct block *b, const uint8_t *raw, size_t raw_n, const struct lb_header *h, const struct block_publish *publish)
{
	struct route *route = router_route(w->router, PARTNER_NONE, h);

	block_due(b, lb_header_keep_until(h));
	b->awaited |= deadline_is_set(h);
	return route ? block_append(b, raw, raw_n, h->expires_ms, route, publish) : LB_NO_MEMORY;
}

lb_err deed_publish(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m, struct deed *deed,
                    const struct waiting_row *behind)
{
	const struct block_publish publish = { h->id, s->handle, s->generation, (uint32_t)m->raw_n, !lb_header_is_real(h), LB_OK };
	struct block *b = block_new(LB_LANE_URGENT, w->index);
	lb_err e = LB_NO_MEMORY;

	if (!b) {
		deed_free(deed);
		return e;
	}
	b->deed = deed;
	e = add_message(w, b, m->raw, m->raw_n, h, &publish);
	if (e == LB_OK && behind) {
		/* Nobody's publish: its answer was given when it came. */
		struct block_publish answered = { .session = UINT32_MAX, .result = LB_OK };
		struct lb_zmtp_message held;
		struct lb_header about;

		e = waiting_row_open(behind, &held, &about);
		answered.id = about.id;
		if (e == LB_OK)
			e = add_message(w, b, behind->raw.p, behind->raw.n, &about, &answered);
	}
	if (e != LB_OK) {
		block_unref(b);
		return e;
	}
	e = send_alone(w, b);
	if (e == LB_OK)
		publish_count(w, s, m->raw_n);
	return e;
}

void deed_committed(struct worker *w, const struct block *b)
{
	/* A block that was given up is empty. */
	if (!b->deed || b->deed->position == 0 || b->count == 0)
		return;
	tail_forget(&w->tail[b->deed->lane], b->deed->position);
	deliver_forget(w);
}
