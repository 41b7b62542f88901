/* What the broker says of deadlines. */
#include "agents/agent/deadlines.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/reminders.h"
#include "lagebus/identity.h"
#include "proto/host/log.h"
#include "proto/host/words.h"
#include "proto/local.pb-c.h"

#define LIST_MAX 100   /* of each kind in a status */
#define NAMES_MAX 64   /* partners that an Overdue names */
#define NAMES_BYTES (NAMES_MAX * (LB_PARTNER_ID_MAX + 1))

void deadlines_link(struct agent *a)
{
	/* Also the next process's links have other numbers. */
	a->link = agent_clock_ms() > a->link ? agent_clock_ms() : a->link + 1;
}

static bool read_id(ProtobufCBinaryData from, struct lb_uuid *out)
{
	if (from.len != sizeof out->b)
		return false;
	memcpy(out->b, from.data, sizeof out->b);
	return lb_uuid7_is_valid(out);
}

static void fail(struct agent *a, lb_err e)
{
	uplink_fail(&a->uplink, e, e == LB_BAD_CONTROL ? "a Reminder or an Overdue that is none" : a->store.why);
}

/* Title and header of a message that the inbox has, and the title in German; they are valid until the inbox's next call. */
static const char *describe_open(struct agent *a, const struct lb_uuid *id, Lagebus__OpenDeadline *out)
{
	struct inbox_row row;

	if (inbox_get(&a->store, id, &row) != LB_OK || row.quarantine[0])
		return "";
	out->title = (char *)row.title;
	if (out->header.len == 0)
		out->header = (ProtobufCBinaryData){ row.header.n, (uint8_t *)row.header.p };
	return inbox_title(&row, true);
}

static void fill_ours(const struct reminder *r, Lagebus__OpenDeadline *out)
{
	lagebus__open_deadline__init(out);
	out->id = (ProtobufCBinaryData){ sizeof r->id.b, (uint8_t *)r->id.b };
	out->partner = (char *)r->partner;
	out->ack_policy = r->ack_policy;
	out->deadline = r->deadline_ms;
	out->exercise = r->exercise;
	out->overdue = r->overdue || r->deadline_ms <= agent_clock_ms();
}

static lb_err take_reminder(struct agent *a, const Lagebus__Reminder *said, const struct reminder *r, bool *news)
{
	const char *home = lb_tls_identity(a->tls)->partner;
	lb_err e;

	if (!said->settled)
		return reminders_heard(&a->store, r, a->link, news);
	e = reminders_done(&a->store, &r->id, lb_text_of(r->partner), r->ack_policy, news);
	/* Another of our partner's agents has sent the receipt. */
	if (e == LB_OK && strcmp(r->partner, home) == 0)
		e = inbox_acknowledge(&a->store, &r->id, r->ack_policy);
	return e;
}

static void tell_reminder(struct agent *a, const Lagebus__Reminder *said, const struct reminder *r)
{
	Lagebus__OpenDeadline open;
	const char *german_title;
	char id[LB_UUID_TEXT];

	lb_uuid_format(&r->id, id);
	log_event(r->overdue ? LOG_WARN : LOG_INFO, said->settled ? "settled" : r->overdue ? "overdue" : "reminder", "id=%s partner=%s exercise=%d", id,
	          r->partner, r->exercise);
	fill_ours(r, &open);
	open.overdue = r->overdue;
	open.settled = said->settled;
	german_title = describe_open(a, &r->id, &open);
	watchers_tell(a, &open, german_title);
}

void deadlines_reminder(struct agent *a, const Lagebus__Reminder *said)
{
	struct reminder r = { .partner = said->partner, .ack_policy = said->ack_policy, .deadline_ms = said->deadline, .exercise = said->exercise,
		              .overdue = said->overdue };
	bool news = false;
	lb_err e = LB_BAD_CONTROL;

	if (agent_begin(a) != LB_OK)
		return;
	if (said->id.len == 0)
		e = reminders_settle(&a->store, a->link, said->now);
	else if (read_id(said->id, &r.id) && lb_partner_is_valid(said->partner, strlen(said->partner)) && r.ack_policy >= LB_ACK_DISPLAYED &&
	         r.ack_policy <= LB_ACK_IMPLEMENTED && r.deadline_ms > 0)
		e = take_reminder(a, said, &r, &news);
	if (e != LB_OK)
		fail(a, e);
	else if (news)
		tell_reminder(a, said, &r);
}

/* The partners' ids with commas between; false if that is not what they are. */
static bool join_names(const Lagebus__Overdue *said, char out[NAMES_BYTES])
{
	size_t at = 0;

	out[0] = '\0';
	if (said->n_partners > NAMES_MAX || said->partners_in_all < said->n_partners || (said->partners_in_all > 0 && said->n_partners == 0))
		return false;
	for (size_t i = 0; i < said->n_partners; i++) {
		if (!lb_partner_is_valid(said->partners[i], strlen(said->partners[i])))
			return false;
		at += (size_t)snprintf(out + at, NAMES_BYTES - at, "%s%s", i ? "," : "", said->partners[i]);
	}
	return true;
}

