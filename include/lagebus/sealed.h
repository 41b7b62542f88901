/* What is TLP:RED: nothing of it can be read on the way. Its payload is sealed (DigitalViolenceCase and Sealed of proto/violence.proto):
 * field 1 the pseudonym (16 bytes; of a digital-violence case, and of nothing else), field 2 the envelope (lagebus/envelope.h) of what the
 * type's payload is otherwise. The rules are here, for whoever sends and for whoever relays. Pure. */
#ifndef LAGEBUS_SEALED_H
#define LAGEBUS_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

#define LB_PSEUDONYM_SIZE 16
#define LB_PSEUDONYM_TEXT 33 /* hexadecimal, with its NUL */

/* Points into the payload. */
struct lb_sealed {
	struct lb_frame pseudonym; /* empty: there is none */
	struct lb_frame envelope;
};

/* Is the payload of such a message sealed? All that is RED but what the broker itself has to read: receipts, approvals, recalls. */
bool lb_sealed_is_due(const struct lb_header *h);
/* Reads a sealed payload: its fields in their order, and not a byte else. LB_OK or LB_RED_NOT_ENCRYPTED. */
lb_err lb_sealed_read(struct lb_frame payload, struct lb_sealed *out) LB_MUST_CHECK;
/* Appends one; pseudonym NULL: without. LB_OK or LB_NO_MEMORY. */
lb_err lb_sealed_write(const uint8_t pseudonym[LB_PSEUDONYM_SIZE], struct lb_frame envelope, struct lb_buf *out) LB_MUST_CHECK;
/* What the header alone says against it: LB_CASE_NOT_RED (also: `expires` is missing, or more than 14 days after `created`),
 * LB_RED_NOT_ENCRYPTED (a case's header has the name of an exercise, or a language); LB_EXERCISE_RED (an Exercise, which the broker opens). LB_OK: nothing. */
lb_err lb_sealed_check_header(const struct lb_header *h) LB_MUST_CHECK;
/* The same of header and payload: LB_RED_NOT_ENCRYPTED also where the payload is not sealed, or where one that the broker reads
 * (receipt, approval, recall) has a text besides who it is by. */
lb_err lb_sealed_check(const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
void lb_pseudonym_format(struct lb_frame pseudonym, char text[LB_PSEUDONYM_TEXT]);

#endif
