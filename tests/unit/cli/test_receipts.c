/* agents/cli/receipts.c */
#include "agents/cli/receipts.h"

#include "tests/unit/cli/fake_agent.h"

#define NOW 1795442400000 /* 2026-11-23T14:00:00Z */

static Lagebus__PartnerReceipt rows[5];
static Lagebus__PartnerReceipt *partners[] = { &rows[0], &rows[1], &rows[2], &rows[3], &rows[4] };
static struct lb_buf header;
static Lagebus__Receipts receipts;

static int make(void **state)
{
	struct lb_header h = sample_header(1);

	(void)state;
	setenv("TZ", "UTC", 1);
	h.ack_deadline_ms = NOW - 60000;
	if (lb_header_encode(&h, &header))
		return 1;
	for (int i = 0; i < 5; i++)
		lagebus__partner_receipt__init(&rows[i]);
	rows[0].partner = (char *)"de-sn";
	rows[0].delivered = rows[0].online = true;
	rows[0].displayed = NOW - 120000;
	rows[0].acknowledged = NOW - 60000;
	rows[0].by = (char *)"CISO\033[2J on duty";
	rows[0].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_ACKNOWLEDGED;
	rows[1].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DELIVERED;
	rows[1].overdue_since = NOW - 60000;
	rows[2].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_QUEUED;
	rows[4].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_EXPIRED;
	rows[3].now = (char *)"ok";
	rows[1].partner = (char *)"de-he";
	rows[1].delivered = rows[1].online = true;
	rows[2].partner = (char *)"de-hb";
	rows[2].last_seen = NOW - 3600000;
	rows[3].partner = (char *)"de-rp";
	rows[3].rule = (char *)"not-in-audience";
	rows[4].partner = (char *)"de-ni";
	rows[4].online = rows[4].expired = true;
	lagebus__receipts__init(&receipts);
	receipts.partners = partners;
	receipts.n_partners = 5;
	receipts.now = NOW;
	receipts.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	return 0;
}

static int drop(void **state)
{
	(void)state;
	lb_buf_fini(&header);
	return 0;
}

static char *show(bool terminal, bool json, bool all)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = terminal, .json = json, .width = 120 };

	assert_int_equal(receipts_show(&cli, &receipts, all), CLI_OK);
	fclose(cli.out);
	return text;
}

static void sums_up_in_a_sentence(void **state)
{
	char *text = receipts_summary(&receipts);

	(void)state;
	assert_string_equal(text, "2 of 4 have it, 1 acknowledged, 1 overdue, expired before they had it: de-ni, silent: de-hb (offline since 13:00)");
	free(text);
}

static void a_table_for_people(void **state)
{
	char *text = show(true, false, false);

	(void)state;
	assert_has(text, "warning from bund-bsi, 3 orange, TLP:AMBER, sent 09:00");
	assert_has(text, "offline since 13:00");
	assert_has(text, "│ queued");
	assert_has(text, "│ overdue since 13:59 │");
	assert_has(text, "│ acknowledged");
	assert_has(text, "2 of 4 have it");
	assert_has(text, "│ expired");
	assert_has(text, "not yet acknowledged (was due 13:59): de-he, de-hb\n");
	assert_has_not(text, "de-rp");
	assert_has_not(text, "\033");
	free(text);
}

static void lines_for_programs(void **state)
{
	char *text = show(false, false, true);

	(void)state;
	assert_has(text, "de-he\tyes\t\t\t\t\tonline\toverdue\trecipient\n");
	assert_has(text, "de-hb\tno\t\t\t\t\t2026-11-23T13:00:00Z\tqueued\trecipient\n");
	assert_has(text, "de-ni\texpired\t\t\t\t\tonline\texpired\trecipient\n");
	assert_has(text, "de-rp\t\t\t\t\t\t\t\tnot-in-audience; now: recipient\n");
	free(text);
}

static void a_document(void **state)
{
	char *text = show(false, true, false);

	(void)state;
	assert_has(text, "\"summary\": \"2 of 4 have it");
	assert_has(text, "\"acknowledged\": \"2026-11-23T13:59:00Z\"");
	assert_has(text, "\"partner\": \"de-ni\",\n      \"delivered\": false,\n      \"expired\": true,");
	assert_has(text, "\"partner\": \"de-he\",\n      \"delivered\": true,\n      \"expired\": false,");
	assert_has(text, "\"rule\": \"not-in-audience\"");
	assert_has(text, "\"rule_now\": \"ok\"");
	assert_has(text, "\"state\": \"delivered\",\n      \"overdue_since\": \"2026-11-23T13:59:00Z\"");
	assert_has(text, "\"overdue\": 1,\n  \"complete\": false");
	free(text);
}

static void a_file_for_a_spreadsheet(void **state)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr };

	(void)state;
	assert_int_equal(receipts_csv(&cli, &receipts, true), CLI_OK);
	fclose(cli.out);
	assert_has(text, "partner,state,overdue_since,delivered,displayed,acknowledged,by,implemented,online,last_seen,rule,rule_now\r\n");
	assert_has(text, "\r\nde-he,delivered,2026-11-23T13:59:00Z,yes,,,,,yes,,,\r\n");
	assert_has(text, "\r\nde-rp,,,,,,,,no,,not-in-audience,ok\r\n");
	assert_has_not(text, "\033");
	free(text);
}

static void it_is_complete_when_nothing_more_can_come(void **state)
{
	(void)state;
	assert_false(receipts_are_complete(&receipts));
	assert_int_equal(receipts_overdue(&receipts), 1);
	rows[1].acknowledged = NOW;
	assert_false(receipts_are_complete(&receipts));
	rows[2].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD;
	assert_true(receipts_are_complete(&receipts));
	rows[1].acknowledged = 0;
	rows[2].state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_QUEUED;
}

static void when_a_cases_content_went_is_said(void **state)
{
	char *text = show(true, false, false);

	(void)state;
	assert_has_not(text, "deleted at the broker");
	free(text);
	receipts.erased = NOW - 60000;
	text = show(true, false, false);
	assert_has(text, "its content was deleted at the broker at 13:59, when it was acknowledged");
	free(text);
	text = show(false, true, false);
	assert_has(text, "\"erased\"");
	free(text);
	receipts.erased = 0;
}

static void a_live_table_replaces_what_was_there(void **state)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = true, .width = 120 };

	(void)state;
	assert_int_equal(receipts_redraw(&cli, &receipts, false), CLI_OK);
	cli.json = true;
	assert_int_equal(receipts_redraw(&cli, &receipts, false), CLI_OK);
	fclose(cli.out);
	assert_int_equal(strncmp(text, "\033[H\033[2J", 7), 0);
	assert_has(text, "\n{\"id\":\"");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_up_in_a_sentence),
		cmocka_unit_test(a_table_for_people),
		cmocka_unit_test(lines_for_programs),
		cmocka_unit_test(a_document),
		cmocka_unit_test(a_file_for_a_spreadsheet),
		cmocka_unit_test(it_is_complete_when_nothing_more_can_come),
		cmocka_unit_test(when_a_cases_content_went_is_said),
		cmocka_unit_test(a_live_table_replaces_what_was_there),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
