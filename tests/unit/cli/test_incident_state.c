/* agents/cli/incident_state.c */
#include "tests/unit/cli/run.h"

#include "agents/cli/incident_state.h"
#include "tests/kit/credentials.h"

#define NOON INT64_C(1000036800000) /* 2001-09-09T12:00:00Z */
#define HOUR INT64_C(3600000)

static char folder[64];
static struct why why;

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lagebus-state-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	setenv("XDG_STATE_HOME", folder, 1);
	setenv("TZ", "UTC", 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unsetenv("XDG_STATE_HOME");
	credentials_remove(folder);
	return 0;
}

static struct incident_draft save(int64_t now_ms)
{
	json_t *values = json_pack("{s:s}", "title", "Ausfall");
	struct incident_draft d;

	assert_int_equal(incident_draft_new(now_ms, &d, &why), LB_OK);
	assert_int_equal(incident_draft_save(&d, values, &why), LB_OK);
	json_decref(values);
	return d;
}

static void drafts_are_named_by_their_time_and_found_again(void **state)
{
	struct incident_draft first = save(NOON), again = save(NOON), newest = save(NOON + HOUR), found;
	json_t *doc;

	(void)state;
	assert_string_equal(first.name, "20010909-120000");
	assert_string_equal(again.name, "20010909-120000-2"); /* of the same second */
	assert_int_equal(incident_draft_find("last", &found, &why), LB_OK);
	assert_string_equal(found.name, newest.name);
	assert_int_equal(incident_draft_find(first.name, &found, &why), LB_OK);
	doc = json_load_file(found.path, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(doc, "title")), "Ausfall");
	json_decref(doc);
	incident_draft_remove(&newest);
	assert_int_equal(incident_draft_find(newest.name, &found, &why), LB_NOT_FOUND);
	assert_int_equal(incident_draft_find("last", &found, &why), LB_OK);
	assert_string_equal(found.name, again.name);
}

static void nothing_outside_the_folder_is_a_draft(void **state)
{
	struct incident_draft found;

	(void)state;
	assert_int_equal(incident_draft_find("last", &found, &why), LB_NOT_FOUND);
	assert_int_equal(incident_draft_find("", &found, &why), LB_NOT_FOUND);
	assert_int_equal(incident_draft_find("../contact", &found, &why), LB_NOT_FOUND);
	assert_int_equal(incident_draft_find("0123456789012345678901234567890123456789", &found, &why), LB_NOT_FOUND);
}

static void whom_to_ask_is_remembered(void **state)
{
	char *contact = incident_contact_load();

	(void)state;
	assert_null(contact);
	incident_contact_save("CISO on duty\nand what nobody needs");
	contact = incident_contact_load();
	assert_string_equal(contact, "CISO on duty");
	free(contact);
}

#define STATE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(drafts_are_named_by_their_time_and_found_again),
		STATE_TEST(nothing_outside_the_folder_is_a_draft),
		STATE_TEST(whom_to_ask_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
