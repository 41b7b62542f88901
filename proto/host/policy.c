/* The tables of roles and types (docs/policy.md explains each; the labels' is proto/tlp.c) and the two questions that are asked of them. */
#include "proto/host/policy.h"

#include <stdio.h>
#include <string.h>

/* How an entry of the audience looks from its sender: one of these an entry. */
enum target {
	TO_SELF = 1,
	TO_OWN = 2, /* a body below the sender, or "<sender>/" with the star */
	TO_PARENT = 4,
	TO_COORDINATOR = 8,
	TO_STATE = 16,
	TO_BODY = 32,   /* a local body that is not the sender's */
	TO_BODIES = 64, /* all bodies of somebody else */
	TO_OBSERVER = 128,
	TO_GROUP = 256,
	TO_ALL = 512,
	TO_NOBODY = 1024, /* not in the federation; no row of the table has it */
};

#define TO_OFFICE (TO_SELF | TO_OWN | TO_PARENT | TO_COORDINATOR | TO_STATE | TO_BODY)
#define TO_ANYONE (TO_OFFICE | TO_BODIES | TO_OBSERVER | TO_GROUP | TO_ALL)

/* Who may send what to whom; what is not here is not allowed. Whether an Approval is
 * one that its message needs (policy_may_approve) and a Recall its origin's, is asked where the message is known. */
static const unsigned may_send[ROLES][LB_TYPE_MAX + 1] = {
	[ROLE_COORDINATOR] = {
		[LB_TYPE_INDICATOR] = TO_ANYONE,
		[LB_TYPE_SIGHTING] = TO_OFFICE,
		[LB_TYPE_WARNING] = TO_ANYONE,
		[LB_TYPE_ASSISTANCE_REQUEST] = TO_STATE,
		[LB_TYPE_ASSISTANCE_OFFER] = TO_STATE,
		[LB_TYPE_SITUATION_REPORT] = TO_ANYONE,
		[LB_TYPE_TRAINING_EVENT] = TO_ANYONE,
		[LB_TYPE_DIGITAL_VIOLENCE_CASE] = TO_OFFICE,
		[LB_TYPE_TRAINING_REGISTRATION] = TO_OFFICE,
		[LB_TYPE_RECEIPT] = TO_OFFICE | TO_OBSERVER,
		[LB_TYPE_APPROVAL] = TO_ANYONE,
		[LB_TYPE_RECALL] = TO_ANYONE,
		[LB_TYPE_EXERCISE] = TO_ANYONE,
	},
	[ROLE_STATE] = {
		[LB_TYPE_INDICATOR] = TO_ANYONE,
		[LB_TYPE_SIGHTING] = TO_OFFICE,
		[LB_TYPE_WARNING] = TO_OWN,
		[LB_TYPE_INCIDENT_REPORT] = TO_COORDINATOR,
		[LB_TYPE_ASSISTANCE_REQUEST] = TO_COORDINATOR | TO_STATE,
		[LB_TYPE_ASSISTANCE_OFFER] = TO_COORDINATOR | TO_STATE,
		[LB_TYPE_SITUATION_REPORT] = TO_COORDINATOR | TO_OWN,
		[LB_TYPE_TRAINING_EVENT] = TO_ANYONE,
		[LB_TYPE_DIGITAL_VIOLENCE_CASE] = TO_OFFICE,
		[LB_TYPE_TRAINING_REGISTRATION] = TO_OFFICE,
		[LB_TYPE_RECEIPT] = TO_OFFICE | TO_OBSERVER,
		[LB_TYPE_APPROVAL] = TO_OWN | TO_SELF,
		[LB_TYPE_RECALL] = TO_ANYONE,
		[LB_TYPE_EXERCISE] = TO_OWN,
	},
	[ROLE_LOCAL] = {
		[LB_TYPE_INDICATOR] = TO_PARENT,
		[LB_TYPE_SIGHTING] = TO_PARENT,
		[LB_TYPE_INCIDENT_REPORT] = TO_PARENT,
		[LB_TYPE_SITUATION_REPORT] = TO_PARENT,
		[LB_TYPE_TRAINING_EVENT] = TO_PARENT,
		[LB_TYPE_DIGITAL_VIOLENCE_CASE] = TO_OFFICE,
		[LB_TYPE_TRAINING_REGISTRATION] = TO_OFFICE,
		[LB_TYPE_RECEIPT] = TO_OFFICE | TO_OBSERVER,
		[LB_TYPE_RECALL] = TO_OFFICE,
	},
	[ROLE_OBSERVER] = {
		[LB_TYPE_RECEIPT] = TO_OFFICE | TO_OBSERVER,
	},
};

