/* SHA-256 through OpenSSL. */
#include "proto/digest.h"

#include <openssl/evp.h>

lb_err lb_digest(const void *p, size_t n, uint8_t out[LB_DIGEST_SIZE])
{
	return EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1 ? LB_OK : LB_NO_MEMORY;
}
