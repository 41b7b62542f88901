/* Reading indicators out of texts, for the tests of the readers. */
#ifndef TEST_CLI_IMPORTING_H
#define TEST_CLI_IMPORTING_H

#include "agents/cli/import.h"
#include "tests/unit/cli/run.h"

#define IMPORT_NOW_MS INT64_C(1796133600000) /* 2026-12-01T14:00:00Z */

static inline struct import importing(enum import_format format)
{
	return (struct import){ .format = format, .now_ms = IMPORT_NOW_MS, .confidence = 50 };
}

static inline void import_text(struct import *im, const char *text)
{
	struct why why = { .text = "" };

	if (import_read(im, (const uint8_t *)text, strlen(text), &why) != LB_OK)
		fail_msg("%s", why.text);
}

static inline void assert_indicator(const struct import *im, size_t at, unsigned kind, const char *value)
{
	assert_true(at < im->set.n);
	assert_string_equal(im->set.items[at]->value, value);
	assert_int_equal(im->set.items[at]->kind, kind);
}

#endif
