/* A session: a link's way in (TLS, ZMTP, message by message) and out. */
#include "broker/session.h"

#include <stdlib.h>
#include <string.h>

#include "proto/host/log.h"
#include "broker/core/pace.h"
#include "broker/core/roster.h"
#include "broker/edge/poller.h"
#include "broker/edge/socket.h"
#include "broker/control.h"
#include "broker/cursor.h"
#include "broker/deliver.h"
#include "broker/mandates.h"
#include "broker/publish.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/zmtp.h"

#define CLOSING_MS 2000  /* time for a peer to take the reason it is closed for */
#define QUIET_BYTES (16 * 1024) /* who sent less than this in a tick is read from between the turns of the others */
#define OUTPUT_MAX (4 * 1024 * 1024) /* ciphertext above which it is not read from: it must take its answers first */
#define EARLY_MAX 4096   /* bytes of a message before the session is open */

void session_move(struct session *s, enum session_state to)
{
	if (to > s->state)
		s->state = to;
}

struct session *session_find(struct worker *w, uint32_t handle, uint32_t generation)
{
	if (handle >= w->used || !w->sessions[handle] || w->sessions[handle]->generation != generation)
		return NULL;
	return w->sessions[handle];
}

void session_queue(struct worker *w, struct session *s)
{
	line_join(&w->line[LB_LANE_ROUTINE], s);
}

void session_hurry(struct worker *w, struct session *s)
{
	line_join(&w->line[LB_LANE_URGENT], s);
}

static bool is_queued(const struct session *s)
{
	return s->place[LB_LANE_URGENT].queued || s->place[LB_LANE_ROUTINE].queued;
}

static bool take_handle(struct worker *w, struct session *s)
{
	if (w->free_n > 0)
		s->handle = w->free_handles[--w->free_n];
	else if (w->used < (uint32_t)w->settings->max_connections)
		s->handle = w->used++;
	else
		return false;
	s->generation = ++w->generations[s->handle];
	w->sessions[s->handle] = s;
	return true;
}

static void free_session(struct session *s)
{
	feed_fini(&s->feed);
	lb_buf_fini(&s->input);
	lb_buf_fini(&s->later);
	lb_link_free(s->link);
	socket_close(s->fd);
	free(s->mandates);
	free(s->agent);
	free(s->address);
	free(s);
}

void session_end(struct worker *w, struct session *s)
{
	if (s->joined) {
		/* Where the agent is here anew, that session says what it has stored; and when the worker ends, the log writer has ended before. */
		if (roster_leave(w->roster, s->agent, (struct roster_place){ w->index, s->handle, s->generation }) && !w->stopping)
			cursor_close(w, s);
		metric_take(&w->metrics.sessions, 1);
	}
	roster_dismiss(w->roster);
	poller_remove(w->poller, s->fd);
	w->sessions[s->handle] = NULL;
	w->free_handles[w->free_n++] = s->handle;
	worker_expect(w, -1);
	metric_add(&w->metrics.sessions_closed, 1);
	/* A queued session is freed when its last turn comes. */
	session_move(s, SESSION_CLOSING);
	s->handle = UINT32_MAX;
	if (!is_queued(s))
		free_session(s);
}

static bool is_ended(const struct session *s)
{
	return s->handle == UINT32_MAX;
}

static void close_former(struct worker *w, const struct roster_place *former)
{
	struct roster_place *place = malloc(sizeof *place);

	if (!place)
		return;
	*place = *former;
	if (channel_send(w->peers[former->worker], (struct channel_item){ WORKER_CLOSE, place }) != LB_OK)
		free(place);
}

static lb_err join(struct worker *w, struct session *s)
{
	const struct lb_identity *peer = lb_link_peer(s->link);
	struct roster_place place = { w->index, s->handle, s->generation }, former;
	bool had;
	lb_err e;

	feed_init(&s->feed, PARTNER_NONE);
	e = mandates_read(w, s);
	if (e != LB_OK)
		return e;
	e = roster_join(w->roster, s->agent, peer->partner, place, &had, &former);
	if (e != LB_OK)
		return e;
	s->joined = true;
	metric_add(&w->metrics.sessions, 1);
	if (had)
		close_former(w, &former);
	return LB_OK;
}

