/* Which agents are connected. */
#include "broker/core/roster.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/limits.h"

#define BUCKETS 4096 /* a power of two */

struct member {
	struct member *next;
	struct roster_place place;
	char partner[LB_PARTNER_ID_MAX + 1];
	char spiffe_id[]; /* with its NUL */
};

struct count {
	struct count *next;
	uint32_t agents;
	char partner[LB_PARTNER_ID_MAX + 1];
};

struct roster {
	pthread_mutex_t lock;
	uint32_t max_connections, max_per_partner, connections;
	struct member *members[BUCKETS];
	struct count *counts[BUCKETS]; /* partners that ever had an agent: bounded by the federation */
};

/* FNV-1a. */
static uint32_t bucket_of(const char *s)
{
	uint32_t h = 2166136261u;

	while (*s)
		h = (h ^ (uint8_t)*s++) * 16777619u;
	return h % BUCKETS;
}

struct roster *roster_new(uint32_t max_connections, uint32_t max_per_partner)
{
	struct roster *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	pthread_mutex_init(&r->lock, NULL);
	r->max_connections = max_connections;
	r->max_per_partner = max_per_partner;
	return r;
}

void roster_free(struct roster *r)
{
	for (unsigned i = 0; i < BUCKETS; i++) {
		for (struct member *m = r->members[i], *next; m; m = next) {
			next = m->next;
			free(m);
		}
		for (struct count *c = r->counts[i], *next; c; c = next) {
			next = c->next;
			free(c);
		}
	}
	pthread_mutex_destroy(&r->lock);
	free(r);
}

bool roster_admit(struct roster *r)
{
	bool ok;

	pthread_mutex_lock(&r->lock);
	ok = r->connections < r->max_connections;
	r->connections += ok;
	pthread_mutex_unlock(&r->lock);
	return ok;
}

void roster_dismiss(struct roster *r)
{
	pthread_mutex_lock(&r->lock);
	r->connections--;
	pthread_mutex_unlock(&r->lock);
}

static struct member **find(struct roster *r, const char *spiffe_id)
{
	struct member **m = &r->members[bucket_of(spiffe_id)];

	while (*m && strcmp((*m)->spiffe_id, spiffe_id) != 0)
		m = &(*m)->next;
	return m;
}

static struct count *count_of(struct roster *r, const char *partner)
{
	struct count *c = r->counts[bucket_of(partner)];

	while (c && strcmp(c->partner, partner) != 0)
		c = c->next;
	return c;
}

static struct count *make_count(struct roster *r, const char *partner)
{
	struct count *c = count_of(r, partner), **bucket = &r->counts[bucket_of(partner)];

	if (c)
		return c;
	c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	memcpy(c->partner, partner, strnlen(partner, LB_PARTNER_ID_MAX));
	c->next = *bucket;
	return *bucket = c;
}

static lb_err add(struct roster *r, struct member **at, const char *spiffe_id, const char *partner, struct roster_place place)
{
	struct count *c = make_count(r, partner);
	size_t n = strlen(spiffe_id) + 1;
	struct member *m;

	if (!c)
		return LB_NO_MEMORY;
	if (c->agents >= r->max_per_partner)
		return LB_LIMIT;
	m = calloc(1, sizeof *m + n);
	if (!m)
		return LB_NO_MEMORY;
	memcpy(m->spiffe_id, spiffe_id, n);
	memcpy(m->partner, partner, strnlen(partner, LB_PARTNER_ID_MAX));
	m->place = place;
	*at = m;
	c->agents++;
	return LB_OK;
}

lb_err roster_join(struct roster *r, const char *spiffe_id, const char *partner, struct roster_place place, bool *had, struct roster_place *former)
{
	struct member **m;
	lb_err e = LB_OK;

	pthread_mutex_lock(&r->lock);
	m = find(r, spiffe_id);
	*had = *m;
	if (*m) {
		*former = (*m)->place;
		(*m)->place = place;
	} else {
		e = add(r, m, spiffe_id, partner, place);
	}
	pthread_mutex_unlock(&r->lock);
	return e;
}

bool roster_leave(struct roster *r, const char *spiffe_id, struct roster_place place)
{
	struct member **at, *m;
	bool there;

	pthread_mutex_lock(&r->lock);
	at = find(r, spiffe_id);
	m = *at;
	there = m && m->place.worker == place.worker && m->place.session == place.session && m->place.generation == place.generation;
	if (there) {
		*at = m->next;
		count_of(r, m->partner)->agents--;
		free(m);
	}
	pthread_mutex_unlock(&r->lock);
	return there;
}

bool roster_partner_is_online(struct roster *r, const char *partner)
{
	struct count *c;
	bool online;

	pthread_mutex_lock(&r->lock);
	c = count_of(r, partner);
	online = c && c->agents > 0;
	pthread_mutex_unlock(&r->lock);
	return online;
}

bool roster_agent_is_online(struct roster *r, const char *spiffe_id)
{
	bool online;

	pthread_mutex_lock(&r->lock);
	online = *find(r, spiffe_id) != NULL;
	pthread_mutex_unlock(&r->lock);
	return online;
}

uint32_t roster_connections(struct roster *r)
{
	uint32_t n;

	pthread_mutex_lock(&r->lock);
	n = r->connections;
	pthread_mutex_unlock(&r->lock);
	return n;
}
