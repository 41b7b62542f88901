/* What there is to say of a message that waits for a second person, or waited. */
#include "broker/approval_status.h"

#include <stdio.h>

#include "broker/core/route.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "proto/host/policy.h"

static bool is_origin(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	return lb_text_equals(h->origin, federation_at(f, partner)->id);
}

/* Is it so of the session's partner, or of one that it acts for? */
static bool of_any(struct worker *w, const struct session *s, const struct lb_header *h,
                   bool (*is_so)(const struct federation *f, uint16_t partner, const struct lb_header *h))
{
	const struct federation *f = router_federation(w->router);
	bool yes = is_so(f, s->partner, h);

	for (uint16_t i = 0; !yes && s->mandates && i < federation_count(f); i++)
		yes = partner_set_has(s->mandates, i) && is_so(f, i, h);
	return yes;
}

bool approval_may_decide(struct worker *w, const struct session *s, const struct lb_header *h)
{
	return of_any(w, s, h, policy_may_approve);
}

bool approval_may_see(struct worker *w, const struct session *s, const struct lb_header *h)
{
	return of_any(w, s, h, is_origin) || approval_may_decide(w, s, h);
}

static char *copy(struct lb_text t, char *out, size_t n)
{
	snprintf(out, n, "%.*s", (int)t.n, t.p);
	return out;
}

void approval_say_waiting(const struct waiting_row *row, struct approval_said *said)
{
	lagebus__approval_status__init(&said->status);
	said->status.state = APPROVAL_WAITING;
	said->status.came = row->came_ms;
	said->status.until = row->until_ms;
	said->status.signer = copy(row->signer, said->signer, sizeof said->signer);
}

void approval_say_settled(const struct settled_row *row, struct approval_said *said)
{
	Lagebus__ApprovalStatus *status = &said->status;

	lagebus__approval_status__init(status);
	status->state = row->state;
	status->came = row->came_ms;
	status->until = row->until_ms;
	status->at = row->at_ms;
	status->signer = copy(row->signer, said->signer, sizeof said->signer);
	status->by = copy(row->by, said->by, sizeof said->by);
	status->function = copy(row->function, said->function, sizeof said->function);
	status->note = copy(row->note, said->note, sizeof said->note);
}

void approval_name_approvers(const struct federation *f, const struct lb_header *h, char *approvers[LB_PARTNERS_MAX], Lagebus__ApprovalStatus *status)
{
	status->approvers = approvers;
	for (uint16_t i = 0; i < federation_count(f); i++)
		if (policy_may_approve(f, i, h))
			approvers[status->n_approvers++] = (char *)federation_at(f, i)->id;
}
