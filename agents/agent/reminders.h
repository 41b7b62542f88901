/* What has to be acknowledged by a time, by whom we speak for, as the messages and the broker say; and who else is overdue, where we are the origin's or a
 * coordinator's agent. Written within the caller's transaction; results are LB_OK or a store error. */
#ifndef LAGEBUS_AGENT_REMINDERS_H
#define LAGEBUS_AGENT_REMINDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

#define REMINDERS_MAX 4096 /* of either kind: a broker does not fill the disk with them */

/* One of ours. */
struct reminder {
	struct lb_uuid id;
	const char *partner; /* who has to acknowledge */
	unsigned ack_policy;
	int64_t deadline_ms;
	bool exercise, overdue;
};

/* A message that has just come asks for something until a time: `partner` has to do it. Nothing if it does not, or expires before. */
lb_err reminders_expect(struct store *s, const struct lb_header *h, const char *partner) LB_MUST_CHECK;
/* The broker says so, on the link of this number. *news: we had not heard that yet. */
lb_err reminders_heard(struct store *s, const struct reminder *r, int64_t link, bool *news) LB_MUST_CHECK;
/* The partner has come this far with the message. *news: it was open. */
lb_err reminders_done(struct store *s, const struct lb_uuid *id, struct lb_text partner, unsigned state, bool *news) LB_MUST_CHECK;
/* The message was recalled: nobody owes anything, and nobody else is overdue. */
lb_err reminders_drop(struct store *s, const struct lb_uuid *id) LB_MUST_CHECK;
/* Others are overdue with a message; `partners` are their ids with commas between, `n` how many there are in all. None: it is settled. */
lb_err reminders_others(struct store *s, const struct lb_uuid *id, struct lb_frame header, const char *partners, unsigned n, int64_t link, bool *news) LB_MUST_CHECK;
/* All that is open has been said on this link, at `now_ms` of the broker's clock: the rest is settled. */
lb_err reminders_settle(struct store *s, int64_t link, int64_t now_ms) LB_MUST_CHECK;

/* Shows ours, by deadline, at most `most`, until the visitor returns false, which may read the inbox, but not call these functions. */
lb_err reminders_each(struct store *s, unsigned most, bool (*visit)(void *user, const struct reminder *r), void *user) LB_MUST_CHECK;
/* The same of the others'. */
struct reminder_others {
	struct lb_uuid id;
	struct lb_frame header;
	const char *partners;
	unsigned n;
};
lb_err reminders_each_other(struct store *s, unsigned most, bool (*visit)(void *user, const struct reminder_others *o), void *user) LB_MUST_CHECK;

#endif
