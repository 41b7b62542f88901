/* Two federations compared, partner by partner. What follows from a role is not told here once more: the rules are asked, before and after. */
#include "agents/cli/federation_diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/when.h"
#include "lagebus/tlp.h"
#include "lagebus/topic.h"
#include "proto/host/policy.h"
#include "proto/host/words.h"

#define EVERYONE _("all members")
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define EVERY_AREA ((1u << (LB_AREA_MAX + 1)) - 2)
#define NAMED_MAX 3 /* of those whom a type goes to or comes from; the others are counted */

struct comparison {
	const struct federation *before, *after;
	json_t *changes, *effects;
	bool failed; /* memory was out */
};

/* A row being made. */
struct row {
	struct comparison *c;
	json_t *removed, *added;
};

static struct row row_begin(struct comparison *c)
{
	return (struct row){ c, json_array(), json_array() };
}

__attribute__((format(printf, 3, 4)))
static void put(struct row *r, json_t *list, const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	r->c->failed |= n < 0 || json_array_append_new(list, json_string(text)) != 0;
	if (n >= 0)
		free(text);
}

/* A row that says nothing is left out. */
static void row_end(struct row *r, json_t *rows, const char *who, const char *what)
{
	if (json_array_size(r->removed) + json_array_size(r->added) == 0) {
		json_decref(r->removed);
		json_decref(r->added);
		return;
	}
	r->c->failed |= json_array_append_new(rows, json_pack("{s:s,s:s,s:o,s:o}", "who", who, "what", what, "removed", r->removed, "added",
		r->added)) != 0;
}

static const struct partner *find(const struct federation *f, const char *id)
{
	uint16_t i = federation_find(f, id, strlen(id));

	return i != PARTNER_NONE ? federation_at(f, i) : NULL;
}

static bool has_group(const struct federation *f, const struct partner *p, const char *group)
{
	return p && (p->groups & federation_group(f, group, strlen(group))) != 0;
}

static bool has_agent(const struct federation *f, const struct partner *p, const char *agent)
{
	const char *one;

	for (size_t n = 0; p && (one = federation_mandate_at(f, federation_find(f, p->id, strlen(p->id)), n)); n++)
		if (strcmp(one, agent) == 0)
			return true;
	return false;
}

static void put_areas(struct row *r, json_t *list, unsigned areas)
{
	if (areas == EVERY_AREA) {
		put(r, list, "%s", _("all"));
		return;
	}
	for (unsigned a = 1; a <= LB_AREA_MAX; a++)
		if (areas >> a & 1)
			put(r, list, "%s", lb_area_name(a));
}

/* The groups that `f` has the partner p in and `other` has not q, who is the same or nobody. */
static void put_groups(struct row *r, json_t *list, const char *before_name, const struct federation *f, const struct partner *p,
	const struct federation *other, const struct partner *q)
{
	const char *group;

	for (size_t n = 0; p && (group = federation_group_at(f, n)); n++)
		if (has_group(f, p, group) && !has_group(other, q, group))
			put(r, list, "%s%s", before_name, group);
}

static void put_agents(struct row *r, json_t *list, const struct federation *f, const struct partner *p, const struct federation *other,
	const struct partner *q)
{
	const char *agent;

	for (size_t n = 0; p && (agent = federation_mandate_at(f, federation_find(f, p->id, strlen(p->id)), n)); n++)
		if (!has_agent(other, q, agent))
			put(r, list, "%s", agent);
}

/* The holidays that p has and q has not. */
static void put_holidays(struct row *r, json_t *list, const struct partner *p, const struct partner *q)
{
	for (size_t i = 0; p && i < p->holidays_n; i++) {
		char text[WHEN_TEXT];
		size_t k = 0;

		while (q && k < q->holidays_n && q->holidays[k] != p->holidays[i])
			k++;
		when_iso((int64_t)p->holidays[i] * DAY_MS, text);
		if (!q || k == q->holidays_n)
			put(r, list, "%.10s", text);
	}
}

/* A text of either, NULL where there is none. */
static void text_row(struct comparison *c, json_t *rows, const char *who, const char *what, const char *before, const char *after)
{
	struct row r = row_begin(c);
	bool same = before && after && strcmp(before, after) == 0;

	if (before && !same)
		put(&r, r.removed, "%s", before);
	if (after && !same)
		put(&r, r.added, "%s", after);
	row_end(&r, rows, who, what);
}

