/* The calling thread's time slice. */
#include "broker/edge/slice.h"

#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct sched_attr of sched_setattr(2), for which glibc 2.36 has no declaration. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

void slice_yield(void)
{
	sched_yield();
}

void slice_request(unsigned us)
{
	struct attributes a = { .size = sizeof a };

	if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0)
		return;
	a.runtime_ns = (uint64_t)us * 1000;
	syscall(SYS_sched_setattr, 0, &a, 0);
}
