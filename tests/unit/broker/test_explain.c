/* The rules as they were when a message was accepted: kept, also over a restart, each file once, and dropped with the last message that needs it. */
#include "tests/kit/stand.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "broker/core/era.h"

/* de-he's agreement is wider or gone, and de-by has joined. */
static const char wider[] =
	"trust_domain = \"lagebus.example\";\n"
	"partners = (\n"
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"threat-intelligence\" ]; },\n"
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-by\"; role = \"state\"; areas = [ \"all\" ]; }\n"
	");\n";

static const Lagebus__Receipts *ask(struct caller *c, const struct lb_uuid *id)
{
	const Lagebus__Receipts *r = stand_receipts(c, id->b, sizeof id->b);

	assert_string_equal(r->refused, "");
	return r;
}

/* The partner's rule when the message was accepted, and what it is now where that differs. */
static void assert_rules(const Lagebus__Receipts *r, const char *partner, const char *then, const char *now)
{
	for (size_t i = 0; i < r->n_partners; i++)
		if (strcmp(r->partners[i]->partner, partner) == 0) {
			assert_string_equal(r->partners[i]->rule, then);
			assert_string_equal(r->partners[i]->now, now);
			return;
		}
	fail_msg("there is no row of %s", partner);
}

static struct lb_uuid send_about(struct caller *c, unsigned area)
{
	struct lb_header h;

	caller_header(c, "all", &h);
	h.area = area;
	caller_publish(c, &h, "x", 1);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	return h.id;
}

struct counted {
	unsigned n;
};

static bool count(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct counted *c = user;

	(void)key;
	(void)key_n;
	(void)value;
	(void)value_n;
	c->n++;
	return true;
}

static unsigned rows_of(enum journal_table t)
{
	struct journal_reader *r;
	struct counted c = { 0 };

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	assert_int_equal(journal_each(r, t, "", 0, count, &c), LB_OK);
	journal_reader_free(r);
	return c.n;
}

static void assert_before(const Lagebus__Receipts *r)
{
	assert_int_equal(r->n_partners, 6);
	assert_rules(r, "de-sn", "", "area-not-agreed");
	assert_rules(r, "de-he", "area-not-agreed", "ok");
	assert_rules(r, "de-by", "not-a-member", "ok");
	assert_rules(r, "uni", "", "not-a-member");
	assert_rules(r, "bund-bsi", "not-in-audience", "");
}

static void a_message_is_explained_by_the_rules_of_its_time(void **state)
{
	struct lb_uuid before, after;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	before = send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	assert_rules(ask(c, &before), "de-he", "area-not-agreed", "");
	assert_int_equal(ask(c, &before)->n_partners, 5);
	stand_reload(wider, NULL);
	after = send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	assert_before(ask(c, &before));
	assert_rules(ask(c, &after), "de-sn", "area-not-agreed", "");
	assert_rules(ask(c, &after), "de-he", "", "");
	stand_stop();
	stand.federation = wider;
	stand_start();
	c = stand_agent("bsi");
	assert_before(ask(c, &before));
	assert_rules(ask(c, &after), "de-he", "", "");
	send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	assert_int_equal(rows_of(JOURNAL_ERAS), 2);
	assert_int_equal(rows_of(JOURNAL_FEDERATIONS), 2);
}

static void each_file_is_kept_once(void **state)
{
	struct lb_uuid ids[6];
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < 6; i++) {
		stand_reload(i % 2 ? wider : stand_federation, NULL);
		ids[i] = send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	}
	stand_reload(wider, NULL); /* and nothing is sent under another reload of the same */
	send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	assert_int_equal(rows_of(JOURNAL_ERAS), 6);
	assert_int_equal(rows_of(JOURNAL_FEDERATIONS), 2);
	for (unsigned i = 0; i < 6; i++)
		assert_rules(ask(c, &ids[i]), "de-he", i % 2 ? "" : "area-not-agreed", i % 2 ? "" : "ok");
}

/* More files than a worker keeps read. */
static void many_files_are_read_again(void **state)
{
	char text[6][sizeof wider + 64];
	struct lb_uuid ids[6];
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < 6; i++) {
		snprintf(text[i], sizeof text[i], "# version %u\n%s", i, wider);
		stand_reload(text[i], NULL);
		ids[i] = send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	}
	stand_reload(stand_federation, NULL);
	for (unsigned again = 0; again < 2; again++)
		for (unsigned i = 0; i < 6; i++)
			assert_rules(ask(c, &ids[i]), "de-he", "", "area-not-agreed");
	assert_int_equal(rows_of(JOURNAL_FEDERATIONS), 6);
}

static bool is_tidy(unsigned eras, unsigned files)
{
	for (unsigned i = 0; i < CALLER_MS && (rows_of(JOURNAL_ERAS) != eras || rows_of(JOURNAL_FEDERATIONS) != files); i++)
		poll(NULL, 0, 1);
	return rows_of(JOURNAL_ERAS) == eras && rows_of(JOURNAL_FEDERATIONS) == files;
}

static void what_no_message_needs_is_dropped(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	stand_reload(wider, NULL);
	send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	assert_int_equal(rows_of(JOURNAL_FEDERATIONS), 2);
	stand_stop();
	stand_set("retention", 1);
	stand_start();
	assert_true(is_tidy(1, 1)); /* what the next message may still be of stays */
}

/* It is then explained by the rules of today. */
static void a_row_that_is_no_digest_explains_nothing(void **state)
{
	static const uint8_t rubbish[5] = { 1 };
	struct lb_uuid id;
	struct caller *c;
	uint8_t key[ERA_KEY_SIZE];

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	id = send_about(c, LB_AREA_DIGITAL_VIOLENCE);
	stand_stop();
	stand_start_held();
	era_key(LB_LANE_ROUTINE, 1, key);
	assert_int_equal(journal_begin(stand.parts.journal), LB_OK);
	assert_int_equal(journal_put(stand.parts.journal, JOURNAL_ERAS, key, sizeof key, rubbish, sizeof rubbish), LB_OK);
	assert_int_equal(journal_commit(stand.parts.journal), LB_OK);
	c = stand_agent("bsi");
	stand_reload(wider, NULL);
	assert_rules(ask(c, &id), "de-he", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(a_message_is_explained_by_the_rules_of_its_time),
		STAND_TEST(each_file_is_kept_once),
		STAND_TEST(many_files_are_read_again),
		STAND_TEST(what_no_message_needs_is_dropped),
		STAND_TEST(a_row_that_is_no_digest_explains_nothing),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
