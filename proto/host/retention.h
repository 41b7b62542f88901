/* How long each type of message is kept: the defaults of lagebus/message_type.h, but for what the federation file says. Pure. */
#ifndef LAGEBUS_PROTO_HOST_RETENTION_H
#define LAGEBUS_PROTO_HOST_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/topic.h"

struct retention {
	int64_t keep_ms[LB_TYPE_MAX + 1]; /* from creation on; [0] is that of types that are not known */
	bool most[LB_TYPE_MAX + 1];       /* the file says so: no message of the type is kept for longer, whatever its header says */
};

void retention_init(struct retention *r);
/* "indicator", "12 months": days, months or years, to 100 years; of a digital-violence case to 14 days. LB_OK; LB_INVALID, and `why` says what is wrong in
 * one clause. */
lb_err retention_set(struct retention *r, const char *type, const char *period, char *why, size_t why_n) LB_MUST_CHECK;
/* The same of a type by its number and a time in ms, as another program says it: a day to 100 years. LB_OK; LB_INVALID: none of that, or no type. */
lb_err retention_set_ms(struct retention *r, unsigned type, int64_t ms) LB_MUST_CHECK;
/* When a message is to be gone: ms since 1970. */
int64_t retention_until(const struct retention *r, const struct lb_header *h);
bool retention_is_same(const struct retention *a, const struct retention *b);
/* Is there a message that is to be gone sooner by `now` than it was by `before`? */
bool retention_is_shorter(const struct retention *now, const struct retention *before);
#define RETENTION_PERIOD 32
/* "18 months": a time in the largest unit that it is whole ones of; below a day "0 days". */
void retention_span(int64_t ms, char out[RETENTION_PERIOD]);
/* "12 months"; "" of a default. */
void retention_period(const struct retention *r, unsigned type, char out[RETENTION_PERIOD]);

#endif
