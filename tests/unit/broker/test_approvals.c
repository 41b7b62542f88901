/* Two people: what waits and who sees it, who may approve it, how it goes out, is refused, withdrawn, or waits in vain; also over a restart. */
#include "tests/unit/broker/two_people.h"

#include "broker/deeds.h"

static const Lagebus__Waiting *ask(struct caller *c, const struct lb_uuid *id, uint64_t offset)
{
	Lagebus__WaitingQuery query = LAGEBUS__WAITING_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.request = 7;
	query.offset = offset;
	if (id)
		query.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	control.body_case = LAGEBUS__CONTROL__BODY_WAITING_QUERY;
	control.waiting_query = &query;
	caller_say_control(c, &control);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_WAITING));
	assert_int_equal(c->control->waiting->request, 7);
	return c->control->waiting;
}

/* Nothing has come to it. */
static void assert_silent(struct caller *c)
{
	assert_true(caller_is_answered(c));
}

static void what_waits_is_seen_by_nobody_else(void **state)
{
	static const char *const others[] = { "sn", "sn2", "leipzig", "he", "uni" };
	struct caller *origin, *second, *other[5];
	const Lagebus__Waiting *w;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	for (unsigned i = 0; i < 5; i++)
		other[i] = stand_agent(others[i]);
	h = hold(origin, "bsi", "all");
	for (unsigned i = 0; i < 5; i++) {
		assert_silent(other[i]);
		assert_int_equal(ask(other[i], NULL, 0)->n_messages, 0);
		assert_string_equal(ask(other[i], &h.id, 0)->refused, "not-found");
		assert_string_equal(receipts(other[i], &h.id)->refused, "not-found");
	}
	assert_silent(second);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), 0);
	w = ask(second, NULL, 0);
	assert_int_equal(w->n_messages, 1);
	assert_true(w->messages[0]->may_approve && !w->more);
	assert_int_equal(w->messages[0]->payload.len, 0);
	w = ask(second, &h.id, 4);
	assert_int_equal(w->messages[0]->payload_size, sizeof waiting_payload);
	assert_int_equal(w->messages[0]->payload.len, sizeof waiting_payload - 4);
	assert_memory_equal(w->messages[0]->payload.data, waiting_payload + 4, sizeof waiting_payload - 4);
	assert_string_equal(w->messages[0]->approval->signer, "spiffe://lagebus.example/partner/bund-bsi/agent/main");
	assert_int_equal(w->messages[0]->approval->n_approvers, 1);
	assert_string_equal(w->messages[0]->approval->approvers[0], "bund-bsi");
	assert_string_equal(ask(second, &h.id, sizeof waiting_payload + 1)->refused, "invalid");
	w = ask(origin, NULL, 0);
	assert_int_equal(w->n_messages, 1);
	assert_false(w->messages[0]->may_approve);
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
	assert_int_equal(receipts(origin, &h.id)->n_partners, 0);
}

static void approved_it_goes_out_behind_its_approval(void **state)
{
	struct caller *origin, *second, *sn, *uni;
	struct lb_uuid approval;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	sn = stand_agent("sn");
	uni = stand_agent("uni");
	h = hold(origin, "bsi", "all");
	approval = decide(second, "bsi2", &h, APPROVED);
	for (unsigned i = 0; i < 2; i++) {
		struct caller *c = i ? uni : sn;

		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
		assert_memory_equal(&c->header.id, &approval, sizeof approval);
		assert_int_equal(c->place.position, 1);
		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
		assert_memory_equal(&c->header.id, &h.id, sizeof h.id);
		assert_int_equal(c->place.position, 2);
		assert_int_equal(c->payload.n, sizeof waiting_payload);
		assert_memory_equal(c->payload.p, waiting_payload, sizeof waiting_payload);
	}
	/* The origin's partner gets the proof, too, as it is among "all"; not its own warning. */
	assert_int_equal(caller_hear(second), HEARD_DELIVERY);
	assert_int_equal(caller_hear(origin), HEARD_DELIVERY);
	assert_memory_equal(&origin->header.id, &approval, sizeof approval);
	assert_int_equal(ask(second, NULL, 0)->n_messages, 0);
	assert_int_equal(state_of(origin, &h.id), APPROVAL_APPROVED);
	assert_string_equal(origin->control->receipts->approval->by, "spiffe://lagebus.example/partner/bund-bsi/agent/second");
	assert_string_equal(origin->control->receipts->approval->function, "Leitung");
	assert_int_equal(origin->control->receipts->n_partners, 5);
	/* The same again is accepted, and does nothing. */
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_accepted(origin, &h.id);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), 2);
}

