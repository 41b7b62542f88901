/* What a person of our office has done with a case at another of its agents. */
#include "agents/agent/cases.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/erasing.h"
#include "proto/host/log.h"
#include "proto/receipt.pb-c.h"

/* It comes from our office, to somebody else: we have it from the broker for the sake of the case. */
static bool is_ours(const struct agent *a, const struct lb_header *h)
{
	bool ours = lb_text_equals(h->origin, lb_tls_identity(a->tls)->partner);

	for (const char *as = agent_acts_for(a, NULL); as && !ours; as = agent_acts_for(a, as))
		ours = lb_text_equals(h->origin, as);
	for (unsigned i = 0; i < h->audience_n; i++)
		ours &= !lb_text_same(h->audience[i], h->origin);
	return ours;
}

static bool is_about(const struct lb_header *h, const Lagebus__Receipt *r)
{
	return h->has_thread && r->refers_to.len == sizeof h->thread.b && memcmp(r->refers_to.data, h->thread.b, sizeof h->thread.b) == 0 &&
	       r->state >= LB_ACK_DISPLAYED && r->state <= LB_ACK_IMPLEMENTED;
}

static lb_err note(struct agent *a, const struct lb_header *h, const Lagebus__Receipt *r)
{
	bool erases = r->state >= LB_ACK_ACKNOWLEDGED && r->by[0] != '\0', there;
	struct inbox_row row;
	struct lb_header about;
	char text[LB_UUID_TEXT];
	lb_err e = inbox_get(&a->store, &h->thread, &row);

	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	there = row.payload.n > 0;
	/* Nobody but the office that it is for deals with it. */
	if (row.quarantine[0] || lb_header_decode(row.header.p, row.header.n, &about) != LB_OK || about.type != LB_TYPE_DIGITAL_VIOLENCE_CASE ||
	    about.audience_n != 1 || !lb_text_same(about.audience[0], h->origin))
		return LB_OK;
	e = inbox_acknowledge(&a->store, &h->thread, r->state);
	if (e != LB_OK || !erases || !there)
		return e;
	lb_uuid_format(&h->thread, text);
	log_event(LOG_INFO, "case_erased", "id=%s detail=%s", text, "a person has acknowledged it at another agent of the office");
	return erasing_take(a, &h->thread);
}

lb_err cases_receipt(struct agent *a, const struct lb_header *h, struct lb_frame payload, bool *told)
{
	Lagebus__Receipt *r = h->type == LB_TYPE_RECEIPT ? lagebus__receipt__unpack(NULL, payload.n, payload.p) : NULL;
	lb_err e = LB_OK;

	*told = r && h->area == LB_AREA_DIGITAL_VIOLENCE && is_ours(a, h);
	if (r && is_about(h, r))
		e = note(a, h, r);
	if (r)
		lagebus__receipt__free_unpacked(r, NULL);
	return e;
}
