/* Exercises: which were begun and ended, by whom, as the messages say. Everything is written within the caller's transaction; results are LB_OK,
 * LB_NO_MEMORY or a store error. */
#ifndef LAGEBUS_AGENT_EXERCISES_H
#define LAGEBUS_AGENT_EXERCISES_H

#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"
#include "proto/local.pb-c.h"

#define EXERCISES_NAMED 20

/* A beginning or an end. The newest of an origin counts for the exercise of this name. */
lb_err exercises_take(struct store *s, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Drops what was over a year ago. */
lb_err exercises_expire(struct store *s, int64_t now_ms) LB_MUST_CHECK;
/* Appends the rows that are asked for, each as a field of an ExercisesReply; what runs comes first. */
lb_err exercises_find(struct store *s, const Lagebus__ExercisesRequest *r, int64_t now_ms, struct lb_buf *rows) LB_MUST_CHECK;

/* The names of those that run, each once, at most so many. */
struct exercise_names {
	size_t n;
	char *name[EXERCISES_NAMED];
};
/* exercise_names_fini it, also on error. */
lb_err exercises_running(struct store *s, int64_t now_ms, struct exercise_names *out) LB_MUST_CHECK;
void exercise_names_fini(struct exercise_names *names);

#endif
