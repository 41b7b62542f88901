/* agents/cli/file.c */
#include "agents/cli/file.h"

#include <sys/stat.h>

#include "tests/unit/cli/run.h"

static void writes_once_and_reads_back(void **state)
{
	char *dir = scratch_make();
	const char *path = in_scratch(dir, "a.key");
	struct stat st;
	struct why why;
	uint8_t *p;
	size_t n;

	(void)state;
	assert_int_equal(file_write_new(path, "secret", 6, 0600, &why), LB_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_write_new(path, "other", 5, 0600, &why), LB_INVALID);
	assert_has(why.text, "not overwritten");
	assert_int_equal(file_read(path, 100, &p, &n, &why), LB_OK);
	assert_int_equal(n, 6);
	assert_string_equal((char *)p, "secret");
	free(p);
	scratch_remove(dir);
}

static void replaces_and_leaves_nothing_beside(void **state)
{
	char *dir = scratch_make(), command[200];
	const char *path = in_scratch(dir, "crl.pem");
	struct why why;
	uint8_t *p;
	size_t n;

	(void)state;
	assert_int_equal(file_replace(path, "one", 3, 0644, &why), LB_OK);
	assert_int_equal(file_replace(path, "two", 3, 0644, &why), LB_OK);
	assert_int_equal(file_read(path, 100, &p, &n, &why), LB_OK);
	assert_string_equal((char *)p, "two");
	free(p);
	snprintf(command, sizeof(command), "test \"$(ls -A %s)\" = crl.pem", dir);
	assert_int_equal(system(command), 0);
	scratch_remove(dir);
}

static void says_what_cannot_be_read(void **state)
{
	char *dir = scratch_make();
	struct why why;
	uint8_t *p = NULL;
	size_t n;

	(void)state;
	assert_int_equal(file_read(in_scratch(dir, "none"), 10, &p, &n, &why), LB_NOT_FOUND);
	write_text(in_scratch(dir, "big"), "12345678901");
	assert_int_equal(file_read(in_scratch(dir, "big"), 10, &p, &n, &why), LB_INVALID);
	assert_has(why.text, "more than 10 bytes");
	assert_int_equal(file_read(dir, 10, &p, &n, &why), LB_IO);
	assert_int_equal(file_write_new(in_scratch(dir, "none/a"), "x", 1, 0600, &why), LB_IO);
	assert_null(p);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_once_and_reads_back),
		cmocka_unit_test(replaces_and_leaves_nothing_beside),
		cmocka_unit_test(says_what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
