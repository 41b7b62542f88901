/* The pace of publishing: how far behind the newest message each worker's slowest session is that could take more at once. A publisher
 * that is faster than the machine delivers only fills the log with what has to be read from it again; held back, it costs nobody
 * anything. Sessions whose network is slow, or that catch up from the log, do not count: they never hold up a publisher. */
#ifndef LAGEBUS_BROKER_CORE_PACE_H
#define LAGEBUS_BROKER_CORE_PACE_H

#include <stdbool.h>
#include <stddef.h>

struct pace; /* shared by all workers */

/* NULL if memory is out. */
struct pace *pace_new(unsigned workers);
void pace_free(struct pace *p);
/* A worker says how many bytes its slowest one is behind; 0: none is. That worker's thread. */
void pace_tell(struct pace *p, unsigned worker, size_t behind);
/* Is any worker's slowest one further behind than this? Any thread. */
bool pace_exceeds(const struct pace *p, size_t bytes);

#endif
