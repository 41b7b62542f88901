/* Runs the command line inside the test and keeps what it wrote. */
#ifndef TEST_CLI_RUN_H
#define TEST_CLI_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "agents/cli/cli.h"
#include "tests/kit/words.h"

#define RUN_WORDS 32

/* In which language the next run is. */
static const char *run_language __attribute__((unused)) = "C.UTF-8";

/* Held by whatever thread plays another part, while it does: what a test sets before a run is seen there, and what was done there after the run. That
 * the messages between them come one after the other orders nothing in the eyes of ThreadSanitizer. */
static pthread_mutex_t run_world __attribute__((unused)) = PTHREAD_MUTEX_INITIALIZER;

struct ran {
	int code;
	char *out, *err;
};

static inline void ran_free(struct ran *r)
{
	free(r->out);
	free(r->err);
	r->out = r->err = NULL;
}

static inline void run_meet(void)
{
	pthread_mutex_lock(&run_world);
	pthread_mutex_unlock(&run_world);
}

/* run(&r, "inbox", "--json", NULL); what an earlier run left in r is freed. */
static inline int run(struct ran *r, const char *word, ...)
{
	char *argv[RUN_WORDS + 2] = { (char *)"lagebus" };
	int argc = 1;
	size_t n;
	FILE *out, *err;
	va_list ap;

	ran_free(r);
	out = open_memstream(&r->out, &n);
	err = open_memstream(&r->err, &n);
	assert_non_null(out);
	assert_non_null(err);
	va_start(ap, word);
	for (; word && argc < RUN_WORDS; word = va_arg(ap, const char *))
		argv[argc++] = (char *)word;
	va_end(ap);
	argv[argc] = NULL;
	words_in(run_language);
	run_meet();
	r->code = cli_main(argc, argv, out, err);
	run_meet();
	fclose(out);
	fclose(err);
	return r->code;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

/* A folder of the test's own, removed with all that is in it by scratch_remove. */
static inline char *scratch_make(void)
{
	char *dir = strdup("/tmp/lagebus-cli-XXXXXX");

	assert_non_null(dir);
	assert_non_null(mkdtemp(dir));
	return dir;
}

static inline void scratch_remove(char *dir)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	assert_int_equal(system(command), 0);
	free(dir);
}

/* "dir/name", in one of a few buffers that are used in turn. */
static inline const char *in_scratch(const char *dir, const char *name)
{
	static char paths[8][512];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static inline void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

#endif
