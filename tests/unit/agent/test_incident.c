/* agents/agent/incident.c: what messages make of an incident, and that their order of coming in does not matter. */
#include "tests/unit/agent/incident_messages.h"

#include "tests/kit/chance.h"

#define MOST 64
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct told told[MOST];
static size_t told_n;

/* Derives incident 1 from these words. */
static Lagebus__Incident *derive(const struct word *words, size_t n)
{
	struct incident_message m[MOST];
	struct lb_uuid id = told_id(1);
	Lagebus__Incident *out = NULL;

	for (told_n = 0; told_n < n; told_n++) {
		told_write(&told[told_n], &words[told_n]);
		m[told_n] = told_message(&told[told_n]);
	}
	assert_int_equal(incident_derive(&id, m, n, &out), LB_OK);
	for (size_t i = 0; i < told_n; i++)
		told_fini(&told[i]);
	return out;
}

static const char *fault_of(const Lagebus__Incident *i, unsigned n)
{
	struct lb_uuid id = told_id(n);

	for (size_t k = 0; k < i->n_entries; k++)
		if (memcmp(i->entries[k]->id.data, id.b, sizeof id.b) == 0)
			return i->entries[k]->fault;
	fail_msg("message %u is not listed", n);
	return NULL;
}

static const Lagebus__IncidentClock *clock_of(const Lagebus__Incident *i, unsigned stage)
{
	for (size_t k = 0; k < i->n_clocks; k++)
		if (i->clocks[k]->stage == stage)
			return i->clocks[k];
	fail();
	return NULL;
}

#define LEIPZIG "de-sn/leipzig"
#define FIRST { .n = 1, .by = LEIPZIG, .title = "Ransomware", .known = -2 * HOUR }
#define CONFIRMED { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(CONFIRM) }
#define ASKED { .n = 3, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .at = 2 * HOUR, .state = HELP(OPEN), .capability = "forensics" }
#define OFFERED { .n = 4, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .at = 3 * HOUR, .state = HELP(OPEN), .request = 3 }
#define ACCEPTED { .n = 5, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .at = 4 * HOUR, .state = HELP(ACCEPTED), .request = 3, .offer = 4 }
#define DONE { .n = 6, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .at = 5 * HOUR, .state = HELP(DONE), .request = 3 }
#define UPDATED { .n = 7, .thread = 1, .by = "de-sn", .at = 6 * HOUR, .stage = STAGE(UPDATE), .title = "Ransomware, 40 servers" }
#define GONE { .n = 9, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .at = 4 * HOUR, .state = HELP(WITHDRAWN), .request = 3, .offer = 4 }
#define CLOSED { .n = 8, .thread = 1, .by = "de-sn", .at = 30 * HOUR, .stage = STAGE(FINAL), .closed = true }

static void a_whole_life(void **state)
{
	static const struct word life[] = { FIRST, CONFIRMED, ASKED, OFFERED, ACCEPTED, DONE, UPDATED, CLOSED };
	Lagebus__Incident *i;

	(void)state;
	for (size_t n = 1; n <= COUNT(life); n++) {
		i = derive(life, n);
		assert_string_equal(i->reporter, LEIPZIG);
		assert_string_equal(i->lead, n < 2 ? LEIPZIG : "de-sn");
		assert_string_equal(i->parties[0]->confirmed_by, n < 2 ? "" : "de-sn");
		assert_string_equal(i->report->title, n < 7 ? "Ransomware" : "Ransomware, 40 servers");
		assert_int_equal(i->stage, n < 7 ? STAGE(FIRST) : n < 8 ? STAGE(UPDATE) : STAGE(FINAL));
		assert_int_equal(i->closed, n == 8);
		assert_int_equal(i->n_assistance, n >= 3);
		if (n >= 3)
			assert_int_equal(i->assistance[0]->state, n < 5 ? HELP(OPEN) : n < 6 ? HELP(ACCEPTED) : HELP(DONE));
		if (n >= 4)
			assert_int_equal(i->assistance[0]->offers[0]->state, n < 5 ? HELP(OPEN) : n < 6 ? HELP(ACCEPTED) : HELP(DONE));
		for (unsigned k = 1; k <= n; k++)
			assert_string_equal(fault_of(i, k), "");
		assert_int_equal(i->report->known_at, T0 - 2 * HOUR);
		assert_int_equal(clock_of(i, STAGE(UPDATE))->met, n < 7 ? 0 : T0 + 6 * HOUR);
		assert_int_equal(clock_of(i, STAGE(FINAL))->met, n < 8 ? 0 : T0 + 30 * HOUR);
		lagebus__incident__free_unpacked(i, NULL);
	}
}

