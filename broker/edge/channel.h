/* A channel carries pointers from any number of threads to one, over a ZeroMQ inproc PUSH/PULL pair, in order per sender. */
#ifndef LAGEBUS_BROKER_EDGE_CHANNEL_H
#define LAGEBUS_BROKER_EDGE_CHANNEL_H

#include <stdbool.h>

#include "lagebus/err.h"

struct channel_hub; /* the context that all channels of a process share; any thread */
struct channel;     /* the receiving end: its thread's alone */
struct channel_end; /* a sending end: one thread at a time */

/* What is sent: a kind that both sides know, and a pointer whose ownership goes along. */
struct channel_item {
	unsigned kind;
	void *p;
};

/* NULL if memory is out. */
struct channel_hub *channel_hub_new(void);
/* Every channel and end must be closed before. */
void channel_hub_free(struct channel_hub *h);
/* Opens the receiving end under a name, which is taken until some time after the channel is closed. LB_OK, LB_INVALID (the name is taken), LB_NO_MEMORY. */
lb_err channel_open(struct channel_hub *h, const char *name, struct channel **out) LB_MUST_CHECK;
void channel_close(struct channel *c);
/* Opens a sending end; the channel must be open. */
lb_err channel_end_open(struct channel_hub *h, const char *name, struct channel_end **out) LB_MUST_CHECK;
void channel_end_close(struct channel_end *e);
/* Never blocks: what flows is bounded by its users (bytes in flight), not by a count here. LB_OK, or LB_NO_MEMORY and the
 * item is still the caller's. */
lb_err channel_send(struct channel_end *e, struct channel_item item) LB_MUST_CHECK;
/* The next item if there is one; does not block. */
bool channel_receive(struct channel *c, struct channel_item *out);
/* Waits until one of n channels has an item or timeout_ms (-1: for ever) is over; true if one has. */
bool channel_wait(struct channel *const *c, unsigned n, int timeout_ms);
/* A descriptor for epoll. It is edge-triggered (ZMQ_FD): after it fires, and before sleeping, receive until there is no more. */
int channel_fd(struct channel *c);

#endif
