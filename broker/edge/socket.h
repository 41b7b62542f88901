/* TCP sockets as the broker uses them: non-blocking, and with little unsent in the kernel, so that urgent messages overtake. */
#ifndef LAGEBUS_BROKER_EDGE_SOCKET_H
#define LAGEBUS_BROKER_EDGE_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

#define SOCKET_ADDRESS 64 /* bytes of "[address]:port" with its NUL */

/* Listens on "host:port" or "[v6]:port". *port gets the port. LB_OK, LB_CONFIG or LB_IO; `why` says what is wrong. */
lb_err socket_listen(const char *address, int *fd, unsigned *port, char *why, size_t why_n) LB_MUST_CHECK;
/* Takes one connection, set up. LB_OK; LB_AGAIN: none waits; LB_LIMIT: no descriptors left; LB_IO. */
lb_err socket_accept(int listening, int *fd, char address[SOCKET_ADDRESS]) LB_MUST_CHECK;
/* LB_OK with *got > 0; LB_AGAIN; LB_CLOSED (end of stream or reset). */
lb_err socket_receive(int fd, uint8_t *p, size_t cap, size_t *got) LB_MUST_CHECK;
/* LB_OK with *sent > 0; LB_AGAIN; LB_CLOSED. */
lb_err socket_send(int fd, const uint8_t *p, size_t n, size_t *sent) LB_MUST_CHECK;
void socket_close(int fd);

#endif
