/* Two people: what waits and who sees it, who may approve it, how it goes out, is refused, withdrawn, or waits in vain; also over a restart. */
#include "tests/unit/broker/two_people.h"

#include "broker/deeds.h"
#include "proto/exercise.pb-c.h"

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
static void spoil_thread(struct said *s) { s->h.thread.b[15] ^= 1; s->refers_to = s->h.thread; }
static void spoil_refers_to(struct said *s) { s->refers_to.b[15] ^= 1; }
static void spoil_self(struct said *s) { s->h.id = s->h.thread; }
static void spoil_decision(struct said *s) { s->a.decision = 3; }
static void spoil_audience(struct said *s) { s->h.audience[0] = lb_text_of("de-sn"); }
static void spoil_label(struct said *s) { s->h.tlp = LB_TLP_AMBER; }
static void spoil_area(struct said *s) { s->h.area = LB_AREA_INCIDENT_RESPONSE; }
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
		{ "classified", spoil_note }, { "bad-audience", spoil_area }, { "bad-id", spoil_refers_to },
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
	recall(sn, "sn", "bund-bsi", &h, &said);
	stand_assert_refused(sn, &said.id, "not-found");
}

/* While it waits, and afterwards: also in a log that has nothing else. */
static void its_id_is_for_it_alone(void **state)
{
	struct lb_header h, said, other;
	struct caller *origin;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	h = hold(origin, "bsi", "all");
	for (unsigned withdrawn = 0; withdrawn < 2; withdrawn++) {
		if (withdrawn) {
			recall(origin, "bsi", "all", &h, &said);
			stand_assert_accepted(origin, &said.id);
		}
		stand_publish(origin, "bsi", &h, "another", 7);
		stand_assert_refused(origin, &h.id, "id-reused");
		other = h;
		other.level = 3;
		stand_publish(origin, "bsi", &other, waiting_payload, sizeof waiting_payload);
		stand_assert_refused(origin, &h.id, "id-reused");
	}
	/* An agent that has not heard the answer sends the same again. */
	h = hold(origin, "bsi", "all");
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
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

/* A second coordinator, and the areas of the first. */
#define TWO_COORDINATORS(areas) \
	"trust_domain = \"lagebus.example\";\n" \
	"partners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"" areas "\" ]; },\n" \
	"  { id = \"de-he\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }\n" \
	");\n"

/* The approval itself is another coordinator's, who may still say it. */
static void it_is_judged_again_when_it_is_approved(void **state)
{
	struct caller *origin, *second;
	struct lb_header h;
	struct said s;

	(void)state;
	stand.federation = TWO_COORDINATORS("all");
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("he");
	h = hold(origin, "bsi", "de-sn");
	stand_reload(TWO_COORDINATORS("threat-intelligence"), NULL);
	init_said(&s, second, &h, APPROVED);
	say(second, "he", &s);
	stand_assert_refused(second, &s.h.id, "area-not-agreed");
	stand_reload(TWO_COORDINATORS("all"), NULL);
	init_said(&s, second, &h, APPROVED);
	say(second, "he", &s);
	stand_assert_accepted(second, &s.h.id);
}

/* What was refused is not to be read by more than its origin, under no wider label. */
static void a_refusal_goes_to_the_origin_alone(void **state)
{
	struct caller *origin, *second, *sn;
	struct lb_header h;
	struct said s;

	(void)state;
	stand.federation = TWO_COORDINATORS("all");
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("he");
	sn = stand_agent("sn");
	h = hold(origin, "bsi", "all");
	init_said(&s, second, &h, REFUSED);
	s.h.audience[0] = lb_text_of("de-sn");
	say(second, "he", &s);
	stand_assert_refused(second, &s.h.id, "bad-audience");
	init_said(&s, second, &h, REFUSED);
	s.h.audience[s.h.audience_n++] = lb_text_of("de-sn");
	say(second, "he", &s);
	stand_assert_refused(second, &s.h.id, "bad-audience");
	init_said(&s, second, &h, REFUSED);
	s.h.tlp = LB_TLP_CLEAR;
	say(second, "he", &s);
	stand_assert_refused(second, &s.h.id, "bad-audience");
	assert_silent(sn);
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
}

/* A row as the log writer puts it, of a warning that bund-bsi is said to have sent. */
static void put_waiting(const struct lb_header *h, const char *signer, const uint8_t key[LB_DIGEST_SIZE], int64_t until_ms)
{
	struct waiting_row row = { .came_ms = h->created_ms, .until_ms = until_ms, .signer = lb_text_of(signer) };
	struct lb_buf header = LB_BUF_INIT, raw = LB_BUF_INIT, bytes = LB_BUF_INIT;
	struct lb_frame frames[3] = { [1] = { (const uint8_t *)waiting_payload, sizeof waiting_payload }, [2] = { (const uint8_t *)"signature", 9 } };

	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(lb_zmtp_put_message(&raw, frames, 3), LB_OK);
	row.raw = (struct lb_frame){ lb_buf_data(&raw), lb_buf_len(&raw) };
	memcpy(row.key, key, sizeof row.key);
	assert_int_equal(waiting_row_write(&row, &bytes), LB_OK);
	stand_put_row(JOURNAL_WAITING, h->id.b, sizeof h->id.b, lb_buf_data(&bytes), lb_buf_len(&bytes));
	lb_buf_fini(&header);
	lb_buf_fini(&raw);
	lb_buf_fini(&bytes);
}

/* Until the log writer has looked: here it never does. */
static void past_its_time_it_waits_no_more(void **state)
{
	static const uint8_t key[LB_DIGEST_SIZE];
	struct caller *second;
	struct lb_header h;
	struct said s;

	(void)state;
	stand_start_held();
	second = stand_agent("bsi2");
	red(second, "all", &h);
	put_waiting(&h, "spiffe://lagebus.example/partner/bund-bsi/agent/main", key, h.created_ms - 1);
	assert_int_equal(ask(second, NULL, 0)->n_messages, 0);
	assert_string_equal(ask(second, &h.id, 0)->refused, "not-found");
	init_said(&s, second, &h, APPROVED);
	say(second, "bsi2", &s);
	stand_assert_refused(second, &s.h.id, "not-found");
}

/* An agent that was given another key since, and two agents that were given the same one. */
static void neither_one_agent_nor_one_key_is_two_people(void **state)
{
	static const char *const signers[] = { "spiffe://lagebus.example/partner/bund-bsi/agent/second",
		                               "spiffe://lagebus.example/partner/bund-bsi/agent/main" };
	uint8_t der[CREDENTIALS_DER_MAX], keys[2][LB_DIGEST_SIZE] = { { 0 } };
	size_t n = stand_certificate("bsi2", der);
	struct lb_verifier *v;
	struct caller *second;
	struct lb_header h;
	struct said s;

	(void)state;
	assert_int_equal(lb_verifier_new(der, n, &v), LB_OK);
	assert_int_equal(lb_verifier_key(v, keys[1]), LB_OK);
	lb_verifier_free(v);
	stand_start_held();
	second = stand_agent("bsi2");
	for (unsigned i = 0; i < 2; i++) {
		red(second, "all", &h);
		put_waiting(&h, signers[i], keys[i], h.created_ms + 600000);
		init_said(&s, second, &h, APPROVED);
		say(second, "bsi2", &s);
		stand_assert_refused(second, &s.h.id, "same-person");
	}
}

static void begin_exercise(struct caller *c, const char *to, const char *name)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_header h;
	uint8_t bytes[256];

	x.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN;
	x.title = (char *)name;
	caller_header(c, to, &h);
	h.type = LB_TYPE_EXERCISE;
	h.lane = LB_LANE_URGENT;
	h.exercise = true;
	h.exercise_name = lb_text_of(name);
	caller_publish(c, &h, bytes, lagebus__exercise__pack(&x, bytes));
	stand_assert_accepted(c, &h.id);
}

