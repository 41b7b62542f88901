/* The agent's turn: wait, take in, commit, acknowledge, send. */
#include "agents/agent/agent.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agents/agent/derive.h"
#include "agents/agent/erasing.h"
#include "agents/agent/incident_watch.h"
#include "agents/agent/intake.h"
#include "agents/agent/keeping.h"
#include "agents/agent/requests.h"
#include "lagebus/failpoint.h"
#include "proto/host/log.h"

static int64_t clock_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t agent_clock_ms(void)
{
	return clock_of(CLOCK_REALTIME);
}

const char *agent_acts_for(const struct agent *a, const char *previous)
{
	const char *all = (const char *)lb_buf_data(&a->acts_for), *next = previous ? previous + strlen(previous) + 1 : all;

	return (size_t)(next - all) < lb_buf_len(&a->acts_for) ? next : NULL;
}

static lb_err load_tls(const struct settings *s, struct lb_tls **out, char *why, size_t why_n)
{
	struct lb_tls_files files = { .certificate = s->certificate, .key = s->key, .ca = s->ca, .crl = s->crl };

	return lb_tls_load(LB_LINK_CLIENT, &files, out, why, why_n);
}

/* The key before the last renewal is kept for what was encrypted to it; nothing was renewed yet where its files are not there. */
static lb_err load_opener(const struct settings *s, struct lb_opener **out, char *why, size_t why_n)
{
	struct lb_opener *o = NULL;
	lb_err e = lb_opener_load(s->certificate, s->key, &o, why, why_n);

	if (e == LB_OK && s->previous_key[0] != '\0' && (access(s->previous_certificate, F_OK) == 0 || access(s->previous_key, F_OK) == 0))
		e = lb_opener_add(o, s->previous_certificate, s->previous_key, why, why_n);
	if (e == LB_OK)
		*out = o;
	else if (o)
		lb_opener_free(o);
	return e;
}

static lb_err read_settings(const char *config, struct settings *out, char *why, size_t why_n)
{
	struct config_problem problem = { .line = 0 };
	lb_err e = settings_read(config, out, &problem);

	if (e != LB_OK)
		config_problem_text(&problem, why, why_n);
	return e;
}

/* What a configuration names, loaded together. */
struct loaded {
	struct lb_tls *tls;
	struct lb_signer *signer;
	struct lb_opener *opener;
};

static void loaded_fini(struct loaded *l)
{
	if (l->signer)
		lb_signer_free(l->signer);
	if (l->opener)
		lb_opener_free(l->opener);
	if (l->tls)
		lb_tls_unref(l->tls);
	*l = (struct loaded){ .tls = NULL };
}

static lb_err load(const struct settings *s, struct loaded *out, char *why, size_t why_n)
{
	lb_err e = load_tls(s, &out->tls, why, why_n);

	if (e == LB_OK)
		e = lb_signer_load(s->certificate, s->key, &out->signer, why, why_n);
	if (e == LB_OK)
		e = load_opener(s, &out->opener, why, why_n);
	if (e != LB_OK)
		loaded_fini(out);
	return e;
}

lb_err agent_open(struct agent *a, const char *config, char *why, size_t why_n)
{
	static const struct uplink_calls calls = { intake_hello, intake_open, intake_control, intake_delivery, intake_down };
	struct loaded l = { .tls = NULL };
	lb_err e;

	memset(a, 0, sizeof *a);
	a->now_ms = clock_of(CLOCK_MONOTONIC);
	e = read_settings(config, &a->settings, why, why_n);
	if (e == LB_OK && !(a->config = strdup(config)))
		e = LB_NO_MEMORY;
	if (e == LB_OK)
		e = load(&a->settings, &l, why, why_n);
	a->tls = l.tls;
	a->signer = l.signer;
	a->opener = l.opener;
	if (e == LB_OK)
		e = store_open(a->settings.data, &a->store, why, why_n);
	if (e == LB_OK)
		e = local_server_open(a->settings.local, &a->local, why, why_n);
	if (e == LB_OK) {
		a->signers = signers_new(a->tls);
		e = a->signers ? uplink_init(&a->uplink, &a->settings, a->tls, &calls, a) : LB_NO_MEMORY;
	}
	if (e != LB_OK) {
		agent_close(a);
		return e;
	}
	intake_load(a);
	keeping_load(a);
	incident_watch_anew(a);
	return LB_OK;
}

void agent_close(struct agent *a)
{
	if (a->uplink.tls) {
		uplink_fail(&a->uplink, LB_DRAINING, "the agent ends");
		uplink_fini(&a->uplink);
	}
	if (a->signers)
		signers_free(a->signers);
	if (a->local)
		local_server_close(a->local);
	if (a->store.db)
		store_close(&a->store);
	if (a->signer)
		lb_signer_free(a->signer);
	if (a->opener)
		lb_opener_free(a->opener);
	if (a->tls)
		lb_tls_unref(a->tls);
	lb_buf_fini(&a->acts_for);
	settings_fini(&a->settings);
	free(a->config);
}

static void log_what_waits(const struct settings *in_force, const struct settings *s)
{
	const char *key;
	size_t at = 0;

	while ((key = settings_changed(in_force, s, &at)) != NULL)
		log_event(LOG_WARN, "reload_ignored", "key=%s reason=%s", key, "it is read at start only");
}

