/* Feeds bytes, behind a byte that says the type, to the reader of a verified message's payload: what it gives are texts for people. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agents/agent/describe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct lb_buf *text)
{
	const char *s = description_text(text);

	assert(lb_utf8_is_valid(s, strlen(s)));
	assert(lb_buf_len(text) == 0 || strlen(s) + 1 == lb_buf_len(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lb_header h = { .type = n > 0 ? data[0] : LB_TYPE_WARNING };
	struct description d;

	if (describe(&h, (struct lb_frame){ n > 0 ? data + 1 : data, n > 0 ? n - 1 : 0 }, &d) != LB_OK)
		return 0;
	check(&d.title);
	check(&d.tracking_id);
	check(&d.body);
	description_fini(&d);
	return 0;
}
