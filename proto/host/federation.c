/* The federation's snapshot: partners in an array, found by a hash of their id; groups by name. */
#include "proto/host/federation.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/topic.h"
#include "proto/working_day.h"

#define GROUP_NAME_MAX LB_PARTNER_ID_MAX
#define SLOTS (2 * LB_PARTNERS_MAX) /* never more than half full, so a probe always ends */

struct mandate {
	uint16_t partner;
	struct lb_identity agent;
	char agent_id[LB_SPIFFE_ID_MAX + 1];
};

struct federation {
	atomic_uint refs;
	uint32_t generation; /* 0 until finished */
	char trust_domain[LB_TRUST_DOMAIN_MAX + 1];
	struct partner *partners;
	size_t count, capacity;
	char groups[LB_GROUPS_MAX][GROUP_NAME_MAX + 1];
	size_t groups_n;
	struct mandate *mandates; /* each partner's behind the former's */
	size_t mandates_n, mandates_capacity;
	uint16_t slots[SLOTS]; /* index of a partner, or PARTNER_NONE */
	struct retention retention;
	char *text;
	size_t text_n;
};

static const char *const role_names[ROLES] = {
	[ROLE_COORDINATOR] = "coordinator",
	[ROLE_STATE] = "state",
	[ROLE_LOCAL] = "local",
	[ROLE_OBSERVER] = "observer",
};

const char *role_name(enum role r)
{
	return role_names[r];
}

static bool trust_domain_is_valid(const char *domain)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;

	if (strlen(domain) > LB_TRUST_DOMAIN_MAX)
		return false;
	snprintf(uri, sizeof uri, "spiffe://%s/partner/a/agent/a", domain);
	return lb_identity_parse(uri, strlen(uri), &id) == LB_OK && strcmp(id.trust_domain, domain) == 0;
}

lb_err federation_begin(const char *trust_domain, struct federation **out)
{
	struct federation *f;

	if (!trust_domain_is_valid(trust_domain))
		return LB_INVALID;
	f = calloc(1, sizeof *f);
	if (f == NULL)
		return LB_NO_MEMORY;
	atomic_init(&f->refs, 1);
	retention_init(&f->retention);
	snprintf(f->trust_domain, sizeof f->trust_domain, "%s", trust_domain);
	for (size_t i = 0; i < SLOTS; i++)
		f->slots[i] = PARTNER_NONE;
	*out = f;
	return LB_OK;
}

/* FNV-1a: ids are short, and the file that names them is the operator's. */
static size_t slot_of(const char *id, size_t n)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (uint8_t)id[i]) * 16777619u;
	return (hash ^ hash >> 15) % SLOTS;
}

static bool same(const char *s, const char *p, size_t n)
{
	return strlen(s) == n && memcmp(s, p, n) == 0;
}

uint16_t federation_find(const struct federation *f, const char *id, size_t n)
{
	for (size_t s = slot_of(id, n); f->slots[s] != PARTNER_NONE; s = (s + 1) % SLOTS)
		if (same(f->partners[f->slots[s]].id, id, n))
			return f->slots[s];
	return PARTNER_NONE;
}

uint64_t federation_group(const struct federation *f, const char *name, size_t n)
{
	for (size_t i = 0; i < f->groups_n; i++)
		if (same(f->groups[i], name, n))
			return (uint64_t)1 << i;
	return 0;
}

const char *federation_group_at(const struct federation *f, size_t n)
{
	return n < f->groups_n ? f->groups[n] : NULL;
}

static lb_err read_role(const char *name, enum role *out, char *why, size_t why_n)
{
	for (int r = 0; r < ROLES; r++) {
		if (strcmp(role_names[r], name) == 0) {
			*out = (enum role)r;
			return LB_OK;
		}
	}
	snprintf(why, why_n, "role \"%.40s\" is none of coordinator, state, local, observer", name);
	return LB_INVALID;
}

