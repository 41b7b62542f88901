/* Training: events and registrations. */
#include "agents/agent/training.h"

#include <string.h>

#include "agents/agent/bind.h"
#include "lagebus/message_type.h"
#include "proto/host/log.h"
#include "proto/training.pb-c.h"

#define UID_MAX 255
#define LISTED 2000
#define AHEAD_MS (3650 * LB_DAY_MS) /* an event further away than this is kept as if it were then */
#define AFTER_EVERY_TEXT "\xf4\x8f\xbf\xbf"

static bool is_uid(const char *uid)
{
	size_t n = strlen(uid);

	if (n == 0 || n > UID_MAX || !lb_utf8_is_valid(uid, n))
		return false;
	for (; *uid; uid++)
		if ((unsigned char)*uid < 0x20 || *uid == 0x7f)
			return false;
	return true;
}

static int64_t end_of(const struct lb_header *h, const Lagebus__TrainingEvent *t)
{
	int64_t ends = t->ends > t->begins ? t->ends : t->begins;

	return ends < h->created_ms + AHEAD_MS ? ends : h->created_ms + AHEAD_MS;
}

static lb_err add_event(struct store *s, const struct lb_header *h, const Lagebus__TrainingEvent *t, struct lb_frame event)
{
	struct lb_buf header = LB_BUF_INIT;
	lb_err e = lb_header_encode(h, &header);
	sqlite3_stmt *q;

	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_TRAINING_ADD);
	bind_text(q, 1, t->uid);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_int64(q, 3, t->sequence);
	sqlite3_bind_int64(q, 4, h->created_ms);
	sqlite3_bind_int64(q, 5, t->begins);
	sqlite3_bind_int64(q, 6, end_of(h, t));
	bind_frame(q, 7, (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) });
	bind_frame(q, 8, event);
	bind_id(q, 9, &h->id);
	e = store_run(s, q);
	if (e == LB_OK && sqlite3_changes(s->db) == 0)
		log_event(LOG_WARN, "training_ignored", "origin=%.*s detail=%s", (int)h->origin.n, h->origin.p,
		          "the event is another origin's, or a newer sequence of it is known");
	lb_buf_fini(&header);
	return e;
}

lb_err training_take(struct store *s, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__TrainingEvent *t = lagebus__training_event__unpack(NULL, payload.n, payload.p);
	lb_err e = t && is_uid(t->uid) && t->begins > 0 ? add_event(s, h, t, payload) : LB_OK;

	if (t)
		lagebus__training_event__free_unpacked(t, NULL);
	return e;
}

static lb_err add_registration(struct store *s, const struct lb_header *h, const Lagebus__TrainingRegistration *r, struct lb_frame registration)
{
	sqlite3_stmt *q = store_use(s, STORE_REGISTRATION_ADD);

	bind_text(q, 1, r->uid);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_int64(q, 3, h->created_ms);
	sqlite3_bind_int64(q, 4, r->seats);
	sqlite3_bind_int64(q, 5, retention_until(&s->keep, h));
	bind_frame(q, 6, registration);
	bind_id(q, 7, &h->id);
	return store_run(s, q);
}

lb_err registrations_take(struct store *s, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__TrainingRegistration *r = lagebus__training_registration__unpack(NULL, payload.n, payload.p);
	lb_err e = r && is_uid(r->uid) ? add_registration(s, h, r, payload) : LB_OK;

	if (r)
		lagebus__training_registration__free_unpacked(r, NULL);
	return e;
}

static lb_err forget(struct store *s, enum store_statement which, const struct lb_uuid *message, struct lb_text origin)
{
	sqlite3_stmt *q = store_use(s, which);

	bind_id(q, 1, message);
	bind_slice(q, 2, origin);
	return store_run(s, q);
}

lb_err training_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin)
{
	lb_err e = forget(s, STORE_TRAINING_REMOVE, message, origin);

	return e == LB_OK ? forget(s, STORE_REGISTRATION_REMOVE, message, origin) : e;
}

/* An event is kept beyond its end, unless the federation says for how long at most it is kept. */
lb_err training_expire(struct store *s, int64_t now_ms)
{
	int64_t before_ms = now_ms - s->keep.keep_ms[LB_TYPE_TRAINING_EVENT];
	sqlite3_stmt *q = store_use(s, STORE_TRAINING_EXPIRE);
	lb_err e;

	sqlite3_bind_int64(q, 1, before_ms);
	sqlite3_bind_int64(q, 2, s->keep.most[LB_TYPE_TRAINING_EVENT] ? before_ms : 0);
	e = store_run(s, q);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_REGISTRATION_EXPIRE);
	sqlite3_bind_int64(q, 1, now_ms);
	return store_run(s, q);
}