static const char *parent_of(const struct federation *f, const struct partner *p)
{
	return p && p->parent != PARTNER_NONE ? federation_at(f, p->parent)->id : NULL;
}

/* p: before, q: after; one of them may be NULL. */
static void change_partner(struct comparison *c, const char *id, const struct partner *p, const struct partner *q)
{
	unsigned had = p ? p->areas : 0, has = q ? q->areas : 0;
	struct row r;

	text_row(c, c->changes, id, N_("partner"), p ? p->name : NULL, q ? q->name : NULL);
	text_row(c, c->changes, id, N_("role"), p ? role_name(p->role) : NULL, q ? role_name(q->role) : NULL);
	text_row(c, c->changes, id, N_("parent"), parent_of(c->before, p), parent_of(c->after, q));
	r = row_begin(c);
	put_groups(&r, r.removed, "", c->before, p, c->after, q);
	put_groups(&r, r.added, "", c->after, q, c->before, p);
	row_end(&r, c->changes, id, N_("groups"));
	r = row_begin(c);
	put_areas(&r, r.removed, had & ~has);
	put_areas(&r, r.added, has & ~had);
	row_end(&r, c->changes, id, N_("areas"));
	r = row_begin(c);
	put_holidays(&r, r.removed, p, q);
	put_holidays(&r, r.added, q, p);
	row_end(&r, c->changes, id, N_("holidays"));
	r = row_begin(c);
	put_agents(&r, r.removed, c->before, p, c->after, q);
	put_agents(&r, r.added, c->after, q, c->before, p);
	row_end(&r, c->changes, id, N_("agents"));
}

static void put_area_effects(struct row *r, unsigned had, unsigned has, const char *except)
{
	for (unsigned a = 1; a <= LB_AREA_MAX; a++)
		if ((had ^ has) >> a & 1)
			put(r, had >> a & 1 ? r->removed : r->added, _("anything in %s%s"), _(lb_area_name(a)), except);
}

/* What the rules of either federation are asked. */
struct question {
	const char *origin, *to;
	unsigned type, area, tlp;
};

static struct lb_header header_of(const struct question *q)
{
	struct lb_header h = { .type = q->type, .area = q->area, .tlp = q->tlp, .audience_n = 1 };

	h.level = q->type == LB_TYPE_WARNING ? 1 : 0;
	h.lane = lb_header_lane(h.type, h.level);
	h.origin = lb_text_of(q->origin);
	h.audience[0] = lb_text_of(q->to);
	return h;
}

static bool may_send(const struct federation *f, const struct question *q)
{
	struct lb_header h = header_of(q);

	return policy_admit(f, federation_find(f, q->origin, strlen(q->origin)), &h) == LB_OK;
}

static bool may_get(const struct federation *f, const struct question *q)
{
	struct lb_header h = header_of(q);

	return policy_deliver(f, federation_find(f, q->to, strlen(q->to)), &h) == LB_OK;
}

/* An area that the partner has before and after, so that it is not the area that answers; 0: there is none. */
static unsigned common_area(const struct comparison *c, const char *id)
{
	const struct partner *p = find(c->before, id), *q = find(c->after, id);
	unsigned a = LB_AREA_MAX;

	while (a > 0 && (!p || !q || ((p->areas & q->areas) >> a & 1) == 0))
		a--;
	return a;
}

/* Of one type: to whom, or from whom, it went and goes. */
struct tally {
	char *names[2]; /* removed, added */
	size_t n[2], kept;
};

static void count(struct comparison *c, struct tally *t, bool was, bool is, const char *name)
{
	unsigned side = was ? 0 : 1;
	char *longer = NULL;

	t->kept += was && is;
	if (was == is || t->n[side]++ >= NAMED_MAX)
		return;
	if (asprintf(&longer, "%s%s%s", t->names[side] ? t->names[side] : "", t->names[side] ? ", " : "", name) < 0) {
		c->failed = true;
		return;
	}
	free(t->names[side]);
	t->names[side] = longer;
}

/* "warning to de-sn, all"; the type alone where nobody is left. */
static void put_tally(struct row *r, struct tally *t, unsigned type, const char *direction)
{
	for (unsigned side = 0; side < 2; side++) {
		json_t *list = side == 0 ? r->removed : r->added;

		if (t->n[side] > 0 && side == 0 && t->kept + t->n[1] == 0)
			put(r, list, "%s", words_type(type));
		else if (t->n[side] > NAMED_MAX)
			put(r, list, _("%s %s %s and %zu more"), words_type(type), direction, t->names[side], t->n[side] - NAMED_MAX);
		else if (t->n[side] > 0)
			put(r, list, "%s %s %s", words_type(type), direction, t->names[side]);
		free(t->names[side]);
	}
}

