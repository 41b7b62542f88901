/* agents/cli/audit_print.c */
#include "tests/unit/cli/audit_rows.h"

#include "agents/cli/audit_print.h"

static char *show(const struct row *r, bool json)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .json = json, .width = 200 };

	assert_int_equal(audit_print(&cli, &r->row), CLI_OK);
	fclose(cli.out);
	return text;
}

static void each_event_is_a_line(void **state)
{
	static char *audience[] = { (char *)"de-sn", (char *)"group:cert" }, *partners[] = { (char *)"bund-bsi", (char *)"de-sn" };
	Lagebus__AuditPublished published = LAGEBUS__AUDIT_PUBLISHED__INIT, recall = LAGEBUS__AUDIT_PUBLISHED__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT, more = LAGEBUS__AUDIT_REFUSED__INIT;
	Lagebus__AuditWait holds = LAGEBUS__AUDIT_WAIT__INIT, expired = LAGEBUS__AUDIT_WAIT__INIT;
	Lagebus__AuditFederation federation = LAGEBUS__AUDIT_FEDERATION__INIT;
	Lagebus__AuditReceipt receipt = LAGEBUS__AUDIT_RECEIPT__INIT;
	uint8_t entries[2 * LB_AUDIT_ENTRY];
	struct lb_uuid id = row_id(1);
	char line[200], text[LB_UUID_TEXT], *out;
	struct row r = { 0 };

	(void)state;
	row_init(&r, 7);
	row_entry(1, entries);
	row_entry(2, entries + LB_AUDIT_ENTRY);
	lb_uuid_format(&id, text);
	published.origin = (char *)"bund-bsi";
	published.type = LB_TYPE_WARNING;
	published.tlp = LB_TLP_GREEN;
	published.audience = audience;
	published.n_audience = 2;
	published.messages = (ProtobufCBinaryData){ sizeof entries, entries };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED)->published = &published;
	recall = published;
	recall.type = LB_TYPE_RECALL;
	recall.messages.len = LB_AUDIT_ENTRY;
	recall.about = (ProtobufCBinaryData){ sizeof id.b, id.b };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED)->published = &recall;
	refused.agent = (char *)"spiffe://x/a";
	refused.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	refused.type = LB_TYPE_WARNING;
	refused.rule = (char *)"role-may-not-send";
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_REFUSED)->refused = &refused;
	more.more = 12;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_REFUSED)->refused = &more;
	holds.id = refused.id;
	holds.state = 1;
	holds.agent = (char *)"spiffe://x/a";
	holds.message = &published;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_WAIT)->wait = &holds;
	expired.id = refused.id;
	expired.state = 4;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_WAIT)->wait = &expired;
	federation.partners = partners;
	federation.n_partners = 2;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_FEDERATION)->federation = &federation;
	receipt.id = refused.id;
	receipt.partner = (char *)"de-sn";
	receipt.state = 2;
	receipt.by = (char *)"CISO";
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_RECEIPT)->receipt = &receipt;
	out = show(&r, false);
	snprintf(line, sizeof line, "2001-09-09T12:00:07Z\t7\tpublished\tbund-bsi\twarning %s and 1 more, TLP:GREEN, to de-sn group:cert\n", text);
	assert_line(out, line);
	snprintf(line, sizeof line, "\tpublished\tbund-bsi\trecall %s about %s, TLP:GREEN, to", text, text);
	assert_line(out, line);
	snprintf(line, sizeof line, "\trefused\tspiffe://x/a\twarning %s: role-may-not-send\n", text);
	assert_line(out, line);
	assert_line(out, "\trefused\t-\t12 more\n");
	snprintf(line, sizeof line, "\twait\tspiffe://x/a\twaiting: warning %s and 1 more, TLP:GREEN", text);
	assert_line(out, line);
	snprintf(line, sizeof line, "\twait\t-\texpired %s\n", text);
	assert_line(out, line);
	assert_line(out, "\tfederation\tbroker\t2 partners: bund-bsi de-sn\n");
	snprintf(line, sizeof line, "\treceipt\tde-sn\tacknowledged %s by CISO\n", text);
	assert_line(out, line);
	free(out);
	out = show(&r, true);
	assert_line(out, "\"what\":\"wait\"");
	assert_line(out, "\"state\":\"waiting\"");
	assert_line(out, "\"lane\":\"urgent\"");
	assert_line(out, "\"rule\":\"role-may-not-send\"");
	free(out);
}

