/* A unit test's language: build/VARIANT/tests/unit/LIBRARY/test_x finds the catalogue in build/VARIANT/share/locale. */
#ifndef LAGEBUS_TESTS_KIT_WORDS_H
#define LAGEBUS_TESTS_KIT_WORDS_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/host/words.h"

/* As LC_ALL has it; NULL: nothing is set. */
static inline void words_in(const char *locale)
{
	char path[PATH_MAX] = "", *slash;

	if (readlink("/proc/self/exe", path, sizeof path - 100) > 0) {
		for (unsigned up = 0; up < 4 && (slash = strrchr(path, '/')); up++)
			*slash = 0;
		strcat(path, "/share/locale");
		setenv("LAGEBUS_LOCALEDIR", path, 1);
	}
	unsetenv("LC_MESSAGES");
	unsetenv("LANG");
	if (locale)
		setenv("LC_ALL", locale, 1);
	else
		unsetenv("LC_ALL");
	words_init();
}

#endif
