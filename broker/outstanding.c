/* Who has not done what a message asks. */
#include "broker/outstanding.h"

#include <string.h>

#include "broker/core/deadline.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/explain.h"
#include "broker/lookup.h"
#include "broker/worker_state.h"
#include "proto/host/policy.h"

struct search {
	const struct federation *federation;
	unsigned ack_policy;
	struct partner_set *open;
};

/* A row of the ledger: what one partner did. */
static bool take_out(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct search *search = user;
	struct ledger_row row;
	uint16_t partner;

	partner = federation_find(search->federation, (const char *)key + sizeof(struct lb_uuid), key_n - sizeof(struct lb_uuid));
	if (partner != PARTNER_NONE && ledger_row_read(value, value_n, &row) == LB_OK && ledger_state(&row) >= search->ack_policy)
		partner_set_remove(search->open, partner);
	return true;
}

/* Who joined later was not asked. */
static void take_out_newcomers(struct worker *w, const struct logged *m, struct partner_set *open)
{
	const struct federation *now = router_federation(w->router), *then = explain(w, m->lane, m->position);
	struct partner_set asked;

	if (!then || then == now)
		return;
	policy_recipients(then, &m->header, &asked);
	for (uint16_t i = 0; i < federation_count(now); i++) {
		const char *id = federation_at(now, i)->id;
		uint16_t before = partner_set_has(open, i) ? federation_find(then, id, strlen(id)) : PARTNER_NONE;

		if (before == PARTNER_NONE || !partner_set_has(&asked, before))
			partner_set_remove(open, i);
	}
}

lb_err outstanding(struct worker *w, const struct logged *m, struct partner_set *out)
{
	const struct federation *f = router_federation(w->router);
	struct search search = { f, m->header.ack_policy, out };
	uint16_t origin = federation_find(f, m->header.origin.p, m->header.origin.n);

	policy_recipients(f, &m->header, out);
	take_out_newcomers(w, m, out);
	if (origin != PARTNER_NONE)
		partner_set_remove(out, origin);
	return journal_each(w->reader, JOURNAL_LEDGER, m->header.id.b, sizeof m->header.id.b, take_out, &search);
}

struct calendar {
	const struct federation *federation;
	uint16_t partner;
};

static bool is_off(const void *user, int64_t day)
{
	const struct calendar *c = user;

	return federation_is_holiday(c->federation, c->partner, day);
}

int64_t outstanding_until_ms(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	return deadline_of(h, is_off, &(struct calendar){ f, partner });
}
