/* Every label against every kind of audience, role and place in the tree: who has it, and by which rule not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/host/policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define LABELS 7 /* none, the five, and a number that is no label */
#define SHARED LB_AREA_CYBER_DEFENCE
#define FOREIGN LB_AREA_DIGITAL_VIOLENCE /* the origin's alone */

static const struct place {
	const char *id, *role;
	bool in_group;
} places[] = {
	{ "c", "coordinator", true },
	{ "s", "state", true },
	{ "s/l", "local", false },
	{ "s/l/l", "local", false },
	{ "s/l/o", "observer", false },
	{ "s/o", "observer", false },
	{ "t", "state", false },
	{ "t/l", "local", true },
	{ "t/l/l", "local", false },
	{ "o", "observer", true },
	{ "o/l", "local", false },
	{ "p", "observer", false },
};

/* A column a place, a letter a label (none, CLEAR, GREEN, AMBER, AMBER+STRICT, RED): + it gets it, - the audience does not reach it,
 * r red-named-only, s strict-named-only, h no-further-hop, o observer-green. */
static const struct row {
	const char *audience, *cells[COUNT(places)];
} rows[] = {
	/*              c         s         s/l       s/l/l     s/l/o     s/o       t         t/l       t/l/l     o         o/l       p */
	{ "s",        { "------", "++++++", "s+++sr", "s++hsr", "s++hsr", "s++osr", "------", "------", "------", "------", "------", "------" } },
	{ "s/l",      { "------", "------", "++++++", "s+++sr", "s++osr", "------", "------", "------", "------", "------", "------", "------" } },
	{ "s/o",      { "------", "------", "------", "------", "------", "o++ooo", "------", "------", "------", "------", "------", "------" } },
	{ "s/l/o",    { "------", "------", "------", "------", "o++ooo", "------", "------", "------", "------", "------", "------", "------" } },
	{ "o",        { "------", "------", "------", "------", "------", "------", "------", "------", "------", "o++ooo", "s+++sr", "------" } },
	{ "c",        { "++++++", "------", "------", "------", "------", "------", "------", "------", "------", "------", "------", "------" } },
	{ "s/*",      { "------", "------", "+++++r", "s+++sr", "s++osr", "o++oor", "------", "------", "------", "------", "------", "------" } },
	{ "s/l/*",    { "------", "------", "------", "+++++r", "o++oor", "------", "------", "------", "------", "------", "------", "------" } },
	{ "group:g",  { "+++++r", "+++++r", "s+++sr", "s++hsr", "s++hsr", "s++osr", "------", "+++++r", "s+++sr", "o++oor", "s+++sr", "------" } },
	{ "all",      { "+++++r", "+++++r", "s+++sr", "s++hsr", "s++hsr", "s++osr", "+++++r", "s+++sr", "s++hsr", "o++oor", "s+++sr", "o++oor" } },
	{ "s/*, t",   { "------", "------", "+++++r", "s+++sr", "s++osr", "o++oor", "++++++", "s+++sr", "s++hsr", "------", "------", "------" } },
};

static void add(struct federation *f, const struct place *p, const char *area)
{
	static const char *const group[] = { "g" };
	const struct partner_line line = { p->id, p->id, p->role, group, &area, p->in_group, 1 };
	char why[256] = "";

	assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK);
}

static struct federation *make(void)
{
	static const struct place origin = { "bund", "coordinator", false };
	struct federation *f = NULL;
	char why[256] = "";

	assert_int_equal(federation_begin("lage.example", &f), LB_OK);
	add(f, &origin, "all");
	for (size_t i = 0; i < COUNT(places); i++)
		add(f, &places[i], lb_area_name(SHARED));
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

static struct lb_header header(const char *audience, unsigned tlp, unsigned area)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .area = area, .tlp = tlp, .lane = LB_LANE_ROUTINE, .origin = lb_text_of("bund") };

	for (const char *p = audience; *p != '\0'; p += strspn(p, ", ")) {
		size_t n = strcspn(p, ",");

		h.audience[h.audience_n++] = (struct lb_text){ p, n };
		p += n;
	}
	return h;
}

static lb_err rule_of(char letter)
{
	switch (letter) {
	case '+': return LB_OK;
	case '-': return LB_NOT_IN_AUDIENCE;
	case 'r': return LB_TLP_RED_NAMED_ONLY;
	case 's': return LB_TLP_STRICT_NAMED;
	case 'h': return LB_TLP_NO_FURTHER_HOP;
	case 'o': return LB_TLP_OBSERVER_GREEN;
	}
	fail_msg("'%c' is no rule", letter);
	return LB_INVALID;
}

static void check(const struct federation *f, const struct row *row, size_t column, unsigned label, unsigned area)
{
	struct lb_header h = header(row->audience, label, area);
	uint16_t partner = federation_find(f, places[column].id, strlen(places[column].id));
	lb_err expected = rule_of(row->cells[column][label < LABELS - 1 ? label : 0]), got = policy_deliver(f, partner, &h);
	struct partner_set set;

	if (expected == LB_OK && area == FOREIGN && label != LB_TLP_CLEAR)
		expected = LB_AREA_NOT_AGREED;
	if (got != expected)
		fail_msg("label %u to %s, area %u: %s has %s, not %s", label, row->audience, area, places[column].id, lb_err_token(got), lb_err_token(expected));
	policy_recipients(f, &h, &set);
	assert_int_equal(partner_set_has(&set, partner), expected == LB_OK);
}

static void each_label_audience_role_and_place(void **state)
{
	struct federation *f = make();

	(void)state;
	for (size_t r = 0; r < COUNT(rows); r++)
		for (size_t column = 0; column < COUNT(places); column++)
			for (unsigned label = 0; label < LABELS; label++) {
				check(f, &rows[r], column, label, SHARED);
				check(f, &rows[r], column, label, FOREIGN);
			}
	federation_unref(f);
}

/* What its label would forbid to everyone it is meant for is not even taken. */
static void red_is_taken_for_ids_only(void **state)
{
	struct federation *f = make();
	uint16_t origin = federation_find(f, "bund", 4);

	(void)state;
	for (size_t r = 0; r < COUNT(rows); r++)
		for (unsigned label = 0; label < LABELS; label++) {
			struct lb_header h = header(rows[r].audience, label, SHARED);
			bool wide = strpbrk(rows[r].audience, "*:") || strcmp(rows[r].audience, "all") == 0;

			assert_int_equal(policy_admit(f, origin, &h), label == LB_TLP_RED && wide ? LB_TLP_RED_NAMED_ONLY : LB_OK);
		}
	federation_unref(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_label_audience_role_and_place),
		cmocka_unit_test(red_is_taken_for_ids_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
