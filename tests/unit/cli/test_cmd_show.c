/* agents/cli/cmd_show.c */
#include "agents/cli/file.h"
#include "tests/unit/cli/fake_agent.h"

static void one(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	struct sample s;

	if (request->show->id.data[15] == 9) {
		fake_error(f, LB_NOT_FOUND, "");
		return;
	}
	sample_init(&s, 1, "Titel");
	reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
	reply.message = &s.stored;
	fake_reply(f, &reply);
	sample_fini(&s);
}

static void shows_and_writes_the_advisory(void **state)
{
	char id[LB_UUID_TEXT], *dir = scratch_make();
	const char *file = in_scratch(dir, "advisory.json");
	struct ran r = { .code = 0 };
	struct fake f;
	struct why why;
	uint8_t *p;
	size_t n;

	(void)state;
	sample_id(1, id);
	fake_start(&f, one);
	assert_int_equal(run(&r, "show", id, "--advisory", file, NULL), CLI_OK);
	assert_has(r.out, "title\tTitel\n");
	assert_int_equal(file_read(file, 100, &p, &n, &why), LB_OK);
	assert_string_equal((char *)p, "{\"a\"");
	free(p);
	assert_int_equal(run(&r, "show", id, "--advisory", file, NULL), CLI_REFUSED);
	assert_has(r.err, "not overwritten");
	assert_int_equal(run(&r, "show", id, "--attachment", in_scratch(dir, "b"), NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "show", id, "--json", NULL), CLI_OK);
	assert_has(r.out, "\"tracking_id\": \"LB-2026-0001\"");
	sample_id(9, id);
	assert_int_equal(run(&r, "show", id, NULL), CLI_NOT_FOUND);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_and_writes_the_advisory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
