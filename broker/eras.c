/* Eras in the log. */
#include "broker/eras.h"

#include <string.h>

#include "proto/digest.h"

lb_err eras_init(struct eras *e, struct journal *j)
{
	memset(e, 0, sizeof *e);
	return journal_reader_new(j, &e->reader);
}

void eras_fini(struct eras *e)
{
	if (e->reader)
		journal_reader_free(e->reader);
	e->reader = NULL;
}

void eras_abort(struct eras *e)
{
	for (unsigned lane = 0; lane < JOURNAL_LANES; lane++) {
		e->lane[lane].generation = 0;
		e->lane[lane].known = false;
	}
}

/* What the lane's last messages were accepted under, also by an earlier process. */
static lb_err look_up(struct eras *e, unsigned lane)
{
	struct era *era = &e->lane[lane];
	struct lb_buf value = LB_BUF_INIT;
	uint8_t key[ERA_KEY_SIZE];
	lb_err err;

	era_key(lane, UINT64_MAX, key);
	err = journal_seek(e->reader, JOURNAL_ERAS, key, sizeof key, 1, &value);
	era->known = err == LB_OK && lb_buf_len(&value) == sizeof era->digest;
	if (era->known)
		memcpy(era->digest, lb_buf_data(&value), sizeof era->digest);
	lb_buf_fini(&value);
	return err == LB_NOT_FOUND ? LB_OK : err;
}

static lb_err begin(struct journal *j, unsigned lane, uint64_t first, const uint8_t digest[ERA_DIGEST_SIZE], const char *text, size_t n)
{
	uint8_t key[ERA_KEY_SIZE];
	lb_err err = journal_put(j, JOURNAL_FEDERATIONS, digest, ERA_DIGEST_SIZE, text, n);

	era_key(lane, first, key);
	return err == LB_OK ? journal_put(j, JOURNAL_ERAS, key, sizeof key, digest, ERA_DIGEST_SIZE) : err;
}

lb_err eras_note(struct eras *e, struct journal *j, unsigned lane, uint64_t first, const struct route *r)
{
	struct era *era = &e->lane[lane];
	uint8_t digest[ERA_DIGEST_SIZE];
	const char *text;
	size_t n;
	lb_err err;

	if (r->generation == era->generation)
		return LB_OK;
	text = federation_text(r->federation, &n);
	if (n == 0)
		return LB_OK; /* it was read from no file */
	err = lb_digest(text, n, digest);
	if (err == LB_OK && era->generation == 0)
		err = look_up(e, lane);
	if (err == LB_OK && (!era->known || memcmp(era->digest, digest, sizeof digest) != 0))
		err = begin(j, lane, first, digest, text, n);
	if (err != LB_OK)
		return err;
	era->generation = r->generation;
	era->known = true;
	memcpy(era->digest, digest, sizeof digest);
	return LB_OK;
}

/* The keys behind the first one that is shown: older eras than that of the lane's oldest message. */
struct older {
	unsigned seen;
	uint8_t first[ERA_KEY_SIZE];
};

static bool look_for_older(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct older *o = user;

	(void)value;
	(void)value_n;
	if (o->seen++ == 1 && key_n == sizeof o->first)
		memcpy(o->first, key, key_n);
	return o->seen < 2;
}

static lb_err find_older(struct eras *e, struct journal *j, unsigned lane, struct older *out)
{
	uint8_t key[ERA_KEY_SIZE];

	era_key(lane, journal_oldest(j, lane), key);
	return journal_each_from(e->reader, JOURNAL_ERAS, key, sizeof key, 1, look_for_older, out);
}

static lb_err drop_older(struct journal *j, unsigned lane, const struct older *o)
{
	uint8_t end = (uint8_t)(lane + 1);

	return o->seen < 2 ? LB_OK : journal_clear(j, JOURNAL_ERAS, o->first, sizeof o->first, &end, sizeof end);
}

struct digests {
	struct lb_buf needed, stored;
	lb_err err;
};

static bool add_needed(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct digests *d = user;

	(void)key;
	(void)key_n;
	d->err = value_n == ERA_DIGEST_SIZE ? lb_buf_append(&d->needed, value, value_n) : LB_CORRUPT;
	return d->err == LB_OK;
}

static bool add_stored(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct digests *d = user;

	(void)value;
	(void)value_n;
	d->err = key_n == ERA_DIGEST_SIZE ? lb_buf_append(&d->stored, key, key_n) : LB_CORRUPT;
	return d->err == LB_OK;
}

static bool is_needed(const struct digests *d, const uint8_t *digest)
{
	for (size_t at = 0; at < lb_buf_len(&d->needed); at += ERA_DIGEST_SIZE)
		if (memcmp(lb_buf_data(&d->needed) + at, digest, ERA_DIGEST_SIZE) == 0)
			return true;
	return false;
}

static lb_err drop_files(struct eras *e, struct journal *j)
{
	struct digests d = { LB_BUF_INIT, LB_BUF_INIT, LB_OK };
	uint8_t end[ERA_DIGEST_SIZE + 1] = { 0 };
	lb_err err = journal_each(e->reader, JOURNAL_ERAS, "", 0, add_needed, &d);

	if (err == LB_OK && d.err == LB_OK)
		err = journal_each(e->reader, JOURNAL_FEDERATIONS, "", 0, add_stored, &d);
	if (err == LB_OK)
		err = d.err;
	for (size_t at = 0; err == LB_OK && at < lb_buf_len(&d.stored); at += ERA_DIGEST_SIZE) {
		const uint8_t *digest = lb_buf_data(&d.stored) + at;

		if (is_needed(&d, digest))
			continue;
		memcpy(end, digest, ERA_DIGEST_SIZE);
		err = journal_clear(j, JOURNAL_FEDERATIONS, digest, ERA_DIGEST_SIZE, end, sizeof end);
	}
	lb_buf_fini(&d.needed);
	lb_buf_fini(&d.stored);
	return err;
}

static lb_err finish(struct journal *j, lb_err err)
{
	if (err == LB_OK)
		return journal_commit(j);
	journal_abort(j);
	return err;
}

lb_err eras_tidy(struct eras *e, struct journal *j)
{
	struct older older[JOURNAL_LANES] = { { 0 } };
	bool any = false;
	lb_err err = LB_OK;

	for (unsigned lane = 0; err == LB_OK && lane < JOURNAL_LANES; lane++) {
		if (e->lane[lane].oldest != journal_oldest(j, lane))
			err = find_older(e, j, lane, &older[lane]);
		any |= older[lane].seen > 1;
		e->lane[lane].oldest = journal_oldest(j, lane);
	}
	if (err != LB_OK || !any)
		return err;
	err = journal_begin(j);
	if (err != LB_OK)
		return err;
	for (unsigned lane = 0; err == LB_OK && lane < JOURNAL_LANES; lane++)
		err = drop_older(j, lane, &older[lane]);
	err = finish(j, err);
	/* What the eras that are left need is read when they are on disk. */
	if (err == LB_OK)
		err = journal_begin(j);
	return err == LB_OK ? finish(j, drop_files(e, j)) : err;
}
