/* What a message is about. */
#include "agents/agent/describe.h"

#include <stdio.h>
#include <string.h>

#include "proto/receipt.pb-c.h"
#include "proto/warning.pb-c.h"

#define BY_MAX 200 /* bytes of a name that are shown */

/* protobuf-c does not check UTF-8: what is not is left out. */
static lb_err add(struct lb_buf *to, const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || !lb_utf8_is_valid(text, n))
		return LB_OK;
	if (lb_buf_len(to) > 0 && lb_buf_append(to, "\n", 1) != LB_OK)
		return LB_NO_MEMORY;
	return lb_buf_append(to, text, n);
}

static lb_err add_all(struct lb_buf *to, char *const *texts, size_t n)
{
	lb_err e = LB_OK;

	for (size_t i = 0; e == LB_OK && i < n; i++)
		e = add(to, texts[i]);
	return e;
}

static lb_err describe_warning(struct lb_frame payload, struct description *d)
{
	Lagebus__Warning *w = lagebus__warning__unpack(NULL, payload.n, payload.p);
	lb_err e;

	if (!w)
		return LB_OK;
	e = add(&d->title, w->title);
	if (e == LB_OK)
		e = add(&d->tracking_id, w->tracking_id);
	if (e == LB_OK)
		e = add(&d->body, w->summary);
	if (e == LB_OK)
		e = add(&d->body, w->publisher);
	if (e == LB_OK)
		e = add_all(&d->body, w->cves, w->n_cves);
	if (e == LB_OK)
		e = add_all(&d->body, w->products, w->n_products);
	if (e == LB_OK)
		e = add_all(&d->body, w->measures, w->n_measures);
	lagebus__warning__free_unpacked(w, NULL);
	return e;
}

/* At most max bytes, and whole characters. */
static int cut(const char *text, size_t max)
{
	size_t n = strnlen(text, max + 1);

	if (n > max)
		for (n = max; n > 0 && (text[n] & 0xc0) == 0x80;)
			n--;
	return (int)n;
}

static lb_err describe_receipt(struct lb_frame payload, struct description *d)
{
	static const char *const states[] = { "", "displayed", "acknowledged", "implemented" };
	Lagebus__Receipt *r = lagebus__receipt__unpack(NULL, payload.n, payload.p);
	char text[BY_MAX + 20];
	lb_err e;

	if (!r)
		return LB_OK;
	snprintf(text, sizeof text, "%s%s%.*s", r->state <= LB_ACK_IMPLEMENTED ? states[r->state] : "", r->by[0] ? " by " : "", cut(r->by, BY_MAX), r->by);
	e = add(&d->title, text);
	if (e == LB_OK)
		e = add(&d->body, r->note);
	lagebus__receipt__free_unpacked(r, NULL);
	return e;
}

static lb_err describe_note(struct lb_frame payload, struct description *d)
{
	Lagebus__Note *n = lagebus__note__unpack(NULL, payload.n, payload.p);
	lb_err e;

	if (!n)
		return LB_OK;
	e = add(&d->title, n->title);
	if (e == LB_OK)
		e = add(&d->body, n->text);
	lagebus__note__free_unpacked(n, NULL);
	return e;
}

static lb_err end_text(struct lb_buf *b)
{
	return lb_buf_len(b) > 0 ? lb_buf_append(b, "", 1) : LB_OK;
}

lb_err describe(const struct lb_header *h, struct lb_frame payload, struct description *out)
{
	struct description d = { LB_BUF_INIT, LB_BUF_INIT, LB_BUF_INIT };
	lb_err e;

	if (h->type == LB_TYPE_WARNING)
		e = describe_warning(payload, &d);
	else if (h->type == LB_TYPE_RECEIPT)
		e = describe_receipt(payload, &d);
	else
		e = describe_note(payload, &d);
	if (e == LB_OK)
		e = end_text(&d.title);
	if (e == LB_OK)
		e = end_text(&d.tracking_id);
	if (e == LB_OK)
		e = end_text(&d.body);
	if (e != LB_OK)
		description_fini(&d);
	else
		*out = d;
	return e;
}

void description_fini(struct description *d)
{
	lb_buf_fini(&d->title);
	lb_buf_fini(&d->tracking_id);
	lb_buf_fini(&d->body);
}
