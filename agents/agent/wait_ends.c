/* What does not wait for a second person any more. */
#include "agents/agent/wait_ends.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "proto/host/log.h"
#include "proto/local.pb-c.h"

#define KEPT 256 /* more than a broker tells at once */
#define LIST_MAX 20
#define LIST_MS ((int64_t)7 * 24 * 60 * 60 * 1000)
#define NOTE_MAX 1024

/* The numbers are the wire's. */
enum { ENDED_APPROVED = 2, ENDED_REFUSED, ENDED_EXPIRED, ENDED_WITHDRAWN };

static const char *event_of(uint32_t state)
{
	static const char *const names[] = { "approved", "refused", "expired", "withdrawn" };

	return names[state - ENDED_APPROVED];
}

static bool is_valid(const Lagebus__WaitEnded *said, struct lb_header *h)
{
	const Lagebus__ApprovalStatus *a = said->approval;

	return a && a->state >= ENDED_APPROVED && a->state <= ENDED_WITHDRAWN && a->at > 0 && a->n_approvers == 0 && strlen(a->signer) <= LB_SPIFFE_ID_MAX &&
	       strlen(a->by) <= LB_SPIFFE_ID_MAX && strlen(a->function) <= LB_TEXT_MAX && strlen(a->note) <= NOTE_MAX &&
	       lb_header_decode(said->header.data, said->header.len, h) == LB_OK && said->id.len == sizeof h->id.b &&
	       memcmp(said->id.data, h->id.b, sizeof h->id.b) == 0;
}

static lb_err keep(struct agent *a, const struct lb_uuid *id, int64_t at_ms, const uint8_t *bytes, size_t n, bool *news)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_WAIT_END_ADD);
	int before = sqlite3_total_changes(a->store.db);
	lb_err e;

	sqlite3_bind_blob(q, 1, id->b, sizeof id->b, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, at_ms);
	sqlite3_bind_blob64(q, 3, bytes, n, SQLITE_STATIC);
	e = store_run(&a->store, q);
	*news = e == LB_OK && sqlite3_total_changes(a->store.db) != before;
	if (!*news)
		return e;
	q = store_use(&a->store, STORE_WAIT_END_TRIM);
	sqlite3_bind_int(q, 1, KEPT);
	return store_run(&a->store, q);
}

static void tell(struct agent *a, const Lagebus__WaitEnded *said, const struct lb_header *h, ProtobufCBinaryData packed)
{
	const Lagebus__ApprovalStatus *status = said->approval;
	Lagebus__WaitEnds ends = LAGEBUS__WAIT_ENDS__INIT;
	char id[LB_UUID_TEXT];

	lb_uuid_format(&h->id, id);
	log_event(status->state == ENDED_APPROVED ? LOG_INFO : LOG_WARN, "wait_ended", "id=%s origin=%.*s state=%s by=%s exercise=%d", id, (int)h->origin.n,
	          h->origin.p, event_of(status->state), status->by, !lb_header_is_real(h));
	ends.ended = &packed;
	ends.n_ended = 1;
	watchers_tell_end(a, &ends, said->header, !lb_header_is_real(h));
}

void wait_ends_take(struct agent *a, const Lagebus__WaitEnded *said)
{
	size_t n = lagebus__wait_ended__get_packed_size(said);
	struct lb_header h;
	uint8_t *bytes;
	bool news = false;
	lb_err e;

	if (agent_begin(a) != LB_OK)
		return;
	if (!is_valid(said, &h)) {
		uplink_fail(&a->uplink, LB_BAD_CONTROL, "a WaitEnded that is none");
		return;
	}
	bytes = malloc(n);
	e = bytes ? LB_OK : LB_NO_MEMORY;
	if (e == LB_OK) {
		lagebus__wait_ended__pack(said, bytes);
		e = keep(a, &h.id, said->approval->at, bytes, n, &news);
	}
	if (e != LB_OK)
		uplink_fail(&a->uplink, e, a->store.why);
	else if (news)
		tell(a, said, &h, (ProtobufCBinaryData){ n, bytes });
	free(bytes);
}

/* A status with this one alone: packed fields that repeat may stand one behind the other. */
static lb_err put(ProtobufCBinaryData one, struct lb_buf *out)
{
	Lagebus__StatusReply status = LAGEBUS__STATUS_REPLY__INIT;
	uint8_t *room;

	status.wait_ends = &one;
	status.n_wait_ends = 1;
	room = lb_buf_reserve(out, lagebus__status_reply__get_packed_size(&status));
	if (!room)
		return LB_NO_MEMORY;
	lb_buf_added(out, lagebus__status_reply__pack(&status, room));
	return LB_OK;
}

lb_err wait_ends_list(struct agent *a, struct lb_buf *out)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_WAIT_END_LIST);
	lb_err e = LB_OK, put_e = LB_OK;

	sqlite3_bind_int64(q, 1, agent_clock_ms() - LIST_MS);
	sqlite3_bind_int(q, 2, LIST_MAX);
	while (put_e == LB_OK && (e = store_row(&a->store, q)) == LB_OK) {
		ProtobufCBinaryData one = { (size_t)sqlite3_column_bytes(q, 0), (uint8_t *)sqlite3_column_blob(q, 0) };

		put_e = put(one, out);
	}
	sqlite3_reset(q);
	return put_e != LB_OK ? put_e : e == LB_NOT_FOUND ? LB_OK : e;
}