/* Each of them would change something if it were not out of place. */
static void what_is_out_of_place_changes_nothing_and_is_listed(void **state)
{
	static const struct {
		struct word word;
		const char *fault;
		bool after_closing;
	} cases[] = {
		{ { .n = 20, .thread = 1, .by = "de-sn", .stage = STAGE(UPDATE), .title = "late" }, "after-closing", true },
		{ { .n = 20, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .state = HELP(OPEN) }, "after-closing", true },
		{ { .n = 20, .thread = 1, .by = "de-he", .stage = STAGE(CONFIRM), .title = "x" }, "not-above", false },
		{ { .n = 20, .thread = 1, .by = "de-s", .stage = STAGE(CONFIRM), .title = "x" }, "not-above", false },
		{ { .n = 20, .thread = 1, .by = LEIPZIG, .stage = STAGE(HAND_OVER), .lead = "bund-bsi", .title = "x" }, "not-leading", false },
		{ { .n = 20, .thread = 1, .by = LEIPZIG, .stage = STAGE(FINAL), .closed = true, .title = "x" }, "not-leading", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .stage = STAGE(UPDATE), .closed = true, .title = "x" }, "unknown-stage", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .stage = 77, .title = "x" }, "unknown-stage", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .stage = STAGE(HAND_OVER), .lead = "?", .title = "x" }, "unreadable", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .exercise = true, .stage = STAGE(UPDATE), .title = "x" }, "exercise", false },
		{ { .n = 20, .thread = 1, .by = "de-he", .supersedes = 1, .title = "x" }, "not-the-origin", false },
		{ { .n = 20, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .state = HELP(OPEN), .request = 9 }, "no-such-request", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .state = HELP(ACCEPTED), .request = 3, .offer = 9 }, "no-such-offer", false },
		{ { .n = 20, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_REQUEST, .state = HELP(ACCEPTED), .request = 3, .offer = 4 }, "not-the-asker", false },
		{ { .n = 20, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_REQUEST, .state = HELP(DONE), .request = 3 }, "not-the-asker", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_OFFER, .state = HELP(WITHDRAWN), .request = 3, .offer = 4 }, "not-the-offerer", false },
		{ { .n = 20, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .state = HELP(DONE), .request = 3, .offer = 4 }, "unknown-stage", false },
		{ { .n = 20, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .state = HELP(ACCEPTED) }, "no-such-request", false },
	};
	struct word life[] = { FIRST, CONFIRMED, ASKED, OFFERED, CLOSED, FIRST };

	(void)state;
	for (size_t k = 0; k < COUNT(cases); k++) {
		size_t n = cases[k].after_closing ? 5 : 4;
		Lagebus__Incident *before = derive(life, n), *after;

		life[n] = cases[k].word;
		life[n].at = 40 * HOUR;
		after = derive(life, n + 1);
		if (strcmp(fault_of(after, 20), cases[k].fault) != 0)
			fail_msg("case %zu: '%s', not '%s'", k, fault_of(after, 20), cases[k].fault);
		assert_string_equal(after->report->title, before->report->title);
		assert_string_equal(after->lead, before->lead);
		assert_int_equal(after->closed, before->closed);
		assert_int_equal(after->stage, before->stage);
		assert_int_equal(after->changed, before->changed);
		assert_int_equal(after->n_parties, before->n_parties);
		assert_int_equal(after->n_assistance, before->n_assistance);
		assert_int_equal(after->assistance[0]->state, before->assistance[0]->state);
		assert_int_equal(after->assistance[0]->offers[0]->state, before->assistance[0]->offers[0]->state);
		lagebus__incident__free_unpacked(before, NULL);
		lagebus__incident__free_unpacked(after, NULL);
		life[4] = (struct word)CLOSED;
	}
}

