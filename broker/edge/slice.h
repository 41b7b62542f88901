/* How long a thread may run before another gets the core: short for who should be on again soon. */
#ifndef LAGEBUS_BROKER_EDGE_SLICE_H
#define LAGEBUS_BROKER_EDGE_SLICE_H

/* Asks the scheduler for a time slice of this many microseconds for the calling thread: it runs no more than before, but sooner
 * after it woke (EEVDF, Linux 6.12 and later; before that it changes nothing). Needs no privilege; failing is harmless. */
void slice_request(unsigned us);
/* Lets another thread that waits for this core have it now: at full load it would wait for the scheduler's next tick, up to 4 ms. */
void slice_yield(void);

#endif
