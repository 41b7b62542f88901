/* The local socket. */
#include "agents/agent/local_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "lagebus/limits.h"

#define QUEUE_MAX 1000

struct local_server {
	void *context, *socket;
	int fd;
};

static lb_err make_folder(const char *address, char *why, size_t why_n)
{
	static const char ipc[] = "ipc://";
	char folder[4096], *slash;

	if (strncmp(address, ipc, sizeof ipc - 1) != 0 || strlen(address) >= sizeof folder) {
		snprintf(why, why_n, "local \"%s\" must be ipc:///path/to/folder/agent.sock", address);
		return LB_CONFIG;
	}
	strcpy(folder, address + sizeof ipc - 1);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return LB_OK;
	*slash = '\0';
	if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
		snprintf(why, why_n, "%s: the socket's folder cannot be made: %s", folder, strerror(errno));
		return LB_IO;
	}
	return LB_OK;
}

static lb_err listen_on(struct local_server *l, const char *address, char *why, size_t why_n)
{
	int none = 0, one = 1, queue = QUEUE_MAX;
	int64_t largest = LB_PAYLOAD_MAX + LB_HEADER_MAX + 1024;
	size_t n = sizeof l->fd;

	zmq_setsockopt(l->socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(l->socket, ZMQ_ROUTER_MANDATORY, &one, sizeof one);
	zmq_setsockopt(l->socket, ZMQ_SNDHWM, &queue, sizeof queue);
	zmq_setsockopt(l->socket, ZMQ_RCVHWM, &queue, sizeof queue);
	zmq_setsockopt(l->socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
	if (zmq_bind(l->socket, address) != 0) {
		snprintf(why, why_n, "%s: %s", address, zmq_strerror(zmq_errno()));
		return LB_IO;
	}
	return zmq_getsockopt(l->socket, ZMQ_FD, &l->fd, &n) == 0 ? LB_OK : LB_IO;
}

lb_err local_server_open(const char *address, struct local_server **out, char *why, size_t why_n)
{
	struct local_server *l;
	lb_err e = make_folder(address, why, why_n);

	if (e != LB_OK)
		return e;
	l = calloc(1, sizeof *l);
	if (!l)
		return LB_NO_MEMORY;
	l->context = zmq_ctx_new();
	l->socket = l->context ? zmq_socket(l->context, ZMQ_ROUTER) : NULL;
	snprintf(why, why_n, "%s", lb_err_text(LB_NO_MEMORY));
	e = l->socket ? listen_on(l, address, why, why_n) : LB_NO_MEMORY;
	if (e != LB_OK) {
		local_server_close(l);
		return e;
	}
	*out = l;
	return LB_OK;
}

void local_server_close(struct local_server *l)
{
	if (l->socket)
		zmq_close(l->socket);
	if (l->context)
		zmq_ctx_term(l->context);
	free(l);
}

int local_server_fd(const struct local_server *l)
{
	return l->fd;
}

bool local_server_is_ready(const struct local_server *l)
{
	int events = 0;
	size_t n = sizeof events;

	return zmq_getsockopt(l->socket, ZMQ_EVENTS, &events, &n) == 0 && (events & ZMQ_POLLIN);
}

/* Frames: the peer's routing id, then the request. Whatever else there is, is thrown away. */
bool local_server_receive(struct local_server *l, struct local_peer *peer, struct lb_buf *request)
{
	for (;;) {
		unsigned frames = 0;
		bool good = true;
		int more = 1;

		lb_buf_consume(request, lb_buf_len(request));
		while (more) {
			zmq_msg_t m;
			size_t n;

			zmq_msg_init(&m);
			if (zmq_msg_recv(&m, l->socket, ZMQ_DONTWAIT) < 0) {
				zmq_msg_close(&m);
				return false;
			}
			n = zmq_msg_size(&m);
			if (frames == 0 && (good = n <= LOCAL_PEER_MAX)) {
				memcpy(peer->id, zmq_msg_data(&m), n);
				peer->n = (uint8_t)n;
			} else if (frames == 1 && good) {
				good = lb_buf_append(request, zmq_msg_data(&m), n) == LB_OK;
			}
			frames++;
			more = zmq_msg_more(&m);
			zmq_msg_close(&m);
		}
		if (good && frames == 2)
			return true;
	}
}

lb_err local_server_send(struct local_server *l, const struct local_peer *peer, const void *p, size_t n)
{
	if (zmq_send(l->socket, peer->id, peer->n, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return zmq_errno() == EAGAIN ? LB_LIMIT : LB_CLOSED;
	return zmq_send(l->socket, p, n, ZMQ_DONTWAIT) >= 0 ? LB_OK : LB_LIMIT;
}
