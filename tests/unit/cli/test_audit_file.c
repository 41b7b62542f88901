/* agents/cli/audit_file.c */
#include "tests/unit/cli/audit_rows.h"

#include "agents/cli/audit_file.h"

/* What reading a file of these bytes ends with; *read is how many rows there were. */
static lb_err read_all(const void *bytes, size_t n, uint64_t *read, struct why *why)
{
	const char *path = row_file(bytes, n);
	struct audit_file f;
	lb_err e = audit_file_open(path, &f, why);

	while (e == LB_OK)
		e = audit_file_next(&f, why);
	*read = f.read;
	audit_file_close(&f);
	unlink(path);
	return e;
}

static void rows_are_read_until_the_end(void **state)
{
	static const char file[] = LB_AUDIT_MAGIC "\0\0\0\3one\0\0\0\0\0\0\0\5three";
	struct audit_file f;
	struct why why;
	const char *path = row_file(file, sizeof file - 1);

	(void)state;
	assert_int_equal(audit_file_open(path, &f, &why), LB_OK);
	assert_int_equal(audit_file_next(&f, &why), LB_OK);
	assert_int_equal(f.n, 3);
	assert_memory_equal(f.row, "one", 3);
	assert_int_equal(audit_file_next(&f, &why), LB_OK);
	assert_int_equal(f.n, 0);
	assert_int_equal(audit_file_next(&f, &why), LB_OK);
	assert_memory_equal(f.row, "three", 5);
	assert_int_equal(audit_file_next(&f, &why), LB_CLOSED);
	assert_int_equal(f.read, 3);
	audit_file_close(&f);
	unlink(path);
}

static void what_is_no_audit_is_said(void **state)
{
	struct audit_file f;
	struct why why;
	uint64_t read;

	(void)state;
	assert_int_equal(read_all("something else", 14, &read, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--export-audit"));
	assert_int_equal(read_all("", 0, &read, &why), LB_INVALID);
	assert_int_equal(audit_file_open("/nonexistent/audit.bin", &f, &why), LB_NOT_FOUND);
	assert_non_null(strstr(why.text, "/nonexistent/audit.bin"));
	audit_file_close(&f);
}

/* Cut in a length or in a row, or a length that no row has: nothing is read for it. */
static void a_file_that_is_cut_or_lies_is_said(void **state)
{
	static const char in_length[] = LB_AUDIT_MAGIC "\0\0\0\3one\0\0", in_row[] = LB_AUDIT_MAGIC "\0\0\0\3one\0\0\0\5thr", lies[] = LB_AUDIT_MAGIC "\xff\xff\xff\xffx";
	struct why why;
	uint64_t read;

	(void)state;
	assert_int_equal(read_all(in_length, sizeof in_length - 1, &read, &why), LB_CHAIN_BROKEN);
	assert_int_equal(read, 1);
	assert_non_null(strstr(why.text, "behind 1 rows"));
	assert_int_equal(read_all(in_row, sizeof in_row - 1, &read, &why), LB_CHAIN_BROKEN);
	assert_int_equal(read, 1);
	assert_int_equal(read_all(lies, sizeof lies - 1, &read, &why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why.text, "no row"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_until_the_end),
		cmocka_unit_test(what_is_no_audit_is_said),
		cmocka_unit_test(a_file_that_is_cut_or_lies_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