/* The directory of signers: agents ask for the certificate that a message was signed with. */
static void remember_signer(struct worker *w, struct session *s)
{
	const uint8_t *der;
	size_t n;

	lb_link_peer_certificate(s->link, &der, &n);
	lb_signer_hint(der, n, s->signer);
	if (journal_get(w->reader, JOURNAL_SIGNERS, s->signer, sizeof s->signer, &w->record) == LB_OK)
		return;
	/* On both ways to the log: it is there before the first message that it signed, of either lane. */
	publish_note(w, w->urgent, note_new(JOURNAL_SIGNERS, s->signer, sizeof s->signer, der, n));
	publish_note(w, w->routine, note_new(JOURNAL_SIGNERS, s->signer, sizeof s->signer, der, n));
}

static struct session *make_session(struct worker *w, struct arrival *a)
{
	struct session *s = calloc(1, sizeof *s);
	char uri[LB_SPIFFE_ID_MAX + 1];

	if (!s)
		return NULL;
	lb_identity_format(lb_link_peer(a->link), uri);
	s->agent = strdup(uri);
	s->address = strdup(a->address);
	if (!s->agent || !s->address || !take_handle(w, s)) {
		free(s->agent);
		free(s->address);
		free(s);
		return NULL;
	}
	s->fd = a->fd;
	s->link = a->link;
	s->input = a->input;
	s->heard_ms = w->now_ms;
	s->tokens = w->settings->publish_rate;
	s->readable = s->writable = true;
	return s;
}

static void session_read_input(struct worker *w, struct session *s);

void session_begin(struct worker *w, struct arrival *a)
{
	struct session *s = make_session(w, a);
	uint8_t greeting[LB_ZMTP_GREETING];
	char link[96];
	lb_err e;

	if (!s) {
		worker_expect(w, -1);
		lb_link_free(a->link);
		lb_buf_fini(&a->input);
		socket_close(a->fd);
		roster_dismiss(w->roster);
		return;
	}
	lb_link_describe(s->link, link, sizeof link);
	log_event(LOG_INFO, "session_begin", "agent=%s address=%s link=%s resumed=%d", s->agent, s->address, link, lb_link_resumed(s->link));
	lb_zmtp_greeting(greeting);
	if (poller_add(w->poller, s->fd, (uint64_t)s->generation << 32 | s->handle) != LB_OK ||
	    lb_link_write(s->link, greeting, sizeof greeting) != LB_OK) {
		session_end(w, s);
		return;
	}
	session_queue(w, s);
	e = join(w, s);
	if (e != LB_OK) {
		session_fail(w, s, e, NULL);
		return;
	}
	remember_signer(w, s);
	session_read_input(w, s);
}

lb_err session_say(struct session *s, const uint8_t *p, size_t n)
{
	return s->feed.rest ? lb_buf_append(&s->later, p, n) : lb_link_write(s->link, p, n);
}

lb_err session_say_later(struct session *s)
{
	lb_err e = lb_buf_len(&s->later) > 0 ? lb_link_write(s->link, lb_buf_data(&s->later), lb_buf_len(&s->later)) : LB_OK;

	lb_buf_fini(&s->later);
	return e;
}

void session_fail(struct worker *w, struct session *s, lb_err reason, const char *detail)
{
	struct lb_buf error = LB_BUF_INIT;

	if (s->state == SESSION_CLOSING)
		return;
	log_event(reason == LB_CLOSED || reason == LB_DRAINING ? LOG_INFO : LOG_WARN, "session_end", "agent=%s address=%s reason=%s detail=%s", s->agent,
	          s->address, lb_err_token(reason), detail ? detail : lb_err_text(reason));
	/* In the middle of a message that is on its way out there is nothing to say but the end. */
	if (s->state >= SESSION_HELLO && !s->feed.rest)
		control_goodbye(w, s, reason, detail);
	else if (s->state < SESSION_HELLO && lb_zmtp_put_error(&error, lb_err_token(reason)) == LB_OK &&
	         lb_link_write(s->link, lb_buf_data(&error), lb_buf_len(&error)) != LB_OK)
		log_event(LOG_ERROR, "out_of_memory", "agent=%s", s->agent);
	lb_buf_fini(&error);
	lb_link_close(s->link);
	session_move(s, SESSION_CLOSING);
	s->closing_since_ms = w->now_ms;
	session_queue(w, s);
}

