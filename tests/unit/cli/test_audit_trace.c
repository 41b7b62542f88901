/* agents/cli/audit_trace.c */
#include "tests/unit/cli/audit_rows.h"

#include "agents/cli/audit_trace.h"

#define SPIFFE(partner) "spiffe://lagebus.example/partner/" partner "/agent/main"

static char *text;
static size_t text_n;
static struct cli cli;
static struct audit_trace *trace;
static uint64_t number;

static int set_up(void **state)
{
	struct lb_uuid id = row_id(2);

	(void)state;
	cli = (struct cli){ .out = open_memstream(&text, &text_n), .err = stderr, .width = 200 };
	trace = audit_trace_new(&id);
	number = 0;
	return trace ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(cli.out);
	free(text);
	audit_trace_free(trace);
	return 0;
}

static void take(struct row *r)
{
	assert_int_equal(audit_trace_row(trace, &cli, &r->row), CLI_OK);
	fflush(cli.out);
}

static void begin(struct row *r)
{
	memset(r, 0, sizeof *r);
	row_init(r, ++number);
}

static void take_federation(char **partners, size_t n)
{
	Lagebus__AuditFederation federation = LAGEBUS__AUDIT_FEDERATION__INIT;
	struct row r;

	begin(&r);
	federation.partners = partners;
	federation.n_partners = n;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_FEDERATION)->federation = &federation;
	take(&r);
}

/* Messages 1 to 3, of which the second is traced, at 10 to 12 of a lane; to whom the bits say; `expires_s` of the second. */
static void take_published(unsigned lane, uint8_t bits, uint32_t expires_s)
{
	Lagebus__AuditPublished published = LAGEBUS__AUDIT_PUBLISHED__INIT;
	uint8_t entries[3 * LB_AUDIT_ENTRY], expires[12] = { 0 };
	struct row r;

	begin(&r);
	for (uint8_t i = 0; i < 3; i++)
		row_entry((uint8_t)(i + 1), entries + i * LB_AUDIT_ENTRY);
	published.origin = (char *)"bund-bsi";
	published.type = LB_TYPE_WARNING;
	published.lane = lane;
	published.first = 10;
	published.messages = (ProtobufCBinaryData){ sizeof entries, entries };
	published.recipients = (ProtobufCBinaryData){ 1, &bits };
	for (unsigned i = 0; i < 4; i++)
		expires[4 + i] = (uint8_t)(expires_s >> (8 * i));
	published.expires = (ProtobufCBinaryData){ expires_s ? sizeof expires : 0, expires };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED)->published = &published;
	take(&r);
}

static void take_stored(const char *agent, uint64_t urgent, uint64_t routine, char *acts_for)
{
	Lagebus__AuditStored stored = LAGEBUS__AUDIT_STORED__INIT;
	struct row r;

	begin(&r);
	stored.agent = (char *)agent;
	stored.urgent = urgent;
	stored.routine = routine;
	stored.acts_for = &acts_for;
	stored.n_acts_for = acts_for != NULL;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_STORED)->stored = &stored;
	take(&r);
}

static unsigned lines(void)
{
	unsigned n = 0;

	for (const char *p = text; (p = strchr(p, '\n')); p++)
		n++;
	return n;
}

static char *partners[] = { (char *)"bund-bsi", (char *)"de-sn", (char *)"de-he" };

static void each_recipient_has_it_by_a_row(void **state)
{
	(void)state;
	take_stored(SPIFFE("de-sn"), 11, 11, NULL); /* of what came before */
	take_federation(partners, 3);
	take_published(LB_LANE_URGENT, 1 << 1 | 1 << 2, 0);
	assert_line(text, "\t3\tpublished\tbund-bsi\twarning ");
	take_stored(SPIFFE("de-sn"), 10, 99, NULL); /* the one before it, and another lane */
	assert_int_equal(lines(), 1);
	take_stored(SPIFFE("de-sn"), 11, 0, NULL);
	assert_line(text, "2001-09-09T12:00:05Z\t5\tdelivered\tde-sn\tstored by " SPIFFE("de-sn") "\n");
	take_stored(SPIFFE("de-sn"), 12, 0, NULL);        /* once */
	take_stored(SPIFFE("bund-bsi"), 12, 0, NULL);     /* no recipient */
	take_stored("no SPIFFE ID", 12, 0, NULL);
	assert_int_equal(lines(), 2);
	/* For whom an agent acts has it, too. */
	take_stored(SPIFFE("de-xx"), 13, 0, partners[2]);
	assert_line(text, "\tdelivered\tde-he\tstored by " SPIFFE("de-xx") "\n");
	assert_int_equal(lines(), 3);
}

