/* What the hostile programs share: certificates of `lagebus ca`, the clock, a broker's memory, and what they say when they fail. */
#ifndef LAGEBUS_TESTS_HOSTILE_HOSTILE_H
#define LAGEBUS_TESTS_HOSTILE_HOSTILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/kit/caller.h"

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "FAILED: %s\n", what);
	exit(1);
}

static inline int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A client's settings with the certificate ca/issued/NAME.pem. */
static inline struct lb_tls *load(const char *ca, const char *name)
{
	char root[300], certificate[300], key[300], why[512] = "";
	struct lb_tls_files files = { .ca = root, .certificate = certificate, .key = key };
	struct lb_tls *tls = NULL;

	snprintf(root, sizeof root, "%s/ca.pem", ca);
	snprintf(certificate, sizeof certificate, "%s/issued/%s.pem", ca, name);
	snprintf(key, sizeof key, "%s/issued/%s.key", ca, name);
	must(lb_tls_load(LB_LINK_CLIENT, &files, &tls, why, sizeof why) == LB_OK, why);
	return tls;
}

/* A caller with this certificate, through its handshake. */
static inline void dial(struct caller *c, unsigned port, const char *ca, const char *name)
{
	struct lb_tls *tls = load(ca, name);

	must(caller_dial(c, port, tls), "the handshake");
	lb_tls_unref(tls);
}

/* The same, with its session open. */
static inline void dial_open(struct caller *c, unsigned port, const char *ca, const char *name)
{
	dial(c, port, ca, name);
	must(caller_open(c, NULL), "Hello");
}

/* False: own_kib says nothing of the broker. ThreadSanitizer keeps a shadow, four times the size, of whatever is touched, the mapped log, too. */
#if defined(__SANITIZE_THREAD__)
#define MEMORY_IS_KNOWN false
#else
#define MEMORY_IS_KNOWN true
#endif

/* What a process holds of memory that is its own, in KiB. */
static inline long own_kib(const char *pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%s/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f) && sscanf(line, "RssAnon: %ld", &kib) != 1)
		continue;
	if (f)
		fclose(f);
	must(kib >= 0, "the broker's memory cannot be read");
	return kib;
}

/* Two agents with good manners. Publishes an urgent message from one to the other; how long it took until it was there, in ms. */
static inline int64_t ask_witness(struct caller *from, struct caller *to)
{
	int64_t begin = clock_ms();
	struct lb_header h;

	caller_warning(from, lb_tls_identity(to->tls)->partner, &h);
	caller_publish(from, &h, "x", 1);
	do
		must(caller_hear(to) > HEARD_CLOSED, "a witness was not served");
	while (memcmp(&to->header.id, &h.id, sizeof h.id) != 0);
	caller_say_received(to, to->place.position, 0);
	while (caller_hear(from) != HEARD_CONTROL)
		must(!from->closed, "a witness was not answered");
	return clock_ms() - begin;
}

#endif
