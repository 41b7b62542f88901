/* Feeds text to the loader of lagebusd.conf; what it takes has everything that a broker needs, within its bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "broker/load.h"
#include "broker/writer.h"
#include "lagebus/limits.h"
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

	assert(s->certificate[0] && s->key[0] && s->ca[0] && s->federation[0] && s->data[0]);
	assert(strchr(s->listen, ':') && log_level_from_name(s->log_level, &level));
	assert(s->workers >= 0 && s->workers <= WRITER_WORKERS_MAX && s->door_threads >= 1 && s->max_connections >= 1);
	assert(s->session_in_flight >= LB_MESSAGE_MAX && s->in_flight >= s->session_in_flight);
	assert(s->heartbeat_s >= 1 && s->handshake_s >= 1 && s->retention_s >= 0 && s->map_bytes > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct settings s;
	struct config_problem problem = { .line = 0 };

	if (load_settings_text("lagebusd.conf", (const char *)data, n, &s, &problem) == LB_OK) {
		check(&s);
		settings_fini(&s);
	} else {
		assert(problem.reason[0] != '\0' && strcmp(problem.file, "lagebusd.conf") == 0);
	}
	return 0;
}
