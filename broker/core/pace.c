/* A number a worker, each in a cache line of its own. */
#include "broker/core/pace.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CACHE_LINE 64

struct worker_pace {
	alignas(CACHE_LINE) atomic_size_t behind;
};

struct pace {
	unsigned workers;
	struct worker_pace worker[];
};

struct pace *pace_new(unsigned workers)
{
	struct pace *p = aligned_alloc(CACHE_LINE, sizeof *p + workers * sizeof p->worker[0]);

	if (!p)
		return NULL;
	p->workers = workers;
	for (unsigned i = 0; i < workers; i++)
		atomic_init(&p->worker[i].behind, 0);
	return p;
}

void pace_free(struct pace *p)
{
	free(p);
}

void pace_tell(struct pace *p, unsigned worker, size_t behind)
{
	/* Said again only when it changes: others read it all the time. */
	if (atomic_load_explicit(&p->worker[worker].behind, memory_order_relaxed) != behind)
		atomic_store_explicit(&p->worker[worker].behind, behind, memory_order_relaxed);
}

bool pace_exceeds(const struct pace *p, size_t bytes)
{
	for (unsigned i = 0; i < p->workers; i++)
		if (atomic_load_explicit(&p->worker[i].behind, memory_order_relaxed) > bytes)
			return true;
	return false;
}
