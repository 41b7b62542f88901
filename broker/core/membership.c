/* Changes of membership. */
#include "broker/core/membership.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/topic.h"

#define ROOM_FOR_REST 40

struct text {
	char *out;
	size_t at;
	const char *verb; /* of the list that is being written */
	unsigned left_out;
};

static void add(struct text *t, const char *verb, const char *what)
{
	bool same = t->verb && strcmp(t->verb, verb) == 0;
	size_t n = strlen(verb) + strlen(what) + 4;

	if (t->at + n + ROOM_FOR_REST > MEMBERSHIP_TEXT) {
		t->left_out++;
		return;
	}
	t->at += (size_t)sprintf(t->out + t->at, "%s%s%s", same ? ", " : t->verb ? "; " : "", same ? "" : verb, same ? what : "");
	if (!same)
		t->at += (size_t)sprintf(t->out + t->at, " %s", what);
	t->verb = verb;
}

/* By name: a group's bit is another one in another file. */
static bool same_groups(const struct federation *f, const struct partner *p, const struct federation *g, const struct partner *q)
{
	uint64_t theirs = 0;
	const char *name;

	for (size_t i = 0; (name = federation_group_at(f, i)); i++)
		if (p->groups >> i & 1) {
			uint64_t bit = federation_group(g, name, strlen(name));

			if (bit == 0)
				return false;
			theirs |= bit;
		}
	return theirs == q->groups;
}

static bool same_agents(const struct federation *f, uint16_t i, const struct federation *g, uint16_t k)
{
	for (size_t n = 0;; n++) {
		const char *a = federation_mandate_at(f, i, n), *b = federation_mandate_at(g, k, n);

		if (!a || !b)
			return a == b;
		if (strcmp(a, b) != 0)
			return false;
	}
}

static void compare(struct text *t, const struct federation *f, uint16_t i, const struct federation *g, uint16_t k)
{
	const struct partner *p = federation_at(f, i), *q = federation_at(g, k);
	char text[LB_PARTNER_ID_MAX + 64];
	int n = snprintf(text, sizeof text, "%s", p->id), begin = n;

	if (p->role != q->role)
		n += snprintf(text + n, sizeof text - (size_t)n, "%srole", n == begin ? " (" : ", ");
	if (p->areas != q->areas)
		n += snprintf(text + n, sizeof text - (size_t)n, "%sareas", n == begin ? " (" : ", ");
	if (!same_groups(f, p, g, q))
		n += snprintf(text + n, sizeof text - (size_t)n, "%sgroups", n == begin ? " (" : ", ");
	if (!same_agents(f, i, g, k))
		n += snprintf(text + n, sizeof text - (size_t)n, "%sagents", n == begin ? " (" : ", ");
	if (strcmp(p->name, q->name) != 0)
		n += snprintf(text + n, sizeof text - (size_t)n, "%sname", n == begin ? " (" : ", ");
	if (n == begin)
		return;
	snprintf(text + n, sizeof text - (size_t)n, ")");
	add(t, "changed", text);
}

static uint16_t find(const struct federation *f, const char *id)
{
	return federation_find(f, id, strlen(id));
}

/* In days, months or years, as the file has it. */
static void compare_retention(struct text *t, const struct federation *before, const struct federation *after)
{
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		char was[RETENTION_PERIOD], is[RETENTION_PERIOD], text[2 * RETENTION_PERIOD + 100];

		retention_period(federation_retention(before), type, was);
		retention_period(federation_retention(after), type, is);
		if (strcmp(was, is) == 0)
			continue;
		snprintf(text, sizeof text, "retention of %s (%s)", lb_type_name(type), is[0] ? is : "default");
		add(t, "changed", text);
	}
}

void membership_changes(const struct federation *before, const struct federation *after, char out[MEMBERSHIP_TEXT])
{
	struct text t = { .out = out };

	out[0] = '\0';
	for (uint16_t i = 0; i < federation_count(after); i++)
		if (find(before, federation_at(after, i)->id) == PARTNER_NONE)
			add(&t, "added", federation_at(after, i)->id);
	for (uint16_t i = 0; i < federation_count(before); i++)
		if (find(after, federation_at(before, i)->id) == PARTNER_NONE)
			add(&t, "removed", federation_at(before, i)->id);
	for (uint16_t i = 0; i < federation_count(before); i++) {
		uint16_t k = find(after, federation_at(before, i)->id);

		if (k != PARTNER_NONE)
			compare(&t, before, i, after, k);
	}
	compare_retention(&t, before, after);
	if (t.left_out > 0)
		sprintf(out + t.at, "; and %u more", t.left_out);
}
