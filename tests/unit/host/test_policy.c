/* Tests of the rules: tables of label, audience, role and place. test_policy_random.c states them again. */
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

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct row {
	char letter;
	const char *id, *role, *groups[2], *areas[2];
} rows[] = {
	{ 'B', "bund-bsi", "coordinator", { NULL }, { "all" } },
	{ 'S', "de-sn", "state", { "cert" }, { "all" } },
	{ 'D', "de-sn/dresden", "local", { NULL }, { "all" } },
	{ 'L', "de-sn/leipzig", "local", { "cert" }, { "all" } },
	{ 'Z', "de-sn/leipzig/zoo", "local", { NULL }, { "all" } },
	{ 'H', "de-hb", "state", { NULL }, { "all" } },
	{ 'R', "de-hb/bremerhaven", "local", { NULL }, { "all" } },
	{ 'N', "de-sl", "state", { NULL }, { "citizen-awareness" } },
	{ 'O', "watch", "observer", { "cert", "press" }, { "all" } },
};

static size_t names_in(const char *const names[2])
{
	return names[0] == NULL ? 0 : names[1] == NULL ? 1 : 2;
}

static struct federation *standard(void)
{
	struct federation *f = NULL;
	char why[256] = "";

	assert_int_equal(federation_begin("lage.example", &f), LB_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct partner_line line = { r->id, r->id, r->role, r->groups, r->areas, names_in(r->groups), names_in(r->areas) };
		assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK);
	}
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

static uint16_t find(const struct federation *f, const char *id)
{
	uint16_t i = federation_find(f, id, strlen(id));

	assert_int_not_equal(i, PARTNER_NONE);
	return i;
}

/* A header whose audience is "a, b" split at ", ". The texts point into `audience`. */
static struct lb_header header(const char *origin, unsigned type, unsigned tlp, const char *audience)
{
	struct lb_header h = { .type = type, .area = LB_AREA_THREAT_INTELLIGENCE, .tlp = tlp, .origin = { origin, strlen(origin) } };

	h.lane = lb_header_lane(type, 0);
	for (const char *p = audience; *p != '\0';) {
		size_t n = strcspn(p, ",");
		h.audience[h.audience_n++] = (struct lb_text){ p, n };
		p += n;
		p += strspn(p, ", ");
	}
	return h;
}

static void letters_of(const struct federation *f, const struct lb_header *h, char *out)
{
	lb_err rules[LB_PARTNERS_MAX];
	struct partner_set set;

	policy_rules(f, h, rules);
	policy_recipients(f, h, &set);
	for (uint16_t i = 0; i < federation_count(f); i++) {
		bool has = partner_set_has(&set, i);
		assert_int_equal(has, policy_deliver(f, i, h) == LB_OK);
		assert_int_equal(rules[i], policy_deliver(f, i, h));
		if (has)
			*out++ = rows[i].letter;
	}
	*out = '\0';
}

static void each_label_reaches_whom_it_allows(void **state)
{
	static const struct {
		const char *audience, *reaches[6]; /* by label: -, CLEAR, GREEN, AMBER, AMBER+STRICT, RED */
	} cases[] = {
		{ "de-sn", { "S", "SDLZ", "SDLZ", "SDL", "S", "S" } },
		{ "de-sn/leipzig", { "L", "LZ", "LZ", "LZ", "L", "L" } },
		{ "de-sn/*", { "DL", "DLZ", "DLZ", "DLZ", "DL", "" } },
		{ "de-sn/leipzig/*", { "Z", "Z", "Z", "Z", "Z", "" } },
		{ "group:cert", { "SL", "SDLZO", "SDLZO", "SDLZ", "SL", "" } },
		{ "group:press", { "", "O", "O", "", "", "" } },
		{ "all", { "SH", "SDLZHRNO", "SDLZHRO", "SDLHR", "SH", "" } },
		{ "watch", { "", "O", "O", "", "", "" } },
		{ "de-sl", { "", "N", "", "", "", "" } },
		{ "bund-bsi", { "B", "B", "B", "B", "B", "B" } },
		{ "all, bund-bsi", { "BSH", "BSDLZHRNO", "BSDLZHRO", "BSDLHR", "BSH", "B" } },
		{ "de-hb, de-sn/*", { "DLH", "DLZHR", "DLZHR", "DLZHR", "DLH", "H" } },
		{ "group:gone, de-gone, de-gone/*", { "", "", "", "", "", "" } },
	};
	struct federation *f = standard();
	char got[COUNT(rows) + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (unsigned tlp = 0; tlp <= LB_TLP_RED; tlp++) {
			struct lb_header h = header("bund-bsi", LB_TYPE_INDICATOR, tlp, cases[i].audience);
			letters_of(f, &h, got);
			if (strcmp(got, cases[i].reaches[tlp]) != 0)
				fail_msg("%s at label %u reaches %s, not %s", cases[i].audience, tlp, got, cases[i].reaches[tlp]);
		}
	}
	federation_unref(f);
}