static void ask_to(struct comparison *c, struct tally *t, struct question *q, const char *to)
{
	q->to = to;
	count(c, t, may_send(c->before, q), may_send(c->after, q), to);
}

/* Each entry that an audience may have before and after. */
static void ask_to_each(struct comparison *c, struct tally *t, struct question *q)
{
	char text[sizeof "group:" + LB_PARTNER_ID_MAX + 2];
	const char *group;

	ask_to(c, t, q, "all");
	for (size_t n = 0; (group = federation_group_at(c->before, n)); n++) {
		snprintf(text, sizeof text, "group:%s", group);
		if (federation_group(c->after, group, strlen(group)) != 0)
			ask_to(c, t, q, text);
	}
	for (uint16_t i = 0; i < federation_count(c->before); i++) {
		const char *id = federation_at(c->before, i)->id;

		if (!find(c->after, id))
			continue;
		ask_to(c, t, q, id);
		snprintf(text, sizeof text, "%s/*", id);
		ask_to(c, t, q, text);
	}
}

static void put_sends(struct row *r, const char *id)
{
	struct question q = { .origin = id, .tlp = LB_TLP_AMBER, .area = common_area(r->c, id) };

	for (q.type = 1; q.area != 0 && q.type <= LB_TYPE_MAX; q.type++) {
		struct tally t = { .kept = 0 };

		ask_to_each(r->c, &t, &q);
		put_tally(r, &t, q.type, _("to"));
	}
}

static void put_gets(struct row *r, const char *id)
{
	struct comparison *c = r->c;
	struct question q = { .to = id, .tlp = LB_TLP_CLEAR };

	for (q.type = 1; q.type <= LB_TYPE_MAX; q.type++) {
		struct tally t = { .kept = 0 };

		for (uint16_t i = 0; i < federation_count(c->before); i++) {
			q.origin = federation_at(c->before, i)->id;
			q.area = common_area(c, q.origin);
			if (q.area != 0 && strcmp(q.origin, id) != 0)
				count(c, &t, may_send(c->before, &q), may_send(c->after, &q), q.origin);
		}
		put_tally(r, &t, q.type, _("from"));
	}
}

static void put_labels(struct row *r, const char *id)
{
	struct question q = { .origin = "", .to = id, .type = LB_TYPE_WARNING, .area = common_area(r->c, id) };

	for (q.tlp = LB_TLP_CLEAR; q.area != 0 && q.tlp <= LB_TLP_RED; q.tlp++) {
		bool got = may_get(r->c->before, &q), gets = may_get(r->c->after, &q);

		if (got != gets)
			put(r, got ? r->removed : r->added, "%s", lb_tlp_name(q.tlp));
	}
}

static void effects_on_member(struct comparison *c, const struct partner *p, const struct partner *q)
{
	struct row r = row_begin(c);

	put_area_effects(&r, p->areas, q->areas, "");
	if (p->role != q->role)
		put_sends(&r, p->id);
	row_end(&r, c->effects, p->id, N_("sends"));
	r = row_begin(c);
	put_area_effects(&r, p->areas, q->areas, _(" that is not TLP:CLEAR"));
	put_groups(&r, r.removed, _("what is for group:"), c->before, p, c->after, q);
	put_groups(&r, r.added, _("what is for group:"), c->after, q, c->before, p);
	if (p->role != q->role) {
		put_labels(&r, p->id);
		put_gets(&r, p->id);
	}
	row_end(&r, c->effects, p->id, N_("gets"));
}

static void effects_on_partner(struct comparison *c, const char *id, const struct partner *p, const struct partner *q)
{
	if (p && q) {
		effects_on_member(c, p, q);
	} else if (q) {
		text_row(c, c->effects, id, N_("session"), NULL, _("its agents may connect"));
	} else {
		text_row(c, c->effects, id, N_("session"), _("its agents' live sessions"), NULL);
		text_row(c, c->effects, id, N_("gets"), _("anything, also what is queued"), NULL);
	}
}

