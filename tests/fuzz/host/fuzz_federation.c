/* Feeds text to the federation's loader; what loads is asked who gets what, which must answer whatever the federation is. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/host/federation_file.h"
#include "proto/host/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 loses its own string buffer where a file ends in the middle of a text. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static void ask(const struct federation *f, struct lb_header *h)
{
	struct partner_set set;

	for (uint16_t i = 0; i < federation_count(f) && i < 16; i++) {
		h->origin = lb_text_of(federation_at(f, i)->id);
		policy_recipients(f, h, &set);
		assert(partner_set_has(&set, i) == (policy_deliver(f, i, h) == LB_OK));
		assert(policy_admit(f, i, h) < LB_ERR_COUNT);
	}
}

static void ask_all(const struct federation *f)
{
	static const char *const audience[] = { "all", "bund-bsi", "de-sn/*", "group:cert" };
	struct lb_header h = { .type = LB_TYPE_WARNING, .area = LB_AREA_CYBER_DEFENCE, .lane = LB_LANE_ROUTINE, .audience_n = 4 };

	for (unsigned i = 0; i < 4; i++)
		h.audience[i] = lb_text_of(audience[i]);
	for (h.tlp = LB_TLP_UNSET; h.tlp <= LB_TLP_RED; h.tlp++)
		ask(f, &h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct federation *f = NULL;
	struct config_problem problem = { .line = 0 };
	char text[sizeof problem.file + sizeof problem.reason + 32];

	if (federation_file_parse("federation.conf", (const char *)data, n, &f, &problem) == LB_OK) {
		assert(federation_count(f) > 0);
		ask_all(f);
		federation_unref(f);
	} else {
		assert(problem.reason[0] != '\0');
		config_problem_text(&problem, text, sizeof text);
		assert(strncmp(text, "federation.conf", 15) == 0);
	}
	return 0;
}
