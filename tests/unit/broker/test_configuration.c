/* Tests of loading everything together: it fits, or the one thing that does not is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/configuration.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-configuration-XXXXXX";
static struct config_problem problem;

#define FEDERATION "partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; } );\n"

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || !credentials_make(folder, "lage.example"))
		return -1;
	return credentials_write(folder, "federation.conf", "trust_domain = \"lage.example\";\n" FEDERATION) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

/* Loads a configuration with these files; `more` is text for the settings. */
static lb_err load(const char *key, const char *federation, const char *more, struct configuration *c)
{
	char text[2048], path[256];

	snprintf(text, sizeof text, "certificate = \"%s/broker.pem\";\nkey = \"%s/%s\";\nca = \"%s/ca.pem\";\nfederation = \"%s/%s\";\n%s",
	         folder, folder, key, folder, folder, federation, more);
	snprintf(path, sizeof path, "%s/lagebusd.conf", folder);
	assert_true(credentials_write(folder, "lagebusd.conf", text));
	problem = (struct config_problem){ .line = 99 };
	return configuration_load(path, c, &problem);
}

static void what_fits_is_loaded(void **state)
{
	struct configuration c = { .federation = NULL };

	(void)state;
	if (load("broker.key", "federation.conf", "metrics = \"127.0.0.1:0\";\n", &c) != LB_OK)
		fail_msg("%s:%u: %s", problem.file, problem.line, problem.reason);
	assert_int_equal(federation_count(c.federation), 1);
	assert_string_equal(lb_tls_identity(c.tls)->partner, "bund-bsi");
	assert_string_equal(c.settings.metrics, "127.0.0.1:0");
	configuration_fini(&c);
	assert_null(c.federation);
	configuration_fini(&c);
}

static void refused(const char *key, const char *federation, const char *more, const char *file, unsigned line, const char *reason)
{
	struct configuration c = { .federation = NULL };

	assert_int_equal(load(key, federation, more, &c), LB_CONFIG);
	assert_null(c.federation);
	assert_null(c.tls);
	assert_string_equal(strrchr(problem.file, '/') + 1, file);
	assert_int_equal(problem.line, line);
	if (strstr(problem.reason, reason) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", problem.reason, reason);
}

static void what_does_not_fit_is_named(void **state)
{
	(void)state;
	assert_true(credentials_write(folder, "other.conf", "trust_domain = \"other.example\";\n" FEDERATION));
	assert_true(credentials_write(folder, "broken.conf", "trust_domain = \"lage.example\";\n\npartners = (\n"));
	refused("broker.key", "other.conf", "", "lagebusd.conf", 0, "is \"lage.example\", that of ");
	refused("broker.key", "broken.conf", "", "broken.conf", 4, "syntax error");
	refused("broker.key", "none.conf", "", "none.conf", 0, "cannot be read");
	refused("none.key", "federation.conf", "", "lagebusd.conf", 0, "none.key");
	refused("ca.key", "federation.conf", "", "lagebusd.conf", 0, "ca.key"); /* not the certificate's */
	refused("broker.key", "federation.conf", "metrics = \"0.0.0.0:9700\";", "lagebusd.conf", 0, "metrics: \"0.0.0.0\" is not an address");
	refused("broker.key", "federation.conf", "crl = \"/nowhere/crl.pem\";", "lagebusd.conf", 0, "/nowhere/crl.pem");
	refused("broker.key", "federation.conf", "workers = -1;", "lagebusd.conf", 5, "workers: -1 is not between 0 and 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_loaded),
		cmocka_unit_test(what_does_not_fit_is_named),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
