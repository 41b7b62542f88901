/* A log in a folder of its own, and blocks of messages to write into it, for what the log writer does within its transaction. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_LOG_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_BROKER_LOG_FIXTURE_H

#include "tests/unit/broker/fixture.h"

#include <stdlib.h>

#include "broker/append.h"
#include "broker/audit.h"
#include "tests/kit/credentials.h"

static struct {
	char folder[64];
	struct append append;
	struct router *router;
} l;

static inline void log_open(void)
{
	struct journal_settings s = { .folder = l.folder, .map_bytes = 64u << 20 };
	char why[400] = "";

	if (journal_open(&s, &l.append.journal, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(audit_open(l.append.journal, &l.append.audit), LB_OK);
}

static inline void log_close(void)
{
	append_fini(&l.append);
	audit_close(l.append.audit);
	journal_close(l.append.journal);
	l.append = (struct append){ 0 };
}

static inline int log_set_up(void **state)
{
	struct federation *f = fixture_federation();

	(void)state;
	strcpy(l.folder, "/tmp/lagebus-log-XXXXXX");
	l.router = router_new(f);
	federation_unref(f);
	assert_true(mkdtemp(l.folder) && l.router);
	log_open();
	return 0;
}

static inline int log_tear_down(void **state)
{
	(void)state;
	log_close();
	router_free(l.router);
	credentials_remove(l.folder);
	return 0;
}

/* A block of messages to all, whose ids these are, and whose payloads are payload_n bytes each. */
static inline struct block *log_block(enum lb_lane lane, const uint8_t *ids, unsigned n, size_t payload_n)
{
	struct block *b = block_new(lane, 0);

	assert_non_null(b);
	for (unsigned i = 0; i < n; i++)
		fixture_append(b, l.router, ids[i], "all", payload_n, 0);
	return b;
}

static inline struct lb_uuid log_id(uint8_t n)
{
	uint8_t random[10] = { n };

	return lb_uuid7(1700000000000 + n, random);
}

/* The position that the lane's next message gets, within the transaction or not. */
static inline uint64_t log_next(enum lb_lane lane)
{
	return journal_last(l.append.journal, lane) + 1;
}

/* Appends a message of this id and that many bytes in a transaction of its own. Its position. */
static inline uint64_t log_append(enum lb_lane lane, uint8_t id, size_t payload_n)
{
	uint64_t first = log_next(lane);
	struct block *b = log_block(lane, &id, 1, payload_n);

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, first), LB_OK);
	assert_int_equal(b->publishes[0].result, LB_OK);
	assert_int_equal(b->count, 1);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	block_unref(b);
	return first;
}

/* Is a message's payload (fixture_message's, of its id) in the log? */
static inline bool log_has_payload(enum lb_lane lane, uint64_t position, uint8_t id, size_t payload_n)
{
	struct lb_zmtp_message m;
	struct block *b;
	bool has;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_read(&l.append, lane, position, &b), LB_OK);
	journal_abort(l.append.journal);
	assert_true(b->first <= position && position < block_end(b));
	assert_int_equal(block_message(b, (uint32_t)(position - b->first), &m), LB_OK);
	has = m.frames[1].n == payload_n && payload_n > 0 && m.frames[1].p[0] == id;
	assert_int_equal(has, !block_is_purged(b, (uint32_t)(position - b->first)));
	block_unref(b);
	return has;
}

#endif