static void a_settled_request_takes_nothing_more(void **state)
{
	static const struct word done[] = { FIRST, CONFIRMED, ASKED, OFFERED, ACCEPTED, DONE,
		                            { .n = 20, .thread = 1, .by = "de-st", .type = LB_TYPE_ASSISTANCE_OFFER, .at = 9 * HOUR, .state = HELP(OPEN), .request = 3 } },
	                         twice[] = { FIRST, CONFIRMED, ASKED, OFFERED, ACCEPTED,
		                             { .n = 20, .thread = 1, .by = "de-sn", .type = LB_TYPE_ASSISTANCE_REQUEST, .at = 9 * HOUR, .state = HELP(ACCEPTED), .request = 3, .offer = 4 } };
	Lagebus__Incident *i = derive(done, COUNT(done));

	(void)state;
	assert_string_equal(fault_of(i, 20), "settled");
	assert_int_equal(i->assistance[0]->n_offers, 1);
	lagebus__incident__free_unpacked(i, NULL);
	i = derive(twice, COUNT(twice));
	assert_string_equal(fault_of(i, 20), "settled");
	lagebus__incident__free_unpacked(i, NULL);
}

static void an_offer_that_is_gone_is_gone(void **state)
{
	static const struct word words[] = { FIRST, CONFIRMED, ASKED, OFFERED, GONE,
		                             { .n = 10, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .at = 5 * HOUR, .state = HELP(WITHDRAWN), .request = 3, .offer = 4 } };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	assert_string_equal(fault_of(i, 9), "");
	assert_string_equal(fault_of(i, 10), "settled");
	assert_int_equal(i->assistance[0]->offers[0]->state, HELP(WITHDRAWN));
	lagebus__incident__free_unpacked(i, NULL);
}

static void an_accepted_offer_that_is_withdrawn_opens_the_request_again(void **state)
{
	static const struct word words[] = { FIRST, CONFIRMED, ASKED, OFFERED, ACCEPTED,
		                             { .n = 20, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .at = 9 * HOUR, .state = HELP(WITHDRAWN), .request = 3, .offer = 4 } };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	assert_int_equal(i->assistance[0]->offers[0]->state, HELP(WITHDRAWN));
	assert_int_equal(i->assistance[0]->state, HELP(OPEN));
	lagebus__incident__free_unpacked(i, NULL);
}

/* The federal office never gets the body's own report. */
static void without_the_first_report_the_land_leads(void **state)
{
	static const struct word words[] = { { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(CONFIRM), .title = "Ransomware" }, ASKED, CLOSED };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	assert_string_equal(i->reporter, "");
	assert_string_equal(i->lead, "de-sn");
	assert_int_equal(i->stage, STAGE(FINAL));
	assert_true(i->closed);
	lagebus__incident__free_unpacked(i, NULL);
	i = derive(words, 1);
	assert_int_equal(i->stage, STAGE(FIRST));
	assert_int_equal(clock_of(i, STAGE(FIRST))->met, T0 + HOUR);
	lagebus__incident__free_unpacked(i, NULL);
}

/* Hessen has the request, and nobody's report: it sees what help is needed, and no clock is its own. */
static void who_was_only_asked_for_help_has_no_clocks(void **state)
{
	static const struct word words[] = { ASKED, OFFERED, ACCEPTED, { .n = 8, .thread = 1, .by = "de-sn", .at = 30 * HOUR, .stage = STAGE(UPDATE), .title = "x" } };
	Lagebus__Incident *i = derive(words, 3);

	(void)state;
	assert_int_equal(i->n_clocks, 0);
	assert_int_equal(i->assistance[0]->state, HELP(ACCEPTED));
	lagebus__incident__free_unpacked(i, NULL);
	i = derive(words, 4);
	assert_int_equal(i->n_clocks, 3);
	lagebus__incident__free_unpacked(i, NULL);
}

static void who_leads_hands_over(void **state)
{
	static const struct word words[] = { FIRST, CONFIRMED, { .n = 3, .thread = 1, .by = "de-sn", .at = 2 * HOUR, .stage = STAGE(HAND_OVER), .lead = "bund-bsi" },
		                             { .n = 4, .thread = 1, .by = "de-sn", .at = 3 * HOUR, .stage = STAGE(FINAL), .closed = true },
		                             { .n = 5, .thread = 1, .by = "de-sn", .at = 4 * HOUR, .stage = STAGE(CONFIRM) },
		                             { .n = 6, .thread = 1, .by = "bund-bsi", .at = 5 * HOUR, .stage = STAGE(FINAL), .closed = true } };
	Lagebus__Incident *i = derive(words, 5);

	(void)state;
	assert_string_equal(i->lead, "bund-bsi");
	assert_string_equal(fault_of(i, 4), "not-leading");
	assert_false(i->closed);
	lagebus__incident__free_unpacked(i, NULL);
	i = derive(words, 6);
	assert_true(i->closed);
	lagebus__incident__free_unpacked(i, NULL);
}