static lb_err pack(const ProtobufCMessage *m, struct lb_buf *to)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *room = lb_buf_reserve(to, n + 1);

	if (!room)
		return LB_NO_MEMORY;
	protobuf_c_message_pack(m, room);
	lb_buf_added(to, n);
	return LB_OK;
}

/* Counts a registration, and packs it if it is wanted. */
static lb_err seat(sqlite3_stmt *q, uint32_t seats, Lagebus__TrainingRow *sums, struct lb_buf *to)
{
	Lagebus__RegistrationRow one = LAGEBUS__REGISTRATION_ROW__INIT, *list = &one;
	Lagebus__TrainingRow row = LAGEBUS__TRAINING_ROW__INIT;
	int64_t wanted = sqlite3_column_int64(q, 2);

	one.waiting = seats > 0 && wanted > (int64_t)seats - sums->taken;
	if (one.waiting)
		sums->waiting += (uint32_t)wanted;
	else
		sums->taken += (uint32_t)wanted;
	if (!to)
		return LB_OK;
	one.origin = (char *)column_text(q, 0);
	one.since = sqlite3_column_int64(q, 1);
	one.registration = (ProtobufCBinaryData){ column_frame(q, 3).n, (uint8_t *)column_frame(q, 3).p };
	row.registrations = &list;
	row.n_registrations = 1;
	return pack(&row.base, to);
}

static lb_err add_registrations(struct store *s, const char *uid, uint32_t seats, const char *self, Lagebus__TrainingRow *sums, struct lb_buf *to)
{
	sqlite3_stmt *q = store_use(s, STORE_REGISTRATION_LIST);
	lb_err e;

	bind_text(q, 1, uid);
	while ((e = store_row(s, q)) == LB_OK) {
		if (strcmp(column_text(q, 0), self) == 0)
			sums->registered = (uint32_t)sqlite3_column_int64(q, 2);
		if ((e = seat(q, seats, sums, to)) != LB_OK)
			break;
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err add_row(struct store *s, sqlite3_stmt *q, const Lagebus__TrainingRequest *r, const char *self, struct lb_buf *rows)
{
	Lagebus__TrainingRow sums = LAGEBUS__TRAINING_ROW__INIT, *row = NULL;
	Lagebus__TrainingReply reply = LAGEBUS__TRAINING_REPLY__INIT;
	struct lb_frame event = column_frame(q, 2), header = column_frame(q, 1);
	Lagebus__TrainingEvent *t = lagebus__training_event__unpack(NULL, event.n, event.p);
	struct lb_buf packed = LB_BUF_INIT;
	lb_err e = t ? add_registrations(s, column_text(q, 0), t->seats, self, &sums, r->registrations ? &packed : NULL) : LB_CORRUPT;

	sums.header = (ProtobufCBinaryData){ header.n, (uint8_t *)header.p };
	sums.event = (ProtobufCBinaryData){ event.n, (uint8_t *)event.p };
	if (e == LB_OK)
		e = pack(&sums.base, &packed);
	if (e == LB_OK && !(row = lagebus__training_row__unpack(NULL, lb_buf_len(&packed), lb_buf_data(&packed))))
		e = LB_NO_MEMORY;
	if (e == LB_OK) {
		reply.rows = &row;
		reply.n_rows = 1;
		e = pack(&reply.base, rows);
	}
	if (row)
		lagebus__training_row__free_unpacked(row, NULL);
	if (t)
		lagebus__training_event__free_unpacked(t, NULL);
	lb_buf_fini(&packed);
	return e;
}

lb_err training_find(struct store *s, const Lagebus__TrainingRequest *r, const char *self, int64_t now_ms, struct lb_buf *rows)
{
	sqlite3_stmt *q = store_use(s, STORE_TRAINING_LIST);
	lb_err e;

	bind_text(q, 1, r->uid);
	bind_text(q, 2, AFTER_EVERY_TEXT);
	sqlite3_bind_int64(q, 3, r->past ? 0 : now_ms);
	sqlite3_bind_int(q, 4, LISTED);
	while ((e = store_row(s, q)) == LB_OK)
		if ((e = add_row(s, q, r, self, rows)) != LB_OK)
			break;
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}
