/* Who would get a message, asked before it is sent. */
#include "broker/dry_run.h"

#include "broker/control.h"
#include "broker/core/route.h"
#include "broker/exercises.h"
#include "broker/lookup.h"
#include "broker/partner_rows.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "lagebus/sealed.h"
#include "proto/control.pb-c.h"
#include "proto/host/policy.h"

static lb_err check_exercise(struct worker *w, const struct federation *f, uint16_t sender, const struct lb_header *h)
{
	struct partner_set recipients = { { 0 } };

	policy_recipients(f, h, &recipients);
	return exercises_check(w, sender, h, &recipients);
}

void dry_run_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame header)
{
	struct federation *f = router_federation(w->router);
	Lagebus__Route answer = LAGEBUS__ROUTE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct partner_rows rows = { 0 };
	lb_err rules[LB_PARTNERS_MAX];
	char text[POLICY_TEXT] = "";
	struct lb_header h;
	uint16_t sender = PARTNER_NONE;
	lb_err e = lb_header_decode(header.p, header.n, &h);

	if (e != LB_OK)
		h.audience_n = 0;
	else
		sender = policy_sender(f, s->partner, s->mandates, &h);
	if (e == LB_OK)
		e = policy_admit(f, sender, &h);
	answer.waits = e == LB_NEEDS_APPROVAL;
	if (e == LB_OK || answer.waits)
		e = lb_sealed_check_header(&h);
	if (e == LB_OK)
		e = publish_check_header(w, &h);
	if (e == LB_OK)
		e = lookup_label(w, &h);
	if (e == LB_OK && exercises_concern(&h))
		e = check_exercise(w, f, sender, &h);
	if (e == LB_OK)
		e = partner_rows_init(&rows, federation_count(f));
	answer.request = request;
	if (e != LB_OK) {
		policy_explain(f, &h, e, text);
		answer.refused = (char *)lb_err_token(e);
		answer.refused_text = text;
	} else {
		policy_rules(f, &h, rules);
	}
	for (uint16_t i = 0; i < rows.n; i++) {
		rows.receipt[i].partner = (char *)federation_at(f, i)->id;
		if (rules[i] != LB_OK)
			rows.receipt[i].rule = (char *)lb_err_token(rules[i]);
	}
	answer.partners = rows.pointer;
	answer.n_partners = rows.n;
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE;
	control.route = &answer;
	control_send(w, s, &control);
	partner_rows_fini(&rows);
}