static lb_err read_areas(const struct partner_line *line, uint16_t *out, char *why, size_t why_n)
{
	unsigned areas = 0;

	for (size_t i = 0; i < line->areas_n; i++) {
		unsigned area = lb_area_from_name(line->areas[i]);
		if (strcmp(line->areas[i], "all") == 0) {
			areas |= (1u << (LB_AREA_MAX + 1)) - 2;
		} else if (area != 0) {
			areas |= 1u << area;
		} else {
			snprintf(why, why_n, "area \"%.40s\" is none of the cooperation areas, nor \"all\"", line->areas[i]);
			return LB_INVALID;
		}
	}
	*out = (uint16_t)areas;
	return LB_OK;
}

static bool group_name_is_valid(const char *name)
{
	char entry[sizeof "group:" + GROUP_NAME_MAX];

	if (strlen(name) > GROUP_NAME_MAX)
		return false;
	snprintf(entry, sizeof entry, "group:%s", name);
	return lb_audience_entry_is_valid(entry, strlen(entry));
}

/* A group is there as soon as a partner is in it. */
static lb_err join_group(struct federation *f, const char *name, uint64_t *groups, char *why, size_t why_n)
{
	uint64_t bit = federation_group(f, name, strlen(name));

	if (!group_name_is_valid(name)) {
		snprintf(why, why_n, "group \"%.40s\" is not a name of a-z, 0-9 and '-'", name);
		return LB_INVALID;
	}
	if (bit == 0) {
		if (f->groups_n == LB_GROUPS_MAX) {
			snprintf(why, why_n, "group \"%.40s\" is one more than the %d that a federation may have", name, LB_GROUPS_MAX);
			return LB_LIMIT;
		}
		bit = (uint64_t)1 << f->groups_n;
		snprintf(f->groups[f->groups_n++], GROUP_NAME_MAX + 1, "%s", name);
	}
	*groups |= bit;
	return LB_OK;
}

/* Makes *p, of n elements, hold one more. */
static lb_err grow(void **p, size_t n, size_t *capacity, size_t size, char *why, size_t why_n)
{
	size_t more = *capacity != 0 ? 2 * *capacity : 16;
	void *grown;

	if (n < *capacity)
		return LB_OK;
	grown = reallocarray(*p, more, size);
	if (grown == NULL) {
		snprintf(why, why_n, "%s", lb_err_text(LB_NO_MEMORY));
		return LB_NO_MEMORY;
	}
	*p = grown;
	*capacity = more;
	return LB_OK;
}

static lb_err make_room(struct federation *f, char *why, size_t why_n)
{
	if (f->count == LB_PARTNERS_MAX) {
		snprintf(why, why_n, "it is one more than the %d partners that a federation may have", LB_PARTNERS_MAX);
		return LB_LIMIT;
	}
	return grow((void **)&f->partners, f->count, &f->capacity, sizeof *f->partners, why, why_n);
}

static lb_err check_names(const struct federation *f, const struct partner_line *line, char *why, size_t why_n)
{
	size_t id_n = strlen(line->id), name_n = strlen(line->name);

	if (!lb_partner_is_valid(line->id, id_n)) {
		snprintf(why, why_n, "the id is not 1 to 3 segments of a-z, 0-9 and '-' joined by '/'");
		return LB_INVALID;
	}
	if (federation_find(f, line->id, id_n) != PARTNER_NONE) {
		snprintf(why, why_n, "the id is there twice");
		return LB_INVALID;
	}
	if (name_n > LB_TEXT_MAX || !lb_utf8_is_valid(line->name, name_n)) {
		snprintf(why, why_n, "the name is not UTF-8 of at most %d bytes", LB_TEXT_MAX);
		return LB_INVALID;
	}
	return LB_OK;
}

static void enter(struct federation *f, const struct partner *p)
{
	size_t s = slot_of(p->id, strlen(p->id));

	while (f->slots[s] != PARTNER_NONE)
		s = (s + 1) % SLOTS;
	f->slots[s] = (uint16_t)f->count;
	f->partners[f->count++] = *p;
}

