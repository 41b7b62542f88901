/* The router's memo: four ways a set, found by a hash over everything that the policy looks at, compared whole. */
#include "broker/core/route.h"

#include <stdlib.h>
#include <string.h>

#include "proto/host/policy.h"

#define SETS 256 /* a power of two */
#define WAYS 4
#define HEAD 16        /* the numbers of a key, before its texts */
#define KEY_MAX 4096   /* longer ones are worked out anew each time; no header that was decoded comes near */

struct memo {
	uint64_t hash;
	struct route *route; /* NULL: empty */
	uint8_t *key;
	size_t key_n;
};

struct router {
	struct federation *federation;
	struct route *unkept; /* the last one that was too long to remember */
	const struct memo *last; /* the one found last: many of a kind come in a row */
	uint8_t turn[SETS];   /* which way is replaced next */
	struct memo memos[SETS][WAYS];
	uint8_t key[KEY_MAX]; /* of the header in question */
};

struct route *route_ref(struct route *r)
{
	atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
	return r;
}

void route_unref(struct route *r)
{
	if (r != NULL && atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) == 1)
		free(r);
}

struct router *router_new(struct federation *f)
{
	struct router *r = calloc(1, sizeof *r);

	if (r != NULL)
		r->federation = federation_ref(f);
	return r;
}

static void forget(struct router *r)
{
	for (size_t i = 0; i < SETS * WAYS; i++) {
		struct memo *m = &r->memos[i / WAYS][i % WAYS];
		route_unref(m->route);
		free(m->key);
		*m = (struct memo){ 0 };
	}
	route_unref(r->unkept);
	r->unkept = NULL;
	r->last = NULL;
}

void router_free(struct router *r)
{
	if (r == NULL)
		return;
	forget(r);
	federation_unref(r->federation);
	free(r);
}

void router_reload(struct router *r, struct federation *f)
{
	federation_ref(f);
	forget(r);
	federation_unref(r->federation);
	r->federation = f;
}

struct federation *router_federation(struct router *r)
{
	return r->federation;
}

/* False if there is no room; the length goes in front, so that no two audiences look alike. */
static bool put_text(uint8_t *key, size_t *n, struct lb_text t)
{
	if (t.n > UINT8_MAX || KEY_MAX - *n < t.n + 1)
		return false;
	key[(*n)++] = (uint8_t)t.n;
	memcpy(key + *n, t.p, t.n);
	*n += t.n;
	return true;
}

/* Everything that the policy looks at, in one piece; 0 if it is too long. */
static size_t write_key(uint8_t *key, uint16_t sender, const struct lb_header *h)
{
	const uint16_t numbers[HEAD / 2] = { sender, (uint16_t)h->type, (uint16_t)h->area, (uint16_t)h->tlp,
	                                     (uint16_t)h->level, (uint16_t)h->lane, (uint16_t)h->approvals_n, (uint16_t)h->audience_n };
	size_t n = HEAD + 1;

	if ((h->type | h->area | h->tlp | h->level | h->lane | h->approvals_n | h->audience_n) > UINT16_MAX)
		return 0;
	memcpy(key, numbers, HEAD);
	key[HEAD] = h->has_thread;
	if (!put_text(key, &n, h->origin))
		return 0;
	for (unsigned i = 0; i < h->audience_n; i++)
		if (!put_text(key, &n, h->audience[i]))
			return 0;
	return n;
}

/* Eight bytes a step; a collision costs a place in the memo, never a wrong route. */
static uint64_t hash_of(const uint8_t *key, size_t n)
{
	uint64_t hash = n, word;

	for (; n >= 8; key += 8, n -= 8) {
		memcpy(&word, key, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, key, n);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static struct route *work_out(const struct router *r, uint16_t sender, const struct lb_header *h)
{
	struct route *route = calloc(1, sizeof *route);

	if (route == NULL)
		return NULL;
	atomic_init(&route->refs, 1);
	route->generation = federation_generation(r->federation);
	route->type = (uint8_t)h->type;
	route->area = (uint8_t)h->area;
	route->sender = sender;
	route->admitted = sender != PARTNER_NONE ? policy_admit(r->federation, sender, h) : LB_OK;
	if (route->admitted == LB_OK)
		policy_recipients(r->federation, h, &route->recipients);
	return route;
}

static bool is_memo(const struct memo *m, const uint8_t *key, size_t key_n)
{
	return m->key_n == key_n && m->route != NULL && memcmp(m->key, key, key_n) == 0;
}

static struct route *remember(struct router *r, struct memo *m, uint64_t hash, size_t key_n, struct route *route)
{
	uint8_t *key = malloc(key_n);

	if (key == NULL) {
		route_unref(route);
		return NULL;
	}
	memcpy(key, r->key, key_n);
	route_unref(m->route);
	free(m->key);
	*m = (struct memo){ .hash = hash, .route = route, .key = key, .key_n = key_n };
	r->last = m;
	return route;
}

struct route *router_route(struct router *r, uint16_t sender, const struct lb_header *h)
{
	size_t key_n = write_key(r->key, sender, h), set;
	struct route *route;
	uint64_t hash;

	if (key_n != 0 && r->last != NULL && is_memo(r->last, r->key, key_n))
		return r->last->route;
	hash = hash_of(r->key, key_n);
	set = hash % SETS;
	for (unsigned w = 0; key_n != 0 && w < WAYS; w++) {
		const struct memo *m = &r->memos[set][w];
		if (m->hash == hash && is_memo(m, r->key, key_n)) {
			r->last = m;
			return m->route;
		}
	}
	route = work_out(r, sender, h);
	if (route == NULL)
		return NULL;
	if (key_n == 0) {
		route_unref(r->unkept);
		return r->unkept = route;
	}
	return remember(r, &r->memos[set][r->turn[set]++ % WAYS], hash, key_n, route);
}