/* What may be sent besides within something that has begun, which is with a thread: whoever was reported an incident may answer. */
static const unsigned may_answer[ROLES][LB_TYPE_MAX + 1] = {
	[ROLE_COORDINATOR] = { [LB_TYPE_INCIDENT_REPORT] = TO_COORDINATOR | TO_STATE },
	[ROLE_STATE] = { [LB_TYPE_INCIDENT_REPORT] = TO_OWN },
	[ROLE_LOCAL] = { [LB_TYPE_INCIDENT_REPORT] = TO_OWN },
};

/* single: the audience is exactly one partner. spreads: its label may take it below the named partners; the other types go to
 * their counterpart only, whatever the label. */
static const struct type_rule {
	bool single, spreads;
} types[LB_TYPE_MAX + 1] = {
	[LB_TYPE_INDICATOR] = { .spreads = true },
	[LB_TYPE_WARNING] = { .spreads = true },
	[LB_TYPE_SITUATION_REPORT] = { .spreads = true },
	[LB_TYPE_TRAINING_EVENT] = { .spreads = true },
	[LB_TYPE_DIGITAL_VIOLENCE_CASE] = { .single = true },
	[LB_TYPE_RECEIPT] = { .single = true },
	[LB_TYPE_APPROVAL] = { .spreads = true },
	[LB_TYPE_RECALL] = { .spreads = true },
	[LB_TYPE_TRAINING_REGISTRATION] = { .single = true },
	[LB_TYPE_EXERCISE] = { .spreads = true },
};

/* An entry of the audience, read. */
enum entry_kind { ENTRY_ID, ENTRY_BODIES, ENTRY_GROUP, ENTRY_ALL, ENTRY_UNKNOWN };
struct entry {
	enum entry_kind kind;
	uint16_t partner; /* ENTRY_ID: it; ENTRY_BODIES: the one above them */
	uint64_t group;
};

static struct entry read_entry(const struct federation *f, struct lb_text t)
{
	static const char prefix[] = "group:";
	struct entry e = { .kind = ENTRY_UNKNOWN, .partner = PARTNER_NONE };

	if (t.n == 3 && memcmp(t.p, "all", 3) == 0) {
		e.kind = ENTRY_ALL;
	} else if (t.n >= sizeof prefix && memcmp(t.p, prefix, sizeof prefix - 1) == 0) {
		e.group = federation_group(f, t.p + sizeof prefix - 1, t.n - (sizeof prefix - 1));
		e.kind = e.group != 0 ? ENTRY_GROUP : ENTRY_UNKNOWN;
	} else if (t.n > 2 && memcmp(t.p + t.n - 2, "/*", 2) == 0) {
		e.partner = federation_find(f, t.p, t.n - 2);
		e.kind = e.partner != PARTNER_NONE ? ENTRY_BODIES : ENTRY_UNKNOWN;
	} else {
		e.partner = federation_find(f, t.p, t.n);
		e.kind = e.partner != PARTNER_NONE ? ENTRY_ID : ENTRY_UNKNOWN;
	}
	return e;
}

static bool is_below(const struct federation *f, uint16_t partner, uint16_t above)
{
	while (partner != PARTNER_NONE) {
		partner = federation_at(f, partner)->parent;
		if (partner == above)
			return partner != PARTNER_NONE;
	}
	return false;
}

static enum target target_of_id(const struct federation *f, uint16_t sender, uint16_t partner)
{
	if (partner == sender)
		return TO_SELF;
	if (is_below(f, partner, sender))
		return TO_OWN;
	if (partner == federation_at(f, sender)->parent)
		return TO_PARENT;
	switch (federation_at(f, partner)->role) {
	case ROLE_COORDINATOR: return TO_COORDINATOR;
	case ROLE_STATE:       return TO_STATE;
	case ROLE_LOCAL:       return TO_BODY;
	case ROLE_OBSERVER:    return TO_OBSERVER;
	case ROLES:            break;
	}
	return TO_NOBODY;
}

static enum target target_of(const struct federation *f, uint16_t sender, struct entry e)
{
	switch (e.kind) {
	case ENTRY_ID:      return target_of_id(f, sender, e.partner);
	case ENTRY_BODIES:  return e.partner == sender || is_below(f, e.partner, sender) ? TO_OWN : TO_BODIES;
	case ENTRY_GROUP:   return TO_GROUP;
	case ENTRY_ALL:     return TO_ALL;
	case ENTRY_UNKNOWN: break;
	}
	return TO_NOBODY;
}

