/* How far each partner has come with a message: given to its agents, what its people did, and by which rule it has none. A worker's thread. */
#ifndef LAGEBUS_BROKER_STANDING_H
#define LAGEBUS_BROKER_STANDING_H

#include "broker/core/ledger.h"
#include "broker/lookup.h"
#include "broker/partner_rows.h"
#include "lagebus/err.h"
#include "proto/host/federation.h"

struct worker;

/* What the ledger has of a partner; zeros where it has nothing (LB_NOT_FOUND). LB_OK or the log's error. */
lb_err standing_row(struct worker *w, const struct lb_uuid *id, const char *partner, struct ledger_row *row) LB_MUST_CHECK;
/* A row for each partner that there is, in the federation's order, and then for each that there was only when the message was accepted, in
 * `then`. partner_rows_fini them, also on error. LB_OK, LB_NO_MEMORY or the log's error. Asks the router. */
lb_err standing_describe(struct worker *w, const struct logged *m, const struct federation *then, struct partner_rows *rows) LB_MUST_CHECK;
/* Of a message that was recalled: fills in who has deleted it, in standing_describe's rows. */
lb_err standing_deletions(struct worker *w, const struct logged *m, struct partner_rows *rows) LB_MUST_CHECK;

#endif