static void an_unknown_label_is_amber_strict(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, 77, "de-sn");

	(void)state;
	assert_int_equal(policy_deliver(f, find(f, "de-sn"), &h), LB_OK);
	assert_int_equal(policy_deliver(f, find(f, "de-sn/leipzig"), &h), LB_TLP_STRICT_NAMED);
	federation_unref(f);
}

static void each_refusal_names_its_rule(void **state)
{
	static const struct {
		unsigned type, tlp;
		const char *audience, *partner;
		lb_err rule;
	} cases[] = {
		{ LB_TYPE_WARNING, LB_TLP_GREEN, "de-sn", "de-hb", LB_NOT_IN_AUDIENCE },
		{ LB_TYPE_WARNING, LB_TLP_CLEAR, "all", "bund-bsi", LB_NOT_IN_AUDIENCE },
		{ LB_TYPE_WARNING, LB_TLP_RED, "de-sn", "de-sn/leipzig", LB_TLP_RED_NAMED_ONLY },
		{ LB_TYPE_WARNING, LB_TLP_RED, "all", "de-sn", LB_TLP_RED_NAMED_ONLY },
		{ LB_TYPE_WARNING, LB_TLP_RED, "group:cert", "de-sn", LB_TLP_RED_NAMED_ONLY },
		{ LB_TYPE_WARNING, LB_TLP_AMBER_STRICT, "de-sn", "de-sn/leipzig", LB_TLP_STRICT_NAMED },
		{ LB_TYPE_WARNING, LB_TLP_AMBER, "de-sn", "de-sn/leipzig/zoo", LB_TLP_NO_FURTHER_HOP },
		{ LB_TYPE_WARNING, LB_TLP_AMBER, "watch", "watch", LB_TLP_OBSERVER_GREEN },
		{ LB_TYPE_WARNING, LB_TLP_RED, "watch", "watch", LB_TLP_OBSERVER_GREEN },
		{ LB_TYPE_WARNING, LB_TLP_GREEN, "all", "de-sl", LB_AREA_NOT_AGREED },
		{ LB_TYPE_WARNING, LB_TLP_CLEAR, "all", "de-sl", LB_OK },
		{ LB_TYPE_RECEIPT, LB_TLP_GREEN, "de-sn", "de-sn", LB_OK },
		{ LB_TYPE_RECEIPT, LB_TLP_GREEN, "de-sn", "de-sn/leipzig", LB_NOT_IN_AUDIENCE },
		{ LB_TYPE_INCIDENT_REPORT, LB_TLP_AMBER, "de-sn", "de-sn/leipzig", LB_NOT_IN_AUDIENCE },
		{ 0, LB_TLP_CLEAR, "all", "de-sn", LB_UNKNOWN_TYPE },
		{ LB_TYPE_MAX + 1, LB_TLP_CLEAR, "all", "de-sn", LB_UNKNOWN_TYPE },
	};
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lb_header h = header("bund-bsi", cases[i].type, cases[i].tlp, cases[i].audience);
		lb_err got = policy_deliver(f, find(f, cases[i].partner), &h);
		if (got != cases[i].rule)
			fail_msg("case %zu: %s, not %s", i, lb_err_token(got), lb_err_token(cases[i].rule));
	}
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_CLEAR, "all");
	assert_int_equal(policy_deliver(f, PARTNER_NONE, &h), LB_NOT_A_MEMBER);
	assert_int_equal(policy_deliver(f, (uint16_t)COUNT(rows), &h), LB_NOT_A_MEMBER);
	federation_unref(f);
}