static bool has_area(const struct partner *p, unsigned area)
{
	return area >= 1 && area <= LB_AREA_MAX && (p->areas >> area & 1) != 0;
}

/* Whoever could read a CLEAR message without the area can also say that it did. */
static bool sender_needs_area(const struct lb_header *h)
{
	return h->type != LB_TYPE_RECEIPT || lb_tlp_rule(h->tlp)->asks_area;
}

static lb_err check_role(const struct federation *f, uint16_t sender, const struct lb_header *h, const struct entry *entries)
{
	enum role role = federation_at(f, sender)->role;
	unsigned allowed = may_send[role][h->type] | (h->has_thread ? may_answer[role][h->type] : 0);

	if (types[h->type].single && (h->audience_n != 1 || entries[0].kind != ENTRY_ID))
		return LB_ROLE_MAY_NOT_SEND;
	for (unsigned i = 0; i < h->audience_n; i++)
		if ((allowed & target_of(f, sender, entries[i])) == 0)
			return LB_ROLE_MAY_NOT_SEND;
	return LB_OK;
}

static lb_err check_form(const struct federation *f, uint16_t sender, const struct lb_header *h)
{
	if (sender >= federation_count(f))
		return LB_NOT_A_MEMBER;
	if (!lb_text_equals(h->origin, federation_at(f, sender)->id))
		return LB_WRONG_ORIGIN;
	if (h->type == 0 || h->type > LB_TYPE_MAX)
		return LB_UNKNOWN_TYPE;
	if (h->level > 4 || h->lane != lb_header_lane(h->type, h->level))
		return LB_BAD_HEADER;
	return h->audience_n >= 1 && h->audience_n <= LB_AUDIENCE_MAX ? LB_OK : LB_BAD_AUDIENCE;
}

uint16_t policy_sender(const struct federation *f, uint16_t home, const struct partner_set *mandates, const struct lb_header *h)
{
	uint16_t origin = mandates ? federation_find(f, h->origin.p, h->origin.n) : home;

	return origin != PARTNER_NONE && origin != home && partner_set_has(mandates, origin) ? origin : home;
}

lb_err policy_admit(const struct federation *f, uint16_t sender, const struct lb_header *h)
{
	struct entry entries[LB_AUDIENCE_MAX];
	lb_err e = check_form(f, sender, h);

	if (e != LB_OK)
		return e;
	for (unsigned i = 0; i < h->audience_n; i++) {
		entries[i] = read_entry(f, h->audience[i]);
		if (entries[i].kind == ENTRY_UNKNOWN)
			return LB_BAD_AUDIENCE;
	}
	if (sender_needs_area(h) && !has_area(federation_at(f, sender), h->area))
		return LB_AREA_NOT_AGREED;
	for (unsigned i = 0; i < h->audience_n; i++)
		if (lb_tlp_rule(h->tlp)->by_id_only && entries[i].kind != ENTRY_ID)
			return LB_TLP_RED_NAMED_ONLY;
	e = check_role(f, sender, h, entries);
	if (e != LB_OK)
		return e;
	/* Approvals in the header are bytes that nobody verifies: a second person's is a message of its own. */
	return h->type == LB_TYPE_WARNING && h->level >= 4 ? LB_NEEDS_APPROVAL : LB_OK;
}

bool policy_may_approve(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	uint16_t origin = federation_find(f, h->origin.p, h->origin.n);

	if (origin == PARTNER_NONE || partner >= federation_count(f))
		return false;
	switch (federation_at(f, origin)->role) {
	case ROLE_COORDINATOR: return federation_at(f, partner)->role == ROLE_COORDINATOR;
	case ROLE_STATE:       return partner == origin;
	case ROLE_LOCAL:
	case ROLE_OBSERVER:
	case ROLES:            break;
	}
	return false;
}

unsigned policy_recall_label(const struct lb_header *about)
{
	bool spreads = about->type <= LB_TYPE_MAX && types[about->type].spreads;

	return spreads ? lb_tlp_effective(about->tlp) : lb_tlp_strictest(about->tlp, LB_TLP_AMBER_STRICT);
}