static void a_real_one_is_not_settled_in_an_exercise(void **state)
{
	struct caller *origin, *second;
	struct lb_header h, said;
	struct said s;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	begin_exercise(origin, "all", "Probe");
	h = hold(origin, "bsi", "all");
	for (unsigned i = 0; i < 2; i++) {
		init_said(&s, second, &h, i ? REFUSED : APPROVED);
		s.h.exercise = true;
		s.h.exercise_name = lb_text_of("Probe");
		say(second, "bsi2", &s);
		stand_assert_refused(second, &s.h.id, "exercise-mixed");
	}
	recall_header(origin, "all", &h, &said);
	said.exercise = true;
	said.exercise_name = lb_text_of("Probe");
	recall_say(origin, "bsi", &said);
	stand_assert_refused(origin, &said.id, "bad-audience");
	assert_int_equal(state_of(origin, &h.id), APPROVAL_WAITING);
}

#define WITH_GROUP(he) \
	"trust_domain = \"lagebus.example\";\n" \
	"partners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; groups = [ \"cert\" ]; },\n" \
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; groups = [ \"" he "\" ]; }\n" \
	");\n"

/* Neither when it is sent, nor when it is approved and more people are in its audience by then. */
static void in_an_exercise_it_goes_to_nobody_who_was_not_told(void **state)
{
	struct caller *origin, *second, *he;
	struct lb_header h;
	struct said s;

	(void)state;
	stand.federation = WITH_GROUP("other");
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	he = stand_agent("he");
	begin_exercise(origin, "de-sn", "Probe");
	red(origin, "all", &h);
	h.exercise = true;
	h.exercise_name = lb_text_of("Probe");
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_refused(origin, &h.id, "exercise-outside");
	red(origin, "group:cert", &h);
	h.exercise = true;
	h.exercise_name = lb_text_of("Probe");
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_accepted(origin, &h.id);
	stand_reload(WITH_GROUP("cert"), NULL);
	init_said(&s, second, &h, APPROVED);
	s.h.exercise = true;
	s.h.exercise_name = lb_text_of("Probe");
	say(second, "bsi2", &s);
	stand_assert_refused(second, &s.h.id, "exercise-outside");
	assert_silent(he);
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
		STAND_TEST(its_id_is_for_it_alone),
		STAND_TEST(it_waits_in_vain),
		STAND_TEST(it_never_waits_past_its_own_expiry),
		STAND_TEST(it_waits_over_a_restart),
		STAND_TEST(it_is_judged_again_when_it_is_approved),
		STAND_TEST(a_refusal_goes_to_the_origin_alone),
		STAND_TEST(past_its_time_it_waits_no_more),
		STAND_TEST(neither_one_agent_nor_one_key_is_two_people),
		STAND_TEST(a_real_one_is_not_settled_in_an_exercise),
		STAND_TEST(in_an_exercise_it_goes_to_nobody_who_was_not_told),
		STAND_TEST(what_waits_has_a_bound),
		STAND_TEST(its_signature_is_checked_before_it_waits),
		STAND_TEST(who_may_not_send_it_is_told_so),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
