/* The rules of delivery stated again, over ids as texts only, and compared with the policy in random federations from a fixed seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/host/policy.h"
#include "tests/kit/chance.h"

struct member {
	char id[32];
	bool observer;
	unsigned areas, groups;
};

static bool names_him(const char *entry, const char *id, unsigned groups)
{
	size_t n = strlen(entry);

	if (strcmp(entry, "all") == 0)
		return strchr(id, '/') == NULL;
	if (strncmp(entry, "group:g", 7) == 0)
		return (groups >> (entry[7] - '0') & 1) != 0;
	if (entry[n - 1] == '*')
		return strncmp(id, entry, n - 1) == 0 && strchr(id + n - 1, '/') == NULL;
	return strcmp(entry, id) == 0;
}

/* Hops from the nearest named one; 99: none. */
static int hops(const struct member *all, size_t n, const char *id, char audience[][32], unsigned audience_n)
{
	char at[32];

	snprintf(at, sizeof at, "%s", id);
	for (int hop = 0;; hop++) {
		for (size_t m = 0; m < n; m++)
			for (unsigned a = 0; a < audience_n && strcmp(all[m].id, at) == 0; a++)
				if (names_him(audience[a], at, all[m].groups))
					return hop;
		if (strrchr(at, '/') == NULL)
			return 99;
		*strrchr(at, '/') = '\0';
	}
}

static bool goes_below(unsigned type)
{
	return type == LB_TYPE_INDICATOR || type == LB_TYPE_WARNING || type == LB_TYPE_SITUATION_REPORT || type == LB_TYPE_TRAINING_EVENT ||
	       type == LB_TYPE_APPROVAL || type == LB_TYPE_RECALL || type == LB_TYPE_EXERCISE;
}

static bool restated(const struct member *all, size_t n, const struct member *m, const struct lb_header *h, char audience[][32])
{
	int hop = hops(all, n, m->id, audience, h->audience_n);
	bool by_id = false, shares = (m->areas >> h->area & 1) != 0;
	bool of_a_case = h->type == LB_TYPE_RECEIPT && h->area == LB_AREA_DIGITAL_VIOLENCE && lb_text_equals(h->origin, m->id);

	if (of_a_case) {
		by_id = true;
		hop = 0;
	}
	for (unsigned a = 0; a < h->audience_n; a++)
		by_id |= strcmp(audience[a], m->id) == 0;
	if (hop == 99 || (lb_text_equals(h->origin, m->id) && !by_id && h->type != LB_TYPE_APPROVAL) || (hop > 0 && !goes_below(h->type)))
		return false;
	switch (h->tlp) {
	case LB_TLP_CLEAR: return true;
	case LB_TLP_GREEN: return shares;
	case LB_TLP_AMBER: return shares && !m->observer && hop <= 1;
	case LB_TLP_RED:   return shares && !m->observer && by_id;
	}
	return shares && !m->observer && hop == 0;
}

static void random_member(struct member *m, const char *above, const char *name, unsigned number)
{
	char id[sizeof m->id];

	snprintf(id, sizeof id, "%.20s%s%u", above, name, number);
	*m = (struct member){ .observer = chance(6) == 0, .areas = chance(512) * 2, .groups = chance(16) };
	memcpy(m->id, id, sizeof id);
}

static size_t random_members(struct member *m)
{
	size_t n = 1;

	*m = (struct member){ "bund", false, 1022, chance(16) };
	for (unsigned s = 0, states = 1 + chance(4); s < states; s++) {
		size_t state = n;
		random_member(&m[n++], "", "s", s);
		for (unsigned b = 0, bodies = chance(4); b < bodies; b++) {
			size_t body = n;
			random_member(&m[n++], m[state].id, "/b", b);
			if (chance(2) == 0)
				random_member(&m[n++], m[body].id, "/c", 0);
		}
	}
	return n;
}

static struct federation *federation_of(const struct member *m, size_t n)
{
	static const char *const group_names[] = { "g0", "g1", "g2", "g3" };
	struct federation *f = NULL;
	char why[256];

	assert_int_equal(federation_begin("lage.example", &f), LB_OK);
	for (size_t i = 0; i < n; i++) {
		const char *groups[4], *areas[LB_AREA_MAX];
		struct partner_line line = { .id = m[i].id, .name = m[i].id, .groups = groups, .areas = areas };
		line.role = i == 0 ? "coordinator" : m[i].observer ? "observer" : strchr(m[i].id, '/') != NULL ? "local" : "state";
		for (unsigned g = 0; g < 4; g++)
			if ((m[i].groups >> g & 1) != 0)
				groups[line.groups_n++] = group_names[g];
		for (unsigned a = 1; a <= LB_AREA_MAX; a++)
			if ((m[i].areas >> a & 1) != 0)
				areas[line.areas_n++] = lb_area_name(a);
		assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK);
	}
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

static void random_entry(const struct member *m, size_t n, char out[32])
{
	switch (chance(4)) {
	case 0:  snprintf(out, 32, "all"); return;
	case 1:  snprintf(out, 32, "group:g%u", chance(4)); return;
	case 2:  snprintf(out, 32, "%.24s/*", m[chance((unsigned)n)].id); return;
	default: snprintf(out, 32, "%.30s", m[chance((unsigned)n)].id);
	}
}

/* A stricter label reaches no one whom a looser one does not. */
static void check_order(const struct federation *f, struct lb_header h, size_t n)
{
	struct partner_set looser, stricter;

	h.tlp = LB_TLP_CLEAR;
	policy_recipients(f, &h, &looser);
	while (h.tlp++ < LB_TLP_RED) {
		policy_recipients(f, &h, &stricter);
		for (uint16_t i = 0; i < n; i++)
			if (partner_set_has(&stricter, i) && !partner_set_has(&looser, i))
				fail_msg("label %u reaches partner %u, and %u does not", h.tlp, i, h.tlp - 1);
		looser = stricter;
	}
}

static void check_one(const struct federation *f, const struct member *m, size_t n)
{
	char audience[3][32];
	const struct member *origin = &m[chance((unsigned)n)];
	struct lb_header h = { .type = 1 + chance(LB_TYPE_MAX), .area = 1 + chance(LB_AREA_MAX), .tlp = chance(7), .audience_n = 1 + chance(3) };
	struct partner_set set;

	h.origin = (struct lb_text){ origin->id, strlen(origin->id) };
	for (unsigned a = 0; a < h.audience_n; a++) {
		random_entry(m, n, audience[a]);
		h.audience[a] = (struct lb_text){ audience[a], strlen(audience[a]) };
	}
	policy_recipients(f, &h, &set);
	for (uint16_t i = 0; i < n; i++) {
		bool expected = restated(m, n, &m[i], &h, audience);
		assert_int_equal(policy_deliver(f, i, &h) == LB_OK, partner_set_has(&set, i));
		if (partner_set_has(&set, i) != expected)
			fail_msg("%s from %s at label %u: %s is%s to have it", audience[0], origin->id, h.tlp, m[i].id, expected ? "" : " not");
	}
	for (size_t i = n; i < LB_PARTNERS_MAX; i++)
		assert_false(partner_set_has(&set, (uint16_t)i));
	check_order(f, h, n);
}

static void random_federations_keep_the_rules(void **state)
{
	struct member m[64];

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		size_t n = random_members(m);
		struct federation *f = federation_of(m, n);
		for (unsigned i = 0; i < 100; i++)
			check_one(f, m, n);
		federation_unref(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_federations_keep_the_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