void session_abort(struct worker *w, struct session *s)
{
	session_move(s, SESSION_CLOSING);
	s->closing_since_ms = w->now_ms;
	lb_link_output_sent(s->link, lb_buf_len(lb_link_output(s->link)));
	session_queue(w, s);
}

static void fail_protocol(struct worker *w, struct session *s, lb_err reason, const char *detail)
{
	metric_add(&w->metrics.protocol_errors, 1);
	session_fail(w, s, reason, detail);
}

static void send_ready(struct worker *w, struct session *s)
{
	struct lb_buf out = LB_BUF_INIT;

	if (lb_zmtp_put_ready(&out, LB_ZMTP_ROUTER) != LB_OK || lb_link_write(s->link, lb_buf_data(&out), lb_buf_len(&out)) != LB_OK)
		session_fail(w, s, LB_NO_MEMORY, NULL);
	lb_buf_fini(&out);
}

static void send_pong(struct worker *w, struct session *s, struct lb_frame context)
{
	struct lb_buf out = LB_BUF_INIT;

	if (lb_zmtp_put_pong(&out, context.p, context.n) != LB_OK || session_say(s, lb_buf_data(&out), lb_buf_len(&out)) != LB_OK)
		session_fail(w, s, LB_NO_MEMORY, NULL);
	lb_buf_fini(&out);
}

static void on_command(struct worker *w, struct session *s, struct lb_frame body)
{
	struct lb_zmtp_command c;
	lb_err e = lb_zmtp_command(body.p, body.n, &c);

	if (e != LB_OK) {
		fail_protocol(w, s, e, NULL);
		return;
	}
	switch (s->state) {
	case SESSION_READY:
		if (c.kind == LB_ZMTP_READY && c.peer_is_dealer)
			session_move(s, SESSION_HELLO);
		else
			fail_protocol(w, s, LB_UNEXPECTED, "a READY command of a DEALER was expected");
		return;
	case SESSION_HELLO:
	case SESSION_OPEN:
		if (c.kind == LB_ZMTP_PING)
			send_pong(w, s, c.text);
		else if (c.kind == LB_ZMTP_READY || c.kind == LB_ZMTP_ERROR)
			fail_protocol(w, s, LB_UNEXPECTED, "a READY or ERROR command in an open session");
		return;
	case SESSION_GREETING:
	case SESSION_CLOSING:
		return;
	}
}

static void on_message(struct worker *w, struct session *s, const struct lb_zmtp_message *m)
{
	if (m->command)
		on_command(w, s, m->frames[0]);
	else if (s->state >= SESSION_HELLO && m->frames_n == 1)
		control_receive(w, s, m->frames[0]);
	else if (s->state == SESSION_OPEN && m->frames_n == 3)
		publish_receive(w, s, m);
	else
		fail_protocol(w, s, LB_UNEXPECTED, s->state < SESSION_OPEN ? "a message before Hello" : "a message has one frame (control) or three (publish)");
}

/* Too many of its answers are not taken yet. */
static bool is_too_slow(const struct session *s)
{
	return lb_buf_len(lb_link_output(s->link)) + lb_buf_len(&s->later) > OUTPUT_MAX;
}

/* Nothing more of it is looked at now, not even what was read already: the answers to one read of questions would fill any memory. */
static bool must_wait(const struct worker *w, const struct session *s)
{
	return is_too_slow(s) || (w->settings->publish_rate > 0 && s->tokens <= 0);
}

