/* The rows of an answer that has one for each partner. */
#include "broker/partner_rows.h"

#include <stdlib.h>

void partner_rows_fini(struct partner_rows *r)
{
	free(r->receipt);
	free(r->pointer);
	free(r->ledger);
}

lb_err partner_rows_init(struct partner_rows *r, size_t n)
{
	r->receipt = calloc(n, sizeof *r->receipt);
	r->pointer = calloc(n, sizeof *r->pointer);
	r->ledger = calloc(n, sizeof *r->ledger);
	if (!r->receipt || !r->pointer || !r->ledger)
		return LB_NO_MEMORY;
	r->n = n;
	for (size_t i = 0; i < n; i++) {
		lagebus__partner_receipt__init(&r->receipt[i]);
		r->pointer[i] = &r->receipt[i];
	}
	return LB_OK;
}