static void one_person_is_not_two(void **state)
{
	struct caller *origin, *second;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	h = hold(origin, "bsi", "all");
	init_said(&s, origin, &h, APPROVED);
	say(origin, "bsi", &s);
	stand_assert_refused(origin, &s.h.id, "same-person");
	/* Nor with the other's signature, which is not this session's; nor with none. */
	init_said(&s, origin, &h, APPROVED);
	say(origin, "bsi2", &s);
	stand_assert_refused(origin, &s.h.id, "wrong-origin");
	init_said(&s, second, &h, APPROVED);
	caller_publish(second, &s.h, "x", 1);
	stand_assert_refused(second, &s.h.id, "invalid");
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), 0);
}

static void spoil_digest(struct said *s) { s->digest[0] ^= 1; }
static void spoil_thread(struct said *s) { s->h.thread.b[15] ^= 1; }
static void spoil_self(struct said *s) { s->h.id = s->h.thread; }
static void spoil_decision(struct said *s) { s->a.decision = 3; }
static void spoil_audience(struct said *s) { s->h.audience[0] = lb_text_of("de-sn"); }
static void spoil_label(struct said *s) { s->h.tlp = LB_TLP_AMBER; }
static void spoil_expiry(struct said *s) { s->h.expires_ms = s->h.created_ms + 60000; }
static void spoil_exercise(struct said *s) { s->h.exercise = true; }
static void spoil_note(struct said *s) { s->a.note = (char *)"VS-NfD"; }

static void each_condition_refuses(void **state)
{
	static const struct {
		const char *reason;
		void (*spoil)(struct said *s);
	} rules[] = {
		{ "other-content", spoil_digest }, { "not-found", spoil_thread }, { "bad-id", spoil_self },      { "invalid", spoil_decision },
		{ "bad-audience", spoil_audience }, { "bad-audience", spoil_label }, { "bad-audience", spoil_expiry }, { "exercise-unnamed", spoil_exercise },
		{ "classified", spoil_note },
	};
	struct caller *origin, *second, *sn;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	sn = stand_agent("sn");
	h = hold(origin, "bsi", "all");
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		init_said(&s, second, &h, APPROVED);
		rules[i].spoil(&s);
		say(second, "bsi2", &s);
		stand_assert_refused(second, &s.h.id, rules[i].reason);
	}
	assert_silent(sn);
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
	decide(second, "bsi2", &h, APPROVED);
}

static void a_state_approves_its_own_and_nobody_elses(void **state)
{
	struct caller *sn, *sn2, *bsi, *leipzig;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	sn = stand_agent("sn");
	sn2 = stand_agent("sn2");
	bsi = stand_agent("bsi");
	leipzig = stand_agent("leipzig");
	h = hold(sn, "sn", "de-sn/leipzig");
	assert_string_equal(ask(bsi, &h.id, 0)->refused, "not-found");
	init_said(&s, bsi, &h, APPROVED);
	say(bsi, "bsi", &s);
	stand_assert_refused(bsi, &s.h.id, "role-may-not-send");
	decide(sn2, "sn2", &h, APPROVED);
	assert_int_equal(caller_hear(leipzig), HEARD_DELIVERY);
	assert_int_equal(leipzig->header.type, LB_TYPE_APPROVAL);
	assert_int_equal(caller_hear(leipzig), HEARD_DELIVERY);
	assert_memory_equal(&leipzig->header.id, &h.id, sizeof h.id);
}

static void refused_it_is_gone_and_its_origin_hears_of_it(void **state)
{
	struct caller *origin, *second, *sn;
	struct lb_uuid refusal;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	sn = stand_agent("sn");
	h = hold(origin, "bsi", "all");
	refusal = decide(second, "bsi2", &h, REFUSED);
	assert_int_equal(caller_hear(origin), HEARD_DELIVERY);
	assert_memory_equal(&origin->header.id, &refusal, sizeof refusal);
	assert_int_equal(caller_hear(second), HEARD_DELIVERY); /* the origin's, too */
	assert_silent(sn);
	assert_int_equal(ask(second, NULL, 0)->n_messages, 0);
	assert_int_equal(state_of(origin, &h.id), APPROVAL_REFUSED);
	assert_string_equal(origin->control->receipts->approval->note, "gesehen");
	/* Once refused it cannot be approved, nor sent again. */
	init_said(&s, second, &h, APPROVED);
	say(second, "bsi2", &s);
	stand_assert_refused(second, &s.h.id, "not-found");
	h.level = 3;
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "id-reused");
	assert_silent(sn);
}

