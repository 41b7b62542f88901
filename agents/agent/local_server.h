/* The local socket: a ZeroMQ ROUTER on ipc. Who may enter the socket's folder may use it. One thread. */
#ifndef LAGEBUS_AGENT_LOCAL_SERVER_H
#define LAGEBUS_AGENT_LOCAL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"

#define LOCAL_PEER_MAX 64 /* bytes of a ZeroMQ routing id that we take */

struct local_peer {
	uint8_t id[LOCAL_PEER_MAX];
	uint8_t n;
};

struct local_server;

/* Listens; makes the folder of an ipc address (0750). LB_OK, LB_CONFIG, LB_IO, LB_NO_MEMORY; `why` says what is wrong. */
lb_err local_server_open(const char *address, struct local_server **out, char *why, size_t why_n) LB_MUST_CHECK;
void local_server_close(struct local_server *l);
/* For poll, when it is not ready: it becomes readable when something changes, and any call of anything here may use that up (ZMQ_FD). */
int local_server_fd(const struct local_server *l);
/* Is there a request? */
bool local_server_is_ready(const struct local_server *l);
/* The next request, if there is one: replaces *request's content. */
bool local_server_receive(struct local_server *l, struct local_peer *peer, struct lb_buf *request);
/* LB_OK; LB_LIMIT: the peer does not keep up; LB_CLOSED: it is gone. */
lb_err local_server_send(struct local_server *l, const struct local_peer *peer, const void *p, size_t n) LB_MUST_CHECK;

#endif
