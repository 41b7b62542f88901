/* The sessions that wait for their turn on a worker, a line a lane. Whoever has something urgent to send is in both: it jumps the
 * queue for what is urgent, and keeps its place for the rest. */
#ifndef LAGEBUS_BROKER_LINE_H
#define LAGEBUS_BROKER_LINE_H

#include <stdbool.h>

#include "lagebus/header.h"

struct session;

/* A session's place in one line. */
struct line_place {
	bool queued;
	struct session *next;
};

struct line {
	enum lb_lane lane;
	struct session *head, *tail;
};

/* Puts it at the end; nothing if it stands in the line already. */
void line_join(struct line *l, struct session *s);
/* Takes the first; NULL if there is none. */
struct session *line_pop(struct line *l);

#endif
