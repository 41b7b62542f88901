/* Tests of the parts together, in this process: they start, tell their numbers, reload, drain and end, from wherever they got to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/exposition.h"
#include "broker/parts.h"
#include "proto/host/log.h"
#include "tests/kit/credentials.h"

static char folder[] = "/tmp/lagebus-parts-XXXXXX", why[512];

static bool write_federation(const char *more)
{
	char text[1024];

	snprintf(text, sizeof text, "trust_domain = \"lage.example\";\n"
	         "partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; }%s );\n", more);
	return credentials_write(folder, "federation.conf", text);
}

static int make_folder(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	return mkdtemp(folder) != NULL && credentials_make(folder, "lage.example") && write_federation("") ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

static struct configuration configured(const char *listen, const char *metrics)
{
	struct configuration c;
	struct config_problem problem;
	char text[2048], path[256];

	snprintf(text, sizeof text,
	         "certificate = \"%s/broker.pem\";\nkey = \"%s/broker.key\";\nca = \"%s/ca.pem\";\nfederation = \"%s/federation.conf\";\n"
	         "data = \"%s/data\";\nlisten = \"%s\";\nmetrics = \"%s\";\nworkers = 2;\nlow_water = 0;\nlog_size = \"256 MiB\";\n",
	         folder, folder, folder, folder, folder, listen, metrics);
	snprintf(path, sizeof path, "%s/lagebusd.conf", folder);
	assert_true(credentials_write(folder, "lagebusd.conf", text));
	assert_int_equal(configuration_load(path, &c, &problem), LB_OK);
	return c;
}

static char *numbers(struct parts *p)
{
	struct lb_buf text = LB_BUF_INIT;

	assert_int_equal(exposition_render(p, &text), LB_OK);
	assert_int_equal(lb_buf_append(&text, "", 1), LB_OK);
	return (char *)text.p;
}

static void they_start_tell_their_numbers_and_end(void **state)
{
	static struct parts p;
	struct configuration c = configured("127.0.0.1:0", "127.0.0.1:0");
	char *text;

	(void)state;
	assert_int_equal(parts_start(&p, &c, why, sizeof why), LB_OK);
	assert_null(c.federation); /* taken over */
	assert_int_equal(p.workers_n, 2);
	assert_int_not_equal(door_port(p.door), 0);
	assert_int_not_equal(scrape_port(p.scrape), 0);
	assert_int_equal(parts_sessions(&p), 0);
	text = numbers(&p);
	assert_non_null(strstr(text, "\nlagebus_published_total 0\n"));
	assert_non_null(strstr(text, "\nlagebus_commits_total "));
	assert_non_null(strstr(text, "\nlagebus_log_has_room 1\n"));
	assert_non_null(strstr(text, "\nlagebus_urgent_position 0\n"));
	assert_non_null(strstr(text, "\nlagebus_routine_oldest 1\n"));
	free(text);
	parts_drain(&p);
	assert_null(p.door);
	parts_end(&p);
}

/* OpenMetrics 1.0: no family twice, a counter's sample ends with _total, a unit ends its family's name. */
static void every_family_is_told_once(void **state)
{
	static struct parts p;
	struct configuration c = configured("127.0.0.1:0", "");
	char *text, *line, *rest, name[64], type[16], again[80];

	(void)state;
	assert_int_equal(parts_start(&p, &c, why, sizeof why), LB_OK);
	assert_null(p.scrape);
	text = numbers(&p);
	for (line = text; line != NULL; line = rest) {
		rest = strstr(line + 1, "# TYPE ");
		if (sscanf(line, "# TYPE %63s %15s", name, type) != 2)
			fail_msg("no type: %.60s", line);
		snprintf(again, sizeof again, "# TYPE %s ", name);
		assert_null(rest != NULL ? strstr(rest, again) : NULL);
		snprintf(again, sizeof again, "\n%s%s ", name, strcmp(type, "counter") == 0 ? "_total" : "");
		assert_non_null(strstr(line, again));
	}
	free(text);
	parts_end(&p);
}

static void a_reload_changes_federation_and_certificates(void **state)
{
	static struct parts p;
	struct configuration c = configured("127.0.0.1:0", ""), next;

	(void)state;
	assert_int_equal(parts_start(&p, &c, why, sizeof why), LB_OK);
	assert_true(write_federation(", { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }"));
	next = configured("127.0.0.1:0", "");
	assert_int_equal(parts_reload(&p, &next), LB_OK);
	assert_int_equal(federation_count(p.configuration.federation), 2);
	assert_ptr_equal(p.configuration.tls, next.tls);
	configuration_fini(&next);
	assert_int_equal(federation_count(p.configuration.federation), 2); /* its own reference */
	parts_end(&p);
	assert_true(write_federation(""));
}

static void what_cannot_start_ends_clean(void **state)
{
	static struct parts first, second;
	struct configuration c = configured("127.0.0.1:0", "");
	char taken[32];

	(void)state;
	assert_int_equal(parts_start(&first, &c, why, sizeof why), LB_OK);
	c = configured("127.0.0.1:0", ""); /* the same log, in use */
	assert_int_not_equal(parts_start(&second, &c, why, sizeof why), LB_OK);
	assert_true(why[0] != '\0');
	parts_end(&second);
	snprintf(taken, sizeof taken, "127.0.0.1:%u", door_port(first.door));
	c = configured(taken, "");
	snprintf(taken, sizeof taken, "%s/other", folder);
	free(c.settings.data);
	c.settings.data = strdup(taken);
	assert_int_not_equal(parts_start(&second, &c, why, sizeof why), LB_OK); /* the port is taken: everything but the door runs */
	assert_true(why[0] != '\0');
	parts_end(&second);
	parts_end(&first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_start_tell_their_numbers_and_end),
		cmocka_unit_test(every_family_is_told_once),
		cmocka_unit_test(a_reload_changes_federation_and_certificates),
		cmocka_unit_test(what_cannot_start_ends_clean),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
