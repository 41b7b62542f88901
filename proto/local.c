/* The client side of the agent's local socket, over ZeroMQ. */
#include "lagebus/local.h"

#include <errno.h>
#include <stdlib.h>
#include <zmq.h>

#define QUEUE_MAX 1000 /* messages that wait in either direction */

struct lb_local {
	void *context, *socket;
};

lb_err lb_local_open(const char *address, struct lb_local **out)
{
	struct lb_local *l = calloc(1, sizeof *l);
	int no_linger = 0, queue = QUEUE_MAX;

	if (!l)
		return LB_NO_MEMORY;
	l->context = zmq_ctx_new();
	l->socket = l->context ? zmq_socket(l->context, ZMQ_DEALER) : NULL;
	if (!l->socket) {
		lb_local_close(l);
		return LB_NO_MEMORY;
	}
	zmq_setsockopt(l->socket, ZMQ_LINGER, &no_linger, sizeof no_linger);
	zmq_setsockopt(l->socket, ZMQ_SNDHWM, &queue, sizeof queue);
	zmq_setsockopt(l->socket, ZMQ_RCVHWM, &queue, sizeof queue);
	if (zmq_connect(l->socket, address) != 0) {
		lb_local_close(l);
		return LB_INVALID;
	}
	*out = l;
	return LB_OK;
}

void lb_local_close(struct lb_local *l)
{
	if (l->socket)
		zmq_close(l->socket);
	if (l->context)
		zmq_ctx_term(l->context);
	free(l);
}

lb_err lb_local_send(struct lb_local *l, const void *p, size_t n)
{
	if (zmq_send(l->socket, p, n, ZMQ_DONTWAIT) >= 0)
		return LB_OK;
	return zmq_errno() == EAGAIN ? LB_LIMIT : LB_IO;
}

static lb_err take(struct lb_local *l, struct lb_buf *reply)
{
	zmq_msg_t m;
	lb_err e;

	zmq_msg_init(&m);
	if (zmq_msg_recv(&m, l->socket, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(&m);
		return zmq_errno() == EAGAIN ? LB_TIMEOUT : LB_IO;
	}
	e = lb_buf_append(reply, zmq_msg_data(&m), zmq_msg_size(&m));
	zmq_msg_close(&m);
	return e;
}

lb_err lb_local_receive(struct lb_local *l, int timeout_ms, struct lb_buf *reply)
{
	zmq_pollitem_t item = { .socket = l->socket, .events = ZMQ_POLLIN };
	int n = zmq_poll(&item, 1, timeout_ms);

	if (n < 0)
		return zmq_errno() == EINTR ? LB_CLOSED : LB_IO;
	return n == 0 ? LB_TIMEOUT : take(l, reply);
}