/* An audience that fills the line, ids of other lengths, events of a later version. */
static void what_is_strange_does_not_break_it(void **state)
{
	Lagebus__AuditFederation federation = LAGEBUS__AUDIT_FEDERATION__INIT;
	Lagebus__AuditWait wait = LAGEBUS__AUDIT_WAIT__INIT;
	static char long_name[200], *names[300];
	struct row r = { 0 };
	char *out;

	(void)state;
	memset(long_name, 'x', sizeof long_name - 1);
	for (unsigned i = 0; i < 300; i++)
		names[i] = long_name;
	row_init(&r, 1);
	federation.partners = names;
	federation.n_partners = 300;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_FEDERATION)->federation = &federation;
	wait.id = (ProtobufCBinaryData){ 3, (uint8_t *)"abc" };
	wait.state = 99;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_WAIT)->wait = &wait;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY__NOT_SET);
	out = show(&r, false);
	assert_line(out, "\tfederation\tbroker\t300 partners: xxx");
	assert_line(out, "\twait\t-\tunknown \n");
	assert_line(out, "\tunknown\t-\tof a later version\n");
	free(out);
}

/* What a terminal of so many columns shows of a delivery to the agent of Leipzig and a recall, in this language. */
static char *on_terminal(unsigned width, const char *language)
{
	static char *audience[] = { (char *)"de-sn/leipzig", (char *)"group:cert" };
	Lagebus__AuditPublished recall = LAGEBUS__AUDIT_PUBLISHED__INIT;
	Lagebus__AuditStored stored = LAGEBUS__AUDIT_STORED__INIT;
	uint8_t entry[LB_AUDIT_ENTRY];
	struct row r = { 0 };
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = true, .width = width };

	row_init(&r, 7);
	row_entry(1, entry);
	stored.agent = (char *)"spiffe://lagebus.example/partner/de-sn/leipzig/agent/main";
	stored.urgent = 12;
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_STORED)->stored = &stored;
	recall.origin = (char *)"bund-bsi";
	recall.type = LB_TYPE_RECALL;
	recall.tlp = LB_TLP_GREEN;
	recall.audience = audience;
	recall.n_audience = 2;
	recall.messages = (ProtobufCBinaryData){ sizeof entry, entry };
	row_add(&r, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED)->published = &recall;
	words_in(language);
	assert_int_equal(audit_print(&cli, &r.row), CLI_OK);
	fclose(cli.out);
	words_in("C.UTF-8");
	return text;
}

static void a_wide_terminal_has_columns(void **state)
{
	char *out = on_terminal(120, "C.UTF-8");

	(void)state;
	assert_string_equal(out, "     7  2001-09-09 12:00  delivered       de-sn/leipzig/main      urgent up to 12, routine up to 0\n"
				 "     7  2001-09-09 12:00  published       bund-bsi                recall 018bcfe5-6800-7100-8000-000000000000,\n"
				 "                                                                  TLP:GREEN, to de-sn/leipzig group:cert\n");
	free(out);
}

static void a_narrow_one_has_what_happened_below(void **state)
{
	char *out = on_terminal(80, "de_DE.UTF-8");

	(void)state;
	assert_string_equal(out, "     7  09.09.2001 12:00  zugestellt      de-sn/leipzig/main\n"
				 "        eilig bis 12, normal bis 0\n"
				 "     7  09.09.2001 12:00  veröffentlicht  bund-bsi\n"
				 "        Rückruf 018bcfe5-6800-7100-8000-000000000000, TLP:GREEN, an\n"
				 "        de-sn/leipzig group:cert\n");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_is_a_line),
		cmocka_unit_test(what_is_strange_does_not_break_it),
		cmocka_unit_test(a_wide_terminal_has_columns),
		cmocka_unit_test(a_narrow_one_has_what_happened_below),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
