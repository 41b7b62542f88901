/* Message ids: UUIDv7 (RFC 9562, section 5.7). */
#ifndef LAGEBUS_UUID_H
#define LAGEBUS_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"

#define LB_UUID_TEXT 37 /* bytes of the text form with its NUL */

struct lb_uuid {
	uint8_t b[16];
};

/* Makes an id from a time in ms since 1970 and 10 random bytes (the version and variant bits are set over them).
 * Pure: the caller brings clock and randomness. */
struct lb_uuid lb_uuid7(int64_t unix_ms, const uint8_t random[10]);
/* Makes an id now, from the system's clock and randomness; ids made by one thread never decrease (RFC 9562, 6.2). */
struct lb_uuid lb_uuid7_now(void);
/* True if version (7) and variant bits are right. */
bool lb_uuid7_is_valid(const struct lb_uuid *u);
/* Its time in ms since 1970. */
int64_t lb_uuid7_ms(const struct lb_uuid *u);
/* "018f3c2a-...": lower case. */
void lb_uuid_format(const struct lb_uuid *u, char text[LB_UUID_TEXT]);
/* Reads the text form (either case). LB_OK or LB_BAD_ID. */
lb_err lb_uuid_parse(const char *text, struct lb_uuid *out) LB_MUST_CHECK;

#endif
