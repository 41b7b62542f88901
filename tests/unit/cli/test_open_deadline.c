/* agents/cli/open_deadline.c */
#include "tests/unit/cli/fake_agent.h"

#include "agents/cli/open_deadline.h"

#define NOON 1000036800000 /* 2001-09-09T12:00:00Z, which is not today */

static struct lb_buf header;
static uint8_t id[16] = { 1, 2 };

static int make(void **state)
{
	struct lb_header h = sample_header(1);

	(void)state;
	setenv("TZ", "UTC", 1);
	return lb_header_encode(&h, &header);
}

static int drop(void **state)
{
	(void)state;
	lb_buf_fini(&header);
	return 0;
}

static Lagebus__OpenDeadline ours(void)
{
	Lagebus__OpenDeadline d = LAGEBUS__OPEN_DEADLINE__INIT;

	d.id = (ProtobufCBinaryData){ sizeof id, id };
	d.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	d.partner = (char *)"de-sn";
	d.ack_policy = LB_ACK_ACKNOWLEDGED;
	d.deadline = NOON;
	return d;
}

static char *show(const Lagebus__OpenDeadline *d, bool terminal, bool json)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = terminal, .json = json, .width = 200 };

	assert_int_equal(open_deadline_event(&cli, d), CLI_OK);
	fclose(cli.out);
	return text;
}

static void assert_event(const Lagebus__OpenDeadline *d, const char *for_people, const char *for_programs)
{
	char *text = show(d, true, false);

	assert_has(text, for_people);
	free(text);
	text = show(d, false, false);
	assert_has(text, for_programs);
	free(text);
}

static void each_event_has_its_words(void **state)
{
	static char *names[] = { (char *)"de-sn", (char *)"de-he" };
	Lagebus__OpenDeadline d = ours();

	(void)state;
	assert_event(&d, "reminder until 2001-09-09 12:00, by de-sn: warning 3 orange from bund-bsi, ", "\treminder\t2001-09-09T12:00:00Z\tde-sn\t0102");
	d.overdue = d.exercise = true;
	assert_event(&d, "overdue since 2001-09-09 12:00, by de-sn: ÜBUNG – ÜBUNG – ÜBUNG  warning", "\toverdue\t");
	d.overdue = d.exercise = false;
	d.settled = true;
	assert_event(&d, "settled de-sn has it acknowledged: warning", "\tsettled\t");
	d = ours();
	d.partner = (char *)"";
	d.partners = names;
	d.n_partners = 2;
	d.partners_in_all = 3;
	d.overdue = true;
	assert_event(&d, "others-overdue since 2001-09-09 12:00: de-sn, de-he and 1 more: warning", "\tothers-overdue\t2001-09-09T12:00:00Z\tde-sn, de-he and 1 more\t0102");
	d.n_partners = 0;
	d.partners_in_all = 0;
	d.settled = true;
	assert_event(&d, "settled nobody is overdue any more: warning", "\tsettled\t");
}

static void a_document_says_what_it_is_about(void **state)
{
	Lagebus__OpenDeadline d = ours();
	char *text = show(&d, false, true);

	(void)state;
	assert_has(text, "\"type\":\"warning\",\"level\":3,\"origin\":\"bund-bsi\",\"title\":null}\n");
	assert_has(text, "\"asks\":\"acknowledged\",\"deadline\":\"2001-09-09T12:00:00Z\"");
	free(text);
	d.header = (ProtobufCBinaryData){ 0, NULL };
	d.id.len = 3;
	d.title = (char *)"\xff\033[2J";
	text = show(&d, false, true);
	assert_has(text, "\"id\":\"\"");
	assert_has_not(text, "\"type\"");
	assert_has_not(text, "\033");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_has_its_words),
		cmocka_unit_test(a_document_says_what_it_is_about),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
