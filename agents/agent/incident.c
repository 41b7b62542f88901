/* What the messages of an incident make of it. */
#include "agents/agent/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/identity.h"
#include "lagebus/topic.h"
#include "proto/assistance.pb-c.h"

#define ROUNDS 6 /* first report, request, offer, acceptance, and room */
#define NONE SIZE_MAX

/* A message, read. `rank` and `time_ms` are its place; what it refers to stands before it. */
struct item {
	struct lb_header h;
	Lagebus__IncidentReport *report; /* one of these, or none if it cannot be read */
	Lagebus__AssistanceRequest *request;
	Lagebus__AssistanceOffer *offer;
	size_t root;         /* the first of its corrections that is here */
	struct lb_uuid name; /* what it is known by: the id of what it corrects, here or not */
	int64_t time_ms;
	unsigned rank;
	enum incident_fault fault;
};

struct derivation {
	struct lb_uuid id;
	struct item *items;    /* by id, each once */
	struct item **ordered; /* in their places */
	size_t n;
	Lagebus__Incident *out;
	bool failed; /* memory was out */
};

static const char *const tokens[] = {
#define X(name, token, text) token,
	INCIDENT_FAULT_TABLE(X)
#undef X
};

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

static bool same_text(struct lb_text a, struct lb_text b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* ---- what comes out ---- */

static char *copy(struct derivation *d, const char *p, size_t n)
{
	char *text = strndup(p, n);

	d->failed |= !text;
	return text;
}

/* Takes the place of a text of the incident. */
static void set_text(struct derivation *d, char **field, const char *p, size_t n)
{
	char *text = copy(d, p, n);

	if (!text)
		return;
	if (*field != protobuf_c_empty_string)
		free(*field);
	*field = text;
}

/* A newer word, where there is one and it is UTF-8. */
static void take_text(struct derivation *d, char **field, const char *text)
{
	size_t n = strlen(text);

	if (n > 0 && lb_utf8_is_valid(text, n))
		set_text(d, field, text, n);
}

static void set_bytes(struct derivation *d, ProtobufCBinaryData *field, const struct lb_uuid *id)
{
	uint8_t *p = malloc(sizeof id->b);

	d->failed |= !p;
	if (!p)
		return;
	memcpy(p, id->b, sizeof id->b);
	*field = (ProtobufCBinaryData){ sizeof id->b, p };
}

/* A new element at the end of a repeated field, made by init; NULL: memory is out. */
static void *append(struct derivation *d, void *list, size_t *n, size_t size, void (*init)(void *))
{
	void **old = *(void ***)list, **grown = realloc(old, (*n + 1) * sizeof *grown), *one = NULL;

	if (grown) {
		*(void ***)list = grown;
		one = malloc(size);
	}
	d->failed |= !one;
	if (!one)
		return NULL;
	init(one);
	grown[(*n)++] = one;
	return one;
}

#define APPEND(d, field, count, type, init) ((type *)append((d), &(field), &(count), sizeof(type), (void (*)(void *))(init)))

/* ---- reading ---- */

static void read_payload(struct item *i, struct lb_frame payload)
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

static void forget_payload(struct item *i)
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
	return compare_ids(&((const struct item *)a)->h.id, &((const struct item *)b)->h.id);
}