lb_err federation_partner(struct federation *f, const struct partner_line *line, char *why, size_t why_n)
{
	struct partner p = { .parent = PARTNER_NONE, .mandates = f->mandates_n };
	lb_err e = check_names(f, line, why, why_n);

	assert(f->generation == 0);
	if (e == LB_OK)
		e = make_room(f, why, why_n);
	if (e == LB_OK)
		e = read_role(line->role, &p.role, why, why_n);
	if (e == LB_OK)
		e = read_areas(line, &p.areas, why, why_n);
	for (size_t i = 0; e == LB_OK && i < line->groups_n; i++)
		e = join_group(f, line->groups[i], &p.groups, why, why_n);
	if (e != LB_OK)
		return e;
	snprintf(p.id, sizeof p.id, "%s", line->id);
	snprintf(p.name, sizeof p.name, "%s", line->name);
	enter(f, &p);
	return LB_OK;
}

lb_err federation_mandate(struct federation *f, const char *agent, char *why, size_t why_n)
{
	struct mandate m = { .partner = (uint16_t)(f->count - 1) };
	struct partner *p;
	lb_err e;

	assert(f->generation == 0 && f->count > 0);
	p = &f->partners[m.partner];
	if (lb_identity_parse(agent, strlen(agent), &m.agent) != LB_OK || strcmp(m.agent.trust_domain, f->trust_domain) != 0) {
		snprintf(why, why_n, "agent \"%.100s\" is none as in \"spiffe://%.60s/partner/de-sn/agent/main\"", agent, f->trust_domain);
		return LB_INVALID;
	}
	if (strcmp(m.agent.partner, p->id) == 0) {
		snprintf(why, why_n, "agent \"%.100s\" is its own, and acts for it anyway", agent);
		return LB_INVALID;
	}
	if (p->mandates_n == LB_MANDATES_MAX) {
		snprintf(why, why_n, "agent \"%.100s\" is one more than the %d that may act for a partner", agent, LB_MANDATES_MAX);
		return LB_LIMIT;
	}
	e = grow((void **)&f->mandates, f->mandates_n, &f->mandates_capacity, sizeof *f->mandates, why, why_n);
	if (e != LB_OK)
		return e;
	snprintf(m.agent_id, sizeof m.agent_id, "%s", agent);
	f->mandates[f->mandates_n++] = m;
	p->mandates_n++;
	return LB_OK;
}

lb_err federation_holiday(struct federation *f, const char *date, char *why, size_t why_n)
{
	struct partner *p;

	assert(f->generation == 0 && f->count > 0);
	p = &f->partners[f->count - 1];
	if (p->holidays_n == LB_HOLIDAYS_MAX) {
		snprintf(why, why_n, "holiday \"%.40s\" is one more than the %d that a partner may have", date, LB_HOLIDAYS_MAX);
		return LB_LIMIT;
	}
	if (!working_day_read(date, &p->holidays[p->holidays_n])) {
		snprintf(why, why_n, "holiday \"%.40s\" is no date, as in \"2026-10-31\"", date);
		return LB_INVALID;
	}
	p->holidays_n++;
	return LB_OK;
}

/* Where a role may stand: Länder and the coordinator at the top, local bodies below one of them. */
static const char *misplaced(const struct partner *p)
{
	switch (p->role) {
	case ROLE_COORDINATOR: return p->parent != PARTNER_NONE ? "a coordinator stands below no one" : NULL;
	case ROLE_STATE:       return p->parent != PARTNER_NONE ? "a state stands below no one" : NULL;
	case ROLE_LOCAL:       return p->parent == PARTNER_NONE ? "a local body's id begins with its state's, as in \"de-sn/leipzig\"" : NULL;
	case ROLE_OBSERVER:
	case ROLES:            break;
	}
	return NULL;
}

