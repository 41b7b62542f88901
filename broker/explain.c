/* The rules as they were when a message was accepted. */
#include "broker/explain.h"

#include <string.h>

#include "broker/core/era.h"
#include "broker/core/route.h"
#include "broker/worker_state.h"
#include "proto/digest.h"
#include "proto/host/federation_file.h"
#include "proto/host/log.h"

static lb_err digest_of_now(struct worker *w, const uint8_t **out)
{
	struct federation *f = router_federation(w->router);
	struct explained *e = &w->explained;
	size_t n;
	const char *text = federation_text(f, &n);
	lb_err err = LB_OK;

	if (e->generation != federation_generation(f))
		err = lb_digest(text, n, e->now);
	if (err != LB_OK)
		return err;
	e->generation = federation_generation(f);
	*out = e->now;
	return LB_OK;
}

static struct federation *find(struct explained *e, const uint8_t digest[ERA_DIGEST_SIZE])
{
	for (unsigned i = 0; i < EXPLAIN_FILES; i++)
		if (e->past[i].federation && memcmp(e->past[i].digest, digest, ERA_DIGEST_SIZE) == 0)
			return e->past[i].federation;
	return NULL;
}

/* Reads a file of the past, and remembers it in the place of the one that was read longest ago. */
static lb_err read_past(struct worker *w, const uint8_t digest[ERA_DIGEST_SIZE], struct federation **out)
{
	struct explained *e = &w->explained;
	struct explained_file *slot = &e->past[e->next % EXPLAIN_FILES];
	struct config_problem problem;
	struct federation *f = NULL;
	lb_err err = journal_get(w->reader, JOURNAL_FEDERATIONS, digest, ERA_DIGEST_SIZE, &w->record);

	if (err == LB_OK)
		err = federation_file_parse("the federation file of then", (const char *)lb_buf_data(&w->record), lb_buf_len(&w->record), &f, &problem);
	if (err == LB_CONFIG)
		log_event(LOG_ERROR, "federation_of_then_unreadable", "line=%u reason=%s", problem.line, problem.reason);
	if (err != LB_OK)
		return err;
	e->next++;
	federation_unref(slot->federation);
	slot->federation = *out = f;
	memcpy(slot->digest, digest, ERA_DIGEST_SIZE);
	return LB_OK;
}

struct federation *explain(struct worker *w, unsigned lane, uint64_t position)
{
	uint8_t key[ERA_KEY_SIZE], digest[ERA_DIGEST_SIZE];
	struct federation *f;
	const uint8_t *now;
	lb_err err;

	era_key(lane, position, key);
	err = journal_seek(w->reader, JOURNAL_ERAS, key, sizeof key, 1, &w->record);
	if (err == LB_OK && lb_buf_len(&w->record) != sizeof digest)
		err = LB_CORRUPT;
	if (err == LB_OK)
		err = digest_of_now(w, &now);
	if (err != LB_OK)
		return NULL;
	memcpy(digest, lb_buf_data(&w->record), sizeof digest);
	if (memcmp(digest, now, sizeof digest) == 0)
		return router_federation(w->router);
	f = find(&w->explained, digest);
	return f || read_past(w, digest, &f) == LB_OK ? f : NULL;
}

void explain_fini(struct worker *w)
{
	for (unsigned i = 0; i < EXPLAIN_FILES; i++)
		federation_unref(w->explained.past[i].federation);
}
