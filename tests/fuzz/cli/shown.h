/* What the command line shows of what came from outside, and that a terminal obeys nothing of it. */
#ifndef LAGEBUS_TESTS_FUZZ_CLI_SHOWN_H
#define LAGEBUS_TESTS_FUZZ_CLI_SHOWN_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/text.h"

/* Line breaks and tabs apart: no control (C0, DEL, C1), no override of direction, and UTF-8 throughout. */
static inline void shown_check(const char *p, size_t n)
{
	while (n > 0) {
		uint32_t code = 0;
		size_t size = text_decode(p, n, &code);

		assert(size > 0 && (code >= 0x20 || code == '\n' || code == '\t') && !(code >= 0x7f && code <= 0x9f));
		assert(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069));
		p += size;
		n -= size;
	}
}

/* Lets `show` write it as text for a terminal of this width, or as JSON, and checks that. */
static inline void shown(void (*show)(struct cli *cli, const void *what), const void *what, bool json, unsigned width)
{
	struct cli cli = { .json = json, .terminal = !json, .width = width };
	char *text = NULL;
	size_t n;

	cli.out = cli.err = open_memstream(&text, &n);
	assert(cli.out);
	show(&cli, what);
	fclose(cli.out);
	shown_check(text, n);
	free(text);
}

#endif
