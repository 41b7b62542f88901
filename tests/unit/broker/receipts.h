/* A partner's questions for receipts. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_RECEIPTS_H
#define LAGEBUS_TESTS_UNIT_BROKER_RECEIPTS_H

#include <string.h>

#include "tests/kit/stand.h"

static inline const Lagebus__PartnerReceipt *row_of(Lagebus__PartnerReceipt **rows, size_t n, const char *partner)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i]->partner, partner) == 0)
			return rows[i];
	fail_msg("there is no row of %s", partner);
	return NULL;
}

static inline const Lagebus__PartnerReceipt *receipt_of(struct caller *c, const struct lb_uuid *id, const char *partner)
{
	const Lagebus__Receipts *r = stand_receipts(c, id->b, sizeof id->b);

	assert_string_equal(r->refused, "");
	return row_of(r->partners, r->n_partners, partner);
}

#endif
