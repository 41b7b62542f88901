/* A worker that does not run, so that a test may call what is a worker's; the test is the log writer, too. */
#ifndef LAGEBUS_TESTS_KIT_IDLE_WORKER_H
#define LAGEBUS_TESTS_KIT_IDLE_WORKER_H

#include "tests/kit/stand.h"

extern struct worker *idle_worker;

/* For cmocka, around each test: the stand, held (stand_start_held), and the worker. */
int idle_worker_begin(void **state);
int idle_worker_end(void **state);

#endif