static void the_lane_counts(void **state)
{
	(void)state;
	take_federation(partners, 3);
	take_published(LB_LANE_ROUTINE, 1 << 1, 0);
	take_stored(SPIFFE("de-sn"), 99, 10, NULL);
	assert_int_equal(lines(), 1);
	take_stored(SPIFFE("de-sn"), 0, 11, NULL);
	assert_line(text, "\tdelivered\tde-sn\t");
}

/* The cursor goes on past what has expired, too. */
static void what_was_over_was_passed_over(void **state)
{
	(void)state;
	take_federation(partners, 3);
	take_published(LB_LANE_URGENT, 1 << 1 | 1 << 2, (uint32_t)(ROW_NOON / 1000 + 3));
	number = 12; /* the row may be told late */
	take_stored(SPIFFE("de-sn"), 11, 0, NULL);
	assert_line(text, "\tdelivered\tde-sn\t");
	take_stored(SPIFFE("de-he"), 11, 0, NULL);
	assert_line(text, "\tpassed-over\tde-he\tit was over when " SPIFFE("de-he") " came by\n");
}

static void a_recall_ends_it(void **state)
{
	Lagebus__AuditPublished recall = LAGEBUS__AUDIT_PUBLISHED__INIT;
	struct lb_uuid id = row_id(2);
	uint8_t entry[LB_AUDIT_ENTRY];
	struct row r;

	(void)state;
	take_federation(partners, 3);
	take_published(LB_LANE_URGENT, 1 << 1 | 1 << 2, 0);
	begin(&r);
	row_entry(9, entry);
	recall.origin = (char *)"bund-bsi";
	recall.type = LB_TYPE_RECALL;
	recall.about = (ProtobufCBinaryData){ sizeof id.b, id.b };
	recall.messages = (ProtobufCBinaryData){ sizeof entry, entry };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED)->published = &recall;
	take(&r);
	assert_line(text, "\tpublished\tbund-bsi\trecall ");
	number = 100;
	take_stored(SPIFFE("de-sn"), 12, 0, NULL);
	assert_line(text, "\tpassed-over\tde-sn\t");
}

static void what_people_and_rules_did_is_shown_and_nothing_else(void **state)
{
	Lagebus__AuditReceipt receipt = LAGEBUS__AUDIT_RECEIPT__INIT, other = LAGEBUS__AUDIT_RECEIPT__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT;
	Lagebus__AuditBroker broker = LAGEBUS__AUDIT_BROKER__INIT;
	Lagebus__AuditWait wait = LAGEBUS__AUDIT_WAIT__INIT;
	struct lb_uuid id = row_id(2), another = row_id(3);
	struct row r;

	(void)state;
	begin(&r);
	receipt.id = refused.id = wait.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	other.id = (ProtobufCBinaryData){ sizeof another.b, another.b };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_RECEIPT)->receipt = &receipt;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_RECEIPT)->receipt = &other;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_REFUSED)->refused = &refused;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_WAIT)->wait = &wait;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_BROKER)->broker = &broker;
	take(&r);
	assert_int_equal(lines(), 3);
}

#define TRACE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE_TEST(each_recipient_has_it_by_a_row),
		TRACE_TEST(the_lane_counts),
		TRACE_TEST(what_was_over_was_passed_over),
		TRACE_TEST(a_recall_ends_it),
		TRACE_TEST(what_people_and_rules_did_is_shown_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
