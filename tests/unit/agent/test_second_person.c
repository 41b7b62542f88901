/* What needs a second person, at the recipient's. */
#include "tests/unit/agent/post.h"

#include "agents/agent/second_person.h"
#include "proto/approval.pb-c.h"

static const struct credential more[] = {
	{ "second", "ca", "spiffe://lagebus.example/partner/bund-bsi/agent/second", NULL, 2 },
	{ "renewed", "ca", SPIFFE_BUND, NULL, 2 },
	{ "he-second", "ca", "spiffe://lagebus.example/partner/de-he/agent/second", NULL, 2 },
};


static void red(struct post *p, unsigned n)
{
	init_post(p, n, LB_TYPE_WARNING);
	p->h.level = 4;
}

/* An Approval as `origin`. */
static void approve_as(struct post *a, unsigned n, const struct post *about, const char *signer, const char *origin)
{
	struct lb_buf header = LB_BUF_INIT;
	Lagebus__Approval body = LAGEBUS__APPROVAL__INIT;
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_header h = about->h;

	h.lane = LB_LANE_URGENT;
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	assert_int_equal(lb_message_digest((struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) },
	                                   (struct lb_frame){ about->payload, about->payload_n }, digest),
	                 LB_OK);
	lb_buf_fini(&header);
	init_post(a, n, LB_TYPE_APPROVAL);
	a->h.has_thread = true;
	a->h.thread = about->h.id;
	a->h.origin = lb_text_of(origin);
	a->signer = signer;
	body.refers_to = (ProtobufCBinaryData){ sizeof h.id.b, h.id.b };
	body.digest = (ProtobufCBinaryData){ sizeof digest, digest };
	body.decision = LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED;
	a->payload_n = lagebus__approval__pack(&body, a->payload);
}

static void approve(struct post *a, unsigned n, const struct post *about, const char *signer)
{
	approve_as(a, n, about, signer, "bund-bsi");
}

static void begin_link(void)
{
	post_begin();
	for (unsigned i = 0; i < sizeof more / sizeof more[0]; i++)
		say_signer(more[i].name, true);
	say_signer("mandated", true);
	say_signer("twin", true);
	settle();
}

static const char *approver_of(unsigned n)
{
	static char who[LB_SPIFFE_ID_MAX + 1];
	struct inbox_row row = row_of(n);

	assert_int_equal(second_person_of(&agent, &row, who), LB_OK);
	return who;
}

static void who_approved_is_said(void **state)
{
	struct post p, a;

	(void)state;
	begin_link();
	red(&p, 1);
	approve(&a, 2, &p, "second");
	post_next(&a);
	post_next(&p);
	assert_string_equal(approver_of(1), "spiffe://lagebus.example/partner/bund-bsi/agent/second");
	/* Nobody had to; nobody did; more than one may have been it. */
	init_post(&p, 3, LB_TYPE_WARNING);
	post_next(&p);
	assert_string_equal(approver_of(3), "");
	red(&p, 4);
	post_next(&p);
	assert_string_equal(approver_of(4), "");
	red(&p, 5);
	approve(&a, 6, &p, "twin");
	post_next(&a);
	approve(&a, 7, &p, "second");
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(5).quarantine, "");
	assert_string_equal(approver_of(5), "");
}

static void level_4_is_real_behind_its_approval_only(void **state)
{
	struct post p, a;

	(void)state;
	begin_link();
	red(&p, 1);
	post_next(&p);
	assert_string_equal(row_of(1).quarantine, "needs-approval");
	assert_string_equal(heard.quarantined_reason, "needs-approval");
	red(&p, 2);
	approve(&a, 3, &p, "second");
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(2).quarantine, "");
	assert_int_equal(quarantine_total(), 1);
}

static void an_approval_that_is_none_does_not_count(void **state)
{
	struct post p, a;

	(void)state;
	begin_link();
	/* By the same person; by another certificate of the same key; of other bytes; refused. */
	red(&p, 1);
	approve(&a, 2, &p, "bund");
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(1).quarantine, "needs-approval");
	red(&p, 3);
	approve(&a, 4, &p, "twin");
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(3).quarantine, "needs-approval");
	red(&p, 5);
	approve(&a, 6, &p, "second");
	post_next(&a);
	p.payload_n--;
	post_next(&p);
	assert_string_equal(row_of(5).quarantine, "needs-approval");
	red(&p, 7);
	approve(&a, 8, &p, "second");
	a.payload[a.payload_n - 1] = LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_REFUSED;
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(7).quarantine, "needs-approval");
}

/* The payload with something else in it. */
static void change(struct post *a, void (*how)(Lagebus__Approval *body))
{
	Lagebus__Approval *body = lagebus__approval__unpack(NULL, a->payload_n, a->payload);

	assert_non_null(body);
	how(body);
	a->payload_n = lagebus__approval__pack(body, a->payload);
	lagebus__approval__free_unpacked(body, NULL);
}

static void of_another(Lagebus__Approval *body) { body->refers_to.data[15] ^= 1; }
static void longer(Lagebus__Approval *body)
{
	body->digest.data = realloc(body->digest.data, LB_DIGEST_SIZE + 1);
	assert_non_null(body->digest.data);
	body->digest.data[body->digest.len++] = 0;
}

