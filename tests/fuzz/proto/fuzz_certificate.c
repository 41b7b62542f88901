/* Feeds bytes as the certificate that a broker gives for a signer: whatever it is, it makes a verifier or none, and a mandate is for a whole
 * partner id. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lagebus/mandate.h"
#include "lagebus/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct lb_frame header = { (const uint8_t *)"header", 6 }, payload = { (const uint8_t *)"payload", 7 };
	static const uint8_t signature[] = { 0x0a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x12, 1, 'x' };
	struct lb_verifier *v = NULL;

	/* Each is asked alone, so that one of them holds only if the bytes of the id stand in the certificate. */
	if (lb_mandate_names(data, n, "de-sn/leipzig", 13))
		assert(memmem(data, n, "de-sn/leipzig", 13) && !lb_mandate_names(data, n, "de-sn/leipzi", 12));
	if (lb_verifier_new(data, n, &v) != LB_OK)
		return 0;
	assert(lb_verify(v, header, payload, (struct lb_frame){ signature, sizeof signature }) == LB_BAD_SIGNATURE);
	lb_verifier_free(v);
	return 0;
}
