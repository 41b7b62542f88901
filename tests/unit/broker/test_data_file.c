/* The log's file: what is extended, what is let go of, and that neither is needed. */
#include "tests/kit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/edge/data_file.h"

#define MIB ((uint64_t)1 << 20)

static char path[64];

static uint64_t length(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void is_extended_in_steps_and_never_made_shorter(void **state)
{
	struct data_file f;

	(void)state;
	data_file_open(&f, path, 4 * MIB);
	if (!f.grows)
		skip();
	data_file_grow(&f, MIB);
	if (length() == 0) {
		print_message("skipped: the file system cannot extend files\n");
		data_file_close(&f);
		skip();
	}
	assert_true(length() == 9 * MIB);
	data_file_grow(&f, 5 * MIB);
	assert_true(length() == 9 * MIB);
	data_file_grow(&f, 6 * MIB);
	assert_true(length() == 14 * MIB);
	data_file_grow(&f, MIB);
	assert_true(length() == 14 * MIB);
	data_file_close(&f);
}

static void with_no_step_it_stays_as_it_is(void **state)
{
	struct data_file f;

	(void)state;
	data_file_open(&f, path, 0);
	data_file_grow(&f, 100 * MIB);
	assert_true(length() == 0);
	data_file_close(&f);
}

/* How many pages of the file are in the page cache, from an offset on. */
static unsigned cached_pages(int fd, uint64_t at, uint64_t n)
{
	unsigned char *in_core = malloc(n / 4096);
	void *map = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, (off_t)at);
	unsigned pages = 0;

	assert_ptr_not_equal(map, MAP_FAILED);
	assert_int_equal(mincore(map, n, in_core), 0);
	for (uint64_t i = 0; i < n / 4096; i++)
		pages += in_core[i] & 1;
	munmap(map, n);
	free(in_core);
	return pages;
}

static void write_16_mib(int fd)
{
	static char bytes[1 << 20];

	memset(bytes, 'x', sizeof bytes);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(pwrite(fd, bytes, sizeof bytes, (off_t)(i * MIB)), sizeof bytes);
	assert_int_equal(fsync(fd), 0);
}

static void what_is_old_leaves_the_page_cache_and_stays_on_disk(void **state)
{
	static char back[1 << 20];
	struct data_file f;

	(void)state;
	data_file_open(&f, path, 0);
	write_16_mib(f.fd);
	data_file_drop_old(&f, 16 * MIB);
	assert_int_equal(cached_pages(f.fd, 0, 16 * MIB), 4096);
	/* As if much more had been written behind it: */
	data_file_drop_old(&f, 72 * MIB);
	if (cached_pages(f.fd, 0, 8 * MIB) > 0)
		print_message("skipped: the file system keeps its pages\n");
	else
		assert_int_equal(cached_pages(f.fd, 8 * MIB, 8 * MIB), 2048);
	assert_int_equal(pread(f.fd, back, sizeof back, 0), sizeof back);
	for (unsigned i = 0; i < sizeof back; i++)
		assert_int_equal(back[i], 'x');
	data_file_close(&f);
}

/* As LMDB has all of it mapped, and has read here and there. */
static void what_is_old_leaves_the_page_cache_though_it_was_read_through_a_map(void **state)
{
	const volatile char *map;
	struct data_file f;
	int fd = open(path, O_RDWR);

	(void)state;
	write_16_mib(fd);
	map = mmap(NULL, 1024 * MIB, PROT_READ, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	data_file_open(&f, path, 0);
	assert_ptr_equal(f.map, map);
	for (uint64_t at = 0; at < 16 * MIB; at += 4096)
		assert_int_equal(map[at], 'x');
	data_file_drop_old(&f, 72 * MIB);
	if (cached_pages(fd, 0, 8 * MIB) > 0)
		print_message("skipped: the file system keeps its pages\n");
	else
		assert_int_equal(cached_pages(fd, 8 * MIB, 8 * MIB), 2048);
	assert_int_equal(map[4096], 'x');
	data_file_close(&f);
	munmap((void *)(uintptr_t)map, 1024 * MIB);
	close(fd);
}

static void without_a_file_nothing_happens(void **state)
{
	struct data_file f;

	(void)state;
	data_file_open(&f, "/proc/none/data.mdb", 4 * MIB);
	assert_int_equal(f.fd, -1);
	data_file_grow(&f, 100 * MIB);
	data_file_drop_old(&f, 1000 * MIB);
	data_file_close(&f);
}

static int begin(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/lagebus-data-file-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_extended_in_steps_and_never_made_shorter),
		TEST(with_no_step_it_stays_as_it_is),
		TEST(what_is_old_leaves_the_page_cache_and_stays_on_disk),
		TEST(what_is_old_leaves_the_page_cache_though_it_was_read_through_a_map),
		TEST(without_a_file_nothing_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
