/* The audit as a file: every row with its length, in order; never over another file. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "broker/audit_export.h"
#include "broker/core/bytes.h"
#include "broker/edge/journal.h"
#include "lagebus/audit.h"
#include "tests/kit/credentials.h"

#define ROWS 600 /* more than one read transaction takes */

static char folder[64], log_folder[80], out[80];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lagebus-export-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(log_folder, sizeof log_folder, "%s/log", folder);
	snprintf(out, sizeof out, "%s/audit.bin", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

/* The log is closed again: a process has a log open once. */
static void put_rows(unsigned n)
{
	struct journal_settings s = { .folder = log_folder, .map_bytes = 1 << 24 };
	struct journal *journal;
	char why[400];

	assert_int_equal(journal_open(&s, &journal, why, sizeof why), LB_OK);
	assert_int_equal(journal_begin(journal), LB_OK);
	for (unsigned i = 1; i <= n; i++) {
		uint8_t key[8];
		char row[20];

		put_big(key, i, sizeof key);
		snprintf(row, sizeof row, "row %u", i);
		assert_int_equal(journal_put(journal, JOURNAL_AUDIT, key, sizeof key, row, strlen(row)), LB_OK);
	}
	assert_int_equal(journal_commit(journal), LB_OK);
	journal_close(journal);
}

static void every_row_is_there_with_its_length(void **state)
{
	char why[400] = "", magic[sizeof LB_AUDIT_MAGIC] = "";
	uint64_t rows = 0;
	struct stat st;
	FILE *f;

	(void)state;
	put_rows(ROWS);
	if (audit_export(log_folder, out, &rows, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(rows, ROWS);
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	f = fopen(out, "r");
	assert_non_null(f);
	assert_int_equal(fread(magic, strlen(LB_AUDIT_MAGIC), 1, f), 1);
	assert_string_equal(magic, LB_AUDIT_MAGIC);
	for (unsigned i = 1; i <= ROWS; i++) {
		char expected[20], row[20] = "";
		uint8_t length[4];

		snprintf(expected, sizeof expected, "row %u", i);
		assert_int_equal(fread(length, 4, 1, f), 1);
		assert_int_equal(get_big(length, 4), strlen(expected));
		assert_int_equal(fread(row, strlen(expected), 1, f), 1);
		assert_string_equal(row, expected);
	}
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
}

static void nothing_is_written_over(void **state)
{
	char why[400] = "";
	uint64_t rows = 0;

	(void)state;
	put_rows(1);
	assert_int_equal(audit_export(log_folder, out, &rows, why, sizeof why), LB_OK);
	assert_int_equal(audit_export(log_folder, out, &rows, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, out));
}

static void a_log_that_is_not_there_is_said(void **state)
{
	char why[400] = "";
	uint64_t rows = 1;

	(void)state;
	assert_int_equal(audit_export("/nonexistent/log", out, &rows, why, sizeof why), LB_NOT_FOUND);
	assert_non_null(strstr(why, "/nonexistent/log"));
	assert_int_equal(rows, 0);
}

#define EXPORT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORT_TEST(every_row_is_there_with_its_length),
		EXPORT_TEST(nothing_is_written_over),
		EXPORT_TEST(a_log_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