/* The broker would have refused these; it is not asked. The last one is the first person's, who was given another key since. */
static void an_approval_of_a_form_of_its_own_does_not_count(void **state)
{
	void (*const how[])(Lagebus__Approval *) = { of_another, longer };
	struct post p, a;

	(void)state;
	begin_link();
	for (unsigned i = 0; i < 2; i++) {
		red(&p, 1 + 2 * i);
		approve(&a, 2 + 2 * i, &p, "second");
		change(&a, how[i]);
		post_next(&a);
		post_next(&p);
		assert_string_equal(row_of(1 + 2 * i).quarantine, "needs-approval");
	}
	red(&p, 7);
	approve(&a, 8, &p, "renewed");
	post_next(&a);
	post_next(&p);
	assert_string_equal(row_of(7).quarantine, "needs-approval");
}

/* What becomes of a warning of level 4 that `approver` has approved as `as`. */
static const char *verdict(const struct post *warning, unsigned n, const char *approver, const char *as)
{
	struct post p = *warning, a;

	p.h.id = letter_id(n);
	approve_as(&a, n + 1, &p, approver, as);
	post_next(&a);
	post_next(&p);
	return row_of(n).quarantine;
}

/* The broker let it in: that is no reason. */
static void a_coordinators_needs_a_coordinator(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	red(&p, 1);
	assert_string_equal(verdict(&p, 1, "other", "de-he"), "needs-approval");
	assert_string_equal(verdict(&p, 3, "mandated", "de-he"), "needs-approval");
	assert_string_equal(heard.quarantined_reason, "needs-approval");
	/* The CA says that this one may speak for a coordinator, and it does. */
	assert_string_equal(verdict(&p, 5, "mandated", "bund-bsi"), "");
}

static void settle_coordinator(const char *partner)
{
	struct settings *s = &agent.settings;

	s->coordinators[s->coordinators_n] = strdup(partner);
	assert_non_null(s->coordinators[s->coordinators_n++]);
}

static void who_is_a_coordinator_the_settings_say(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	settle_coordinator("de-he");
	red(&p, 1);
	assert_string_equal(verdict(&p, 1, "other", "de-he"), "");
	/* Nobody but a coordinator warns everyone, whoever approves it. */
	free(agent.settings.coordinators[0]);
	agent.settings.coordinators[0] = agent.settings.coordinators[--agent.settings.coordinators_n];
	assert_string_equal(verdict(&p, 3, "second", "bund-bsi"), "role-may-not-send");
	assert_string_equal(heard.quarantined_reason, "role-may-not-send");
}

static void a_lands_needs_two_of_that_land_and_goes_to_its_bodies(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	red(&p, 1);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	p.h.audience[0] = lb_text_of("de-he/*");
	assert_string_equal(verdict(&p, 1, "he-second", "de-he"), "");
	assert_string_equal(verdict(&p, 3, "bund", "bund-bsi"), "needs-approval");
	assert_string_equal(verdict(&p, 5, "other", "de-he"), "needs-approval");
	p.h.audience[0] = lb_text_of("de-he/kassel");
	assert_string_equal(verdict(&p, 7, "he-second", "de-he"), "");
	p.h.audience[p.h.audience_n++] = lb_text_of("de-sn");
	assert_string_equal(verdict(&p, 9, "he-second", "de-he"), "role-may-not-send");
	p.h.audience_n = 1;
	p.h.audience[0] = lb_text_of("all");
	assert_string_equal(verdict(&p, 11, "he-second", "de-he"), "role-may-not-send");
}

/* Second persons, one that has a mandate, and one with the first one's key in a certificate of its own. */
static int begin(void **state)
{
	const struct credential mandated = { "mandated", "ca", "spiffe://lagebus.example/partner/de-he/agent/both", NULL, 2 };
	char command[1600];

	if (fixture_begin(state) != 0 || !credentials_issue_mandated(fixture_folder, &mandated, "bund-bsi"))
		return -1;
	for (unsigned i = 0; i < sizeof more / sizeof more[0]; i++)
		if (!credentials_issue(fixture_folder, &more[i]))
			return -1;
	snprintf(command, sizeof command,
	         "cd '%s' && cp bund.key twin.key && openssl req -new -key twin.key -subj /CN=twin -out twin.csr 2>/dev/null &&"
	         " printf 'subjectAltName=URI:spiffe://lagebus.example/partner/bund-bsi/agent/twin\\nkeyUsage=critical,digitalSignature\\n"
	         "extendedKeyUsage=clientAuth\\n' >twin.ext && openssl x509 -req -in twin.csr -CA ca.pem -CAkey ca.key -days 2 -set_serial 77"
	         " -extfile twin.ext -out twin.pem 2>/dev/null",
	         fixture_folder);
	return system(command) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(level_4_is_real_behind_its_approval_only),
		AGENT_TEST(who_approved_is_said),
		AGENT_TEST(an_approval_that_is_none_does_not_count),
		AGENT_TEST(an_approval_of_a_form_of_its_own_does_not_count),
		AGENT_TEST(a_coordinators_needs_a_coordinator),
		AGENT_TEST(who_is_a_coordinator_the_settings_say),
		AGENT_TEST(a_lands_needs_two_of_that_land_and_goes_to_its_bodies),
	};

	return cmocka_run_group_tests(tests, begin, fixture_end);
}
