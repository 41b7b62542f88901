/* Rows of an audit, made for a test, and exported files of them. */
#ifndef TEST_CLI_AUDIT_ROWS_H
#define TEST_CLI_AUDIT_ROWS_H

#include "tests/unit/cli/run.h"

#include "lagebus/audit.h"
#include "lagebus/header.h"
#include "proto/audit.pb-c.h"

#define ROW_EVENTS 8
#define ROW_NOON 1000036800000 /* 2001-09-09T12:00:00Z */

/* A row of events that the test fills in. */
struct row {
	Lagebus__AuditRow row;
	Lagebus__AuditEvent event[ROW_EVENTS], *events[ROW_EVENTS];
};

static inline void row_init(struct row *r, uint64_t number)
{
	lagebus__audit_row__init(&r->row);
	r->row.number = number;
	r->row.at = ROW_NOON + (int64_t)number * 1000;
	r->row.events = r->events;
}

static inline Lagebus__AuditEvent *row_add(struct row *r, Lagebus__AuditEvent__BodyCase body)
{
	Lagebus__AuditEvent *e = &r->event[r->row.n_events];

	lagebus__audit_event__init(e);
	e->body_case = body;
	r->events[r->row.n_events++] = e;
	return e;
}

static inline struct lb_uuid row_id(uint8_t n)
{
	uint8_t random[10] = { n };

	return lb_uuid7(1700000000000, random);
}

/* An entry of AuditPublished.messages. */
static inline void row_entry(uint8_t n, uint8_t out[LB_AUDIT_ENTRY])
{
	struct lb_uuid id = row_id(n);

	memset(out, 0xaa, LB_AUDIT_ENTRY);
	memcpy(out, id.b, sizeof id.b);
}

/* A file of n bytes that is removed with row_file_remove. */
static inline const char *row_file(const void *bytes, size_t n)
{
	static char path[64];
	int fd;

	strcpy(path, "/tmp/lagebus-audit-file-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	return path;
}

/* Puts a row behind what the file's bytes have so far. */
static inline void row_put(struct lb_buf *file, const Lagebus__AuditRow *row)
{
	size_t n = lagebus__audit_row__get_packed_size(row);
	uint8_t *room = lb_buf_reserve(file, 4 + n);

	assert_non_null(room);
	room[0] = (uint8_t)(n >> 24);
	room[1] = (uint8_t)(n >> 16);
	room[2] = (uint8_t)(n >> 8);
	room[3] = (uint8_t)n;
	lagebus__audit_row__pack(row, room + 4);
	lb_buf_added(file, 4 + n);
}

static inline void assert_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("there is no \"%s\" in: %s", line, text);
}

#endif