/* Takes what was loaded, and everything of the settings that may change. */
static void put_in_force(struct agent *a, struct settings *s, struct loaded *l)
{
	struct loaded before = { a->tls, a->signer, a->opener };

	uplink_fail(&a->uplink, LB_CLOSED, "the configuration was reloaded");
	a->tls = l->tls;
	a->signer = l->signer;
	a->opener = l->opener;
	*l = before;
	settings_swap(&a->settings, s);
	signers_reload(a->signers, a->tls);
	uplink_reload(&a->uplink, a->tls);
	keeping_load(a);
	incident_watch_anew(a);
}

void agent_reload(struct agent *a)
{
	struct settings s = { .brokers_n = 0 };
	struct loaded l = { .tls = NULL };
	char why[1024];
	lb_err e = read_settings(a->config, &s, why, sizeof why);

	if (e == LB_OK)
		e = load(&s, &l, why, sizeof why);
	if (e != LB_OK) {
		log_event(LOG_ERROR, "reload_refused", "reason=%s detail=%s", lb_err_token(e), why);
	} else {
		log_what_waits(&a->settings, &s);
		put_in_force(a, &s, &l);
		log_event(LOG_INFO, "reloaded", "certificate=%s", a->settings.certificate);
	}
	loaded_fini(&l);
	settings_fini(&s);
}

/* Nothing of this turn is stored. What came from the broker was not acknowledged, and comes again on the next link. */
static void lose_turn(struct agent *a, lb_err e)
{
	log_event(LOG_ERROR, "not_stored", "reason=%s detail=%s", lb_err_token(e), a->store.why);
	store_rollback(&a->store);
	a->in_transaction = a->cursors_changed = false;
	if (a->from_broker)
		uplink_fail(&a->uplink, e, a->store.why);
	intake_load(a);
	keeping_load(a);
	incident_watch_begin(a);
	erasing_forget(a);
}

lb_err agent_begin(struct agent *a)
{
	lb_err e = LB_OK;

	/* Who comes after one for whom there was no room may be smaller. */
	if (a->in_transaction && a->store.failure != LB_OK)
		lose_turn(a, a->store.failure);
	if (!a->in_transaction) {
		e = store_begin(&a->store);
		if (e != LB_OK)
			lose_turn(a, e);
		else
			a->in_transaction = true;
	}
	return e;
}

lb_err agent_settle(struct agent *a)
{
	lb_err e = LB_OK;

	if (a->in_transaction) {
		if (a->cursors_changed && a->store.failure == LB_OK)
			e = inbox_save_cursors(&a->store, &a->log, a->cursor, a->last, a->missed);
		if (e == LB_OK)
			e = erasing_settle(a);
		LB_FAIL_POINT("agent-before-commit");
		e = store_commit(&a->store);
		LB_FAIL_POINT("agent-after-commit");
		if (e != LB_OK)
			lose_turn(a, e);
		else
			erasing_finish(a);
	}
	a->in_transaction = a->cursors_changed = a->from_broker = false;
	return e;
}

/* How long to wait, in ms. */
static int wait_ms(struct agent *a, int64_t deadline_ms)
{
	int64_t next = waiting_due_ms(a);

	if (local_server_is_ready(a->local))
		return 0;
	if (watchers_due_ms(a) < next)
		next = watchers_due_ms(a);
	if (a->resend_ms && a->resend_ms < next)
		next = a->resend_ms;
	if (intake_due_ms(a) < next)
		next = intake_due_ms(a);
	if (erasing_due_ms(a) < next)
		next = erasing_due_ms(a);
	if (keeping_due_ms(a) < next)
		next = keeping_due_ms(a);
	if (incident_watch_due_ms(a) < next)
		next = incident_watch_due_ms(a);
	if (deadline_ms < next)
		next = deadline_ms;
	next -= clock_of(CLOCK_MONOTONIC);
	return next < 0 ? 0 : next > 60000 ? 60000 : (int)next;
}

void agent_step(struct agent *a, short events, int64_t now_ms)
{
	a->now_ms = now_ms;
	uplink_step(&a->uplink, events, now_ms);
	intake_go_on(a);
	requests_take(a);
	waiting_expire(a);
	incident_watch_go_on(a);
	derive_expire(a);
	keeping_go_on(a);
	erasing_go_on(a);
	if (agent_settle(a) == LB_OK)
		intake_acknowledge(a);
	watchers_show(a);
	publish_pump(a);
	uplink_flush(&a->uplink);
}

void agent_turn(struct agent *a, int wake_fd)
{
	struct pollfd p[3] = { { .fd = wake_fd, .events = POLLIN }, { .fd = local_server_fd(a->local), .events = POLLIN }, { .fd = -1 } };
	int64_t deadline_ms;

	p[2].fd = uplink_poll_fd(&a->uplink, &p[2].events, &deadline_ms);
	if (poll(p, 3, wait_ms(a, deadline_ms)) < 0)
		p[2].revents = 0;
	agent_step(a, p[2].revents, clock_of(CLOCK_MONOTONIC));
}