static void a_correction_takes_the_place_of_what_it_corrects(void **state)
{
	static const struct word words[] = { FIRST, CONFIRMED, UPDATED, CLOSED,
		                             { .n = 20, .thread = 1, .by = LEIPZIG, .at = 50 * HOUR, .supersedes = 1, .title = "Phishing", .known = -1 },
		                             { .n = 21, .thread = 1, .by = "de-sn", .at = 51 * HOUR, .supersedes = 7, .stage = STAGE(UPDATE), .title = "Phishing, 3 accounts" },
		                             { .n = 22, .thread = 1, .by = "de-sn", .at = 52 * HOUR, .supersedes = 21, .stage = STAGE(UPDATE), .title = "Phishing, 4 accounts" } };
	Lagebus__Incident *i = derive(words, 5);

	(void)state;
	/* After closing, and yet it counts: it stands where the first one stood. */
	assert_string_equal(fault_of(i, 20), "");
	assert_string_equal(fault_of(i, 1), "superseded");
	assert_string_equal(i->reporter, LEIPZIG);
	assert_string_equal(i->report->title, "Ransomware, 40 servers");
	lagebus__incident__free_unpacked(i, NULL);
	i = derive(words, COUNT(words));
	assert_string_equal(fault_of(i, 7), "superseded");
	assert_string_equal(fault_of(i, 21), "superseded");
	assert_string_equal(fault_of(i, 22), "");
	assert_string_equal(i->report->title, "Phishing, 4 accounts");
	assert_true(i->closed);
	lagebus__incident__free_unpacked(i, NULL);
}

/* Its body's final report is its last word to its Land, and ends nothing; the strictest label that anything has is the incident's. */
static void a_body_s_final_report_ends_nothing(void **state)
{
	static const struct word words[] = { FIRST, { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(CONFIRM), .tlp = LB_TLP_AMBER },
		                             { .n = 3, .thread = 1, .by = LEIPZIG, .at = 2 * HOUR, .stage = STAGE(FINAL), .title = "Ransomware, over", .tlp = LB_TLP_GREEN } };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	assert_string_equal(fault_of(i, 3), "");
	assert_string_equal(i->report->title, "Ransomware, over");
	assert_int_equal(i->stage, STAGE(FIRST));
	assert_int_equal(clock_of(i, STAGE(FINAL))->met, 0);
	assert_int_equal(clock_of(i, STAGE(UPDATE))->met, 0);
	assert_int_equal(i->tlp, LB_TLP_AMBER_STRICT);
	lagebus__incident__free_unpacked(i, NULL);
}

/* Hessen's clock is behind: its offer was made before the request, it says. */
static void what_refers_to_something_comes_after_it_whatever_the_clocks_say(void **state)
{
	static const struct word words[] = { FIRST, { .n = 2, .thread = 1, .by = "de-sn", .at = -9 * HOUR, .stage = STAGE(CONFIRM) }, ASKED,
		                             { .n = 4, .thread = 1, .by = "de-he", .type = LB_TYPE_ASSISTANCE_OFFER, .at = -5 * HOUR, .state = HELP(OPEN), .request = 3 },
		                             ACCEPTED };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	for (unsigned k = 1; k <= 5; k++)
		assert_string_equal(fault_of(i, k), "");
	assert_int_equal(i->assistance[0]->state, HELP(ACCEPTED));
	lagebus__incident__free_unpacked(i, NULL);
}

static void what_is_no_part_of_it_is_left_out(void **state)
{
	static const struct word words[] = { FIRST, { .n = 3, .by = "de-he" }, { .n = 4, .thread = 3, .by = "de-he", .stage = STAGE(UPDATE) },
		                             { .n = 5, .thread = 1, .by = "de-he", .type = LB_TYPE_WARNING } };
	Lagebus__Incident *i = derive(words, COUNT(words));

	(void)state;
	assert_int_equal(i->n_entries, 1);
	lagebus__incident__free_unpacked(i, NULL);
}

/* ---- any order ---- */

