/* Feeds bytes to the readers of indicators, the first one choosing which; what they take must be one in its one form, that its schema takes. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/import.h"
#include "lagebus/header.h"
#include "lagebus/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_indicator(const Lagebus__Indicator *i)
{
	char form[LB_INDICATOR_VALUE_MAX + 1], why[LB_PAYLOAD_WHY];

	assert(lb_indicator_normalise((unsigned)i->kind, i->value, form) == LB_OK);
	assert(strcmp(form, i->value) == 0);
	assert(i->confidence <= 100);
	assert(lb_utf8_is_valid(i->title, strlen(i->title)) && lb_utf8_is_valid(i->description, strlen(i->description)));
	assert(lb_payload_check_message(&i->base, why, sizeof(why)) == LB_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct import im = { .now_ms = INT64_C(1796133600000), .confidence = 50 };
	struct why why = { .text = "" };
	lb_err e;

	if (n == 0)
		return 0;
	im.format = (enum import_format)(data[0] % (IMPORT_STIX + 1));
	e = import_read(&im, data + 1, n - 1, &why);
	assert(e == LB_OK || why.text[0] != '\0');
	if (e == LB_OK && indicator_set_identify(&im.set, "de-sn") == LB_OK) {
		import_check(&im);
		for (size_t i = 0; i < im.set.n; i++)
			check_indicator(im.set.items[i]);
	}
	import_fini(&im);
	return 0;
}
