/* Eras in the log: begun with the first message of another federation, again after an abort, and dropped when nothing needs them. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/eras.h"
#include "proto/host/federation_file.h"
#include "tests/kit/credentials.h"

#define PARTNERS "trust_domain = \"lagebus.example\"; partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; } );\n"

static char folder[64];
static struct journal *journal;
static struct eras eras;

static int set_up(void **state)
{
	struct journal_settings s = { .folder = folder, .map_bytes = 1 << 24 };
	char why[400];

	(void)state;
	strcpy(folder, "/tmp/lagebus-eras-XXXXXX");
	return mkdtemp(folder) && journal_open(&s, &journal, why, sizeof why) == LB_OK && eras_init(&eras, journal) == LB_OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	eras_fini(&eras);
	journal_close(journal);
	credentials_remove(folder);
	return 0;
}

/* A route of the federation of this text: each has a generation of its own. */
static struct route route_of(const char *text)
{
	struct config_problem problem;
	struct route r = { .generation = 0 };

	if (federation_file_parse("federation", text, strlen(text), &r.federation, &problem) != LB_OK)
		fail_msg("%s", problem.reason);
	r.generation = federation_generation(r.federation);
	return r;
}

static void note(unsigned lane, uint64_t first, const struct route *r)
{
	assert_int_equal(eras_note(&eras, journal, lane, first, r), LB_OK);
}

/* One message at the position, so that the lane has it. */
static void append(unsigned lane, uint64_t first)
{
	static const uint8_t record[16] = { 1 };
	uint8_t *room;

	assert_int_equal(journal_append(journal, lane, first, 1, sizeof record, &room), LB_OK);
	memcpy(room, record, sizeof record);
}

struct rows {
	unsigned n;
	uint64_t from[8]; /* the newest of a lane first */
};

static bool add(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct rows *rows = user;
	uint8_t digest[ERA_DIGEST_SIZE];

	if (key_n == ERA_KEY_SIZE)
		assert_int_equal(era_read(key, key_n, value, value_n, &rows->from[rows->n], digest), LB_OK);
	rows->n++;
	return true;
}

static struct rows rows_of(enum journal_table t)
{
	struct rows rows = { 0 };

	assert_int_equal(journal_each(eras.reader, t, "", 0, add, &rows), LB_OK);
	return rows;
}

static void an_era_begins_with_another_file(void **state)
{
	struct route one = route_of(PARTNERS), same = route_of(PARTNERS), other = route_of(PARTNERS "# another\n");

	(void)state;
	assert_int_equal(journal_begin(journal), LB_OK);
	note(0, 1, &one);
	note(0, 2, &one);
	note(0, 3, &same); /* another snapshot of the same file */
	note(0, 4, &other);
	note(0, 5, &one); /* from a worker that has not changed over yet */
	note(1, 7, &other);
	assert_int_equal(journal_commit(journal), LB_OK);
	assert_int_equal(rows_of(JOURNAL_ERAS).n, 4);
	assert_int_equal(rows_of(JOURNAL_ERAS).from[0], 5);
	assert_int_equal(rows_of(JOURNAL_ERAS).from[3], 7);
	assert_int_equal(rows_of(JOURNAL_FEDERATIONS).n, 2);
	federation_unref(one.federation);
	federation_unref(same.federation);
	federation_unref(other.federation);
}

static void what_was_aborted_is_noted_again(void **state)
{
	struct route one = route_of(PARTNERS);

	(void)state;
	assert_int_equal(journal_begin(journal), LB_OK);
	note(0, 1, &one);
	journal_abort(journal);
	eras_abort(&eras);
	assert_int_equal(rows_of(JOURNAL_ERAS).n, 0);
	assert_int_equal(journal_begin(journal), LB_OK);
	note(0, 1, &one);
	assert_int_equal(journal_commit(journal), LB_OK);
	assert_int_equal(rows_of(JOURNAL_ERAS).n, 1);
	federation_unref(one.federation);
}

static void a_federation_of_no_file_is_not_noted(void **state)
{
	static const char *const all[] = { "all" };
	const struct partner_line line = { "bund-bsi", "BSI", "coordinator", NULL, all, 0, 1 };
	struct route r = { .generation = 0 };
	char why[200];

	(void)state;
	assert_int_equal(federation_begin("lagebus.example", &r.federation), LB_OK);
	assert_int_equal(federation_partner(r.federation, &line, why, sizeof why), LB_OK);
	assert_int_equal(federation_finish(r.federation, why, sizeof why), LB_OK);
	r.generation = federation_generation(r.federation);
	assert_int_equal(journal_begin(journal), LB_OK);
	note(0, 1, &r);
	assert_int_equal(journal_commit(journal), LB_OK);
	assert_int_equal(rows_of(JOURNAL_ERAS).n, 0);
	federation_unref(r.federation);
}

static void an_era_goes_with_its_last_message(void **state)
{
	struct route one = route_of(PARTNERS), other = route_of(PARTNERS "# another\n");

	(void)state;
	assert_int_equal(journal_begin(journal), LB_OK);
	for (uint64_t i = 1; i <= 4; i++) {
		note(0, i, i < 3 ? &one : &other);
		append(0, i);
	}
	assert_int_equal(journal_commit(journal), LB_OK);
	assert_int_equal(eras_tidy(&eras, journal), LB_OK);
	assert_int_equal(rows_of(JOURNAL_ERAS).n, 2);
	for (unsigned left = 3; left > 0; left--) {
		assert_int_equal(journal_begin(journal), LB_OK);
		assert_int_equal(journal_drop_oldest(journal, 0), LB_OK);
		assert_int_equal(journal_commit(journal), LB_OK);
		assert_int_equal(eras_tidy(&eras, journal), LB_OK);
		assert_int_equal(rows_of(JOURNAL_ERAS).n, left == 3 ? 2 : 1);
		assert_int_equal(rows_of(JOURNAL_FEDERATIONS).n, left == 3 ? 2 : 1);
	}
	federation_unref(one.federation);
	federation_unref(other.federation);
}

#define ERAS_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ERAS_TEST(an_era_begins_with_another_file),
		ERAS_TEST(what_was_aborted_is_noted_again),
		ERAS_TEST(a_federation_of_no_file_is_not_noted),
		ERAS_TEST(an_era_goes_with_its_last_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
