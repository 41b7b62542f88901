/* The client side of the agent's local socket: what the command line and every plugin in C uses. */
#ifndef LAGEBUS_LOCAL_H
#define LAGEBUS_LOCAL_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"

struct lb_local; /* a connection to the agent; one thread at a time */

/* Connects to "ipc:///run/lagebus/agent/agent.sock" or what is given. LB_OK, LB_NO_MEMORY, LB_INVALID (not an address). Does not block:
 * whether an agent is there shows when it is asked something. */
lb_err lb_local_open(const char *address, struct lb_local **out) LB_MUST_CHECK;
void lb_local_close(struct lb_local *l);
/* Sends an encoded Request (proto/local.proto). LB_OK, LB_LIMIT (the agent does not take it), LB_IO. Does not block. */
lb_err lb_local_send(struct lb_local *l, const void *p, size_t n) LB_MUST_CHECK;
/* Waits for a Reply, at most timeout_ms (-1: for ever), and appends its bytes to `reply`. LB_OK, LB_TIMEOUT, LB_CLOSED (a signal), LB_IO. */
lb_err lb_local_receive(struct lb_local *l, int timeout_ms, struct lb_buf *reply) LB_MUST_CHECK;

#endif