void policy_explain(const struct federation *f, const struct lb_header *h, lb_err e, char out[POLICY_TEXT])
{
	size_t at = (size_t)snprintf(out, POLICY_TEXT, "%s", lb_err_text(e));
	const char *between = ": not in the federation: ";

	for (unsigned i = 0; e == LB_BAD_AUDIENCE && i < h->audience_n; i++) {
		struct lb_text t = h->audience[i];

		if (read_entry(f, t).kind != ENTRY_UNKNOWN || at + strlen(between) + t.n >= POLICY_TEXT)
			continue;
		at += (size_t)snprintf(out + at, POLICY_TEXT - at, "%s%.*s", between, (int)t.n, t.p);
		between = ", ";
	}
}

/* The audience, worked out: who is named in any way, and who by their own id. */
struct named {
	struct partner_set any, by_id;
};

static bool entry_names(const struct entry *e, const struct partner *p)
{
	switch (e->kind) {
	case ENTRY_BODIES:  return p->parent == e->partner;
	case ENTRY_GROUP:   return (p->groups & e->group) != 0;
	case ENTRY_ALL:     return p->parent == PARTNER_NONE;
	case ENTRY_ID:
	case ENTRY_UNKNOWN: break;
	}
	return false;
}

static void work_out(const struct federation *f, const struct lb_header *h, struct named *out)
{
	*out = (struct named){ 0 };
	for (unsigned i = 0; i < h->audience_n; i++) {
		struct entry e = read_entry(f, h->audience[i]);
		if (e.kind == ENTRY_ID) {
			partner_set_add(&out->any, e.partner);
			partner_set_add(&out->by_id, e.partner);
			continue;
		}
		for (uint16_t p = 0; e.kind != ENTRY_UNKNOWN && p < federation_count(f); p++)
			if (entry_names(&e, federation_at(f, p)))
				partner_set_add(&out->any, p);
	}
}

/* Steps from the nearest named partner down to this one; false if it and all above it are not named. */
static bool depth_below(const struct federation *f, const struct partner_set *named, uint16_t partner, unsigned *out)
{
	for (unsigned depth = 0; partner != PARTNER_NONE; depth++, partner = federation_at(f, partner)->parent) {
		if (partner_set_has(named, partner)) {
			*out = depth;
			return true;
		}
	}
	return false;
}

/* An office's agents have a copy of a case each: one learns from another's Receipt what the office has done with it. That its area is that of cases is all that a
 * header says of what it refers to. */
static bool is_for_own_office(const struct lb_header *h)
{
	return h->type == LB_TYPE_RECEIPT && h->area == LB_AREA_DIGITAL_VIOLENCE;
}

static lb_err decide(const struct federation *f, uint16_t partner, const struct lb_header *h, const struct named *named)
{
	const struct partner *p = federation_at(f, partner);
	struct lb_tlp_reader reader = { .observer = p->role == ROLE_OBSERVER, .has_area = has_area(p, h->area) };

	if (h->type == 0 || h->type > LB_TYPE_MAX)
		return LB_UNKNOWN_TYPE;
	if (is_for_own_office(h) && lb_text_equals(h->origin, p->id)) {
		reader.by_id = true;
		return lb_tlp_allows(h->tlp, &reader);
	}
	reader.by_id = partner_set_has(&named->by_id, partner);
	if (!depth_below(f, &named->any, partner, &reader.depth))
		return LB_NOT_IN_AUDIENCE;
	/* The second person's partner gets the message, so it gets the proof that goes before it. */
	if (lb_text_equals(h->origin, p->id) && !reader.by_id && h->type != LB_TYPE_APPROVAL)
		return LB_NOT_IN_AUDIENCE;
	if (reader.depth > 0 && !types[h->type].spreads)
		return LB_NOT_IN_AUDIENCE;
	return lb_tlp_allows(h->tlp, &reader);
}

lb_err policy_deliver(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	struct named named;

	if (partner >= federation_count(f))
		return LB_NOT_A_MEMBER;
	work_out(f, h, &named);
	return decide(f, partner, h, &named);
}

void policy_rules(const struct federation *f, const struct lb_header *h, lb_err *rules)
{
	struct named named;

	work_out(f, h, &named);
	for (uint16_t p = 0; p < federation_count(f); p++)
		rules[p] = decide(f, p, h, &named);
}

void policy_recipients(const struct federation *f, const struct lb_header *h, struct partner_set *out)
{
	struct named named;

	work_out(f, h, &named);
	*out = (struct partner_set){ 0 };
	for (uint16_t p = 0; p < federation_count(f); p++)
		if (decide(f, p, h, &named) == LB_OK)
			partner_set_add(out, p);
}
