/* The messages of an incident in their order. */
#include "agents/agent/incident_order.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 6 /* first report, request, offer, acceptance, and room */
#define NONE INCIDENT_ORDER_NONE

bool incident_has_type(unsigned type)
{
	return type == LB_TYPE_INCIDENT_REPORT || type == LB_TYPE_ASSISTANCE_REQUEST || type == LB_TYPE_ASSISTANCE_OFFER;
}

bool incident_of(const struct lb_header *h, struct lb_uuid *out)
{
	if (!incident_has_type(h->type) || (!h->has_thread && h->type != LB_TYPE_INCIDENT_REPORT))
		return false;
	*out = h->has_thread ? h->thread : h->id;
	return true;
}

static int compare_ids(const struct lb_uuid *a, const struct lb_uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b);
}

static void read_payload(struct incident_item *i, struct lb_frame payload)
{
	const uint8_t *p = payload.n ? payload.p : (const uint8_t *)"";

	if (i->h.type == LB_TYPE_INCIDENT_REPORT)
		i->report = lagebus__incident_report__unpack(NULL, payload.n, p);
	else if (i->h.type == LB_TYPE_ASSISTANCE_REQUEST)
		i->request = lagebus__assistance_request__unpack(NULL, payload.n, p);
	else
		i->offer = lagebus__assistance_offer__unpack(NULL, payload.n, p);
	if (!i->report && !i->request && !i->offer)
		i->fault = INCIDENT_UNREADABLE;
}

static void forget_payload(struct incident_item *i)
{
	if (i->report)
		lagebus__incident_report__free_unpacked(i->report, NULL);
	if (i->request)
		lagebus__assistance_request__free_unpacked(i->request, NULL);
	if (i->offer)
		lagebus__assistance_offer__free_unpacked(i->offer, NULL);
}

static int by_id(const void *a, const void *b)
{
	return compare_ids(&((const struct incident_item *)a)->h.id, &((const struct incident_item *)b)->h.id);
}

static void read_all(struct incident_order *d, const struct incident_message *m, size_t n)
{
	size_t kept = 0;

	for (size_t k = 0; k < n; k++) {
		struct incident_item i = { .fault = INCIDENT_NONE };
		struct lb_uuid incident;

		if (lb_header_decode(m[k].header.p, m[k].header.n, &i.h) != LB_OK || !incident_of(&i.h, &incident) || compare_ids(&incident, &d->id) != 0)
			continue;
		read_payload(&i, m[k].payload);
		d->items[d->n++] = i;
	}
	qsort(d->items, d->n, sizeof *d->items, by_id);
	for (size_t k = 0; k < d->n; k++) {
		if (kept > 0 && by_id(&d->items[kept - 1], &d->items[k]) == 0)
			forget_payload(&d->items[k]);
		else
			d->items[kept++] = d->items[k];
	}
	d->n = kept;
}

size_t incident_order_find(const struct incident_order *d, const struct lb_uuid *id)
{
	struct incident_item key = { .h.id = *id };
	const struct incident_item *i = bsearch(&key, d->items, d->n, sizeof key, by_id);

	return i ? (size_t)(i - d->items) : NONE;
}

bool incident_id_read(ProtobufCBinaryData from, struct lb_uuid *out)
{
	if (from.len != sizeof out->b)
		return false;
	memcpy(out->b, from.data, sizeof out->b);
	return true;
}

static bool is_before(const struct incident_item *a, const struct incident_item *b)
{
	return a->h.created_ms != b->h.created_ms ? a->h.created_ms < b->h.created_ms : by_id(a, b) < 0;
}

/* What an item corrects, if that is here and may be corrected by it: one of the same origin and type that was made before it. */
static size_t corrects(const struct incident_order *d, const struct incident_item *i)
{
	size_t k = i->h.has_supersedes ? incident_order_find(d, &i->h.supersedes) : NONE;
	const struct incident_item *old = k != NONE ? &d->items[k] : NULL;

	return old && old->h.type == i->h.type && lb_text_same(old->h.origin, i->h.origin) && is_before(old, i) ? k : NONE;
}

/* Corrections of one thing are a group: whose first is the one that is known longest, and whose newest counts. */
static void join_corrections(struct incident_order *d)
{
	for (size_t k = 0; k < d->n; k++) {
		struct incident_item *i = &d->items[k];
		size_t next = k;

		do {
			i->root = next;
			next = corrects(d, &d->items[next]);
		} while (next != NONE);
		i->name = d->items[i->root].h.id;
		if (d->items[i->root].h.has_supersedes && incident_order_find(d, &d->items[i->root].h.supersedes) == NONE)
			i->name = d->items[i->root].h.supersedes;
		else if (i->root == k && i->h.has_supersedes && i->fault == INCIDENT_NONE)
			i->fault = INCIDENT_NOT_THE_ORIGIN;
	}
}

