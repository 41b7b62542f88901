/* epoll: which sockets have something to read or room to write, edge-triggered. */
#ifndef LAGEBUS_BROKER_EDGE_POLLER_H
#define LAGEBUS_BROKER_EDGE_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"

struct poller_event {
	uint64_t tag; /* as given to poller_add */
	bool readable, writable;
	bool ended; /* the other side sends nothing more: what is there is to be read up to the end, of which there is no other event */
};

/* -1: no descriptors left. */
int poller_new(void);
/* Watches fd for both directions, edge-triggered. LB_OK or LB_LIMIT. */
lb_err poller_add(int poller, int fd, uint64_t tag) LB_MUST_CHECK;
/* Watches a listening socket that other threads watch too, level-triggered: one of them is woken. */
lb_err poller_add_listening(int poller, int fd, uint64_t tag) LB_MUST_CHECK;
void poller_remove(int poller, int fd);
/* Waits for at most max events or timeout_ms; how many there are. */
unsigned poller_wait(int poller, struct poller_event *out, unsigned max, int timeout_ms);

#endif
