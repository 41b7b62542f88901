/* What the agent does not queue, whatever the broker would say. */
#include "agents/agent/outgoing.h"

#include "agents/agent/inbox.h"

/* What is not in the inbox the broker looks up; what did not verify has no label. */
static lb_err compare(struct store *s, const struct lb_header *h, const struct lb_uuid *id)
{
	struct lb_header about;
	struct inbox_row row;
	lb_err e = inbox_get(s, id, &row);

	if (e != LB_OK || row.quarantine[0])
		return e == LB_NOT_FOUND ? LB_OK : e;
	e = lb_header_decode(row.header.p, row.header.n, &about);
	return e == LB_OK && lb_header_widens(h, &about) ? LB_TLP_WIDENED : e;
}

lb_err outgoing_check(struct store *s, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e = h->has_thread ? compare(s, h, &h->thread) : LB_OK;

	(void)payload;
	return e == LB_OK && h->has_supersedes ? compare(s, h, &h->supersedes) : e;
}
