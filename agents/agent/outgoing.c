/* What the agent does not queue, whatever the broker would say. */
#include "agents/agent/outgoing.h"

#include <string.h>

#include "agents/agent/inbox.h"
#include "lagebus/classified.h"
#include "lagebus/sealed.h"
#include "lagebus/level_clock.h"
#include "proto/receipt.pb-c.h"
#include "proto/warning.pb-c.h"

static bool is_marked(const char *text)
{
	return lb_text_is_classified(text, strlen(text));
}

/* Products are names, and some are named after what they are approved for. */
static bool is_marked_warning(struct lb_frame payload)
{
	Lagebus__Warning *w = lagebus__warning__unpack(NULL, payload.n, payload.p);
	bool marked = w && (is_marked(w->title) || is_marked(w->summary));

	for (size_t i = 0; w && i < w->n_measures; i++)
		marked |= is_marked(w->measures[i]);
	if (w)
		lagebus__warning__free_unpacked(w, NULL);
	return marked;
}

static bool is_marked_receipt(struct lb_frame payload)
{
	Lagebus__Receipt *r = lagebus__receipt__unpack(NULL, payload.n, payload.p);
	bool marked = r && (is_marked(r->by) || is_marked(r->note));

	if (r)
		lagebus__receipt__free_unpacked(r, NULL);
	return marked;
}

static bool is_marked_text(const void *p, size_t n)
{
	return lb_utf8_is_valid(p, n) && lb_text_is_classified(p, n);
}

/* What is no note may be text as it is. */
static bool is_marked_note(struct lb_frame payload)
{
	Lagebus__Note *n = lagebus__note__unpack(NULL, payload.n, payload.p);
	bool marked = n ? is_marked(n->title) || is_marked(n->text) || (n->attachment.len > 0 && is_marked_text(n->attachment.data, n->attachment.len))
	                : is_marked_text(payload.p, payload.n);

	if (n)
		lagebus__note__free_unpacked(n, NULL);
	return marked;
}

static bool is_classified(const struct lb_header *h, struct lb_frame payload)
{
	if (h->exercise_name.n > 0 && lb_text_is_classified(h->exercise_name.p, h->exercise_name.n))
		return true;
	if (lb_sealed_is_due(h) && lb_sealed_check(h, payload) == LB_OK)
		return false; /* whoever sealed it has looked */
	if (h->type == LB_TYPE_WARNING)
		return is_marked_warning(payload);
	return h->type == LB_TYPE_RECEIPT ? is_marked_receipt(payload) : is_marked_note(payload);
}

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
	lb_err e = is_classified(h, payload) ? LB_CLASSIFIED : lb_sealed_check(h, payload);

	if (e == LB_OK)
		e = lb_header_check_clock(h);
	if (e == LB_OK && h->has_thread)
		e = compare(s, h, &h->thread);
	return e == LB_OK && h->has_supersedes ? compare(s, h, &h->supersedes) : e;
}
