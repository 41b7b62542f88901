/* Deleting for good: what is recalled, digital-violence cases when a person has acknowledged them, and what is over. */
#ifndef LAGEBUS_AGENT_ERASING_H
#define LAGEBUS_AGENT_ERASING_H

#include <stdint.h>

#include "lagebus/uuid.h"
#include "lagebus/err.h"

struct agent;

/* Deletes a message's content in this turn's transaction, for good when that is committed. LB_OK or a store error. */
lb_err erasing_take(struct agent *a, const struct lb_uuid *id) LB_MUST_CHECK;
/* Empties messages whose time is over, deletes what was long enough in quarantine, and forgets incidents that have ended (incident_store_end), some a turn, when
 * it is time to look: at this time of the agent's clock. */
int64_t erasing_due_ms(const struct agent *a);
void erasing_go_on(struct agent *a);
/* Something was deleted in the turn's transaction. */
void erasing_note(struct agent *a);
/* The transaction is lost, with what it deleted. */
void erasing_forget(struct agent *a);
/* Before the turn's commit, if something was deleted: takes it out of the search index's old parts, too. LB_OK or a store error. */
lb_err erasing_settle(struct agent *a) LB_MUST_CHECK;
/* And behind it: what was deleted is overwritten in SQLite's own log, too. Rows read before are no longer valid. */
void erasing_finish(struct agent *a);

#endif
