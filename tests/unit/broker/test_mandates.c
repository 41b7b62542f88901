/* Agents that act for other partners: for whom, from where on, and until when. */
#include "tests/kit/stand.h"

#include <string.h>

#include "broker/core/ledger.h"
#include "tests/unit/broker/receipts.h"

#define ACTING "spiffe://lagebus.example/partner/de-sn/agent/acting"

/* de-he has no agent of its own here, but these. */
#define FEDERATION(agents) \
	"trust_domain = \"lagebus.example\";\n" \
	"partners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; agents = [ " agents " ]; }\n" \
	");\n"
static const char nobody[] = FEDERATION("");
static const char lent[] = FEDERATION("\"" ACTING "\", \"spiffe://lagebus.example/partner/de-sn/agent/main\"");

/* From which position of the routine lane on the log says that it acts for de-he; 0: it does not. */
static uint64_t noted(void)
{
	struct journal_reader *r;
	struct lb_buf value = LB_BUF_INIT;
	uint8_t key[MANDATE_KEY_MAX];
	struct mandate_row row = { { 0 } };
	lb_err e;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	e = journal_get(r, JOURNAL_MANDATES, key, mandate_key(ACTING, "de-he", key), &value);
	if (e == LB_OK)
		assert_int_equal(mandate_row_read(lb_buf_data(&value), lb_buf_len(&value), &row), LB_OK);
	else
		assert_int_equal(e, LB_NOT_FOUND);
	lb_buf_fini(&value);
	journal_reader_free(r);
	return row.from[LB_LANE_ROUTINE];
}

/* Publishes to all and lets the agent store it, which stands behind what its session gave the log writer before. */
static struct lb_uuid store(struct caller *sender, struct caller *agent, uint64_t position)
{
	struct lb_uuid id = stand_send(sender, "all", 1);

	stand_assert_delivered(agent, &id, position, position - 1);
	caller_say_received(agent, 0, position);
	assert_true(caller_is_answered(agent));
	return id;
}

/* The federation is in force for what the agent says from now on. */
static void reload(const char *federation, struct caller *agent)
{
	stand_reload(federation, NULL);
	assert_true(caller_is_answered(agent));
}

static bool has(struct caller *c, const struct lb_uuid *id, const char *partner)
{
	return receipt_of(c, id, partner)->delivered;
}

static void it_acts_for_whom_both_federation_and_certificate_name(void **state)
{
	struct caller *c;

	(void)state;
	stand.federation = nobody;
	stand_start();
	c = stand_agent("acting");
	assert_int_equal(c->control->welcome->n_acts_for, 0);
	stand_stop();
	stand.federation = lent;
	stand_start();
	c = stand_agent("acting");
	assert_int_equal(c->control->welcome->n_acts_for, 1);
	assert_string_equal(c->control->welcome->acts_for[0], "de-he");
	c = stand_agent("sn"); /* its certificate does not name it */
	assert_int_equal(c->control->welcome->n_acts_for, 0);
}

static void it_is_given_what_is_for_either(void **state)
{
	struct caller *bsi, *acting, *sn;
	struct lb_uuid first, second, third;

	(void)state;
	stand.federation = lent;
	stand_start();
	bsi = stand_agent("bsi");
	acting = stand_agent("acting");
	sn = stand_agent("sn");
	first = stand_send(bsi, "de-he", 1);
	second = stand_send(bsi, "all", 1);
	third = stand_send(bsi, "de-sn", 1);
	stand_assert_delivered(acting, &first, 1, 0);
	stand_assert_delivered(acting, &second, 2, 1);
	stand_assert_delivered(acting, &third, 3, 2);
	stand_assert_delivered(sn, &second, 2, 0);
	stand_assert_delivered(sn, &third, 3, 2);
}

/* What an agent stored before it acted for a partner was not for that partner, and after the end nothing is. */
static void it_counts_from_its_beginning_to_its_end(void **state)
{
	struct caller *bsi, *acting;
	struct lb_uuid before, during;

	(void)state;
	stand.federation = nobody;
	stand_start();
	bsi = stand_agent("bsi");
	acting = stand_agent("acting");
	before = store(bsi, acting, 1);
	assert_int_equal(noted(), 0);
	reload(lent, acting);
	during = store(bsi, acting, 2);
	caller_fini(acting); /* its cursor is saved */
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	stand_agent("acting"); /* it acts for it as before */
	stand_send(bsi, "de-sn", 1);
	assert_int_equal(noted(), 2);
	assert_true(has(bsi, &before, "de-sn") && has(bsi, &during, "de-sn"));
	assert_true(has(bsi, &during, "de-he"));
	assert_false(has(bsi, &before, "de-he"));
	reload(nobody, bsi);
	stand_send(bsi, "de-sn", 1);
	assert_int_equal(noted(), 0);
	assert_false(has(bsi, &during, "de-he"));
	assert_true(has(bsi, &during, "de-sn"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_acts_for_whom_both_federation_and_certificate_name),
		STAND_TEST(it_is_given_what_is_for_either),
		STAND_TEST(it_counts_from_its_beginning_to_its_end),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
