/* The audit's rows and their chain (proto/audit.proto): hashes, and the check of rows one after the other, as in an exported file. */
#ifndef LAGEBUS_AUDIT_H
#define LAGEBUS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/signature.h"
#include "lagebus/uuid.h"

#define LB_AUDIT_HASH 32
#define LB_AUDIT_SIGNATURE_END 16           /* bytes of a signature that stand for it */
#define LB_AUDIT_ENTRY (16 + LB_SIGNER_SIZE + LB_AUDIT_SIGNATURE_END) /* bytes of a message in AuditPublished.messages */
#define LB_AUDIT_ROW_MAX (16 * 1024 * 1024) /* bytes of a row */
#define LB_AUDIT_SIGNED "lagebus-audit"     /* what stands in the header's place when a checkpoint is signed: no header begins so */
#define LB_AUDIT_POINT (16 + 8 + LB_AUDIT_HASH)

/* An exported file is LB_AUDIT_MAGIC and then each row with its length in front, 4 bytes big-endian. */
#define LB_AUDIT_MAGIC "lagebus-audit 1\n"

struct lb_hasher; /* SHA-256, prepared; one thread at a time */
/* NULL if memory is out. */
struct lb_hasher *lb_hasher_new(void);
void lb_hasher_free(struct lb_hasher *h);
/* LB_OK or LB_NO_MEMORY. */
lb_err lb_hasher_sum(struct lb_hasher *h, const void *p, size_t n, uint8_t out[LB_AUDIT_HASH]) LB_MUST_CHECK;

/* What a checkpoint signs: everything up to row `number` of this log. */
void lb_audit_point(const struct lb_uuid *log, uint64_t number, const uint8_t hash[LB_AUDIT_HASH], uint8_t out[LB_AUDIT_POINT]);

/* Asked for each certificate that is to sign checkpoints: is it a broker's of this federation? LB_OK or what is wrong with it. */
typedef lb_err lb_audit_trust(void *user, const uint8_t *der, size_t der_n);

struct lb_audit_check;
struct lb_audit_result {
	uint64_t rows, first, last;          /* rows read, and their numbers */
	int64_t first_ms, last_ms;
	uint64_t checkpoints, signed_up_to;  /* signatures that hold; the last row before the newest of them. 0: none */
};
/* LB_OK or LB_NO_MEMORY. */
lb_err lb_audit_check_new(lb_audit_trust *trust, void *user, struct lb_audit_check **out) LB_MUST_CHECK;
void lb_audit_check_free(struct lb_audit_check *c);
/* Checks the next row: it decodes, follows the one before it, its checkpoints are signed by the broker. LB_OK; LB_CHAIN_BROKEN: why names the row and
 * what is wrong with it; LB_NO_MEMORY. After an error nothing more is checked. */
lb_err lb_audit_check_row(struct lb_audit_check *c, const uint8_t *row, size_t n, char *why, size_t why_n) LB_MUST_CHECK;
struct lb_audit_result lb_audit_check_result(const struct lb_audit_check *c);

#endif
