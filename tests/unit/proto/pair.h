/* A folder of certificates, and a client and a server link that talk in memory. */
#ifndef LAGEBUS_TESTS_UNIT_PROTO_PAIR_H
#define LAGEBUS_TESTS_UNIT_PROTO_PAIR_H

#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lagebus/limits.h"
#include "lagebus/link.h"
#include "tests/kit/credentials.h"

static char pair_folder[] = "/tmp/lagebus-link-XXXXXX";

#define PAIR_BROKER "spiffe://lagebus.example/partner/bund-bsi/agent/broker"
#define PAIR_AGENT "spiffe://lagebus.example/partner/de-sn/leipzig/agent/edge-1"

static inline int pair_begin(void **state)
{
	const struct credential all[] = {
		{ "agent", "ca", PAIR_AGENT, NULL, 2 },
		{ "other-agent", "ca", "spiffe://lagebus.example/partner/de-he/agent/edge", NULL, 2 },
		{ "expired", "ca", PAIR_AGENT, NULL, -1 },
		{ "no-uri", "ca", NULL, NULL, 2 },
		{ "elsewhere", "ca", "spiffe://other.example/partner/de-sn/leipzig/agent/edge-1", NULL, 2 },
		{ "weak", "ca", PAIR_AGENT, "rsa:2048", 2 },
		{ "stranger", "other-ca", PAIR_AGENT, NULL, 2 },
	};

	(void)state;
	if (!mkdtemp(pair_folder) || !credentials_make(pair_folder, "lagebus.example") || !credentials_ca(pair_folder, "other-ca"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(pair_folder, &all[i]))
			return -1;
	return credentials_revoke(pair_folder, "ca", NULL, "none.crl", 2) && credentials_revoke(pair_folder, "ca", NULL, "old.crl", 0) &&
	                       credentials_revoke(pair_folder, "ca", "agent", "agent.crl", 2) ?
	               0 :
	               -1;
}

static inline int pair_end(void **state)
{
	(void)state;
	credentials_remove(pair_folder);
	return 0;
}

static inline const char *pair_path(const char *name, const char *suffix)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s%s", pair_folder, name, suffix);
	return path;
}

static inline lb_err pair_try_load(enum lb_link_side side, const char *name, const char *ca, const char *crl, struct lb_tls **out, char why[400])
{
	struct lb_tls_files f = { .certificate = pair_path(name, ".pem"), .key = pair_path(name, ".key"), .ca = pair_path(ca, ".pem") };

	f.crl = crl ? pair_path(crl, "") : NULL;
	return lb_tls_load(side, &f, out, why, 400);
}

static inline struct lb_tls *pair_load(enum lb_link_side side, const char *name, const char *ca, const char *crl)
{
	struct lb_tls *tls = NULL;
	char why[400] = "";

	if (pair_try_load(side, name, ca, crl, &tls, why) != LB_OK)
		fail_msg("%s", why);
	return tls;
}

struct pair {
	struct lb_link *client, *server;
	lb_err client_says, server_says;
};

/* Moves what one has to send to the other, `step` bytes at a time, and lets it go on with its handshake, or read one piece. */
static inline void pair_move(struct lb_link *from, struct lb_link *to, lb_err *says, size_t step)
{
	struct lb_buf *out = lb_link_output(from);
	uint8_t byte[64];

	while (lb_buf_len(out) > 0) {
		size_t n = lb_buf_len(out) < step ? lb_buf_len(out) : step, got = 0;

		lb_link_feed(to, lb_buf_data(out), n);
		if (*says == LB_AGAIN)
			*says = lb_link_handshake(to);
		if (*says == LB_OK) {
			lb_err e = lb_link_read(to, byte, sizeof byte, &got);

			if (e != LB_AGAIN)
				*says = e;
		}
		lb_link_output_sent(from, n);
	}
}

/* Shakes hands until nothing more is said; what a client hears after its own end (TLS 1.3) is in client_says. */
static inline void pair_shake(struct pair *p, struct lb_tls *client, struct lb_tls *server, const char *expect, size_t step)
{
	p->client = lb_link_new(client, expect);
	p->server = lb_link_new(server, NULL);
	assert_non_null(p->client);
	assert_non_null(p->server);
	p->server_says = LB_AGAIN;
	p->client_says = lb_link_handshake(p->client);
	while (lb_buf_len(lb_link_output(p->client)) + lb_buf_len(lb_link_output(p->server)) > 0) {
		pair_move(p->client, p->server, &p->server_says, step);
		pair_move(p->server, p->client, &p->client_says, step);
	}
}

static inline void pair_free(struct pair *p)
{
	lb_link_free(p->client);
	lb_link_free(p->server);
}

#endif
