/* Sessions that wait for their turn. */
#include "broker/line.h"

#include "broker/session.h"

void line_join(struct line *l, struct session *s)
{
	struct line_place *place = &s->place[l->lane];

	if (place->queued)
		return;
	*place = (struct line_place){ .queued = true };
	if (l->tail)
		l->tail->place[l->lane].next = s;
	else
		l->head = s;
	l->tail = s;
}

struct session *line_pop(struct line *l)
{
	struct session *s = l->head;

	if (!s)
		return NULL;
	l->head = s->place[l->lane].next;
	if (!l->head)
		l->tail = NULL;
	s->place[l->lane].queued = false;
	return s;
}
