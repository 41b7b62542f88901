/* A broker with a publisher and some subscribers. */
#include "tests/bench/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/pki.h"

#define PIECE (64 * 1024)
#define STALLED_S 20.0

void stage_open(struct stage *s, const char *bin, int subs)
{
	memset(s, 0, sizeof *s);
	broker_start(&s->broker, bin);
	crowd_init(&s->crowd, s->broker.port);
	s->subs = subs;
	pki_issue(s->broker.pki, "publisher", "bund-bsi", "publisher", 0);
	pki_issue(s->broker.pki, "urgent", "bund-bsi", "urgent", 0);
	s->publisher_tls = load_client_tls(s->broker.folder, "publisher");
	s->urgent_tls = load_client_tls(s->broker.folder, "urgent");
	for (int i = 0; i < subs; i++) {
		char name[32], partner[32];

		snprintf(name, sizeof name, "a%03d", i);
		snprintf(partner, sizeof partner, "de-p%d", i % BROKER_PARTNERS);
		pki_issue(s->broker.pki, name, partner, name, 0);
		s->sub_tls[i] = load_client_tls(s->broker.folder, name);
	}
}

void stage_wait_open(struct stage *s, uint64_t opened)
{
	double until = clock_s() + STALLED_S;

	while (s->crowd.opened < opened && clock_s() < until)
		crowd_turn(&s->crowd, 100);
	if (s->crowd.opened < opened) {
		fprintf(stderr, "bench: %llu of %llu sessions came about\n", (unsigned long long)s->crowd.opened, (unsigned long long)opened);
		exit(1);
	}
}

void stage_connect_sub(struct stage *s, int i)
{
	s->sub[i] = peer_new(&s->crowd, s->sub_tls[i], false);
}

void stage_connect(struct stage *s)
{
	uint64_t opened = s->crowd.opened;

	for (int i = 0; i < s->subs; i++)
		stage_connect_sub(s, i);
	s->publisher = peer_new(&s->crowd, s->publisher_tls, true);
	s->urgent = peer_new(&s->crowd, s->urgent_tls, true);
	stage_wait_open(s, opened + (uint64_t)s->subs + 2);
}

void stage_close(struct stage *s)
{
	for (int i = 0; i < s->subs; i++) {
		if (s->sub[i])
			peer_free(s->sub[i]);
		lb_tls_unref(s->sub_tls[i]);
	}
	if (s->publisher)
		peer_free(s->publisher);
	if (s->urgent)
		peer_free(s->urgent);
	lb_tls_unref(s->publisher_tls);
	lb_tls_unref(s->urgent_tls);
	broker_stop(&s->broker);
}

void stage_pump(struct stage *s, struct peer *p, struct load *l, size_t window)
{
	size_t size = l->at[1] - l->at[0], begin = l->next, end;
	uint64_t unaccepted = l->base + l->next - p->accepted;

	if (l->next == l->n || unaccepted * size >= window || peer_queued(p) > PIECE)
		return;
	end = begin;
	while (end < l->n && l->at[end] - l->at[begin] < PIECE)
		l->sent_s[end++] = clock_s();
	l->next = end;
	peer_publish(p, lb_buf_data(&l->bytes) + l->at[begin], l->at[end] - l->at[begin]);
	(void)s;
}

void stage_check_progress(struct stage *s)
{
	static uint64_t last;
	static double since;
	uint64_t now = s->crowd.delivered + s->crowd.accepted;

	if (now != last || since == 0) {
		last = now;
		since = clock_s();
	} else if (clock_s() - since > STALLED_S) {
		fprintf(stderr, "bench: stalled at %llu deliveries, %llu accepted\n", (unsigned long long)s->crowd.delivered, (unsigned long long)s->crowd.accepted);
		exit(1);
	}
	if (s->crowd.broken) {
		fprintf(stderr, "bench: the broker closed a connection\n");
		exit(1);
	}
}
