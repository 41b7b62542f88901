/* What the messages of an incident make of it. */
#include "agents/agent/incident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident_order.h"
#include "agents/agent/incident_original.h"
#include "lagebus/identity.h"

struct derivation {
	struct incident_order order;
	Lagebus__Incident *out;
	bool failed; /* memory was out */
};

static const char *const tokens[] = {
#define X(name, token, text) token,
	INCIDENT_FAULT_TABLE(X)
#undef X
};

static int compare_ids(const struct lb_uuid *a, const struct lb_uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b);
}

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

static bool is_above(const char *above, const char *below)
{
	size_t n = strlen(above);

	return n > 0 && strncmp(above, below, n) == 0 && below[n] == '/';
}

static bool is_by(const struct incident_item *i, const char *partner)
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
static void take_report(struct derivation *d, const struct incident_item *i)
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
static void move_clocks(struct derivation *d, const struct incident_item *i, unsigned stage)
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

static enum incident_fault may_report(const Lagebus__Incident *o, const struct incident_item *i)
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

static void on_confirm(struct derivation *d, const struct incident_item *i, const char *origin)
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

static enum incident_fault on_report(struct derivation *d, const struct incident_item *i)
{
	Lagebus__Incident *o = d->out;
	unsigned stage = (unsigned)i->report->stage;
	char origin[LB_PARTNER_ID_MAX + 1];
	enum incident_fault fault = may_report(o, i);
	Lagebus__IncidentParty *p;

	if (fault != INCIDENT_NONE)
		return fault;
	snprintf(origin, sizeof origin, "%.*s", (int)i->h.origin.n, i->h.origin.p);
	if (compare_ids(&d->order.items[i->root].h.id, &d->order.id) == 0)
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

static enum incident_fault new_request(struct derivation *d, const struct incident_item *i)
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

static enum incident_fault accept_offer(Lagebus__IncidentAssistance *a, const struct incident_item *i)
{
	Lagebus__IncidentOffer *offer;
	struct lb_uuid id;

	if (!incident_id_read(i->request->offer, &id) || !(offer = offer_of(a, &id)))
		return INCIDENT_NO_SUCH_OFFER;
	if (offer->state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN)
		return INCIDENT_SETTLED;
	offer->state = a->state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED;
	return INCIDENT_NONE;
}

/* The help that was accepted is over with the request. */
static void end_request(Lagebus__IncidentAssistance *a, unsigned state)
{
	a->state = state;
	for (size_t k = 0; k < a->n_offers && state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE; k++)
		if (a->offers[k]->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED)
			a->offers[k]->state = state;
}

static enum incident_fault on_request(struct derivation *d, const struct incident_item *i)
{
	Lagebus__IncidentAssistance *a;
	struct lb_uuid id;

	if (i->request->request.len == 0)
		return new_request(d, i);
	if (!incident_id_read(i->request->request, &id) || !(a = request_of(d->out, &id)))
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
		end_request(a, i->request->state);
		return INCIDENT_NONE;
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_UNSPECIFIED:
	case LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN:
	case _LAGEBUS__ASSISTANCE_STATE_IS_INT_SIZE:
		break;
	}
	return INCIDENT_UNKNOWN;
}

static enum incident_fault new_offer(struct derivation *d, Lagebus__IncidentAssistance *a, const struct incident_item *i)
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

static enum incident_fault on_offer(struct derivation *d, const struct incident_item *i)
{
	Lagebus__IncidentAssistance *a;
	Lagebus__IncidentOffer *o;
	struct lb_uuid id;

	if (!incident_id_read(i->offer->request, &id) || !(a = request_of(d->out, &id)))
		return INCIDENT_NO_SUCH_REQUEST;
	if (i->offer->offer.len == 0)
		return new_offer(d, a, i);
	if (!incident_id_read(i->offer->offer, &id) || !(o = offer_of(a, &id)))
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

static bool reads(const Lagebus__OriginalReport *original, struct lb_header *out)
{
	return original && lb_header_decode(original->header.data, original->header.len, out) == LB_OK;
}

static enum incident_fault take(struct derivation *d, const struct incident_item *i)
{
	struct lb_header original;

	if (i->fault != INCIDENT_NONE)
		return i->fault;
	if (i->report && reads(i->report->original, &original) && incident_order_find(&d->order, &original.id) != INCIDENT_ORDER_NONE)
		return INCIDENT_FORWARD;
	if (d->out->closed)
		return INCIDENT_AFTER_CLOSING;
	if (d->out->changed != 0 && d->out->exercise != i->h.exercise)
		return INCIDENT_EXERCISE;
	if (i->report)
		return on_report(d, i);
	return i->request ? on_request(d, i) : on_offer(d, i);
}

/* What is new in it: the title at first, what follows has that, too. */
static const char *text_of(const struct incident_item *i)
{
	const Lagebus__IncidentReport *r = i->report;

	if (r && r->stage > LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST && r->stage <= LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL && r->description[0])
		return r->description;
	if (r)
		return r->title[0] ? r->title : r->description;
	if (i->request)
		return i->request->capability[0] ? i->request->capability : i->request->text;
	return !i->offer ? "" : i->offer->capability[0] ? i->offer->capability : i->offer->text;
}

static void add_entry(struct derivation *d, const struct incident_item *i, enum incident_fault fault)
{
	Lagebus__IncidentEntry *e = APPEND(d, d->out->entries, d->out->n_entries, Lagebus__IncidentEntry, lagebus__incident_entry__init);
	char original[LB_PARTNER_ID_MAX + 1];

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
	if (i->report && incident_original_by(i->report, original))
		set_text(d, &e->original, original, strlen(original));
}

static void note(struct derivation *d, const struct incident_item *i)
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
	set_bytes(d, &o->id, &d->order.id);
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
	for (size_t k = 0; k < d->order.n && !d->failed; k++) {
		const struct incident_item *i = d->order.ordered[k];
		enum incident_fault fault = take(d, i);

		if (fault == INCIDENT_NONE)
			note(d, i);
		add_entry(d, i, fault);
	}
}

/* Whoever was only asked for help is shown no clocks: they are those of who reports, and the reports are not here. */
static void forget_clocks(Lagebus__Incident *o)
{
	for (size_t k = 0; k < o->n_clocks; k++)
		lagebus__incident_clock__free_unpacked(o->clocks[k], NULL);
	free(o->clocks);
	o->clocks = NULL;
	o->n_clocks = 0;
}

lb_err incident_derive(const struct lb_uuid *id, const struct incident_message *m, size_t n, Lagebus__Incident **out)
{
	struct derivation d = { .out = NULL };
	lb_err e = incident_order_make(id, m, n, &d.order);

	if (e == LB_OK) {
		begin(&d);
		if (!d.failed)
			work_through(&d);
		if (!d.failed && d.out->stage == 0)
			forget_clocks(d.out);
		e = d.failed ? LB_NO_MEMORY : d.out->changed == 0 ? LB_NOT_FOUND : LB_OK;
	}
	incident_order_fini(&d.order);
	if (e == LB_OK)
		*out = d.out;
	else if (d.out)
		lagebus__incident__free_unpacked(d.out, NULL);
	return e;
}