static void an_area_that_does_not_exist_is_in_no_agreement(void **state)
{
	struct federation *f = standard();

	(void)state;
	for (unsigned area = LB_AREA_MAX + 1; area < 80; area++) {
		struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_GREEN, "de-sn");
		h.area = area;
		assert_int_equal(policy_admit(f, 0, &h), LB_AREA_NOT_AGREED);
		assert_int_equal(policy_deliver(f, find(f, "de-sn"), &h), LB_AREA_NOT_AGREED);
	}
	federation_unref(f);
}

static void a_refusal_names_whom_nobody_knows(void **state)
{
	static const char text[] = "the audience is empty, malformed or names someone unknown";
	struct federation *f = standard();
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_AMBER, "de-sn, de-xx, all, group:xx, de-yy/*");
	char out[POLICY_TEXT], expected[POLICY_TEXT], long_name[LB_PARTNER_ID_MAX + 1];

	(void)state;
	policy_explain(f, &h, LB_BAD_AUDIENCE, out);
	snprintf(expected, sizeof expected, "%s: not in the federation: de-xx, group:xx, de-yy/*", text);
	assert_string_equal(out, expected);
	policy_explain(f, &h, LB_AREA_NOT_AGREED, out);
	assert_string_equal(out, lb_err_text(LB_AREA_NOT_AGREED));
	/* As many as fit, each whole. */
	memset(long_name, 'x', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	h.audience_n = LB_AUDIENCE_MAX;
	for (unsigned i = 0; i < LB_AUDIENCE_MAX; i++)
		h.audience[i] = lb_text_of(long_name);
	policy_explain(f, &h, LB_BAD_AUDIENCE, out);
	assert_string_equal(strstr(out, ": not in the federation: ") + strlen(": not in the federation: ") + (3 - 1) * (strlen(long_name) + 2), long_name);
	h.audience_n = 0;
	policy_explain(f, &h, LB_BAD_AUDIENCE, out);
	assert_string_equal(out, text);
	federation_unref(f);
}

