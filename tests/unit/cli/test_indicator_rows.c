/* agents/cli/indicator_rows.c: the agent's table page by page, and what a row says. */
#include "agents/cli/indicator_rows.h"

#include "tests/unit/cli/fake_agent.h"

#define ROWS 5
#define AGENT_PAGE 2 /* rows in an answer of this agent */

/* The rows "a" to "e", in pages from behind the one that is named. */
static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__IndicatorsReply body = LAGEBUS__INDICATORS_REPLY__INIT;
	static uint8_t packed[AGENT_PAGE][200];
	ProtobufCBinaryData rows[AGENT_PAGE];
	const char *after = request->indicators->after_value;

	for (char c = *after ? (char)(*after + 1) : 'a'; c < 'a' + ROWS && body.n_rows < AGENT_PAGE && body.n_rows < request->indicators->limit; c++) {
		Lagebus__IndicatorRow row = LAGEBUS__INDICATOR_ROW__INIT;
		char value[2] = { c, 0 };

		row.value = value;
		row.kind = 4;
		rows[body.n_rows] = (ProtobufCBinaryData){ lagebus__indicator_row__pack(&row, packed[body.n_rows]), packed[body.n_rows] };
		body.more = c + 1 < 'a' + ROWS;
		body.n_rows++;
	}
	body.rows = rows;
	reply.body_case = LAGEBUS__REPLY__BODY_INDICATORS;
	reply.indicators = &body;
	fake_reply(f, &reply);
}

static char seen[ROWS + 1];

static bool see(void *user, const Lagebus__IndicatorRow *row)
{
	size_t n = strlen(seen);

	seen[n] = *row->value;
	seen[n + 1] = '\0';
	return !user || strcmp(row->value, user) != 0;
}

/* Which rows are shown of at most so many, up to the one that stops it (NULL: none does); were there more? */
static bool shown(size_t most, char *stop, const char *expected)
{
	const Lagebus__IndicatorsRequest all = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct cli cli = { .out = stdout, .err = stderr, .timeout_ms = 5000 };
	struct client client;
	struct fake f;
	bool more = false;

	seen[0] = '\0';
	fake_start(&f, answer);
	cli.agent = f.address;
	assert_int_equal(client_open(&cli, &client), CLI_OK);
	assert_int_equal(indicator_rows(&client, &all, most, see, stop, &more), CLI_OK);
	client_close(&client);
	fake_stop(&f);
	fake_forget(&f);
	assert_string_equal(seen, expected);
	return more;
}

static void pages_follow_each_other(void **state)
{
	(void)state;
	assert_false(shown(0, NULL, "abcde"));
	assert_true(shown(3, NULL, "abc"));
	assert_false(shown(5, NULL, "abcde"));
	shown(0, (char *)"d", "abcd");
}

static void a_kind_is_named_or_a_number(void **state)
{
	char number[16], *said = NULL;
	size_t n;
	struct cli cli = { .out = stdout, .err = open_memstream(&said, &n) };
	uint32_t kind = 0;

	(void)state;
	assert_string_equal(indicator_kind(99, number), "99");
	assert_int_equal(indicator_kind_option(&cli, &kind), CLI_OK);
	assert_int_equal(kind, 0);
	cli.args.given[cli.args.given_n++] = (struct given){ "kind", "domain-name" };
	assert_int_equal(indicator_kind_option(&cli, &kind), CLI_OK);
	assert_string_equal(indicator_kind(kind, number), "domain-name");
	cli.args.given[0].value = "nothing";
	assert_int_equal(indicator_kind_option(&cli, &kind), CLI_USAGE);
	fclose(cli.err);
	assert_has(said, "domain-name");
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_each_other),
		cmocka_unit_test(a_kind_is_named_or_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
