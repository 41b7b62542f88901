/* A partner's questions for receipts. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_RECEIPTS_H
#define LAGEBUS_TESTS_UNIT_BROKER_RECEIPTS_H

#include <string.h>

#include "tests/kit/stand.h"

/* What a partner's receipts say; valid until the caller hears again. */
static inline const Lagebus__Receipts *ask(struct caller *c, const void *id, size_t n)
{
	static uint64_t request;
	Lagebus__ReceiptsQuery query = LAGEBUS__RECEIPTS_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.request = ++request;
	query.id = (ProtobufCBinaryData){ n, (uint8_t *)id };
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY;
	control.receipts_query = &query;
	caller_say_control(c, &control);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_RECEIPTS));
	assert_int_equal(c->control->receipts->request, request);
	assert_int_equal(c->control->receipts->id.len, n);
	assert_memory_equal(c->control->receipts->id.data, id, n);
	return c->control->receipts;
}

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
	const Lagebus__Receipts *r = ask(c, id->b, sizeof id->b);

	assert_string_equal(r->refused, "");
	return row_of(r->partners, r->n_partners, partner);
}

#endif
