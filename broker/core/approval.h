/* The rows of messages that need a second person: while one waits, and what became of it. Encoding only; the rows stand in
 * JOURNAL_WAITING and JOURNAL_SETTLED, by the message's id. */
#ifndef LAGEBUS_BROKER_CORE_APPROVAL_H
#define LAGEBUS_BROKER_CORE_APPROVAL_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/signature.h"
#include "lagebus/zmtp.h"

#define APPROVAL_NOTE_MAX 1024 /* bytes of the second person's note */

/* The numbers are the wire's (ApprovalStatus.state). */
enum approval_state { APPROVAL_WAITING = 1, APPROVAL_APPROVED, APPROVAL_REFUSED, APPROVAL_EXPIRED, APPROVAL_WITHDRAWN };

/* Pointers go into the bytes that were read, or are the caller's. */
struct waiting_row {
	int64_t came_ms, until_ms;
	uint8_t key[LB_DIGEST_SIZE]; /* lb_verifier_key of the certificate that signed it */
	struct lb_text signer;       /* its SPIFFE ID */
	struct lb_frame raw;         /* the three frames as they were published */
};
/* Appends the row. LB_OK or LB_NO_MEMORY. */
lb_err waiting_row_write(const struct waiting_row *row, struct lb_buf *out) LB_MUST_CHECK;
/* LB_OK or LB_CORRUPT. */
lb_err waiting_row_read(const uint8_t *p, size_t n, struct waiting_row *out) LB_MUST_CHECK;
/* Its frames and header. LB_OK or LB_CORRUPT. */
lb_err waiting_row_open(const struct waiting_row *row, struct lb_zmtp_message *m, struct lb_header *h) LB_MUST_CHECK;

struct settled_row {
	enum approval_state state;
	int64_t came_ms, until_ms, at_ms;
	uint8_t digest[LB_DIGEST_SIZE];          /* lb_message_digest of the message */
	struct lb_text signer, by, function, note; /* `by` is a SPIFFE ID; empty where nobody did it */
	struct lb_frame header;                  /* the message's */
};
lb_err settled_row_write(const struct settled_row *row, struct lb_buf *out) LB_MUST_CHECK;
lb_err settled_row_read(const uint8_t *p, size_t n, struct settled_row *out) LB_MUST_CHECK;

/* Which messages ceased to wait, the newest first: keys of JOURNAL_WAIT_ENDS, whose rows are the messages' ids. */
#define WAIT_END_KEY_SIZE 8
#define WAIT_ENDS_KEPT 64 /* the newest; an older row goes when another comes */
void wait_end_key(uint64_t number, uint8_t out[WAIT_END_KEY_SIZE]);
/* The number, from 1 on. */
uint64_t wait_end_number(const uint8_t key[WAIT_END_KEY_SIZE]);

#endif