static bool is_same_thing(const struct incident_item *a, const struct incident_item *b)
{
	return compare_ids(&a->name, &b->name) == 0 && a->h.type == b->h.type && lb_text_same(a->h.origin, b->h.origin);
}

static int by_name(const void *a, const void *b)
{
	const struct incident_item *x = *(struct incident_item *const *)a, *y = *(struct incident_item *const *)b;
	int c = compare_ids(&x->name, &y->name);

	return c ? c : is_before(x, y) ? -1 : is_before(y, x);
}

/* In each group the newest stands in the first one's place, and the others stand aside. One that is out of place corrects nothing. */
static void settle_corrections(struct incident_order *d)
{
	for (size_t k = 0; k < d->n; k++)
		d->ordered[k] = &d->items[k];
	qsort(d->ordered, d->n, sizeof *d->ordered, by_name);
	for (size_t from = 0, to; from < d->n; from = to) {
		for (to = from; to < d->n && compare_ids(&d->ordered[to]->name, &d->ordered[from]->name) == 0; to++)
			d->ordered[to]->time_ms = d->ordered[to]->h.created_ms;
		for (size_t k = from; k < to; k++)
			for (size_t later = to; later-- > k + 1;)
				if (is_same_thing(d->ordered[k], d->ordered[later]) && d->ordered[later]->fault == INCIDENT_NONE) {
					if (d->ordered[k]->fault == INCIDENT_NONE)
						d->ordered[k]->fault = INCIDENT_SUPERSEDED;
					if (d->ordered[k]->time_ms < d->ordered[later]->time_ms)
						d->ordered[later]->time_ms = d->ordered[k]->time_ms;
					break;
				}
	}
}

static const struct incident_item *of_name(const struct incident_order *d, const struct lb_uuid *name)
{
	size_t k = incident_order_find(d, name);

	return k != NONE ? &d->items[d->items[k].root] : NULL;
}

/* What an item refers to: the incident's first report, a request, an offer. */
static unsigned references(const struct incident_order *d, const struct incident_item *i, const struct incident_item *out[3])
{
	struct lb_uuid id;
	unsigned n = 0;

	if (compare_ids(&i->name, &d->id) != 0 && (out[n] = of_name(d, &d->id)))
		n++;
	if (i->request && incident_id_read(i->request->request, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->request && incident_id_read(i->request->offer, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->offer && incident_id_read(i->offer->request, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->offer && n < 3 && incident_id_read(i->offer->offer, &id) && (out[n] = of_name(d, &id)))
		n++;
	return n;
}

static int by_place(const void *a, const void *b)
{
	const struct incident_item *x = *(struct incident_item *const *)a, *y = *(struct incident_item *const *)b;
	int c;

	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	c = compare_ids(&x->name, &y->name);
	return c ? c : by_id(x, y);
}

/* Clocks differ: what refers to something comes after it all the same. Each round reads what the one before made, so the order of the items does
 * not show. */
static bool put_in_order(struct incident_order *d)
{
	struct place {
		int64_t time_ms;
		unsigned rank;
	} *next = calloc(d->n + 1, sizeof *next);

	for (unsigned round = 0; next && round < ROUNDS; round++) {
		for (size_t k = 0; k < d->n; k++) {
			const struct incident_item *i = &d->items[k], *refers[3];
			unsigned n = references(d, i, refers);

			next[k] = (struct place){ i->time_ms, i->rank };
			for (unsigned r = 0; r < n; r++) {
				if (refers[r] == i)
					continue;
				if (next[k].time_ms < refers[r]->time_ms)
					next[k].time_ms = refers[r]->time_ms;
				if (next[k].rank <= refers[r]->rank && refers[r]->rank < ROUNDS)
					next[k].rank = refers[r]->rank + 1;
			}
		}
		for (size_t k = 0; k < d->n; k++) {
			d->items[k].time_ms = next[k].time_ms;
			d->items[k].rank = next[k].rank;
		}
	}
	if (next)
		qsort(d->ordered, d->n, sizeof *d->ordered, by_place);
	free(next);
	return next != NULL;
}

lb_err incident_order_make(const struct lb_uuid *id, const struct incident_message *m, size_t n, struct incident_order *out)
{
	struct incident_order d = { .id = *id, .items = calloc(n + 1, sizeof *d.items), .ordered = calloc(n + 1, sizeof(struct incident_item *)) };

	*out = d;
	if (!d.items || !d.ordered)
		return LB_NO_MEMORY;
	read_all(out, m, n);
	join_corrections(out);
	settle_corrections(out);
	return put_in_order(out) ? LB_OK : LB_NO_MEMORY;
}

void incident_order_fini(struct incident_order *d)
{
	for (size_t k = 0; k < d->n; k++)
		forget_payload(&d->items[k]);
	free(d->items);
	free(d->ordered);
}
