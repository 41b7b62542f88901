/* SHA-256, for what is compared and named by its content. */
#ifndef LAGEBUS_PROTO_DIGEST_H
#define LAGEBUS_PROTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

#define LB_DIGEST_SIZE 32

/* LB_OK, or LB_NO_MEMORY: the library refuses. */
lb_err lb_digest(const void *p, size_t n, uint8_t out[LB_DIGEST_SIZE]) LB_MUST_CHECK;

#endif
