/* Base64 (RFC 4648, section 4). */
#ifndef CLI_BASE64_H
#define CLI_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL if memory is out; the caller frees it. */
char *base64_encode(const uint8_t *p, size_t n);
/* Only the one form that encoding gives. False: it is none, or memory is out. The caller frees *out, which is NULL for no bytes. */
bool base64_decode(const char *text, uint8_t **out, size_t *n);

#endif
