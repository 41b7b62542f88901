/* agents/cli/cmd_indicators_sighted.c: who is told of what. */
#include "tests/unit/cli/indicator_rows.h"

static void answer(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = { { 1 } };

	if (request->body_case != LAGEBUS__REQUEST__BODY_SEND) {
		answer_rows(f, request);
		return;
	}
	fake_sent(f, &id, true);
}

/* The header and the one sighting of what was sent last. */
static Lagebus__Sightings *last_sent(const struct fake *f, Lagebus__Header **h)
{
	const Lagebus__SendRequest *s = f->last->send;
	Lagebus__Sightings *all;

	assert_int_equal(f->last->body_case, LAGEBUS__REQUEST__BODY_SEND);
	*h = lagebus__header__unpack(NULL, s->header.len, s->header.data);
	all = lagebus__sightings__unpack(NULL, s->payload.len, s->payload.data);
	assert_non_null(*h);
	assert_non_null(all);
	assert_int_equal(all->n_sightings, 1);
	return all;
}

static void the_owner_is_told(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	Lagebus__Header *h;
	Lagebus__Sightings *all;

	(void)state;
	fake_start(&f, answer);
	assert_int_equal(run(&r, "indicators", "sighted", "evil.example", "--count", "5", "--first", "2026-11-01T00:00:00Z", "--last", "2026-11-02T00:00:00Z",
		"--source", "gateway", NULL), CLI_OK);
	assert_has(r.out, "\taccepted\tde-he\n");
	fake_stop(&f);
	all = last_sent(&f, &h);
	assert_string_equal(h->audience[0], "de-he");
	assert_int_equal(h->type, LB_TYPE_SIGHTING);
	assert_int_equal(h->tlp, LB_TLP_AMBER_STRICT);
	assert_int_equal(h->area, LB_AREA_THREAT_INTELLIGENCE);
	assert_int_equal(all->sightings[0]->count, 5);
	assert_int_equal(all->sightings[0]->last_seen - all->sightings[0]->first_seen, 86400000);
	assert_int_equal(all->sightings[0]->indicator.data[15], 1);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__sightings__free_unpacked(all, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void a_body_tells_its_land_and_an_exercise_stays_one(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	Lagebus__Header *h;
	Lagebus__Sightings *all;

	(void)state;
	fake_start(&f, answer);
	assert_int_equal(run(&r, "indicators", "sighted", "drill.example", "--as", "de-sn/leipzig", NULL), CLI_OK);
	fake_stop(&f);
	all = last_sent(&f, &h);
	assert_string_equal(h->audience[0], "de-sn");
	assert_string_equal(h->origin, "de-sn/leipzig");
	assert_true(h->exercise);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__sightings__free_unpacked(all, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void what_cannot_be_is_refused(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "indicators", "sighted", "x", "--count", "0", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "indicators", "sighted", "x", "--first", "2026-11-02", "--last", "2026-11-01", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "indicators", "sighted", "x", "--source", "\xff", NULL), CLI_REFUSED);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_owner_is_told),
		cmocka_unit_test(a_body_tells_its_land_and_an_exercise_stays_one),
		cmocka_unit_test(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
