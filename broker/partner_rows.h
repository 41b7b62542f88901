/* The rows of an answer that has one for each partner (PartnerReceipt of proto/control.proto), with what their texts stand in. */
#ifndef LAGEBUS_BROKER_PARTNER_ROWS_H
#define LAGEBUS_BROKER_PARTNER_ROWS_H

#include <stddef.h>

#include "broker/core/ledger.h"
#include "lagebus/err.h"
#include "proto/control.pb-c.h"

struct partner_rows {
	size_t n;
	Lagebus__PartnerReceipt *receipt, **pointer;
	struct ledger_row *ledger;
};

/* n empty rows. LB_OK or LB_NO_MEMORY; partner_rows_fini it in either case. */
lb_err partner_rows_init(struct partner_rows *r, size_t n) LB_MUST_CHECK;
void partner_rows_fini(struct partner_rows *r); /* zeros are fine */

#endif
