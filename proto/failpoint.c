/* Named points at which a process can be made to die, for the tests that kill it. */
#include "lagebus/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

atomic_bool lb_fail_points_armed;

static char armed_name[64];
static atomic_long passes_left;

__attribute__((constructor)) static void arm(void)
{
	const char *spec = getenv("LAGEBUS_FAIL"), *colon = spec ? strchr(spec, ':') : NULL;

	if (!colon || (size_t)(colon - spec) >= sizeof armed_name)
		return;
	memcpy(armed_name, spec, (size_t)(colon - spec));
	passes_left = strtol(colon + 1, NULL, 10);
	atomic_store(&lb_fail_points_armed, true);
}

void lb_fail_point_pass(const char *name)
{
	if (strcmp(name, armed_name) == 0 && atomic_fetch_sub(&passes_left, 1) == 1)
		raise(SIGKILL);
}