/* Takes whole messages off the front of p[0..n); how many bytes that was. *need is what the next one needs in all. */
static size_t parse(struct worker *w, struct session *s, const uint8_t *p, size_t n, size_t *need)
{
	size_t at = 0;

	*need = 0;
	s->waiting = s->asked = false;
	while (at < n && s->state != SESSION_CLOSING) {
		struct lb_zmtp_message m;
		lb_err e;

		if (must_wait(w, s)) {
			s->waiting = s->readable = true;
			break;
		}
		if (s->state == SESSION_GREETING) {
			e = lb_zmtp_check_greeting(p + at, n - at);
			if (e == LB_OK) {
				at += LB_ZMTP_GREETING;
				session_move(s, SESSION_READY);
				send_ready(w, s);
				continue;
			}
		} else {
			e = lb_zmtp_parse(p + at, n - at, s->state == SESSION_OPEN ? LB_MESSAGE_MAX : EARLY_MAX, &m, need);
		}
		if (e == LB_AGAIN)
			break;
		if (e != LB_OK) {
			fail_protocol(w, s, e, NULL);
			break;
		}
		at += m.raw_n;
		on_message(w, s, &m);
		/* A question to which every partner is looked at is a turn of its own: a flood of them must not hold up the others. */
		if (s->asked && at < n)
			s->waiting = s->readable = true;
		if (s->asked)
			break;
	}
	return s->state == SESSION_CLOSING ? n : at;
}

/* What came with the handshake stands in s->input already, and what had to wait. */
static void session_read_input(struct worker *w, struct session *s)
{
	size_t need;

	if (lb_buf_len(&s->input) > 0)
		lb_buf_consume(&s->input, parse(w, s, lb_buf_data(&s->input), lb_buf_len(&s->input), &need));
}

/* Decrypts everything that was fed into p[0..cap), behind the n bytes already there. */
static lb_err decrypt(struct session *s, uint8_t *p, size_t cap, size_t *n)
{
	for (;;) {
		size_t got;
		lb_err e = lb_link_read(s->link, p + *n, cap - *n, &got);

		if (e != LB_OK)
			return e;
		*n += got;
	}
}

static void keep_incomplete(struct worker *w, struct session *s, const uint8_t *p, size_t n)
{
	if (n == 0)
		lb_buf_fini(&s->input);
	else if (lb_buf_append(&s->input, p, n) != LB_OK)
		session_fail(w, s, LB_NO_MEMORY, NULL);
}

/* Bytes of a large message go straight behind what is there of it. */
static lb_err read_large(struct worker *w, struct session *s)
{
	uint8_t *room = lb_buf_reserve(&s->input, DECRYPTED_MAX);
	size_t n = 0, need;
	lb_err e;

	if (!room)
		return LB_NO_MEMORY;
	e = decrypt(s, room, DECRYPTED_MAX, &n);
	lb_buf_added(&s->input, n);
	lb_buf_consume(&s->input, parse(w, s, lb_buf_data(&s->input), lb_buf_len(&s->input), &need));
	return e;
}

static lb_err read_small(struct worker *w, struct session *s)
{
	size_t n = lb_buf_len(&s->input), used, need;
	lb_err e;

	if (n > 0)
		memcpy(w->plain, lb_buf_data(&s->input), n);
	lb_buf_consume(&s->input, n);
	e = decrypt(s, w->plain, PLAIN_SIZE, &n);
	used = parse(w, s, w->plain, n, &need);
	keep_incomplete(w, s, w->plain + used, n - used);
	return e;
}

static void receive(struct worker *w, struct session *s)
{
	size_t got;
	lb_err e;

	if (s->waiting) {
		session_read_input(w, s);
		return;
	}
	e = socket_receive(s->fd, w->cipher, CIPHER_SIZE, &got);
	if (e == LB_AGAIN) {
		s->readable = false;
		return;
	}
	if (e == LB_OK) {
		s->received += got;
		s->readable = got == CIPHER_SIZE || s->ended;
		lb_link_feed(s->link, w->cipher, got);
		e = lb_buf_len(&s->input) > CARRY_MAX ? read_large(w, s) : read_small(w, s);
		/* Until Hello the time runs from the beginning: a byte now and then is no session. */
		if (s->state >= SESSION_OPEN) {
			s->heard_ms = w->now_ms;
			s->pinged = false;
		}
	}
	if (e != LB_AGAIN && e != LB_OK)
		session_fail(w, s, e, NULL);
}

static void send_output(struct worker *w, struct session *s)
{
	struct lb_buf *out = lb_link_output(s->link);

	while (s->writable && lb_buf_len(out) > 0) {
		size_t n = lb_buf_len(out), sent;
		lb_err e = socket_send(s->fd, lb_buf_data(out), n, &sent);

		if (e == LB_CLOSED) {
			lb_link_output_sent(s->link, n);
			session_fail(w, s, LB_CLOSED, NULL);
			lb_link_output_sent(s->link, lb_buf_len(out));
			return;
		}
		if (e == LB_AGAIN)
			s->writable = false;
		else
			lb_link_output_sent(s->link, sent);
	}
}

