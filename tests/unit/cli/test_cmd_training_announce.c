/* agents/cli/cmd_training_announce.c, training_options.c: what is sent when something is announced, changed, cancelled. */
#include "tests/unit/cli/training_rows.h"

static Lagebus__TrainingEvent *last_sent(const struct fake *f, Lagebus__Header **h)
{
	const Lagebus__SendRequest *s = f->last->send;
	Lagebus__TrainingEvent *t;

	assert_int_equal(f->last->body_case, LAGEBUS__REQUEST__BODY_SEND);
	*h = lagebus__header__unpack(NULL, s->header.len, s->header.data);
	t = lagebus__training_event__unpack(NULL, s->payload.len, s->payload.data);
	assert_non_null(*h);
	assert_non_null(t);
	return t;
}

static void an_announcement_is_whole(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	Lagebus__TrainingEvent *t;
	Lagebus__Header *h;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "announce", "--to", "all", "--kind", "lecture", "--for", "citizens", "--title", "Sicher im Netz", "--begins",
		"2099-12-01T14:00", "--ends", "2099-12-01T14:00:01Z", "--seats", "7", "--contact", "CERT", "--tentative", NULL), CLI_OK);
	fake_stop(&f);
	t = last_sent(&f, &h);
	assert_string_equal(strchr(t->uid, '@'), "@bund-bsi");
	assert_int_equal(strlen(t->uid), 36 + 9);
	assert_int_equal(t->sequence, 0);
	assert_int_equal(t->begins, EVENT_MS + 14 * 3600000);
	assert_int_equal(t->ends, t->begins + 1000);
	assert_int_equal(t->status, LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_TENTATIVE);
	assert_string_equal(t->organiser->function, "CERT");
	assert_int_equal(h->tlp, LB_TLP_CLEAR);
	assert_int_equal(h->area, LB_AREA_PUBLIC_SECTOR_TRAINING);
	assert_int_equal(h->expires, t->ends + INT64_C(365) * 86400000);
	lagebus__training_event__free_unpacked(t, NULL);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void what_is_missing_is_said(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "training", "announce", "--to", "all", NULL), CLI_USAGE);
	assert_has(r.err, "--title");
	assert_int_equal(run(&r, "training", "announce", "--to", "all", "--title", "x", "--kind", "party", NULL), CLI_USAGE);
	assert_has(r.err, "lecture or workshop or event is expected");
	assert_int_equal(run(&r, "training", "announce", "--to", "all", "--title", "x", "--kind", "event", "--for", "staff", "--begins", "soon", NULL), CLI_USAGE);
	assert_has(r.err, "--begins soon");
	assert_int_equal(run(&r, "training", "announce", "--to", "all", "--title", "x", "--kind", "event", "--for", "staff", "--begins", "2099-12-02", "--ends",
		"2099-12-01", NULL), CLI_USAGE);
	assert_has(r.err, "ends before it begins");
	ran_free(&r);
}

static void a_change_is_the_next_sequence_of_the_rest(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	Lagebus__TrainingEvent *t;
	Lagebus__Header *h;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "change", EVENT_UID, "--begins", "2099-12-02T00:00:00Z", NULL), CLI_OK);
	fake_stop(&f);
	t = last_sent(&f, &h);
	assert_string_equal(t->uid, EVENT_UID);
	assert_int_equal(t->sequence, 5);
	assert_int_equal(t->begins, EVENT_MS + 86400000);
	assert_int_equal(t->ends - t->begins, 3600000);
	assert_int_equal(t->seats, 5);
	assert_string_equal(t->organiser->email, "cert@x.example");
	assert_int_equal(h->supersedes.len, 16);
	assert_int_equal(h->n_audience, 2);
	assert_string_equal(h->audience[0], "de-sn");
	assert_int_equal(h->tlp, LB_TLP_GREEN);
	lagebus__training_event__free_unpacked(t, NULL);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "cancel", EVENT_UID, "--text", "krank", NULL), CLI_OK);
	fake_stop(&f);
	t = last_sent(&f, &h);
	assert_int_equal(t->status, LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED);
	assert_int_equal(t->sequence, 5);
	assert_string_equal(t->description, "krank");
	lagebus__training_event__free_unpacked(t, NULL);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void only_the_origin_changes_it(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "change", OTHER_UID, "--seats", "7", NULL), CLI_REFUSED);
	assert_has(r.err, "only its origin may change it");
	assert_int_equal(run(&r, "training", "cancel", OTHER_UID, NULL), CLI_REFUSED);
	fake_stop(&f);
	assert_int_equal(f.last->body_case, LAGEBUS__REQUEST__BODY_TRAINING);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_announcement_is_whole),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(a_change_is_the_next_sequence_of_the_rest),
		cmocka_unit_test(only_the_origin_changes_it),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