static void only_what_the_table_allows_is_admitted(void **state)
{
	static const struct {
		const char *sender;
		unsigned type;
		const char *audience;
		lb_err result;
	} cases[] = {
		{ "bund-bsi", LB_TYPE_WARNING, "all", LB_OK },
		{ "bund-bsi", LB_TYPE_WARNING, "de-sn/*", LB_OK },
		{ "bund-bsi", LB_TYPE_WARNING, "group:cert, de-hb", LB_OK },
		{ "bund-bsi", LB_TYPE_INCIDENT_REPORT, "de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", LB_TYPE_ASSISTANCE_OFFER, "de-sn", LB_OK },
		{ "bund-bsi", LB_TYPE_ASSISTANCE_OFFER, "de-sn/leipzig", LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", LB_TYPE_APPROVAL, "bund-bsi", LB_OK },
		{ "bund-bsi", LB_TYPE_APPROVAL, "all", LB_OK },
		{ "de-sn", LB_TYPE_APPROVAL, "de-sn/*", LB_OK },
		{ "de-sn", LB_TYPE_APPROVAL, "de-sn", LB_OK },
		{ "de-sn", LB_TYPE_APPROVAL, "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_APPROVAL, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_APPROVAL, "de-sn/leipzig", LB_ROLE_MAY_NOT_SEND },
		{ "watch", LB_TYPE_APPROVAL, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", LB_TYPE_RECALL, "all", LB_OK },
		{ "de-sn", LB_TYPE_WARNING, "de-sn/*", LB_OK },
		{ "de-sn", LB_TYPE_WARNING, "de-sn/leipzig/*", LB_OK },
		{ "de-sn", LB_TYPE_WARNING, "de-sn/leipzig", LB_OK },
		{ "de-sn", LB_TYPE_WARNING, "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_WARNING, "de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_WARNING, "de-hb/*", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_WARNING, "group:cert", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_WARNING, "de-sn/*, de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_WARNING, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_INDICATOR, "all", LB_OK },
		{ "de-sn", LB_TYPE_INCIDENT_REPORT, "bund-bsi", LB_OK },
		{ "de-sn", LB_TYPE_INCIDENT_REPORT, "de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_ASSISTANCE_REQUEST, "de-hb, bund-bsi", LB_OK },
		{ "de-sn", LB_TYPE_SITUATION_REPORT, "bund-bsi, de-sn/*", LB_OK },
		{ "de-sn", LB_TYPE_SITUATION_REPORT, "de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_SIGHTING, "group:cert", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_DIGITAL_VIOLENCE_CASE, "de-hb", LB_OK },
		{ "de-sn", LB_TYPE_DIGITAL_VIOLENCE_CASE, "de-hb, bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", LB_TYPE_DIGITAL_VIOLENCE_CASE, "watch", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_INDICATOR, "de-sn", LB_OK },
		{ "de-sn/leipzig", LB_TYPE_INDICATOR, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_INDICATOR, "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_INDICATOR, "de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_SIGHTING, "de-sn", LB_OK },
		{ "de-sn/leipzig", LB_TYPE_INCIDENT_REPORT, "de-sn", LB_OK },
		{ "de-sn/leipzig", LB_TYPE_INCIDENT_REPORT, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_WARNING, "de-sn/leipzig/*", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig/zoo", LB_TYPE_INCIDENT_REPORT, "de-sn/leipzig", LB_OK },
		{ "de-sn/leipzig/zoo", LB_TYPE_INCIDENT_REPORT, "de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_RECEIPT, "bund-bsi", LB_OK },
		{ "de-sn/leipzig", LB_TYPE_RECEIPT, "bund-bsi, de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_RECEIPT, "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_RECEIPT, "de-sn/*", LB_ROLE_MAY_NOT_SEND },
		{ "watch", LB_TYPE_RECEIPT, "bund-bsi", LB_OK },
		{ "watch", LB_TYPE_INDICATOR, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "watch", LB_TYPE_RECALL, "bund-bsi", LB_ROLE_MAY_NOT_SEND },
		{ "de-sl", LB_TYPE_INDICATOR, "all", LB_AREA_NOT_AGREED },
		{ "de-sl", LB_TYPE_RECEIPT, "bund-bsi", LB_AREA_NOT_AGREED },
		{ "bund-bsi", LB_TYPE_EXERCISE, "all", LB_OK },
		{ "de-sn", LB_TYPE_EXERCISE, "de-sn/*", LB_OK },
		{ "de-sn", LB_TYPE_EXERCISE, "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_EXERCISE, "de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", LB_TYPE_TRAINING_REGISTRATION, "bund-bsi", LB_OK },
		{ "de-sn/leipzig", LB_TYPE_TRAINING_REGISTRATION, "bund-bsi, de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", LB_TYPE_WARNING, "de-xx", LB_BAD_AUDIENCE },
		{ "bund-bsi", LB_TYPE_WARNING, "de-xx/*", LB_BAD_AUDIENCE },
		{ "bund-bsi", LB_TYPE_WARNING, "de-sn, group:xx", LB_BAD_AUDIENCE },
		{ "bund-bsi", LB_TYPE_WARNING, "", LB_BAD_AUDIENCE },
		{ "bund-bsi", 0, "all", LB_UNKNOWN_TYPE },
		{ "bund-bsi", LB_TYPE_MAX + 1, "all", LB_UNKNOWN_TYPE },
	};
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lb_header h = header(cases[i].sender, cases[i].type, LB_TLP_AMBER, cases[i].audience);
		lb_err got = policy_admit(f, find(f, cases[i].sender), &h);
		if (got != cases[i].result)
			fail_msg("%s sends type %u to %s: %s, not %s", cases[i].sender, cases[i].type, cases[i].audience, lb_err_token(got),
			         lb_err_token(cases[i].result));
	}
	federation_unref(f);
}

/* Whoever was reported an incident answers in its thread; nobody begins one down the tree, nor answers past their own. */
static void an_incident_is_answered_in_its_thread_only(void **state)
{
	static const struct {
		const char *sender, *audience;
		lb_err begins, answers;
	} cases[] = {
		{ "bund-bsi", "de-sn", LB_ROLE_MAY_NOT_SEND, LB_OK },
		{ "bund-bsi", "de-sn, de-hb", LB_ROLE_MAY_NOT_SEND, LB_OK },
		{ "bund-bsi", "de-sn/leipzig", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", "all", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "bund-bsi", "watch", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", "bund-bsi", LB_OK, LB_OK },
		{ "de-sn", "de-sn/leipzig", LB_ROLE_MAY_NOT_SEND, LB_OK },
		{ "de-sn", "bund-bsi, de-sn/leipzig", LB_ROLE_MAY_NOT_SEND, LB_OK },
		{ "de-sn", "de-hb", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", "de-hb/bremerhaven", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", "de-sn", LB_OK, LB_OK },
		{ "de-sn/leipzig", "bund-bsi", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", "de-sn/dresden", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", "de-sn/leipzig/zoo", LB_ROLE_MAY_NOT_SEND, LB_OK },
		{ "watch", "bund-bsi", LB_ROLE_MAY_NOT_SEND, LB_ROLE_MAY_NOT_SEND },
	};
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lb_header h = header(cases[i].sender, LB_TYPE_INCIDENT_REPORT, LB_TLP_AMBER_STRICT, cases[i].audience);

		for (unsigned in_thread = 0; in_thread < 2; in_thread++) {
			lb_err want = in_thread ? cases[i].answers : cases[i].begins, got;

			h.has_thread = in_thread;
			got = policy_admit(f, find(f, cases[i].sender), &h);
			if (got != want)
				fail_msg("%s to %s, in a thread %u: %s, not %s", cases[i].sender, cases[i].audience, in_thread, lb_err_token(got),
				         lb_err_token(want));
		}
	}
	federation_unref(f);
}

/* Help goes between Länder and the federal office: no body asks or offers past its Land. */
static void help_is_asked_and_offered_between_laender_and_federal_office(void **state)
{
	static const struct {
		const char *sender, *audience;
		lb_err result;
	} cases[] = {
		{ "de-sn", "de-hb", LB_OK },
		{ "de-sn", "bund-bsi, de-hb", LB_OK },
		{ "bund-bsi", "de-sn, de-hb", LB_OK },
		{ "de-sn", "de-sn/leipzig", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", "de-hb/bremerhaven", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", "all", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn", "watch", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", "de-sn", LB_ROLE_MAY_NOT_SEND },
		{ "de-sn/leipzig", "de-hb", LB_ROLE_MAY_NOT_SEND },
		{ "watch", "de-sn", LB_ROLE_MAY_NOT_SEND },
	};
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (unsigned type = LB_TYPE_ASSISTANCE_REQUEST; type <= LB_TYPE_ASSISTANCE_OFFER; type++) {
			struct lb_header h = header(cases[i].sender, type, LB_TLP_AMBER_STRICT, cases[i].audience);

			h.has_thread = true;
			if (policy_admit(f, find(f, cases[i].sender), &h) != cases[i].result)
				fail_msg("%s, type %u, to %s", cases[i].sender, type, cases[i].audience);
		}
	federation_unref(f);
}

static void an_observer_sends_nothing_but_receipts(void **state)
{
	static const char *const audiences[] = { "bund-bsi", "de-sn", "de-sn/leipzig", "watch", "de-sn/*", "group:cert", "all" };
	struct federation *f = standard();

	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		for (size_t i = 0; i < COUNT(audiences); i++) {
			struct lb_header h = header("watch", type, LB_TLP_CLEAR, audiences[i]);
			if (type == LB_TYPE_RECEIPT && i < 4 && i != 3)
				assert_int_equal(policy_admit(f, find(f, "watch"), &h), LB_OK);
			else if (type != LB_TYPE_RECEIPT)
				assert_int_equal(policy_admit(f, find(f, "watch"), &h), LB_ROLE_MAY_NOT_SEND);
		}
	}
	federation_unref(f);
}

static void the_envelope_must_be_the_senders_own_and_right(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_GREEN, "all");
	uint16_t bsi = find(f, "bund-bsi");

	(void)state;
	assert_int_equal(policy_admit(f, bsi, &h), LB_OK);
	assert_int_equal(policy_admit(f, find(f, "de-sn"), &h), LB_WRONG_ORIGIN);
	assert_int_equal(policy_admit(f, PARTNER_NONE, &h), LB_NOT_A_MEMBER);
	h.origin.n--; /* "bund-bs" */
	assert_int_equal(policy_admit(f, bsi, &h), LB_WRONG_ORIGIN);
	h.origin.n++;
	h.lane = LB_LANE_URGENT; /* of a warning without a level */
	assert_int_equal(policy_admit(f, bsi, &h), LB_BAD_HEADER);
	h.level = 3;
	assert_int_equal(policy_admit(f, bsi, &h), LB_OK);
	h.lane = LB_LANE_ROUTINE;
	assert_int_equal(policy_admit(f, bsi, &h), LB_BAD_HEADER);
	h.level = 5;
	h.lane = lb_header_lane(h.type, 5);
	assert_int_equal(policy_admit(f, bsi, &h), LB_BAD_HEADER);
	federation_unref(f);
}

static void an_agent_speaks_for_its_own_partner_and_those_it_acts_for(void **state)
{
	struct federation *f = standard();
	uint16_t sn = find(f, "de-sn"), leipzig = find(f, "de-sn/leipzig");
	struct partner_set mandates = { { 0 } };
	static const struct {
		const char *origin;
		bool acts;
		lb_err admitted;
	} cases[] = {
		{ "de-sn", true, LB_OK },
		{ "de-sn/leipzig", true, LB_OK },
		{ "de-sn/leipzig", false, LB_WRONG_ORIGIN },
		{ "de-sn/dresden", true, LB_WRONG_ORIGIN },
		{ "de-xx", true, LB_WRONG_ORIGIN },
	};

	(void)state;
	partner_set_add(&mandates, leipzig);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lb_header h = header(cases[i].origin, LB_TYPE_SIGHTING, LB_TLP_AMBER, "de-sn");
		uint16_t sender = policy_sender(f, sn, cases[i].acts ? &mandates : NULL, &h);

		assert_int_equal(sender, cases[i].admitted == LB_OK ? find(f, cases[i].origin) : sn);
		assert_int_equal(policy_admit(f, sender, &h), cases[i].admitted);
	}
	federation_unref(f);
}

static void a_second_person_is_a_coordinator_or_of_the_same_state(void **state)
{
	static const struct {
		const char *origin, *partner;
		bool may;
	} cases[] = {
		{ "bund-bsi", "bund-bsi", true },       { "bund-bsi", "de-sn", false }, { "bund-bsi", "watch", false }, { "de-sn", "de-sn", true },
		{ "de-sn", "bund-bsi", false },         { "de-sn", "de-hb", false },    { "de-sn", "de-sn/leipzig", false },
		{ "de-sn/leipzig", "de-sn/leipzig", false }, { "de-sn/leipzig", "de-sn", false }, { "de-xx", "bund-bsi", false },
	};
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lb_header h = header(cases[i].origin, LB_TYPE_WARNING, LB_TLP_GREEN, "all");

		assert_int_equal(policy_may_approve(f, find(f, cases[i].partner), &h), cases[i].may);
	}
	federation_unref(f);
}

/* Its partner gets the warning, so it gets the proof, too. */
static void an_approval_goes_to_its_own_partner(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("bund-bsi", LB_TYPE_APPROVAL, LB_TLP_GREEN, "all");

	(void)state;
	assert_int_equal(policy_deliver(f, find(f, "bund-bsi"), &h), LB_OK);
	assert_int_equal(policy_deliver(f, find(f, "de-sn/leipzig"), &h), LB_OK);
	h.type = LB_TYPE_WARNING;
	assert_int_equal(policy_deliver(f, find(f, "bund-bsi"), &h), LB_NOT_IN_AUDIENCE);
	h = header("bund-bsi", LB_TYPE_APPROVAL, LB_TLP_GREEN, "de-sn");
	assert_int_equal(policy_deliver(f, find(f, "bund-bsi"), &h), LB_NOT_IN_AUDIENCE);
	federation_unref(f);
}

/* Each of an office's agents has a copy of a case, and learns what the office has done with it. */
static void a_receipt_of_a_case_goes_to_its_own_office(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("de-sn", LB_TYPE_RECEIPT, LB_TLP_RED, "bund-bsi");

	(void)state;
	assert_int_equal(policy_deliver(f, find(f, "de-sn"), &h), LB_NOT_IN_AUDIENCE);
	h.area = LB_AREA_DIGITAL_VIOLENCE;
	assert_int_equal(policy_deliver(f, find(f, "de-sn"), &h), LB_OK);
	assert_int_equal(policy_deliver(f, find(f, "bund-bsi"), &h), LB_OK);
	assert_int_equal(policy_deliver(f, find(f, "de-sn/leipzig"), &h), LB_NOT_IN_AUDIENCE);
	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	assert_int_equal(policy_deliver(f, find(f, "de-sn"), &h), LB_NOT_IN_AUDIENCE);
	federation_unref(f);
}

static void level_4_needs_a_second_person_whatever_the_header_says(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_GREEN, "all");

	(void)state;
	h.level = 4;
	h.lane = LB_LANE_URGENT;
	assert_int_equal(policy_admit(f, find(f, "bund-bsi"), &h), LB_NEEDS_APPROVAL);
	h.approvals_n = 2;
	assert_int_equal(policy_admit(f, find(f, "bund-bsi"), &h), LB_NEEDS_APPROVAL);
	h = header("de-sn", LB_TYPE_WARNING, LB_TLP_GREEN, "de-sn/*");
	h.level = 4;
	h.lane = LB_LANE_URGENT;
	h.approvals_n = 1;
	assert_int_equal(policy_admit(f, find(f, "de-sn"), &h), LB_NEEDS_APPROVAL);
	h = header("de-sn", LB_TYPE_WARNING, LB_TLP_GREEN, "all");
	h.level = 4;
	h.lane = LB_LANE_URGENT;
	assert_int_equal(policy_admit(f, find(f, "de-sn"), &h), LB_ROLE_MAY_NOT_SEND);
	federation_unref(f);
}

static void red_is_sent_to_named_partners_only(void **state)
{
	static const char *const wide[] = { "all", "group:cert", "de-sn/*", "de-sn, all" };
	struct federation *f = standard();

	(void)state;
	for (size_t i = 0; i < COUNT(wide); i++) {
		struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_RED, wide[i]);
		assert_int_equal(policy_admit(f, find(f, "bund-bsi"), &h), LB_TLP_RED_NAMED_ONLY);
	}
	struct lb_header h = header("bund-bsi", LB_TYPE_WARNING, LB_TLP_RED, "de-sn, de-hb");
	assert_int_equal(policy_admit(f, find(f, "bund-bsi"), &h), LB_OK);
	federation_unref(f);
}

static void who_could_read_clear_can_say_so(void **state)
{
	struct federation *f = standard();
	struct lb_header h = header("de-sl", LB_TYPE_RECEIPT, LB_TLP_CLEAR, "bund-bsi");

	(void)state;
	assert_int_equal(policy_admit(f, find(f, "de-sl"), &h), LB_OK);
	h.type = LB_TYPE_INDICATOR;
	h.lane = lb_header_lane(h.type, 0);
	assert_int_equal(policy_admit(f, find(f, "de-sl"), &h), LB_AREA_NOT_AGREED);
	federation_unref(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_label_reaches_whom_it_allows),
		cmocka_unit_test(an_unknown_label_is_amber_strict),
		cmocka_unit_test(each_refusal_names_its_rule),
		cmocka_unit_test(an_area_that_does_not_exist_is_in_no_agreement),
		cmocka_unit_test(only_what_the_table_allows_is_admitted),
		cmocka_unit_test(a_refusal_names_whom_nobody_knows),
		cmocka_unit_test(an_incident_is_answered_in_its_thread_only),
		cmocka_unit_test(help_is_asked_and_offered_between_laender_and_federal_office),
		cmocka_unit_test(an_observer_sends_nothing_but_receipts),
		cmocka_unit_test(the_envelope_must_be_the_senders_own_and_right),
		cmocka_unit_test(an_agent_speaks_for_its_own_partner_and_those_it_acts_for),
		cmocka_unit_test(a_receipt_of_a_case_goes_to_its_own_office),
		cmocka_unit_test(level_4_needs_a_second_person_whatever_the_header_says),
		cmocka_unit_test(a_second_person_is_a_coordinator_or_of_the_same_state),
		cmocka_unit_test(an_approval_goes_to_its_own_partner),
		cmocka_unit_test(red_is_sent_to_named_partners_only),
		cmocka_unit_test(who_could_read_clear_can_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
