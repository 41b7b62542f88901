/* Pointers from thread to thread, over ZeroMQ inproc. */
#include "broker/edge/channel.h"

#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#define ENDPOINT_BYTES 64
#define WAIT_MAX 8

/* libzmq is not built for ThreadSanitizer: it is told here what a channel means, that the receiver sees all that the sender did. */
#if defined(__SANITIZE_THREAD__)
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#else
#define __tsan_acquire(address) ((void)(address))
#define __tsan_release(address) ((void)(address))
#endif

struct channel_hub {
	void *context;
};

struct channel {
	void *socket;
};

struct channel_end {
	void *socket;
};

struct channel_hub *channel_hub_new(void)
{
	struct channel_hub *h = malloc(sizeof *h);

	if (!h)
		return NULL;
	h->context = zmq_ctx_new();
	/* inproc alone needs no I/O thread. */
	if (!h->context || zmq_ctx_set(h->context, ZMQ_IO_THREADS, 0) != 0) {
		free(h);
		return NULL;
	}
	return h;
}

void channel_hub_free(struct channel_hub *h)
{
	zmq_ctx_term(h->context);
	free(h);
}

static void *open_socket(struct channel_hub *h, int type)
{
	void *s = zmq_socket(h->context, type);
	int none = 0;

	if (!s)
		return NULL;
	zmq_setsockopt(s, ZMQ_SNDHWM, &none, sizeof none);
	zmq_setsockopt(s, ZMQ_RCVHWM, &none, sizeof none);
	zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
	return s;
}

lb_err channel_open(struct channel_hub *h, const char *name, struct channel **out)
{
	struct channel *c = malloc(sizeof *c);
	char endpoint[ENDPOINT_BYTES];

	if (!c)
		return LB_NO_MEMORY;
	c->socket = open_socket(h, ZMQ_PULL);
	if (!c->socket) {
		free(c);
		return LB_NO_MEMORY;
	}
	snprintf(endpoint, sizeof endpoint, "inproc://%s", name);
	if (zmq_bind(c->socket, endpoint) != 0) {
		channel_close(c);
		return LB_INVALID;
	}
	*out = c;
	return LB_OK;
}

void channel_close(struct channel *c)
{
	zmq_close(c->socket);
	free(c);
}

lb_err channel_end_open(struct channel_hub *h, const char *name, struct channel_end **out)
{
	struct channel_end *e = malloc(sizeof *e);
	char endpoint[ENDPOINT_BYTES];

	if (!e)
		return LB_NO_MEMORY;
	e->socket = open_socket(h, ZMQ_PUSH);
	snprintf(endpoint, sizeof endpoint, "inproc://%s", name);
	if (!e->socket || zmq_connect(e->socket, endpoint) != 0) {
		if (e->socket)
			zmq_close(e->socket);
		free(e);
		return LB_INVALID;
	}
	*out = e;
	return LB_OK;
}

void channel_end_close(struct channel_end *e)
{
	zmq_close(e->socket);
	free(e);
}

lb_err channel_send(struct channel_end *e, struct channel_item item)
{
	__tsan_release(item.p);
	return zmq_send(e->socket, &item, sizeof item, ZMQ_DONTWAIT) == (int)sizeof item ? LB_OK : LB_NO_MEMORY;
}

bool channel_receive(struct channel *c, struct channel_item *out)
{
	if (zmq_recv(c->socket, out, sizeof *out, ZMQ_DONTWAIT) != (int)sizeof *out)
		return false;
	__tsan_acquire(out->p);
	return true;
}

bool channel_wait(struct channel *const *c, unsigned n, int timeout_ms)
{
	zmq_pollitem_t items[WAIT_MAX];

	if (n > WAIT_MAX)
		n = WAIT_MAX;
	for (unsigned i = 0; i < n; i++)
		items[i] = (zmq_pollitem_t){ .socket = c[i]->socket, .events = ZMQ_POLLIN };
	return zmq_poll(items, (int)n, timeout_ms) > 0;
}

int channel_fd(struct channel *c)
{
	int fd = -1;
	size_t n = sizeof fd;

	return zmq_getsockopt(c->socket, ZMQ_FD, &fd, &n) == 0 ? fd : -1;
}