/* One who sends much waits for those who could take it, see core/pace.h. */
static bool is_ahead(struct worker *w, const struct session *s)
{
	if (s->published <= PACE_FREE || !pace_exceeds(w->pace, w->tail[LB_LANE_ROUTINE].limit / PACE_SHARE))
		return false;
	w->pacing = true;
	return true;
}

bool session_is_quiet(const struct session *s)
{
	return s->received < QUIET_BYTES;
}

bool session_is_held(struct worker *w, const struct session *s)
{
	const struct settings *c = w->settings;

	/* A drain waits for what is in flight: nothing is added to it. */
	return w->draining || is_ahead(w, s) || s->in_flight > (uint64_t)c->session_in_flight || w->in_flight > (uint64_t)c->in_flight / w->workers ||
	       must_wait(w, s);
}

void session_serve(struct worker *w, struct session *s)
{
	bool more = false;

	if (is_ended(s)) {
		if (!is_queued(s))
			free_session(s);
		return;
	}
	if (s->state != SESSION_CLOSING && s->readable && !session_is_held(w, s))
		receive(w, s);
	if (s->state == SESSION_OPEN && s->writable)
		more = deliver(w, s);
	send_output(w, s);
	if (s->state == SESSION_CLOSING && lb_buf_len(lb_link_output(s->link)) == 0)
		session_end(w, s);
	else if ((s->readable && s->state != SESSION_CLOSING && !session_is_held(w, s)) || (more && s->writable))
		session_queue(w, s);
}

void session_push(struct worker *w, struct session *s)
{
	if (is_ended(s)) {
		if (!is_queued(s))
			free_session(s);
		return;
	}
	if (s->state != SESSION_CLOSING && s->readable && session_is_quiet(s) && !session_is_held(w, s))
		receive(w, s);
	if (s->writable)
		deliver_urgent(w, s);
	send_output(w, s);
}

static void ping(struct worker *w, struct session *s)
{
	struct lb_buf out = LB_BUF_INIT;

	if (lb_zmtp_put_ping(&out, (unsigned)w->settings->heartbeat_s * 10, NULL, 0) != LB_OK || session_say(s, lb_buf_data(&out), lb_buf_len(&out)) != LB_OK)
		session_fail(w, s, LB_NO_MEMORY, NULL);
	lb_buf_fini(&out);
	s->pinged = true;
	session_queue(w, s);
}

/* What is left of a tick is not saved up; what a publish took too much, the next ones give. */
static void refill(struct worker *w, struct session *s)
{
	int64_t rate = w->settings->publish_rate;
	bool waits = s->tokens <= 0;

	s->tokens = waits ? s->tokens + rate : rate;
	if (waits && s->tokens > 0 && s->readable)
		session_queue(w, s);
}

void session_tick(struct worker *w, struct session *s)
{
	int64_t heartbeat_ms = w->settings->heartbeat_s * 1000, silent_ms = w->now_ms - s->heard_ms;
	/* Before Hello there is less patience: a stranger's session must not last. */
	int64_t patience_ms = s->state < SESSION_OPEN ? w->settings->handshake_s * 1000 : heartbeat_ms;

	if (s->state == SESSION_CLOSING) {
		if (w->now_ms - s->closing_since_ms > CLOSING_MS)
			session_end(w, s);
		return;
	}
	if (silent_ms > patience_ms) {
		session_fail(w, s, is_too_slow(s) ? LB_TOO_SLOW : LB_TIMEOUT, NULL);
		return;
	}
	/* Where it waits for us, it is not silent. */
	if (session_is_held(w, s) && !is_too_slow(s))
		s->heard_ms = w->now_ms;
	if (s->state == SESSION_OPEN && silent_ms > heartbeat_ms / 3 && !s->pinged)
		ping(w, s);
	if (s->state == SESSION_OPEN && !s->publish_only)
		cursor_tick(w, s);
	if (!deliver_is_due(w, s))
		lb_link_rest(s->link);
	s->published = s->received = 0;
	refill(w, s);
}
