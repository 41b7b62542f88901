/* The way to a broker. */
#include "agents/agent/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What waits in the kernel, no urgent message can overtake. */
#define RECEIVE_BYTES (64 * 1024)
#define HOST_MAX 256
#define PORT_MAX 16

static lb_err split(const char *address, char host[HOST_MAX], char port[PORT_MAX])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;

	if (n == 0 || strlen(colon + 1) == 0 || strlen(colon + 1) >= PORT_MAX)
		return LB_CONFIG;
	/* getaddrinfo takes 70000 for 4464. */
	if (strspn(colon + 1, "0123456789") != strlen(colon + 1) || strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return LB_CONFIG;
	if (address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	if (n == 0 || n >= HOST_MAX)
		return LB_CONFIG;
	memcpy(host, address, n);
	host[n] = '\0';
	strcpy(port, colon + 1);
	return LB_OK;
}

lb_err dial_begin(const char *address, int *fd)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found;
	int one = 1, bytes = RECEIVE_BYTES, s;
	char host[HOST_MAX], port[PORT_MAX];

	if (split(address, host, port) != LB_OK || getaddrinfo(host, port, &hints, &found) != 0)
		return LB_CONFIG;
	s = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s >= 0 && (setsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0 ||
	               setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
	               (connect(s, found->ai_addr, found->ai_addrlen) != 0 && errno != EINPROGRESS))) {
		close(s);
		s = -1;
	}
	freeaddrinfo(found);
	if (s < 0)
		return LB_IO;
	*fd = s;
	return LB_OK;
}

lb_err dial_connected(int fd)
{
	int error = 0;
	socklen_t n = sizeof error;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error == 0 ? LB_OK : LB_IO;
}

size_t dial_proxy_request(const char *address, char *out, size_t n)
{
	int len = snprintf(out, n, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", address, address);

	return len > 0 && (size_t)len < n ? (size_t)len : 0;
}

/* The status of "HTTP/1.1 200 reason\r" (RFC 9112, 4); 0: this is no such line. The reason may be left out with its space. */
static int status_of(const uint8_t *p, size_t n)
{
	static const char form[] = "HTTP/1.";

	if (n < 13 || memcmp(p, form, sizeof form - 1) != 0 || (p[7] != '0' && p[7] != '1') || p[8] != ' ' || (p[12] != ' ' && p[12] != '\r'))
		return 0;
	for (unsigned i = 9; i < 12; i++)
		if (p[i] < '0' || p[i] > '9')
			return 0;
	return (p[9] - '0') * 100 + (p[10] - '0') * 10 + p[11] - '0';
}

lb_err dial_proxy_answer(const uint8_t *p, size_t n, size_t *used, int *status)
{
	static const char end[] = "\r\n\r\n";
	const uint8_t *found = memmem(p, n < DIAL_REPLY_MAX ? n : DIAL_REPLY_MAX, end, sizeof end - 1);

	*status = 0;
	if (!found)
		return n < DIAL_REPLY_MAX ? LB_AGAIN : LB_IO;
	*status = status_of(p, n);
	if (*status < 200 || *status > 299)
		return LB_IO;
	*used = (size_t)(found - p) + sizeof end - 1;
	return LB_OK;
}