/* What stands in an audience and is nobody in one of the federations: a message that names it is refused whole. */
static void put_addresses(struct row *r, json_t *list, const struct federation *f, const struct federation *other)
{
	const char *group;

	for (uint16_t i = 0; i < federation_count(f); i++)
		if (!find(other, federation_at(f, i)->id))
			put(r, list, _("anything to %s"), federation_at(f, i)->id);
	for (size_t n = 0; (group = federation_group_at(f, n)); n++)
		if (federation_group(other, group, strlen(group)) == 0)
			put(r, list, _("anything to group:%s"), group);
}

static void effects_on_everyone(struct comparison *c)
{
	struct row r = row_begin(c);
	const char *domain = federation_trust_domain(c->before);

	if (strcmp(domain, federation_trust_domain(c->after)) != 0)
		put(&r, r.removed, _("every agent whose certificate is of %s"), domain);
	row_end(&r, c->effects, EVERYONE, N_("session"));
	r = row_begin(c);
	put_addresses(&r, r.removed, c->before, c->after);
	put_addresses(&r, r.added, c->after, c->before);
	row_end(&r, c->effects, EVERYONE, N_("sends"));
}

/* For whom the agent acts in `f` and not in `other`. */
static void put_acts_for(struct row *r, json_t *list, const char *agent, const struct federation *f, const struct federation *other)
{
	for (uint16_t i = 0; i < federation_count(f); i++) {
		const struct partner *p = federation_at(f, i);

		if (has_agent(f, p, agent) && !has_agent(other, find(other, p->id), agent))
			put(r, list, "%s", p->id);
	}
}

/* Each agent that stands in `f`, once; without those that stand in `but` (NULL: nobody does). */
static void effects_on_agents(struct comparison *c, const struct federation *f, const struct federation *but)
{
	struct partner_set before, set;
	const char *agent;

	for (uint16_t i = 0; i < federation_count(f); i++)
		for (size_t n = 0; (agent = federation_mandate_at(f, i, n)); n++) {
			struct row r = row_begin(c);
			uint16_t first = 0;

			federation_mandates_of(f, agent, &set);
			while (!partner_set_has(&set, first))
				first++;
			if (first == i && !(but && federation_mandates_of(but, agent, &before))) {
				put_acts_for(&r, r.removed, agent, c->before, c->after);
				put_acts_for(&r, r.added, agent, c->after, c->before);
			}
			row_end(&r, c->effects, agent, N_("acts for"));
		}
}

static void each_partner(struct comparison *c, void (*of)(struct comparison *, const char *, const struct partner *, const struct partner *))
{
	for (uint16_t i = 0; i < federation_count(c->before); i++) {
		const struct partner *p = federation_at(c->before, i);

		of(c, p->id, p, find(c->after, p->id));
	}
	for (uint16_t i = 0; i < federation_count(c->after); i++) {
		const struct partner *q = federation_at(c->after, i);

		if (!find(c->before, q->id))
			of(c, q->id, NULL, q);
	}
}

/* In the reader's language. */
static void retention_words(const struct federation *f, unsigned type, char out[RETENTION_PERIOD])
{
	char period[RETENTION_PERIOD];

	retention_period(federation_retention(f), type, period);
	words_parts(*period ? period : N_("default"), out, RETENTION_PERIOD);
}

static void change_retention(struct comparison *c)
{
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		char was[RETENTION_PERIOD], is[RETENTION_PERIOD], what[80];

		retention_words(c->before, type, was);
		retention_words(c->after, type, is);
		snprintf(what, sizeof(what), _("retention of %s"), _(lb_type_name(type)));
		text_row(c, c->changes, EVERYONE, what, was, is);
	}
}

lb_err federation_diff_make(const struct federation *before, const struct federation *after, struct federation_diff *out)
{
	struct comparison c = { before, after, json_array(), json_array(), false };
	struct federation_diff d = { c.changes, c.effects };

	text_row(&c, c.changes, EVERYONE, N_("trust domain"), federation_trust_domain(before), federation_trust_domain(after));
	change_retention(&c);
	each_partner(&c, change_partner);
	each_partner(&c, effects_on_partner);
	effects_on_agents(&c, before, NULL);
	effects_on_agents(&c, after, before);
	effects_on_everyone(&c);
	if (c.failed) {
		federation_diff_fini(&d);
		return LB_NO_MEMORY;
	}
	*out = d;
	return LB_OK;
}

void federation_diff_fini(struct federation_diff *d)
{
	json_decref(d->changes);
	json_decref(d->effects);
	*d = (struct federation_diff){ NULL, NULL };
}