static void tell_overdue(struct agent *a, const Lagebus__Overdue *said, const struct lb_header *h, const char *names)
{
	Lagebus__OpenDeadline open = LAGEBUS__OPEN_DEADLINE__INIT;
	const char *german_title;
	char id[LB_UUID_TEXT];

	lb_uuid_format(&h->id, id);
	if (said->n_partners > 0)
		log_event(LOG_WARN, "partners_overdue", "id=%s origin=%.*s partners_n=%u partners=%s exercise=%d", id, (int)h->origin.n, h->origin.p, said->partners_in_all, names,
		          h->exercise);
	else
		log_event(LOG_INFO, "partners_settled", "id=%s", id);
	open.id = said->id;
	open.header = said->header;
	open.partners = said->partners;
	open.n_partners = said->n_partners;
	open.partners_in_all = said->partners_in_all;
	open.ack_policy = h->ack_policy;
	open.deadline = h->ack_deadline_ms;
	open.exercise = h->exercise;
	open.overdue = said->n_partners > 0;
	open.settled = said->n_partners == 0;
	german_title = describe_open(a, &h->id, &open);
	watchers_tell(a, &open, german_title);
}

void deadlines_overdue(struct agent *a, const Lagebus__Overdue *said)
{
	char names[NAMES_BYTES];
	struct lb_header h;
	struct lb_uuid id;
	bool news = false;
	lb_err e = LB_BAD_CONTROL;

	if (agent_begin(a) != LB_OK)
		return;
	if (read_id(said->id, &id) && join_names(said, names) && lb_header_decode(said->header.data, said->header.len, &h) == LB_OK &&
	    memcmp(&h.id, &id, sizeof id) == 0)
		e = reminders_others(&a->store, &id, (struct lb_frame){ said->header.data, said->header.len }, names, said->partners_in_all, a->link, &news);
	if (e != LB_OK)
		fail(a, e);
	else if (news)
		tell_overdue(a, said, &h, names);
}

struct list {
	struct agent *agent;
	struct lb_buf *out;
	lb_err e;
};

/* A status with this one alone: packed fields that repeat may stand one behind the other. */
static bool put(struct list *l, Lagebus__OpenDeadline *one)
{
	Lagebus__StatusReply status = LAGEBUS__STATUS_REPLY__INIT;
	uint8_t *room;
	size_t n;

	status.open = &one;
	status.n_open = 1;
	n = lagebus__status_reply__get_packed_size(&status);
	room = lb_buf_reserve(l->out, n);
	if (!room) {
		l->e = LB_NO_MEMORY;
		return false;
	}
	lagebus__status_reply__pack(&status, room);
	lb_buf_added(l->out, n);
	return true;
}

/* The title is in the language of who asks. */
static void describe_listed(struct list *l, const struct lb_uuid *id, Lagebus__OpenDeadline *one)
{
	const char *german_title = describe_open(l->agent, id, one);

	if (words_are_german())
		one->title = (char *)german_title;
}

static bool put_ours(void *user, const struct reminder *r)
{
	struct list *l = user;
	Lagebus__OpenDeadline one;

	fill_ours(r, &one);
	describe_listed(l, &r->id, &one);
	return put(l, &one);
}

static bool put_others(void *user, const struct reminder_others *o)
{
	Lagebus__OpenDeadline one = LAGEBUS__OPEN_DEADLINE__INIT;
	char copy[NAMES_BYTES], *names[NAMES_MAX], *save = NULL;
	struct list *l = user;
	struct lb_header h;

	if (lb_header_decode(o->header.p, o->header.n, &h) != LB_OK || strlen(o->partners) >= sizeof copy)
		return true;
	strcpy(copy, o->partners);
	one.partners = names;
	for (char *name = strtok_r(copy, ",", &save); name && one.n_partners < NAMES_MAX; name = strtok_r(NULL, ",", &save))
		names[one.n_partners++] = name;
	one.id = (ProtobufCBinaryData){ sizeof o->id.b, (uint8_t *)o->id.b };
	one.header = (ProtobufCBinaryData){ o->header.n, (uint8_t *)o->header.p };
	one.partners_in_all = o->n;
	one.ack_policy = h.ack_policy;
	one.deadline = h.ack_deadline_ms;
	one.exercise = h.exercise;
	one.overdue = true;
	describe_listed(l, &o->id, &one);
	return put(l, &one);
}

lb_err deadlines_list(struct agent *a, struct lb_buf *out)
{
	struct list l = { a, out, LB_OK };
	lb_err e = reminders_each(&a->store, LIST_MAX, put_ours, &l);

	if (e == LB_OK && l.e == LB_OK)
		e = reminders_each_other(&a->store, LIST_MAX, put_others, &l);
	return e == LB_OK ? l.e : e;
}
