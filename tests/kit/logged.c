/* What this process logs. */
#include "tests/kit/logged.h"

#include "tests/kit/unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *file;
static int errors;

void logged_begin(void)
{
	file = tmpfile();
	errors = dup(STDERR_FILENO);
	assert_true(file && errors >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
}

unsigned logged(const char *event)
{
	char line[8192], part[80];
	off_t at = 0;
	unsigned n = 0;

	snprintf(part, sizeof part, " event=%s ", event);
	/* Its own place in the file: what is logged meanwhile goes to the end. */
	for (ssize_t got; (got = pread(fileno(file), line, sizeof line - 1, at)) > 0;) {
		char *end = memchr(line, '\n', (size_t)got);

		if (!end)
			break;
		*end = '\0';
		n += *event == '\0' || strstr(line, part) != NULL;
		at += end - line + 1;
	}
	return n;
}

void logged_end(void)
{
	dup2(errors, STDERR_FILENO);
	close(errors);
	fclose(file);
}
