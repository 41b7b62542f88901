/* TCP sockets as the broker uses them. */
#include "broker/edge/socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes that may wait unsent in the kernel: what an urgent message has to queue behind. */
#define NOT_SENT_MAX (64 * 1024)
#define BACKLOG 1024

static lb_err split(const char *address, char host[256], char port[16])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;

	if (!colon || n == 0 || n >= 256 || strlen(colon + 1) == 0 || strlen(colon + 1) >= 16)
		return LB_CONFIG;
	/* getaddrinfo takes 70000 for 4464. */
	if (strspn(colon + 1, "0123456789") != strlen(colon + 1) || strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return LB_CONFIG;
	if (address[0] == '[') {
		if (address[n - 1] != ']')
			return LB_CONFIG;
		address++;
		n -= 2;
	}
	memcpy(host, address, n);
	host[n] = '\0';
	strcpy(port, colon + 1);
	return LB_OK;
}

static unsigned port_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 0;
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}

static int open_listening(const struct addrinfo *ai)
{
	int one = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 || bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

lb_err socket_listen(const char *address, int *fd, unsigned *port, char *why, size_t why_n)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV }, *found = NULL;
	char host[256], service[16];
	int rc, s;

	if (split(address, host, service) != LB_OK) {
		snprintf(why, why_n, "listen \"%s\" is not host:port", address);
		return LB_CONFIG;
	}
	rc = getaddrinfo(host, service, &hints, &found);
	if (rc != 0) {
		snprintf(why, why_n, "listen \"%s\": %s", address, gai_strerror(rc));
		return LB_CONFIG;
	}
	s = open_listening(found);
	freeaddrinfo(found);
	if (s < 0) {
		snprintf(why, why_n, "cannot listen on %s: %s", address, strerror(errno));
		return LB_IO;
	}
	*fd = s;
	*port = port_of(s);
	return LB_OK;
}

static void describe(const struct sockaddr_storage *a, socklen_t n, char address[SOCKET_ADDRESS])
{
	char host[46], port[8];

	if (getnameinfo((const struct sockaddr *)a, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(address, SOCKET_ADDRESS, "unknown");
	else
		snprintf(address, SOCKET_ADDRESS, a->ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

lb_err socket_accept(int listening, int *fd, char address[SOCKET_ADDRESS])
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;
	int one = 1, low = NOT_SENT_MAX, s = accept4(listening, (struct sockaddr *)&a, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (s < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			return LB_LIMIT;
		/* What happened to a connection before it was accepted (accept(2), "Error handling") is as if there was none. */
		return errno == EBADF || errno == EINVAL ? LB_IO : LB_AGAIN;
	}
	if (setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
	    setsockopt(s, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof low) != 0 ||
	    setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one) != 0) {
		close(s);
		return LB_AGAIN;
	}
	describe(&a, n, address);
	*fd = s;
	return LB_OK;
}

lb_err socket_receive(int fd, uint8_t *p, size_t cap, size_t *got)
{
	ssize_t n;

	do
		n = recv(fd, p, cap, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? LB_AGAIN : LB_CLOSED;
	if (n == 0)
		return LB_CLOSED;
	*got = (size_t)n;
	return LB_OK;
}

lb_err socket_send(int fd, const uint8_t *p, size_t n, size_t *sent)
{
	ssize_t w;

	do
		w = send(fd, p, n, MSG_NOSIGNAL);
	while (w < 0 && errno == EINTR);
	if (w < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? LB_AGAIN : LB_CLOSED;
	*sent = (size_t)w;
	return LB_OK;
}

void socket_close(int fd)
{
	close(fd);
}
