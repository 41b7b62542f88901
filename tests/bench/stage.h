/* A broker with a publisher and some subscribers that are linked, and the loop that drives them. */
#ifndef LAGEBUS_TESTS_BENCH_STAGE_H
#define LAGEBUS_TESTS_BENCH_STAGE_H

#include "tests/bench/broker.h"
#include "tests/bench/load.h"
#include "tests/bench/peer.h"

#define STAGE_SUBS_MAX 64

struct stage {
	struct broker broker;
	struct crowd crowd;
	struct lb_tls *publisher_tls, *urgent_tls, *sub_tls[STAGE_SUBS_MAX];
	struct peer *publisher, *urgent, *sub[STAGE_SUBS_MAX];
	int subs;
};

void stage_open(struct stage *s, const char *bin, int subs);
void stage_close(struct stage *s);
void stage_connect(struct stage *s);     /* subscribers and both publishers, and waits until all are open */
void stage_connect_sub(struct stage *s, int i);
void stage_wait_open(struct stage *s, uint64_t opened);
/* Publishes from l up to its end as fast as `window` unaccepted bytes allow; one turn of the loop. */
void stage_pump(struct stage *s, struct peer *p, struct load *l, size_t window);
/* Ends the program if nothing moves any more. */
void stage_check_progress(struct stage *s);

#endif
