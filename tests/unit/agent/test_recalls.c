/* What an origin takes back or replaces, and what needs a second person, at the recipient's. */
#include "tests/unit/agent/agent_fixture.h"

#include "proto/approval.pb-c.h"
#include "proto/warning.pb-c.h"

static unsigned position;

/* A message from which a test may differ. */
struct post {
	struct lb_header h;
	uint8_t payload[400];
	size_t payload_n;
	const char *signer;
};

static void init_post(struct post *p, unsigned n, unsigned type)
{
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;

	memset(p, 0, sizeof *p);
	p->h = (struct lb_header){ .type = type, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .audience_n = 1, .tlp = LB_TLP_GREEN };
	p->h.id = letter_id(n);
	p->h.created_ms = (int64_t)time(NULL) * 1000;
	p->h.origin = lb_text_of("bund-bsi");
	p->h.audience[0] = lb_text_of("all");
	p->h.exercise_name = p->h.language = lb_text_of("");
	w.title = (char *)"Zuckerrohr";
	w.summary = (char *)"Zuckerrohr zusammen";
	p->payload_n = lagebus__warning__pack(&w, p->payload);
	p->signer = "bund";
}

/* Delivers it as the next of the urgent lane. */
static void post_next(struct post *p)
{
	struct letter l = { .signer = p->signer };

	p->h.lane = LB_LANE_URGENT;
	assert_int_equal(lb_header_encode(&p->h, &l.header), LB_OK);
	l.frames[0] = (struct lb_frame){ lb_buf_data(&l.header), lb_buf_len(&l.header) };
	l.frames[1] = (struct lb_frame){ p->payload, p->payload_n };
	letter_sign(&l);
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_URGENT, position + 1, position }, l.frames);
	position++;
	letter_fini(&l);
	settle();
}

static void recall(struct post *p, unsigned n, unsigned about)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	struct lb_uuid id = letter_id(about);

	init_post(p, n, LB_TYPE_RECALL);
	p->h.has_thread = true;
	p->h.thread = id;
	r.refers_to = (ProtobufCBinaryData){ sizeof id.b, id.b };
	r.reason = (char *)"falsch";
	p->payload_n = lagebus__recall__pack(&r, p->payload);
}

static void begin_link(void)
{
	position = 0;
	link_up();
	say_signer("bund", true);
	say_signer("second", true);
	say_signer("twin", true);
	say_signer("other", true);
	settle();
}

static struct inbox_row row_of(unsigned n)
{
	struct lb_uuid id = letter_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&agent.store, &id, &row), LB_OK);
	return row;
}

static bool count_row(void *user, const struct inbox_row *row)
{
	(void)row;
	++*(unsigned *)user;
	return true;
}

static unsigned found(const char *search)
{
	struct inbox_query q = { .search = search };
	unsigned n = 0;

	assert_int_equal(inbox_find(&agent.store, &q, count_row, &n), LB_OK);
	return n;
}

/* Is the word anywhere in the database or its write-ahead log? */
static bool in_files(const char *word)
{
	char command[400];

	snprintf(command, sizeof command, "cat '%s'/agent.db* | grep -aqi '%s'", agent.settings.data, word);
	return system(command) == 0;
}

static void a_recall_deletes_and_is_confirmed(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	assert_int_equal(found("Zuckerrohr"), 1);
	assert_true(in_files("Zuckerrohr"));
	recall(&p, 2, 1);
	post_next(&p);
	assert_string_equal(row_of(1).gone, "recalled");
	assert_string_equal(row_of(1).gone_reason, "falsch");
	assert_int_equal(row_of(1).payload.n, 0);
	assert_string_equal(row_of(1).title, "");
	assert_int_equal(found("Zuckerrohr"), 0);
	assert_false(in_files("Zuckerrohr"));
	UNTIL(heard.published_n == 1);
}

static void a_message_that_comes_behind_its_recall_is_deleted_too(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	recall(&p, 2, 1);
	post_next(&p);
	UNTIL(heard.published_n == 1); /* nothing of it is here: that is confirmed */
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	assert_string_equal(row_of(1).gone, "recalled");
	assert_false(in_files("Zuckerrohr"));
}

static void nobody_elses_recall_deletes(void **state)
{
	struct post p;

	(void)state;
	begin_link();
	init_post(&p, 1, LB_TYPE_WARNING);
	p.h.level = 3;
	post_next(&p);
	recall(&p, 2, 1);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	post_next(&p);
	assert_string_equal(row_of(1).gone, "");
	assert_int_equal(found("Zuckerrohr"), 1);
}

static void what_is_replaced_is_marked(void **state)
{
	struct post p;
	struct lb_uuid by = letter_id(2);

	(void)state;
	begin_link();
	init_post(&p, 1, LB_TYPE_SITUATION_REPORT);
	post_next(&p);
	init_post(&p, 3, LB_TYPE_SITUATION_REPORT);
	p.h.origin = lb_text_of("de-he");
	p.signer = "other";
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(1);
	post_next(&p);
	assert_int_equal(row_of(1).superseded.n, 0); /* another's does not count */
	init_post(&p, 2, LB_TYPE_SITUATION_REPORT);
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(1);
	post_next(&p);
	assert_int_equal(row_of(1).superseded.n, sizeof by.b);
	assert_memory_equal(row_of(1).superseded.p, by.b, sizeof by.b);
	/* Also if it comes later than what replaces it. */
	init_post(&p, 5, LB_TYPE_SITUATION_REPORT);
	p.h.has_supersedes = true;
	p.h.supersedes = letter_id(4);
	post_next(&p);
	init_post(&p, 4, LB_TYPE_SITUATION_REPORT);
	post_next(&p);
	assert_int_equal(row_of(4).superseded.n, sizeof by.b);
}

static void red(struct post *p, unsigned n)
{
	init_post(p, n, LB_TYPE_WARNING);
	p->h.level = 4;
}

static void approve(struct post *a, unsigned n, const struct post *about, const char *signer)
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
	a->signer = signer;
	body.refers_to = (ProtobufCBinaryData){ sizeof h.id.b, h.id.b };
	body.digest = (ProtobufCBinaryData){ sizeof digest, digest };
	body.decision = LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED;
	a->payload_n = lagebus__approval__pack(&body, a->payload);
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

/* A second person, and one with the first one's key in a certificate of its own. */
static int begin(void **state)
{
	const struct credential second = { "second", "ca", "spiffe://lagebus.example/partner/bund-bsi/agent/second", NULL, 2 };
	char command[1600];

	if (fixture_begin(state) != 0 || !credentials_issue(fixture_folder, &second))
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
		AGENT_TEST(a_recall_deletes_and_is_confirmed),
		AGENT_TEST(a_message_that_comes_behind_its_recall_is_deleted_too),
		AGENT_TEST(nobody_elses_recall_deletes),
		AGENT_TEST(what_is_replaced_is_marked),
		AGENT_TEST(level_4_is_real_behind_its_approval_only),
		AGENT_TEST(an_approval_that_is_none_does_not_count),
	};

	return cmocka_run_group_tests(tests, begin, fixture_end);
}