static void random_word(struct word *w, unsigned n, unsigned of)
{
	static const char *const who[] = { LEIPZIG, "de-sn", "de-he", "bund-bsi", "de-sn/leipzig/zoo" };
	static const char *const titles[] = { "", "a", "b", "c" };
	static const unsigned types[] = { LB_TYPE_INCIDENT_REPORT, LB_TYPE_INCIDENT_REPORT, LB_TYPE_ASSISTANCE_REQUEST, LB_TYPE_ASSISTANCE_OFFER };

	*w = (struct word){ .n = n, .by = who[chance(5)], .type = types[chance(4)], .at = chance(6) * HOUR, .stage = 1 + chance(8), .title = titles[chance(4)],
		            .lead = who[chance(4)], .known = (int64_t)chance(3) * HOUR, .state = chance(6), .tlp = chance(6), .exercise = chance(30) == 0, .closed = chance(20) == 0 };
	if (n == 1) {
		w->type = LB_TYPE_INCIDENT_REPORT;
		w->stage = STAGE(FIRST);
		return;
	}
	w->thread = 1;
	if (chance(3) == 0)
		w->supersedes = 1 + chance(of + 2);
	if (chance(3) != 0)
		w->request = 1 + chance(of + 2);
	if (chance(3) != 0)
		w->offer = 1 + chance(of + 2);
	if (w->type == LB_TYPE_ASSISTANCE_OFFER && chance(2))
		w->state = HELP(OPEN), w->offer = 0;
}

static void shuffle(struct incident_message *m, size_t n)
{
	for (size_t k = n; k > 1; k--) {
		size_t other = chance((unsigned)k);
		struct incident_message x = m[k - 1];

		m[k - 1] = m[other];
		m[other] = x;
	}
}

static size_t packed(const struct incident_message *m, size_t n, uint8_t **out)
{
	struct lb_uuid id = told_id(1);
	Lagebus__Incident *i = NULL;
	lb_err e = incident_derive(&id, m, n, &i);
	size_t size;

	*out = NULL;
	if (e == LB_NOT_FOUND)
		return 0;
	assert_int_equal(e, LB_OK);
	size = lagebus__incident__get_packed_size(i);
	*out = malloc(size);
	assert_non_null(*out);
	lagebus__incident__pack(i, *out);
	lagebus__incident__free_unpacked(i, NULL);
	return size;
}

static void any_order_and_any_repetition_make_the_same(void **state)
{
	unsigned accepted = 0;

	(void)state;
	for (unsigned round = 0; round < 1500; round++) {
		unsigned n = 1 + chance(16), first = 1 + (chance(8) == 0), m_n = 0;
		struct incident_message m[2 * MOST];
		uint8_t *want, *got;
		size_t want_n;

		for (unsigned k = first; k <= n; k++) {
			struct word w;

			random_word(&w, k, n);
			told_write(&told[k], &w);
			m[m_n++] = told_message(&told[k]);
		}
		want_n = packed(m, m_n, &want);
		for (unsigned k = 0; k < want_n; k++)
			accepted += k + 1 < want_n && want[k] == 0x18 && want[k + 1] == HELP(ACCEPTED);
		for (unsigned again = 0; again < 8; again++) {
			unsigned more = m_n ? m_n + chance(m_n + 1) : 0;
			size_t got_n;

			for (unsigned k = m_n; k < more; k++)
				m[k] = m[chance(m_n)];
			shuffle(m, more);
			got_n = packed(m, more, &got);
			if (got_n != want_n || (want_n && memcmp(got, want, want_n) != 0))
				fail_msg("round %u: another order makes another incident", round);
			free(got);
			/* Every message stays, once at least. */
			for (unsigned k = first; k <= n; k++)
				m[k - first] = told_message(&told[k]);
		}
		free(want);
		for (unsigned k = first; k <= n; k++)
			told_fini(&told[k]);
	}
	assert_true(accepted > 20); /* the words are not all nonsense */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_life),
		cmocka_unit_test(what_is_out_of_place_changes_nothing_and_is_listed),
		cmocka_unit_test(a_settled_request_takes_nothing_more),
		cmocka_unit_test(an_offer_that_is_gone_is_gone),
		cmocka_unit_test(a_body_s_final_report_ends_nothing),
		cmocka_unit_test(an_accepted_offer_that_is_withdrawn_opens_the_request_again),
		cmocka_unit_test(without_the_first_report_the_land_leads),
		cmocka_unit_test(who_was_only_asked_for_help_has_no_clocks),
		cmocka_unit_test(who_leads_hands_over),
		cmocka_unit_test(a_correction_takes_the_place_of_what_it_corrects),
		cmocka_unit_test(what_refers_to_something_comes_after_it_whatever_the_clocks_say),
		cmocka_unit_test(what_is_no_part_of_it_is_left_out),
		cmocka_unit_test(any_order_and_any_repetition_make_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
