/* Named points at which a process can be made to die, for the tests that kill it: LAGEBUS_FAIL=name:count in the environment
 * ends the process by SIGKILL on the count-th pass. Not set, a point costs one test of a flag. */
#ifndef LAGEBUS_FAILPOINT_H
#define LAGEBUS_FAILPOINT_H

#include <stdatomic.h>
#include <stdbool.h>

extern atomic_bool lb_fail_points_armed;
/* Any thread. */
void lb_fail_point_pass(const char *name);

#define LB_FAIL_POINT(name)                                                            \
	do {                                                                           \
		if (atomic_load_explicit(&lb_fail_points_armed, memory_order_relaxed)) \
			lb_fail_point_pass(name);                                      \
	} while (0)

#endif