static lb_err place(struct federation *f, struct partner *p, char *why, size_t why_n)
{
	const char *slash = strrchr(p->id, '/');
	const char *wrong;

	if (slash != NULL) {
		p->parent = federation_find(f, p->id, (size_t)(slash - p->id));
		if (p->parent == PARTNER_NONE) {
			snprintf(why, why_n, "partner \"%s\": there is no partner \"%.*s\" above it", p->id, (int)(slash - p->id), p->id);
			return LB_INVALID;
		}
	}
	wrong = misplaced(p);
	if (wrong != NULL) {
		snprintf(why, why_n, "partner \"%s\": %s", p->id, wrong);
		return LB_INVALID;
	}
	return LB_OK;
}

static lb_err check_mandate(const struct federation *f, const struct mandate *m, char *why, size_t why_n)
{
	if (federation_find(f, m->agent.partner, strlen(m->agent.partner)) != PARTNER_NONE)
		return LB_OK;
	snprintf(why, why_n, "partner \"%s\": there is no partner \"%s\" whose agent could act for it", f->partners[m->partner].id, m->agent.partner);
	return LB_INVALID;
}

lb_err federation_finish(struct federation *f, char *why, size_t why_n)
{
	static atomic_uint generations;
	bool coordinated = false;

	assert(f->generation == 0);
	for (size_t i = 0; i < f->count; i++) {
		lb_err e = place(f, &f->partners[i], why, why_n);
		if (e != LB_OK)
			return e;
		coordinated |= f->partners[i].role == ROLE_COORDINATOR;
	}
	for (size_t i = 0; i < f->mandates_n; i++) {
		lb_err e = check_mandate(f, &f->mandates[i], why, why_n);
		if (e != LB_OK)
			return e;
	}
	if (!coordinated) {
		snprintf(why, why_n, "no partner has the role coordinator");
		return LB_INVALID;
	}
	f->generation = atomic_fetch_add(&generations, 1) + 1;
	return LB_OK;
}

bool federation_is_holiday(const struct federation *f, uint16_t partner, int64_t day)
{
	for (; partner != PARTNER_NONE; partner = f->partners[partner].parent)
		for (size_t i = 0; i < f->partners[partner].holidays_n; i++)
			if (f->partners[partner].holidays[i] == day)
				return true;
	return false;
}

struct federation *federation_ref(struct federation *f)
{
	atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
	return f;
}

void federation_unref(struct federation *f)
{
	if (f == NULL || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(f->partners);
	free(f->mandates);
	free(f->text);
	free(f);
}

lb_err federation_keep_text(struct federation *f, const char *text, size_t n)
{
	char *copy = malloc(n + 1);

	assert(f->generation == 0);
	if (copy == NULL)
		return LB_NO_MEMORY;
	memcpy(copy, text, n);
	free(f->text);
	f->text = copy;
	f->text_n = n;
	return LB_OK;
}

lb_err federation_keep(struct federation *f, const char *type, const char *period, char *why, size_t why_n)
{
	assert(f->generation == 0);
	return retention_set(&f->retention, type, period, why, why_n);
}

const struct retention *federation_retention(const struct federation *f)
{
	return &f->retention;
}

const char *federation_text(const struct federation *f, size_t *n)
{
	*n = f->text_n;
	return f->text;
}

const char *federation_trust_domain(const struct federation *f)
{
	return f->trust_domain;
}

uint32_t federation_generation(const struct federation *f)
{
	return f->generation;
}

size_t federation_count(const struct federation *f)
{
	return f->count;
}

const struct partner *federation_at(const struct federation *f, uint16_t i)
{
	assert(i < f->count);
	return &f->partners[i];
}

const char *federation_mandate_at(const struct federation *f, uint16_t partner, size_t n)
{
	const struct partner *p = federation_at(f, partner);

	return n < p->mandates_n ? f->mandates[p->mandates + n].agent_id : NULL;
}

bool federation_mandates_of(const struct federation *f, const char *agent, struct partner_set *out)
{
	bool any = false;

	*out = (struct partner_set){ 0 };
	for (size_t i = 0; i < f->mandates_n; i++) {
		if (strcmp(f->mandates[i].agent_id, agent) != 0)
			continue;
		partner_set_add(out, f->mandates[i].partner);
		any = true;
	}
	return any;
}
