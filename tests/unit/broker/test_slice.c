/* The time slice: asked for where the kernel knows it, and nothing else about the thread changes. */
#include "tests/kit/unit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "broker/edge/slice.h"

/* struct sched_attr of sched_getattr(2). */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns, deadline_ns, period_ns;
};

static struct attributes attributes(void)
{
	struct attributes a = { .size = sizeof a };

	assert_int_equal(syscall(SYS_sched_getattr, 0, &a, sizeof a, 0), 0);
	return a;
}

/* Linux 6.12 and later have slices to ask for. */
static bool kernel_has_slices(void)
{
	struct utsname name;
	unsigned major = 0, minor = 0;

	return uname(&name) == 0 && sscanf(name.release, "%u.%u", &major, &minor) == 2 && (major > 6 || (major == 6 && minor >= 12));
}

/* A thread of its own, so that the test's own slice stays as it is. */
static void *ask(void *us)
{
	struct attributes before = attributes(), after;
	uint64_t asked_ns = (uint64_t)*(unsigned *)us * 1000;

	slice_request(*(unsigned *)us);
	after = attributes();
	if (kernel_has_slices() && after.runtime_ns != asked_ns)
		return NULL;
	after.runtime_ns = before.runtime_ns;
	return memcmp(&before, &after, sizeof before) == 0 ? us : NULL;
}

static void the_slice_changes_and_nothing_else(void **state)
{
	unsigned us[] = { 100, 500, 3000 };
	pthread_t thread;
	void *as_asked;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&thread, NULL, ask, &us[i]), 0);
		assert_int_equal(pthread_join(thread, &as_asked), 0);
		assert_non_null(as_asked);
	}
}

/* What the kernel does not take it leaves: the thread goes on. */
static void one_that_cannot_be_is_left(void **state)
{
	unsigned none = 0, huge = UINT32_MAX;
	struct attributes before = attributes(), after;

	(void)state;
	slice_request(none);
	slice_request(huge);
	slice_yield();
	after = attributes();
	assert_int_equal(after.policy, before.policy);
	assert_int_equal(after.nice, before.nice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slice_changes_and_nothing_else),
		cmocka_unit_test(one_that_cannot_be_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
