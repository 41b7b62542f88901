/* Feeds bytes to the delivery frame's decoder: it has one form only. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lagebus/delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t again[LB_DELIVERY_SIZE];
	struct lb_delivery d;

	if (lb_delivery_decode(data, n, &d) != LB_OK)
		return 0;
	assert(n == LB_DELIVERY_SIZE && d.lane < LB_LANES);
	lb_delivery_encode(&d, again);
	assert(memcmp(data, again, n) == 0);
	return 0;
}