static void read_all(struct derivation *d, const struct incident_message *m, size_t n)
{
	size_t kept = 0;

	for (size_t k = 0; k < n; k++) {
		struct item i = { .fault = INCIDENT_NONE };
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

static size_t find(const struct derivation *d, const struct lb_uuid *id)
{
	struct item key = { .h.id = *id };
	const struct item *i = bsearch(&key, d->items, d->n, sizeof key, by_id);

	return i ? (size_t)(i - d->items) : NONE;
}

static bool read_id(ProtobufCBinaryData from, struct lb_uuid *out)
{
	if (from.len != sizeof out->b)
		return false;
	memcpy(out->b, from.data, sizeof out->b);
	return true;
}

/* ---- corrections ---- */

static bool is_before(const struct item *a, const struct item *b)
{
	return a->h.created_ms != b->h.created_ms ? a->h.created_ms < b->h.created_ms : by_id(a, b) < 0;
}

/* What an item corrects, if that is here and may be corrected by it: one of the same origin and type that was made before it. */
static size_t corrects(const struct derivation *d, const struct item *i)
{
	size_t k = i->h.has_supersedes ? find(d, &i->h.supersedes) : NONE;
	const struct item *old = k != NONE ? &d->items[k] : NULL;

	return old && old->h.type == i->h.type && same_text(old->h.origin, i->h.origin) && is_before(old, i) ? k : NONE;
}

/* Corrections of one thing are a group: whose first is the one that is known longest, and whose newest counts. */
static void join_corrections(struct derivation *d)
{
	for (size_t k = 0; k < d->n; k++) {
		struct item *i = &d->items[k];
		size_t next = k;

		do {
			i->root = next;
			next = corrects(d, &d->items[next]);
		} while (next != NONE);
		i->name = d->items[i->root].h.id;
		if (d->items[i->root].h.has_supersedes && find(d, &d->items[i->root].h.supersedes) == NONE)
			i->name = d->items[i->root].h.supersedes;
		else if (i->root == k && i->h.has_supersedes && i->fault == INCIDENT_NONE)
			i->fault = INCIDENT_NOT_THE_ORIGIN;
	}
}

static bool is_same_thing(const struct item *a, const struct item *b)
{
	return compare_ids(&a->name, &b->name) == 0 && a->h.type == b->h.type && same_text(a->h.origin, b->h.origin);
}

static int by_name(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
	int c = compare_ids(&x->name, &y->name);

	return c ? c : is_before(x, y) ? -1 : is_before(y, x);
}

/* In each group the newest stands in the first one's place, and the others stand aside. One that is out of place corrects nothing. */
static void settle_corrections(struct derivation *d)
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

/* ---- the order ---- */

static const struct item *of_name(const struct derivation *d, const struct lb_uuid *name)
{
	size_t k = find(d, name);

	return k != NONE ? &d->items[d->items[k].root] : NULL;
}

/* What an item refers to: the incident's first report, a request, an offer. */
static unsigned references(const struct derivation *d, const struct item *i, const struct item *out[3])
{
	struct lb_uuid id;
	unsigned n = 0;

	if (compare_ids(&i->name, &d->id) != 0 && (out[n] = of_name(d, &d->id)))
		n++;
	if (i->request && read_id(i->request->request, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->request && read_id(i->request->offer, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->offer && read_id(i->offer->request, &id) && (out[n] = of_name(d, &id)))
		n++;
	if (i->offer && n < 3 && read_id(i->offer->offer, &id) && (out[n] = of_name(d, &id)))
		n++;
	return n;
}

static int by_place(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
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
static bool put_in_order(struct derivation *d)
{
	struct place {
		int64_t time_ms;
		unsigned rank;
	} *next = calloc(d->n + 1, sizeof *next);

	for (unsigned round = 0; next && round < ROUNDS; round++) {
		for (size_t k = 0; k < d->n; k++) {
			const struct item *i = &d->items[k], *refers[3];
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

/* ---- one after the other ---- */

static bool is_above(const char *above, const char *below)
{
	size_t n = strlen(above);

	return n > 0 && strncmp(above, below, n) == 0 && below[n] == '/';
}

static bool is_by(const struct item *i, const char *partner)
{
	return lb_text_equals(i->h.origin, partner);
}

static Lagebus__IncidentParty *party_of(struct derivation *d, const char *partner)
{
	Lagebus__Incident *o = d->out;
	Lagebus__IncidentParty *p;

	for (size_t k = 0; k < o->n_parties; k++)
		if (strcmp(o->parties[k]->partner, partner) == 0)
			return o->parties[k];
	p = APPEND(d, o->parties, o->n_parties, Lagebus__IncidentParty, lagebus__incident_party__init);
	if (p)
		set_text(d, &p->partner, partner, strlen(partner));
	return p;
}

static void take_list(struct derivation *d, size_t *n, char ***field, size_t from_n, char **from)
{
	char **list;

	if (from_n == 0)
		return;
	list = calloc(from_n, sizeof *list);
	d->failed |= !list;
	if (!list)
		return;
	for (size_t k = 0; k < *n; k++)
		free((*field)[k]);
	free(*field);
	for (size_t k = 0; k < from_n; k++)
		list[k] = copy(d, lb_utf8_is_valid(from[k], strlen(from[k])) ? from[k] : "", strlen(from[k]));
	*field = list;
	*n = from_n;
}

static void take_contact(struct derivation *d, Lagebus__IncidentReport *to, const Lagebus__Contact *from)
{
	if (!from)
		return;
	if (!to->contact) {
		to->contact = malloc(sizeof *to->contact);
		d->failed |= !to->contact;
		if (!to->contact)
			return;
		lagebus__contact__init(to->contact);
	}
	take_text(d, &to->contact->function, from->function);
	take_text(d, &to->contact->name, from->name);
	take_text(d, &to->contact->phone, from->phone);
	take_text(d, &to->contact->email, from->email);
}

/* Of each field the newest word; of when it was known the earliest. */
static void take_report(struct derivation *d, const struct item *i)
{
	Lagebus__IncidentReport *to = d->out->report;
	const Lagebus__IncidentReport *from = i->report;
	int64_t known = from->known_at > 0 && from->known_at < i->h.created_ms ? from->known_at : i->h.created_ms;

	take_text(d, &to->title, from->title);
	take_text(d, &to->description, from->description);
	take_text(d, &to->impact, from->impact);
	take_list(d, &to->n_services, &to->services, from->n_services, from->services);
	take_list(d, &to->n_measures, &to->measures, from->n_measures, from->measures);
	take_contact(d, to, from->contact);
	if (from->tier)
		to->tier = from->tier;
	if (from->category)
		to->category = from->category;
	if (from->malicious)
		to->malicious = from->malicious;
	if (from->cross_border)
		to->cross_border = from->cross_border;
	if (to->known_at == 0 || known < to->known_at)
		to->known_at = known;
}

static Lagebus__IncidentClock *clock_of(Lagebus__Incident *o, unsigned stage)
{
	for (size_t k = 0; k < o->n_clocks; k++)
		if (o->clocks[k]->stage == stage)
			return o->clocks[k];
	return NULL;
}

static void meet(Lagebus__IncidentClock *c, int64_t at_ms)
{
	if (c && (c->met == 0 || at_ms < c->met))
		c->met = at_ms;
}

/* What a report of this stage does for the clocks. A progress report lets the last one run anew. */
static void move_clocks(struct derivation *d, const struct item *i, unsigned stage)
{
	Lagebus__IncidentClock *update = clock_of(d->out, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE);
	Lagebus__IncidentClock *final = clock_of(d->out, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL);
	int64_t at_ms = i->h.created_ms;

	meet(clock_of(d->out, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST), at_ms);
	if (!update || !final)
		return;
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE || stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_PROGRESS ||
	    stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL)
		meet(update, at_ms);
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL)
		meet(final, at_ms);
	else if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_PROGRESS && final->since < at_ms)
		final->since = at_ms;
}

static enum incident_fault may_report(const Lagebus__Incident *o, const struct item *i)
{
	switch (i->report->stage) {
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST:
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE:
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_INTERIM:
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_PROGRESS:
		return i->report->closed ? INCIDENT_UNKNOWN : INCIDENT_NONE;
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL:
		return i->report->closed && !is_by(i, o->lead) ? INCIDENT_NOT_LEADING : INCIDENT_NONE;
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM: {
		char origin[LB_PARTNER_ID_MAX + 1];

		snprintf(origin, sizeof origin, "%.*s", (int)i->h.origin.n, i->h.origin.p);
		return o->reporter[0] && !is_above(origin, o->reporter) ? INCIDENT_NOT_ABOVE : INCIDENT_NONE;
	}
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER:
		if (!lb_partner_is_valid(i->report->lead, strlen(i->report->lead)))
			return INCIDENT_UNREADABLE;
		return is_by(i, o->lead) ? INCIDENT_NONE : INCIDENT_NOT_LEADING;
	case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UNSPECIFIED:
	case _LAGEBUS__INCIDENT_STAGE_IS_INT_SIZE:
		break;
	}
	return INCIDENT_UNKNOWN;
}

static void on_confirm(struct derivation *d, const struct item *i, const char *origin)
{
	Lagebus__Incident *o = d->out;
	Lagebus__IncidentParty *p = o->reporter[0] ? party_of(d, o->reporter) : NULL;

	if (p && p->confirmed == 0) {
		set_text(d, &p->confirmed_by, origin, strlen(origin));
		p->confirmed = i->h.created_ms;
	}
	/* It takes the incident up from the body below it, not from who leads by then. */
	if (!o->lead[0] || is_above(origin, o->lead))
		set_text(d, &o->lead, origin, strlen(origin));
}

static enum incident_fault on_report(struct derivation *d, const struct item *i)
{
	Lagebus__Incident *o = d->out;
	unsigned stage = (unsigned)i->report->stage;
	char origin[LB_PARTNER_ID_MAX + 1];
	enum incident_fault fault = may_report(o, i);
	Lagebus__IncidentParty *p;

	if (fault != INCIDENT_NONE)
		return fault;
	snprintf(origin, sizeof origin, "%.*s", (int)i->h.origin.n, i->h.origin.p);
	if (compare_ids(&d->items[i->root].h.id, &d->id) == 0)
		set_text(d, &o->reporter, origin, strlen(origin));
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM)
		on_confirm(d, i, origin);
	else if (!o->lead[0])
		set_text(d, &o->lead, origin, strlen(origin));
	p = party_of(d, origin);
	if (p) {
		p->stage = stage;
		p->at = i->h.created_ms;
	}
	take_report(d, i);
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER)
		set_text(d, &o->lead, i->report->lead, strlen(i->report->lead));
	/* A final report is that of who leads; what a body calls one is its last word to its Land. */
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL && !is_by(i, o->lead))
		return INCIDENT_NONE;
	move_clocks(d, i, stage);
	if (stage <= LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL)
		o->stage = stage;
	else if (o->stage == 0)
		o->stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	if (i->report->closed) {
		o->closed = true;
		o->closed_at = i->h.created_ms;
	}
	return INCIDENT_NONE;
}

static Lagebus__IncidentAssistance *request_of(const Lagebus__Incident *o, const struct lb_uuid *id)
{
	for (size_t k = 0; k < o->n_assistance; k++)
		if (memcmp(o->assistance[k]->id.data, id->b, sizeof id->b) == 0)
			return o->assistance[k];
	return NULL;
}

static Lagebus__IncidentOffer *offer_of(const Lagebus__IncidentAssistance *a, const struct lb_uuid *id)
{
	for (size_t k = 0; k < a->n_offers; k++)
		if (memcmp(a->offers[k]->id.data, id->b, sizeof id->b) == 0)
			return a->offers[k];
	return NULL;
}

static bool is_settled(unsigned state)
{
	return state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE || state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_WITHDRAWN;
}

static enum incident_fault new_request(struct derivation *d, const struct item *i)
{
	Lagebus__Incident *o = d->out;
	Lagebus__IncidentAssistance *a;

	if (i->request->state > LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN)
		return INCIDENT_NO_SUCH_REQUEST;
	a = APPEND(d, o->assistance, o->n_assistance, Lagebus__IncidentAssistance, lagebus__incident_assistance__init);
	if (!a)
		return INCIDENT_NONE;
	set_bytes(d, &a->id, &i->name);
	set_text(d, &a->partner, i->h.origin.p, i->h.origin.n);
	a->state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
	take_text(d, &a->capability, i->request->capability);
	take_text(d, &a->place, i->request->place);
	take_text(d, &a->text, i->request->text);
	a->until = i->request->until;
	return INCIDENT_NONE;
}

static enum incident_fault accept_offer(Lagebus__IncidentAssistance *a, const struct item *i)
{
	Lagebus__IncidentOffer *offer;
	struct lb_uuid id;

	if (!read_id(i->request->offer, &id) || !(offer = offer_of(a, &id)))
		return INCIDENT_NO_SUCH_OFFER;
	if (offer->state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN)
		return INCIDENT_SETTLED;
	offer->state = a->state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED;
	return INCIDENT_NONE;
}

static enum incident_fault on_request(struct derivation *d, const struct item *i)
{
	Lagebus__IncidentAssistance *a;
	struct lb_uuid id;

	if (i->request->request.len == 0)
		return new_request(d, i);
	if (!read_id(i->request->request, &id) || !(a = request_of(d->out, &id)))
		return INCIDENT_NO_SUCH_REQUEST;
	if (!is_by(i, a->partner))
		return INCIDENT_NOT_THE_ASKER;
	if (is_settled(a->state))
		return INCIDENT_SETTLED;
	switch (i->request->state) {
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED:
		return accept_offer(a, i);
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE:
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_WITHDRAWN:
		a->state = i->request->state;
		return INCIDENT_NONE;
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_UNSPECIFIED:
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN:
	case _LAGEBUS__ASSISTANCE_STATE_IS_INT_SIZE:
		break;
	}
	return INCIDENT_UNKNOWN;
}

static enum incident_fault new_offer(struct derivation *d, Lagebus__IncidentAssistance *a, const struct item *i)
{
	Lagebus__IncidentOffer *o;

	if (i->offer->state > LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN)
		return INCIDENT_NO_SUCH_OFFER;
	if (is_settled(a->state))
		return INCIDENT_SETTLED;
	o = APPEND(d, a->offers, a->n_offers, Lagebus__IncidentOffer, lagebus__incident_offer__init);
	if (!o)
		return INCIDENT_NONE;
	set_bytes(d, &o->id, &i->name);
	set_text(d, &o->partner, i->h.origin.p, i->h.origin.n);
	o->state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
	take_text(d, &o->capability, i->offer->capability);
	take_text(d, &o->place, i->offer->place);
	take_text(d, &o->text, i->offer->text);
	o->from = i->offer->from;
	o->until = i->offer->until;
	return INCIDENT_NONE;
}

/* A request whose accepted offers are all gone waits again. */
static void reopen(Lagebus__IncidentAssistance *a)
{
	for (size_t k = 0; k < a->n_offers; k++)
		if (a->offers[k]->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED ||
		    a->offers[k]->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE)
			return;
	if (a->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED)
		a->state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
}

static enum incident_fault on_offer(struct derivation *d, const struct item *i)
{
	Lagebus__IncidentAssistance *a;
	Lagebus__IncidentOffer *o;
	struct lb_uuid id;

	if (!read_id(i->offer->request, &id) || !(a = request_of(d->out, &id)))
		return INCIDENT_NO_SUCH_REQUEST;
	if (i->offer->offer.len == 0)
		return new_offer(d, a, i);
	if (!read_id(i->offer->offer, &id) || !(o = offer_of(a, &id)))
		return INCIDENT_NO_SUCH_OFFER;
	if (!is_by(i, o->partner))
		return INCIDENT_NOT_THE_OFFERER;
	if (is_settled(o->state))
		return INCIDENT_SETTLED;
	if (i->offer->state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_WITHDRAWN &&
	    (i->offer->state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE || o->state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED))
		return INCIDENT_UNKNOWN;
	o->state = i->offer->state;
	reopen(a);
	return INCIDENT_NONE;
}

/* Whether an item passes on what is here, of whom, and which. */
static bool reads_original(const struct item *i, struct lb_header *out)
{
	const Lagebus__OriginalReport *original = i->report ? i->report->original : NULL;

	return original && lb_header_decode(original->header.data, original->header.len, out) == LB_OK;
}

static enum incident_fault take(struct derivation *d, const struct item *i)
{
	struct lb_header original;

	if (i->fault != INCIDENT_NONE)
		return i->fault;
	if (reads_original(i, &original) && find(d, &original.id) != NONE)
		return INCIDENT_FORWARD;
	if (d->out->closed)
		return INCIDENT_AFTER_CLOSING;
	if (d->out->changed != 0 && d->out->exercise != i->h.exercise)
		return INCIDENT_EXERCISE;
	if (i->report)
		return on_report(d, i);
	return i->request ? on_request(d, i) : on_offer(d, i);
}

static const char *text_of(const struct item *i)
{
	if (i->report)
		return i->report->title[0] ? i->report->title : i->report->description;
	if (i->request)
		return i->request->capability[0] ? i->request->capability : i->request->text;
	return !i->offer ? "" : i->offer->capability[0] ? i->offer->capability : i->offer->text;
}

static void add_entry(struct derivation *d, const struct item *i, enum incident_fault fault)
{
	Lagebus__IncidentEntry *e = APPEND(d, d->out->entries, d->out->n_entries, Lagebus__IncidentEntry, lagebus__incident_entry__init);
	struct lb_header original;

	if (!e)
		return;
	set_bytes(d, &e->id, &i->h.id);
	e->type = i->h.type;
	set_text(d, &e->origin, i->h.origin.p, i->h.origin.n);
	e->created = i->h.created_ms;
	e->stage = i->report ? (uint32_t)i->report->stage : i->request ? (uint32_t)i->request->state : i->offer ? (uint32_t)i->offer->state : 0;
	take_text(d, &e->text, text_of(i));
	set_text(d, &e->fault, tokens[fault], strlen(tokens[fault]));
	if (i->h.has_supersedes)
		set_bytes(d, &e->replaces, &i->h.supersedes);
	if (reads_original(i, &original))
		set_text(d, &e->original, original.origin.p, original.origin.n);
}

static void note(struct derivation *d, const struct item *i)
{
	Lagebus__Incident *o = d->out;

	if (o->changed == 0) {
		o->created = i->h.created_ms;
		o->exercise = i->h.exercise;
		o->area = i->h.area;
		set_text(d, &o->exercise_name, i->h.exercise_name.n ? i->h.exercise_name.p : "", i->h.exercise_name.n);
	}
	if (i->h.created_ms > o->changed)
		o->changed = i->h.created_ms;
	if (lb_tlp_effective(i->h.tlp) > o->tlp)
		o->tlp = lb_tlp_effective(i->h.tlp);
}

static void begin(struct derivation *d)
{
	static const unsigned stages[] = { LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE,
		                           LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL };
	Lagebus__Incident *o = d->out = malloc(sizeof *o);

	d->failed |= !o;
	if (!o)
		return;
	lagebus__incident__init(o);
	set_bytes(d, &o->id, &d->id);
	o->report = malloc(sizeof *o->report);
	d->failed |= !o->report;
	if (o->report)
		lagebus__incident_report__init(o->report);
	for (unsigned k = 0; k < 3; k++) {
		Lagebus__IncidentClock *c = APPEND(d, o->clocks, o->n_clocks, Lagebus__IncidentClock, lagebus__incident_clock__init);

		if (c)
			c->stage = stages[k];
	}
}

static void work_through(struct derivation *d)
{
	for (size_t k = 0; k < d->n && !d->failed; k++) {
		const struct item *i = d->ordered[k];
		enum incident_fault fault = take(d, i);

		if (fault == INCIDENT_NONE)
			note(d, i);
		add_entry(d, i, fault);
	}
}

lb_err incident_derive(const struct lb_uuid *id, const struct incident_message *m, size_t n, Lagebus__Incident **out)
{
	struct derivation d = { .id = *id, .items = calloc(n + 1, sizeof *d.items), .ordered = calloc(n + 1, sizeof(struct item *)) };
	lb_err e;

	d.failed = !d.items || !d.ordered;
	if (!d.failed)
		begin(&d);
	if (!d.failed) {
		read_all(&d, m, n);
		join_corrections(&d);
		settle_corrections(&d);
		d.failed = !put_in_order(&d);
	}
	if (!d.failed)
		work_through(&d);
	e = d.failed ? LB_NO_MEMORY : d.out->changed == 0 ? LB_NOT_FOUND : LB_OK;
	for (size_t k = 0; k < d.n; k++)
		forget_payload(&d.items[k]);
	free(d.items);
	free(d.ordered);
	if (e == LB_OK)
		*out = d.out;
	else if (d.out)
		lagebus__incident__free_unpacked(d.out, NULL);
	return e;
}
