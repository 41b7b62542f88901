/* Feeds bytes to the reader of a proxy's answer: a tunnel is there only behind a whole answer of status 2xx (RFC 9112, 4), however it
 * comes in pieces. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agents/agent/dial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_tunnel(const uint8_t *data, size_t n, size_t used, int status)
{
	assert(status >= 200 && status <= 299 && used <= n && used <= DIAL_REPLY_MAX);
	assert(memcmp(data, "HTTP/1.", 7) == 0 && data[8] == ' ' && data[9] == '2' && (data[12] == ' ' || data[12] == '\r'));
	assert(memcmp(data + used - 4, "\r\n\r\n", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t used = 0, part_used;
	int status = -1, part_status;
	lb_err e = dial_proxy_answer(data, n, &used, &status), part;

	assert(e == LB_OK || e == LB_AGAIN || e == LB_IO);
	assert(e != LB_AGAIN || n < DIAL_REPLY_MAX);
	if (e == LB_OK)
		check_tunnel(data, n, used, status);
	for (size_t i = 0; i < n; i += n / 64 + 1) {
		part = dial_proxy_answer(data, i, &part_used, &part_status);
		assert(part == LB_AGAIN || (part == e && part_status == status));
	}
	return 0;
}
