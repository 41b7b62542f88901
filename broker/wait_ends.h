/* The end of a wait for a second person: approved, refused, withdrawn or over, it is told to the message's origin and to those who might have
 * approved it, to who is there within a tick, and to who comes later when it comes. What was told stands in the log, so that a restart loses nothing;
 * whoever is told hears some of it more than once. A worker's thread. */
#ifndef LAGEBUS_BROKER_WAIT_ENDS_H
#define LAGEBUS_BROKER_WAIT_ENDS_H

struct session;
struct worker;

/* The session has begun: it is told of the newest WAIT_ENDS_KEPT that it may know of. */
void wait_ends_open(struct session *s);
void wait_ends_tick(struct worker *w);

#endif
