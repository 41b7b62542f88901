/* A publish on its way in: checked, routed, put into a block for the writer, and answered when its commit is on disk. A worker's thread. */
#ifndef LAGEBUS_BROKER_PUBLISH_H
#define LAGEBUS_BROKER_PUBLISH_H

#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/header.h"

struct audit_event;
struct block;
struct channel_end;
struct lb_zmtp_message;
struct note;
struct session;
struct worker;

void publish_receive(struct worker *w, struct session *s, const struct lb_zmtp_message *m);
/* What a header says against its message now, whoever sends it: LB_BAD_TIME, LB_EXPIRED, LB_CLASSIFIED, LB_ACK_TOO_WEAK, LB_ACK_TOO_LATE. LB_OK:
 * nothing. Asks nobody. */
lb_err publish_check_header(const struct worker *w, const struct lb_header *h) LB_MUST_CHECK;
/* Sends what was filled to the writer, of one lane or of both. */
void publish_flush_lane(struct worker *w, enum lb_lane lane);
void publish_flush(struct worker *w);
/* Answers the publishes of a committed block. */
void publish_answer(struct worker *w, struct block *b);
/* Counts n bytes of a publish that was given to the writer, until it is answered. */
void publish_count(struct worker *w, struct session *s, size_t n);
/* Gives the writer a row for a table, or what is to be cleared; takes the note. */
void publish_note(struct worker *w, struct channel_end *to, struct note *note);
/* The same of what is told in the audit. */
void publish_tell(struct worker *w, struct channel_end *to, struct audit_event *event);
/* Once a tick: tells how many refusals found no room in the audit. */
void publish_tick(struct worker *w);

#endif
