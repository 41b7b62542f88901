/* Exercises: which were begun and ended, by whom. */
#include "agents/agent/exercises.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/bind.h"
#include "lagebus/payload.h"
#include "proto/exercise.pb-c.h"
#include "proto/host/log.h"

#define LISTED 500

static lb_err begin(struct store *s, const struct lb_header *h, const Lagebus__Exercise *x, struct lb_frame header)
{
	sqlite3_stmt *q = store_use(s, STORE_EXERCISE_BEGIN);

	bind_slice(q, 1, h->exercise_name);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_int64(q, 3, h->created_ms);
	sqlite3_bind_int64(q, 4, x->begins ? x->begins : h->created_ms);
	sqlite3_bind_int64(q, 5, x->ends);
	bind_text(q, 6, x->title);
	bind_text(q, 7, x->text);
	bind_frame(q, 8, header);
	return store_run(s, q);
}

static lb_err end(struct store *s, const struct lb_header *h, const Lagebus__Exercise *x, struct lb_frame header)
{
	sqlite3_stmt *q = store_use(s, STORE_EXERCISE_END);

	bind_slice(q, 1, h->exercise_name);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_int64(q, 3, h->created_ms);
	bind_text(q, 4, x->title);
	bind_text(q, 5, x->text);
	bind_frame(q, 6, header);
	return store_run(s, q);
}

/* A phase of a later version changes nothing here. */
static lb_err take(struct store *s, const struct lb_header *h, const Lagebus__Exercise *x, struct lb_frame header)
{
	if (x->phase == LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN)
		return begin(s, h, x, header);
	return x->phase == LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END ? end(s, h, x, header) : LB_OK;
}

lb_err exercises_take(struct store *s, const struct lb_header *h, struct lb_frame payload)
{
	struct lb_buf header = LB_BUF_INIT;
	ProtobufCMessage *m = NULL;
	char why[LB_PAYLOAD_WHY];
	lb_err e = h->exercise && h->exercise_name.n > 0 ? lb_payload_open(LB_TYPE_EXERCISE, payload, &m, why, sizeof why) : LB_INVALID;

	if (e != LB_OK) {
		if (e == LB_INVALID)
			log_event(LOG_WARN, "exercise_ignored", "origin=%.*s detail=%s", (int)h->origin.n, h->origin.p, "it has no name, or its payload is not valid");
		return e == LB_NO_MEMORY ? e : LB_OK;
	}
	e = lb_header_encode(h, &header);
	if (e == LB_OK)
		e = take(s, h, (const Lagebus__Exercise *)m, (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) });
	protobuf_c_message_free_unpacked(m, NULL);
	lb_buf_fini(&header);
	return e;
}

lb_err exercises_expire(struct store *s, int64_t now_ms)
{
	sqlite3_stmt *q = store_use(s, STORE_EXERCISE_EXPIRE);

	sqlite3_bind_int64(q, 1, now_ms - s->keep.keep_ms[LB_TYPE_EXERCISE]);
	return store_run(s, q);
}

static sqlite3_stmt *list(struct store *s, int64_t now_ms, bool past)
{
	sqlite3_stmt *q = store_use(s, STORE_EXERCISE_LIST);

	sqlite3_bind_int64(q, 1, now_ms);
	sqlite3_bind_int(q, 2, past);
	sqlite3_bind_int(q, 3, LISTED);
	return q;
}

static lb_err add_row(sqlite3_stmt *q, struct lb_buf *rows)
{
	Lagebus__ExerciseRow row = LAGEBUS__EXERCISE_ROW__INIT, *one = &row;
	Lagebus__ExercisesReply reply = LAGEBUS__EXERCISES_REPLY__INIT;
	uint8_t *room;
	size_t n;

	row.name = (char *)column_text(q, 0);
	row.origin = (char *)column_text(q, 1);
	row.title = (char *)column_text(q, 2);
	row.text = (char *)column_text(q, 3);
	row.begins = sqlite3_column_int64(q, 4);
	row.ends = sqlite3_column_int64(q, 5);
	row.ended = sqlite3_column_int64(q, 6);
	row.runs = sqlite3_column_int(q, 7) != 0;
	row.header = (ProtobufCBinaryData){ column_frame(q, 8).n, (uint8_t *)column_frame(q, 8).p };
	reply.rows = &one;
	reply.n_rows = 1;
	n = lagebus__exercises_reply__get_packed_size(&reply);
	room = lb_buf_reserve(rows, n + 1);
	if (!room)
		return LB_NO_MEMORY;
	lb_buf_added(rows, lagebus__exercises_reply__pack(&reply, room));
	return LB_OK;
}

lb_err exercises_find(struct store *s, const Lagebus__ExercisesRequest *r, int64_t now_ms, struct lb_buf *rows)
{
	sqlite3_stmt *q = list(s, now_ms, r->past);
	lb_err e;

	while ((e = store_row(s, q)) == LB_OK)
		if ((e = add_row(q, rows)) != LB_OK)
			break;
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static bool has_name(const struct exercise_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

lb_err exercises_running(struct store *s, int64_t now_ms, struct exercise_names *out)
{
	sqlite3_stmt *q = list(s, now_ms, false);
	lb_err e;

	while ((e = store_row(s, q)) == LB_OK && out->n < EXERCISES_NAMED) {
		if (!sqlite3_column_int(q, 7) || has_name(out, column_text(q, 0)))
			continue;
		out->name[out->n] = strdup(column_text(q, 0));
		if (!out->name[out->n]) {
			e = LB_NO_MEMORY;
			break;
		}
		out->n++;
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

void exercise_names_fini(struct exercise_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->name[i]);
	names->n = 0;
}
