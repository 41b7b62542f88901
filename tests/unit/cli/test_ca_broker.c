/* agents/cli/ca_broker.c */
#include "tests/unit/cli/run.h"

#include "agents/cli/ca_broker.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-ca-broker-XXXXXX";
static struct ca_trust *trust;

static int make(void **state)
{
	static const struct credential all[] = {
		{ "ended", "ca", "spiffe://lagebus.example/partner/bund-bsi/agent/broker", NULL, -1 },
		{ "nobody", "ca", NULL, NULL, 2 },
		{ "other", "stranger", "spiffe://lagebus.example/partner/bund-bsi/agent/broker", NULL, 2 },
	};
	char ca[100];
	struct why why;

	(void)state;
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example") || !credentials_ca(folder, "stranger"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(folder, &all[i]))
			return -1;
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	return ca_trust_load(ca, &trust, &why) == LB_OK ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	ca_trust_free(trust);
	credentials_remove(folder);
	return 0;
}

static lb_err check(const char *name)
{
	uint8_t der[CREDENTIALS_DER_MAX];
	size_t n = credentials_der(folder, name, der);

	assert_true(n > 0);
	return ca_broker_check(trust, der, n);
}

static void a_brokers_certificate_is_one(void **state)
{
	(void)state;
	assert_int_equal(check("broker"), LB_OK);
	/* When it was valid does not matter: what it signed is of that time. */
	assert_int_equal(check("ended"), LB_OK);
}

static void another_is_none(void **state)
{
	(void)state;
	assert_int_equal(check("other"), LB_TLS_UNTRUSTED);
	assert_int_equal(check("nobody"), LB_BAD_IDENTITY);
	assert_int_equal(ca_broker_check(trust, (const uint8_t *)"no certificate", 14), LB_INVALID);
	assert_int_equal(ca_broker_check(trust, (const uint8_t *)"", 0), LB_INVALID);
}

static void a_file_that_is_none_is_named(void **state)
{
	struct ca_trust *none = NULL;
	char path[100];
	struct why why;

	(void)state;
	assert_int_equal(ca_trust_load("/nonexistent/ca.pem", &none, &why), LB_NOT_FOUND);
	assert_non_null(strstr(why.text, "/nonexistent/ca.pem"));
	snprintf(path, sizeof path, "%s/broker.ext", folder);
	assert_int_equal(ca_trust_load(path, &none, &why), LB_NOT_FOUND);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_brokers_certificate_is_one),
		cmocka_unit_test(another_is_none),
		cmocka_unit_test(a_file_that_is_none_is_named),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
