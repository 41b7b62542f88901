/* Feeds text to the loader of agent.conf; what it takes has everything that an agent needs. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agents/agent/settings.h"
#include "proto/host/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 loses its own string buffer where a file ends in the middle of a text. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static void check(const struct settings *s)
{
	enum log_level level;

	assert(s->brokers_n >= 1 && s->brokers_n <= SETTINGS_BROKERS_MAX);
	for (unsigned i = 0; i < s->brokers_n; i++)
		assert(strchr(s->brokers[i], ':'));
	assert(s->certificate[0] && s->key[0] && s->ca[0] && s->data[0] && s->crl && s->local && s->proxy && log_level_from_name(s->log_level, &level));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct settings s;
	struct config_problem problem = { .line = 0 };

	if (settings_parse("agent.conf", (const char *)data, n, &s, &problem) == LB_OK) {
		check(&s);
		settings_fini(&s);
	} else {
		assert(problem.reason[0] != '\0' && strcmp(problem.file, "agent.conf") == 0);
	}
	return 0;
}