static void the_origin_withdraws_it(void **state)
{
	struct caller *origin, *second, *sn;
	struct lb_header h, said;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	sn = stand_agent("sn");
	h = hold(origin, "bsi", "all");
	recall(sn, "sn", "bund-bsi", &h, &said);
	stand_assert_refused(sn, &said.id, "not-found");
	recall(origin, "bsi", "all", &h, &said);
	stand_assert_accepted(origin, &said.id);
	assert_silent(sn);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), 0);
	assert_int_equal(state_of(second, &h.id), APPROVAL_WITHDRAWN);
	recall(origin, "bsi", "all", &h, &said); /* once more */
	stand_assert_accepted(origin, &said.id);
}

static void it_waits_in_vain(void **state)
{
	struct caller *origin, *second;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_set("approval_wait", 1);
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	h = hold(origin, "bsi", "all");
	for (unsigned i = 0; state_of(origin, &h.id) != APPROVAL_EXPIRED; i++) {
		assert_true(i < 500);
		caller_wait(origin, 20);
	}
	init_said(&s, second, &h, APPROVED);
	say(second, "bsi2", &s);
	stand_assert_refused(second, &s.h.id, "not-found");
	assert_int_equal(ask(second, NULL, 0)->n_messages, 0);
}

static void it_never_waits_past_its_own_expiry(void **state)
{
	struct caller *origin;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	red(origin, "all", &h);
	h.expires_ms = h.created_ms + 60000;
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_accepted(origin, &h.id);
	assert_int_equal(receipts(origin, &h.id)->approval->until, h.expires_ms);
}

static void it_waits_over_a_restart(void **state)
{
	struct caller *origin, *second, *sn;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	h = hold(origin, "bsi", "all");
	stand_stop();
	stand_start();
	second = stand_agent("bsi2");
	sn = stand_agent("sn");
	assert_int_equal(ask(second, NULL, 0)->n_messages, 1);
	decide(second, "bsi2", &h, APPROVED);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_memory_equal(&sn->header.id, &h.id, sizeof h.id);
}

static void it_is_judged_again_when_it_is_approved(void **state)
{
	static const char without[] = "trust_domain = \"lagebus.example\";\npartners = (\n"
				      "  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"threat-intelligence\" ]; },\n"
				      "  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }\n);\n";
	struct caller *origin, *second;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	h = hold(origin, "bsi", "de-sn");
	stand_reload(without, NULL);
	init_said(&s, second, &h, APPROVED);
	say(second, "bsi2", &s);
	stand_assert_refused(second, &s.h.id, "area-not-agreed");
}

static void what_waits_has_a_bound(void **state)
{
	struct caller *origin, *sn;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	sn = stand_agent("sn");
	for (unsigned i = 0; i < DEEDS_WAITING_OF_ORIGIN; i++)
		hold(origin, "bsi", "all");
	red(origin, "all", &h);
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "limit");
	hold(sn, "sn", "de-sn/leipzig"); /* others are not held up */
}

static void its_signature_is_checked_before_it_waits(void **state)
{
	struct caller *origin, *other;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	red(origin, "all", &h);
	caller_publish(origin, &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "bad-signature");
	red(origin, "all", &h);
	stand_publish(origin, "bsi2", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "unknown-signer");
	other = stand_agent("bsi2");
	stand_send(other, "de-sn", 1);
	red(origin, "all", &h);
	stand_publish(origin, "bsi2", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "wrong-origin");
}

static void who_may_not_send_it_is_told_so(void **state)
{
	struct caller *he;
	struct lb_header h;

	(void)state;
	stand_start();
	he = stand_agent("he");
	red(he, "all", &h);
	stand_publish(he, "he", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(he, &h.id, "role-may-not-send");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(what_waits_is_seen_by_nobody_else),
		STAND_TEST(approved_it_goes_out_behind_its_approval),
		STAND_TEST(one_person_is_not_two),
		STAND_TEST(each_condition_refuses),
		STAND_TEST(a_state_approves_its_own_and_nobody_elses),
		STAND_TEST(refused_it_is_gone_and_its_origin_hears_of_it),
		STAND_TEST(the_origin_withdraws_it),
		STAND_TEST(it_waits_in_vain),
		STAND_TEST(it_never_waits_past_its_own_expiry),
		STAND_TEST(it_waits_over_a_restart),
		STAND_TEST(it_is_judged_again_when_it_is_approved),
		STAND_TEST(what_waits_has_a_bound),
		STAND_TEST(its_signature_is_checked_before_it_waits),
		STAND_TEST(who_may_not_send_it_is_told_so),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
