/* The directory: whose certificates one is given for a partner, and that those who may not speak for it any more are not among them. */
#include "tests/kit/stand.h"

#include <string.h>
#include <time.h>

#include "broker/core/ledger.h"

#define ACTING "spiffe://lagebus.example/partner/de-sn/agent/acting"
#define FEDERATION(agents) \
	"trust_domain = \"lagebus.example\";\n" \
	"partners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; agents = [ " agents " ]; }\n" \
	");\n"

static const Lagebus__Directory *ask(struct caller *c, const char *partner)
{
	Lagebus__DirectoryQuery query = LAGEBUS__DIRECTORY_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	const Lagebus__Control *answer;

	query.request = 7;
	query.partner = (char *)partner;
	control.body_case = LAGEBUS__CONTROL__BODY_DIRECTORY_QUERY;
	control.directory_query = &query;
	caller_say_control(c, &control);
	answer = caller_hear_control(c, LAGEBUS__CONTROL__BODY_DIRECTORY);
	assert_non_null(answer);
	assert_int_equal(answer->directory->request, 7);
	assert_string_equal(answer->directory->partner, partner);
	return answer->directory;
}

/* Asks until there are so many: what is noted takes a commit. */
static const Lagebus__Directory *ask_until(struct caller *c, const char *partner, size_t n)
{
	time_t end = time(NULL) + CALLER_MS / 1000;
	const Lagebus__Directory *d = ask(c, partner);

	while (d->n_certificates != n && time(NULL) < end)
		d = ask(c, partner);
	assert_int_equal(d->n_certificates, n);
	assert_string_equal(d->refused, "");
	return d;
}

static bool has(const Lagebus__Directory *d, const char *who)
{
	uint8_t expected[LB_SIGNER_SIZE], hint[LB_SIGNER_SIZE];

	stand_signer(who, expected);
	for (size_t i = 0; i < d->n_certificates; i++) {
		lb_signer_hint(d->certificates[i].data, d->certificates[i].len, hint);
		if (memcmp(hint, expected, sizeof hint) == 0)
			return true;
	}
	return false;
}

static void each_agent_of_the_partner_is_there(void **state)
{
	const Lagebus__Directory *d;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	stand_agent("sn");
	stand_agent("sn2");
	stand_agent("leipzig");
	d = ask_until(c, "de-sn", 2);
	assert_true(has(d, "sn") && has(d, "sn2"));
	assert_true(has(ask_until(c, "de-sn/leipzig", 1), "leipzig"));
	assert_int_equal(ask(c, "bund-bsi")->n_certificates, 0); /* none of its agents has been here */
	assert_string_equal(ask(c, "de-xx")->refused, "bad-audience");
	assert_string_equal(ask(c, "")->refused, "bad-audience");
	stand_stop();
	stand_start();
	c = stand_agent("he");
	assert_true(has(ask_until(c, "de-sn", 2), "sn")); /* nobody has come back */
}

static void who_is_revoked_is_not(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	stand_agent("sn");
	stand_agent("sn2");
	ask_until(c, "de-sn", 2);
	stand_revoke("sn2", "directory.crl");
	stand_reload(NULL, "directory.crl");
	assert_true(has(ask_until(c, "de-sn", 1), "sn"));
}

static void put(const char *who, const char *agent)
{
	uint8_t der[CREDENTIALS_DER_MAX], hint[LB_SIGNER_SIZE], key[AGENT_KEY_MAX];
	size_t n = stand_certificate(who, der);

	lb_signer_hint(der, n, hint);
	stand_put_row(JOURNAL_SIGNERS, hint, sizeof hint, der, n);
	stand_put_row(JOURNAL_AGENTS, key, agent_key("de-sn", agent, key), hint, sizeof hint);
}

/* It was good when it was here last. */
static void whose_certificate_is_over_is_not(void **state)
{
	struct caller *c;

	(void)state;
	stand_start_held();
	put("old", "spiffe://lagebus.example/partner/de-sn/agent/old");
	put("sn", "spiffe://lagebus.example/partner/de-sn/agent/main");
	c = stand_agent("he");
	assert_true(has(ask_until(c, "de-sn", 1), "sn"));
}

static void who_acts_for_it_is_there_as_long_as_it_does(void **state)
{
	struct caller *c;

	(void)state;
	stand.federation = FEDERATION("");
	stand_start();
	c = stand_agent("bsi");
	stand_agent("acting");
	ask_until(c, "de-sn", 1);
	assert_int_equal(ask(c, "de-he")->n_certificates, 0);
	stand_reload(FEDERATION("\"" ACTING "\""), NULL);
	assert_true(has(ask_until(c, "de-he", 1), "acting"));
	stand_reload(FEDERATION(""), NULL);
	ask_until(c, "de-he", 0);
	assert_true(has(ask_until(c, "de-sn", 1), "acting"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(each_agent_of_the_partner_is_there),
		STAND_TEST(who_is_revoked_is_not),
		STAND_TEST(whose_certificate_is_over_is_not),
		STAND_TEST(who_acts_for_it_is_there_as_long_as_it_does),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
