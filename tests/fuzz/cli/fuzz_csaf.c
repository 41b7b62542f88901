/* Feeds bytes to the advisory reader; what it takes must be within its bounds, and fit for a terminal once it is cleaned. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/csaf.h"
#include "agents/cli/text.h"
#include "lagebus/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_clean(const char *p, size_t n)
{
	char *clean = text_clean(p, n, TEXT_LINE);

	assert(clean != NULL);
	assert(lb_utf8_is_valid(clean, strlen(clean)));
	for (const char *c = clean; *c; c++)
		assert((unsigned char)*c >= 0x20 && *c != 0x7f);
	assert(text_fit(clean, 10) <= strlen(clean));
	free(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct csaf c;
	struct why why = { .text = "" };

	check_clean((const char *)data, n);
	if (csaf_parse(data, n, &c, &why) != LB_OK) {
		assert(why.text[0] != '\0');
		return 0;
	}
	assert(*c.title && *c.tracking_id && *c.publisher);
	assert(c.products_n <= CSAF_PRODUCTS_MAX && c.cves_n <= CSAF_CVES_MAX && c.measures_n <= CSAF_MEASURES_MAX && c.notes_n <= CSAF_NOTES_MAX);
	for (unsigned i = 0; i < c.products_n; i++)
		check_clean(c.products[i], strlen(c.products[i]));
	check_clean(c.summary, strlen(c.summary));
	csaf_fini(&c);
	return 0;
}
