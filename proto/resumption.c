/* A table of buckets: a ticket is random, so its first bytes are a hash. */
#include "proto/resumption.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <string.h>

#define WAYS 4
#define BUCKETS (RESUMPTION_SESSIONS / WAYS)

static struct resumption table[BUCKETS][WAYS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct resumption *bucket_of(const uint8_t *ticket)
{
	uint32_t h;

	memcpy(&h, ticket, sizeof h);
	return table[h % BUCKETS];
}

static void empty(struct resumption *r)
{
	certificate_unref(r->peer);
	OPENSSL_cleanse(r, sizeof *r);
}

static struct resumption *find(const uint8_t *ticket)
{
	struct resumption *b = bucket_of(ticket);

	for (unsigned i = 0; i < WAYS; i++)
		if (b[i].peer && memcmp(b[i].ticket, ticket, RESUMPTION_TICKET) == 0)
			return &b[i];
	return NULL;
}

void resumption_keep(const struct resumption *r)
{
	struct resumption *b = bucket_of(r->ticket), *oldest = b;

	pthread_mutex_lock(&lock);
	/* One that is free has begun in 1970. */
	for (unsigned i = 1; i < WAYS; i++)
		if (b[i].begun < oldest->begun)
			oldest = &b[i];
	empty(oldest);
	*oldest = *r;
	certificate_ref(oldest->peer);
	pthread_mutex_unlock(&lock);
}

bool resumption_find(const uint8_t ticket[RESUMPTION_TICKET], time_t now, struct resumption *out)
{
	struct resumption *r;
	bool found = false;

	pthread_mutex_lock(&lock);
	r = find(ticket);
	if (r && (now < r->begun || now - r->begun > RESUMPTION_S))
		empty(r);
	else if (r) {
		*out = *r;
		certificate_ref(out->peer);
		found = true;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void resumption_forget(const uint8_t ticket[RESUMPTION_TICKET])
{
	struct resumption *r;

	pthread_mutex_lock(&lock);
	r = find(ticket);
	if (r)
		empty(r);
	pthread_mutex_unlock(&lock);
}
