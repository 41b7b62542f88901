/* The way to a broker: a TCP connection, straight or through an HTTP proxy (RFC 9110, 9.3.6). */
#ifndef LAGEBUS_AGENT_DIAL_H
#define LAGEBUS_AGENT_DIAL_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

#define DIAL_REPLY_MAX 4096 /* bytes of a proxy's answer */

/* Begins to connect to "host:port"; *fd is non-blocking and becomes writable when it is done. Looks the name up, which
 * blocks for as long as the resolver takes. LB_OK, LB_CONFIG (not host:port, or unknown), LB_IO. */
lb_err dial_begin(const char *address, int *fd) LB_MUST_CHECK;
/* It became writable: LB_OK, or LB_IO if it could not be connected. */
lb_err dial_connected(int fd) LB_MUST_CHECK;

/* Writes the request that asks a proxy for a tunnel to "host:port"; its length, or 0 if it does not fit. */
size_t dial_proxy_request(const char *address, char *out, size_t n);
/* Looks at what the proxy answered: LB_OK and *used bytes belong to it; LB_AGAIN: more to come; LB_IO: it refused, *status says
 * with what (0: it does not speak HTTP). */
lb_err dial_proxy_answer(const uint8_t *p, size_t n, size_t *used, int *status) LB_MUST_CHECK;

#endif
