/* Exercises: which run, and for whom; what belongs to one stays among those who were told of it. A worker's thread. */
#ifndef LAGEBUS_BROKER_EXERCISES_H
#define LAGEBUS_BROKER_EXERCISES_H

#include <stdbool.h>

#include "broker/core/exercise.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"
#include "proto/host/federation.h"

#define EXERCISES_PENDING 8      /* beginnings and ends that a worker has on their way to the disk */
#define EXERCISES_A_PARTNER 64   /* that one partner has begun and that are not over */

struct worker;

/* One whose message is not on disk yet. What its sender says next comes in before that, and counts with it. */
struct exercise_pending {
	uint8_t key[EXERCISE_KEY_MAX];
	size_t key_n;
	struct exercise_row row;
	struct partner_set told;
	struct lb_uuid id;
};
struct exercises {
	unsigned pending_n;
	struct exercise_pending pending[EXERCISES_PENDING];
};

/* Is there anything to ask? Real messages, all but Exercise, cost no more than this. */
bool exercises_concern(const struct lb_header *h);
/* May a partner that the session speaks for publish this, which would reach these? LB_OK; LB_EXERCISE_UNNAMED, LB_EXERCISE_UNKNOWN,
 * LB_EXERCISE_OUTSIDE, or the log's error. What is in the log already may. Asks the router. */
lb_err exercises_check(struct worker *w, uint16_t sender, const struct lb_header *h, const struct partner_set *recipients) LB_MUST_CHECK;
/* Does one of its name still run for its sender, and for those whom it reaches? LB_OK, or as above; also of a message that is in the log, or waits. */
lb_err exercises_check_running(struct worker *w, uint16_t sender, const struct lb_header *h, const struct partner_set *recipients) LB_MUST_CHECK;
/* As exercises_check; an Exercise is opened, and noted. Also LB_INVALID, LB_CLASSIFIED, LB_LIMIT (too many). exercises_settle it. */
lb_err exercises_take(struct worker *w, uint16_t sender, const struct lb_header *h, struct lb_frame payload, const struct partner_set *recipients)
	LB_MUST_CHECK;
/* The message of this id is on disk, or never will be. */
void exercises_settle(struct worker *w, const struct lb_uuid *id);

#endif
