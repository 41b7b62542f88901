/* The load client: real agent links (mutual TLS 1.3, ZMTP, Hello, chain check, header decode, acknowledgement) on one epoll set. */
#ifndef LAGEBUS_TESTS_BENCH_PEER_H
#define LAGEBUS_TESTS_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/header.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"

struct crowd; /* all peers of the program */

struct peer {
	struct crowd *crowd;
	int fd;
	struct lb_link *link;
	struct lb_buf plain; /* an incomplete message */
	enum { PEER_CONNECTING, PEER_TLS, PEER_GREETING, PEER_READY, PEER_WELCOME, PEER_OPEN, PEER_CLOSED } state;
	bool publish_only, wants_write;
	uint64_t cursor[LB_LANES];
	size_t unannounced;
	uint64_t delivered, accepted;
};

struct crowd {
	int epoll;
	unsigned port;
	uint64_t delivered, accepted, refused, opened, shaken, broken;
	/* Called for each delivery, if set; payload is the message's. */
	void (*on_delivery)(struct peer *p, const struct lb_header *h, struct lb_frame payload);
	uint8_t *cipher, *plain;
};

void crowd_init(struct crowd *c, unsigned port);
/* Begins to connect; everything else happens in crowd_turn. */
struct peer *peer_new(struct crowd *c, struct lb_tls *tls, bool publish_only);
void peer_free(struct peer *p);
/* Does what is due; waits at most timeout_ms. */
void crowd_turn(struct crowd *c, int timeout_ms);
/* Queues encoded messages and sends what the socket takes; what waits is in peer_queued. */
void peer_publish(struct peer *p, const uint8_t *bytes, size_t n);
size_t peer_queued(const struct peer *p);
struct lb_tls *load_client_tls(const char *folder, const char *name);

#endif
