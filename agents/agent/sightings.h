/* Who has seen an indicator: the table of sightings, and passing them on to the indicator's owner. Everything is written within the caller's
 * transaction; results are LB_OK, LB_NO_MEMORY or a store error. */
#ifndef LAGEBUS_AGENT_SIGHTINGS_H
#define LAGEBUS_AGENT_SIGHTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"
#include "proto/local.pb-c.h"

struct agent;

/* Stores what a message says was seen; each message counts once. */
lb_err sightings_take(struct store *s, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Adds what is known of an indicator to the sums of a row. */
lb_err sightings_total(struct store *s, const struct lb_uuid *indicator, bool exercise, Lagebus__IndicatorRow *row) LB_MUST_CHECK;
/* Appends the newest sightings, each as a field of an IndicatorRow. */
lb_err sightings_list(struct store *s, const struct lb_uuid *indicator, bool exercise, struct lb_buf *to) LB_MUST_CHECK;
/* Drops what a message of this origin said: it is recalled. */
lb_err sightings_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin) LB_MUST_CHECK;
lb_err sightings_expire(struct store *s, int64_t now_ms, bool *more) LB_MUST_CHECK;
/* A message that came from a body below us goes on, in our name: to the owner of each indicator, or, where there is a partner above us, to that one. In the
 * outbox with the caller's transaction. TLP:RED goes nowhere else. */
lb_err sightings_pass_on(struct agent *a, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;

#endif
