/* The audit: a row for each commit that has something to tell, in the commit itself, chained to the row before. The log writer's thread, but for
 * the events, which anyone makes. */
#ifndef LAGEBUS_BROKER_AUDIT_H
#define LAGEBUS_BROKER_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/audit_event.h"
#include "broker/core/approval.h"
#include "broker/core/block.h"
#include "broker/edge/journal.h"
#include "lagebus/err.h"
#include "lagebus/signature.h"

struct audit;

/* Goes on behind the journal's last row. LB_OK, LB_CORRUPT, LB_NO_MEMORY, or the journal's error. */
lb_err audit_open(struct journal *j, struct audit **out) LB_MUST_CHECK;
void audit_close(struct audit *a);
/* Who signs the checkpoints from now on; takes the signer. NULL: nobody. */
void audit_sign_with(struct audit *a, struct lb_signer *signer);
/* Adds an event, which stays the caller's. It is told with the next commit that succeeds. LB_OK, LB_NO_MEMORY; LB_LIMIT: too much waits. */
lb_err audit_add(struct audit *a, const struct audit_event *event) LB_MUST_CHECK;
/* Within the journal's transaction: a message begins to wait for a second person (APPROVAL_WAITING; it is `m`, and `agent` sent it), or ceases to
 * (`m` is NULL; `agent` decided, or is empty). Told with this commit, or not at all. LB_OK or LB_NO_MEMORY. */
lb_err audit_wait(struct audit *a, const struct lb_uuid *id, enum approval_state state, struct lb_text agent, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* Is there anything to write besides messages? (final: the last checkpoint, too) */
bool audit_is_due(const struct audit *a, int64_t now_ms, bool final);
/* Within the journal's transaction: writes the row of this commit, if there is anything to tell: the blocks' messages, what was added, and a
 * checkpoint where one is due (`final`: at once). LB_OK, LB_NO_MEMORY, or the journal's error. */
lb_err audit_write(struct audit *a, struct block *const *blocks, unsigned blocks_n, int64_t now_ms, bool final) LB_MUST_CHECK;
/* Within a transaction of its own: drops the oldest row if it is of before then. LB_OK; LB_NOT_FOUND: it is not; or the journal's error. */
lb_err audit_drop_one(struct audit *a, int64_t before_ms) LB_MUST_CHECK;
/* How the transaction ended: what was told is on disk, or is to be told again. */
void audit_committed(struct audit *a);
void audit_aborted(struct audit *a);

#endif
