/* agents/cli/cmd_training_register.c: a registration goes to the organiser alone, and not for what is over. */
#include "tests/unit/cli/training_rows.h"

static Lagebus__TrainingRegistration *last_sent(const struct fake *f, Lagebus__Header **h)
{
	const Lagebus__SendRequest *s = f->last->send;
	Lagebus__TrainingRegistration *t;

	assert_int_equal(f->last->body_case, LAGEBUS__REQUEST__BODY_SEND);
	*h = lagebus__header__unpack(NULL, s->header.len, s->header.data);
	t = lagebus__training_registration__unpack(NULL, s->payload.len, s->payload.data);
	assert_non_null(*h);
	assert_non_null(t);
	return t;
}

static void the_organiser_is_told(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	Lagebus__TrainingRegistration *t;
	Lagebus__Header *h;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "register", OTHER_UID, "--seats", "2", "--contact", "IT", "--contact-email", "it@x.example", NULL), CLI_OK);
	fake_stop(&f);
	t = last_sent(&f, &h);
	assert_string_equal(t->uid, OTHER_UID);
	assert_int_equal(t->seats, 2);
	assert_int_equal(t->event.len, 16);
	assert_string_equal(t->contact->email, "it@x.example");
	assert_int_equal(h->n_audience, 1);
	assert_string_equal(h->audience[0], "de-he");
	assert_int_equal(h->type, LB_TYPE_TRAINING_REGISTRATION);
	assert_int_equal(h->tlp, LB_TLP_AMBER_STRICT);
	assert_true(h->personal_data);
	assert_true(h->exercise);
	assert_string_equal(h->exercise_name, "LÜKEX");
	lagebus__training_registration__free_unpacked(t, NULL);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "unregister", "begun@de-he", NULL), CLI_OK);
	fake_stop(&f);
	t = last_sent(&f, &h);
	assert_int_equal(t->seats, 0);
	assert_false(h->personal_data);
	lagebus__training_registration__free_unpacked(t, NULL);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void what_is_over_takes_nobody(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "register", "cancelled@de-he", NULL), CLI_REFUSED);
	assert_has(r.err, "cancelled");
	assert_int_equal(run(&r, "training", "register", "begun@de-he", NULL), CLI_REFUSED);
	assert_has(r.err, "has begun");
	assert_int_equal(run(&r, "training", "register", "none@de-he", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "training", "register", EVENT_UID, "--seats", "0", NULL), CLI_USAGE);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_organiser_is_told),
		cmocka_unit_test(what_is_over_takes_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
