/* Watchers: local peers that are shown what comes into the inbox, in its order, as fast as they take it. */
#ifndef LAGEBUS_AGENT_WATCHERS_H
#define LAGEBUS_AGENT_WATCHERS_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/local_server.h"
#include "lagebus/err.h"
#include "proto/local.pb-c.h"

#define WATCHERS_MAX 64

struct agent;

struct watcher {
	bool here;
	struct local_peer peer;
	uint64_t number;
	int64_t row;         /* shown up to here */
	unsigned type, area; /* 0: any */
	bool unacknowledged; /* only what is not acknowledged yet */
	bool german;         /* it reads the titles in German */
	bool exercises;      /* also what is not real: it has said that it does not act on that */
};

/* `from` is what it asks for; here is not read. LB_OK, or LB_LIMIT: there are too many. */
lb_err watchers_add(struct agent *a, const struct watcher *from) LB_MUST_CHECK;
/* All of this peer's. */
void watchers_remove(struct agent *a, const struct local_peer *peer);
/* Tells them of a deadline: those who asked for its message's topic; not who does not keep up. The title is `german_title` for those who read German. */
void watchers_tell(struct agent *a, const Lagebus__OpenDeadline *open, const char *german_title);
/* The same of the end of a wait for a second person, and the waiting message's header. */
void watchers_tell_end(struct agent *a, const Lagebus__WaitEnds *ends, ProtobufCBinaryData header, bool exercise);
/* Shows what is new, and the rest to those who did not keep up. */
void watchers_show(struct agent *a);
/* When there is something to show, or INT64_MAX. */
int64_t watchers_due_ms(const struct agent *a);

#endif
