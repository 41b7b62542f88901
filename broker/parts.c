/* Starting, reloading, draining and ending the parts. */
#include "broker/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/host/log.h"
#include "broker/audit_event.h"
#include "broker/core/membership.h"
#include "broker/exposition.h"

#define LOG_GROWS_BY (64 << 20) /* the log's file is extended ahead by this much */

static unsigned workers_wanted(const struct settings *s)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (s->workers > 0)
		return (unsigned)s->workers;
	cores--; /* the log writer's */
	return cores < 1 ? 1 : cores > WRITER_WORKERS_MAX ? WRITER_WORKERS_MAX : (unsigned)cores;
}

static lb_err open_log(struct parts *p, char *why, size_t why_n)
{
	const struct settings *s = &p->configuration.settings;
	const struct journal_settings j = {
		.folder = s->data,
		.map_bytes = (uint64_t)s->map_bytes,
		.low_water_bytes = (uint64_t)s->low_water_bytes,
		.grow_bytes = LOG_GROWS_BY,
	};

	return journal_open(&j, &p->journal, why, why_n);
}

static lb_err meet(struct parts *p)
{
	const struct settings *s = &p->configuration.settings;

	p->roster = roster_new((uint32_t)s->max_connections, (uint32_t)s->max_per_partner);
	p->pace = pace_new(workers_wanted(s));
	p->hub = channel_hub_new();
	return p->roster != NULL && p->pace != NULL && p->hub != NULL ? LB_OK : LB_NO_MEMORY;
}

static lb_err make_workers(struct parts *p)
{
	struct worker_settings w = {
		.workers = workers_wanted(&p->configuration.settings),
		.settings = &p->configuration.settings,
		.hub = p->hub,
		.journal = p->journal,
		.roster = p->roster,
		.pace = p->pace,
		.federation = p->configuration.federation,
		.tls = p->configuration.tls,
	};
	char name[32];

	for (w.index = 0; w.index < w.workers; w.index++) {
		lb_err e = worker_new(&w, &p->workers[w.index]);
		if (e != LB_OK)
			return e;
		p->workers_n++;
		snprintf(name, sizeof name, "worker-%u", w.index);
		e = channel_end_open(p->hub, name, &p->to_workers[w.index]);
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

static lb_err start_writer(struct parts *p)
{
	const struct settings *s = &p->configuration.settings;
	const struct writer_settings w = {
		.hub = p->hub,
		.journal = p->journal,
		.workers = p->workers_n,
		.commit_bytes = (uint64_t)s->commit_bytes,
		.retention_ms = s->retention_s * 1000,
		.audit_retention_ms = s->audit_retention_s * 1000,
		.keep = federation_retention(p->configuration.federation),
	};
	lb_err e = writer_start(&w, &p->writer);

	return e == LB_OK ? channel_end_open(p->hub, "routine", &p->to_writer) : e;
}

/* To the audit; whoever signs it from now on goes along. Takes the signer. */
static lb_err tell(struct parts *p, const char *what, const char *detail, struct lb_signer *signer)
{
	const uint8_t *der = NULL;
	size_t der_n = 0;
	struct audit_event *event;
	lb_err e = LB_OK;

	if (signer != NULL)
		lb_signer_certificate(signer, &der, &der_n);
	event = audit_broker(what, detail, der, der_n);
	if (event == NULL || channel_send(p->to_writer, (struct channel_item){ WRITER_EVENT, event }) != LB_OK) {
		free(event);
		e = LB_NO_MEMORY;
	}
	if (signer != NULL && (e != LB_OK || channel_send(p->to_writer, (struct channel_item){ WRITER_SIGNER, signer }) != LB_OK)) {
		lb_signer_free(signer);
		e = LB_NO_MEMORY;
	}
	return e;
}

static lb_err tell_start(struct parts *p)
{
	struct lb_signer *signer = p->configuration.signer;

	p->configuration.signer = NULL;
	return tell(p, "started", LAGEBUS_VERSION, signer);
}

static lb_err run_workers(struct parts *p)
{
	for (; p->running_n < p->workers_n; p->running_n++) {
		lb_err e = worker_run(p->workers[p->running_n]);
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

static lb_err open_door(struct parts *p, char *why, size_t why_n)
{
	const struct door_settings d = {
		.settings = &p->configuration.settings,
		.hub = p->hub,
		.tls = p->configuration.tls,
		.workers = p->workers,
		.workers_n = p->workers_n,
		.roster = p->roster,
	};

	return door_start(&d, &p->door, why, why_n);
}

static lb_err open_metrics(struct parts *p, char *why, size_t why_n)
{
	const char *address = p->configuration.settings.metrics;

	return address[0] == '\0' ? LB_OK : scrape_start(address, exposition_render, p, &p->scrape, why, why_n);
}

lb_err parts_start(struct parts *p, struct configuration *c, char *why, size_t why_n)
{
	lb_err e;

	*p = (struct parts){ .configuration = *c };
	*c = (struct configuration){ .federation = NULL };
	why[0] = '\0';
	e = open_log(p, why, why_n);
	if (e == LB_OK)
		e = meet(p);
	if (e == LB_OK)
		e = make_workers(p);
	if (e == LB_OK)
		e = start_writer(p);
	if (e == LB_OK)
		e = tell_start(p);
	if (e == LB_OK)
		e = run_workers(p);
	if (e == LB_OK)
		e = open_door(p, why, why_n);
	if (e == LB_OK)
		e = open_metrics(p, why, why_n);
	if (e != LB_OK && why[0] == '\0')
		snprintf(why, why_n, "%s", lb_err_text(e));
	return e;
}

static struct reload *reload_new(const struct configuration *c)
{
	struct reload *r = malloc(sizeof *r);

	if (r != NULL)
		*r = (struct reload){ .federation = federation_ref(c->federation), .tls = lb_tls_ref(c->tls) };
	return r;
}

static void reload_free(struct reload *r)
{
	if (r == NULL)
		return;
	federation_unref(r->federation);
	lb_tls_unref(r->tls);
	free(r);
}

static void adopt(struct configuration *ours, const struct configuration *c)
{
	federation_ref(c->federation);
	lb_tls_ref(c->tls);
	federation_unref(ours->federation);
	lb_tls_unref(ours->tls);
	ours->federation = c->federation;
	ours->tls = c->tls;
}

static void tell_reload(struct parts *p, struct configuration *c)
{
	char changes[MEMBERSHIP_TEXT];
	struct lb_signer *signer = c->signer;

	c->signer = NULL;
	membership_changes(p->configuration.federation, c->federation, changes);
	if (tell(p, "reloaded", changes, signer) != LB_OK)
		log_event(LOG_ERROR, "out_of_memory", "what=audit");
}

/* To the log writer, behind what the workers are told: they note what comes by it themselves. Takes it. */
static void tell_retention(struct parts *p, struct retention *keep)
{
	if (channel_send(p->to_writer, (struct channel_item){ WRITER_RETENTION, keep }) == LB_OK)
		return;
	log_event(LOG_ERROR, "out_of_memory", "what=retention");
	free(keep);
}

void parts_reload_refused(struct parts *p, const char *why)
{
	if (tell(p, "reload-refused", why, NULL) != LB_OK)
		log_event(LOG_ERROR, "out_of_memory", "what=audit");
}

lb_err parts_reload(struct parts *p, struct configuration *c)
{
	struct reload *reloads[WRITER_WORKERS_MAX] = { NULL };
	struct retention *keep = malloc(sizeof *keep);
	lb_err e = keep != NULL ? LB_OK : LB_NO_MEMORY;

	/* All of them are made before the first is sent: every worker changes over, or none does. */
	for (unsigned i = 0; i < p->workers_n; i++) {
		reloads[i] = reload_new(c);
		if (reloads[i] == NULL)
			e = LB_NO_MEMORY;
	}
	if (e == LB_OK) {
		tell_reload(p, c);
		door_reload(p->door, c->tls);
		adopt(&p->configuration, c);
	}
	for (unsigned i = 0; i < p->workers_n; i++) {
		if (e == LB_OK)
			e = channel_send(p->to_workers[i], (struct channel_item){ WORKER_RELOAD, reloads[i] });
		if (e != LB_OK)
			reload_free(reloads[i]);
	}
	if (e != LB_OK) {
		free(keep);
		return e;
	}
	*keep = *federation_retention(p->configuration.federation);
	tell_retention(p, keep);
	return LB_OK;
}

static void tell_workers(struct parts *p, unsigned n, enum worker_in what)
{
	for (unsigned i = 0; i < n; i++)
		if (channel_send(p->to_workers[i], (struct channel_item){ what, NULL }) != LB_OK)
			log_event(LOG_ERROR, "worker_deaf", "worker=%u", i);
}

void parts_drain(struct parts *p)
{
	/* The metrics read the door's numbers, so they go first. */
	scrape_stop(p->scrape);
	p->scrape = NULL;
	if (p->door != NULL)
		door_stop(p->door);
	p->door = NULL;
	tell_workers(p, p->running_n, WORKER_DRAIN);
}

unsigned parts_sessions(const struct parts *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->workers_n; i++)
		n += worker_load(p->workers[i]);
	return n;
}

static void end_writer(struct parts *p)
{
	if (p->writer == NULL)
		return;
	if (p->to_writer != NULL && tell(p, "stopped", "", NULL) != LB_OK)
		log_event(LOG_ERROR, "out_of_memory", "what=audit");
	if (p->to_writer == NULL || channel_send(p->to_writer, (struct channel_item){ WRITER_STOP, NULL }) != LB_OK) {
		log_event(LOG_ERROR, "writer_deaf", NULL);
		abort(); /* nothing that was acknowledged is lost by it, and waiting would be for ever */
	}
	writer_join(p->writer);
}

static void end_workers(struct parts *p)
{
	tell_workers(p, p->running_n, WORKER_STOP);
	for (unsigned i = 0; i < p->running_n; i++) {
		channel_end_close(p->to_workers[i]);
		worker_join(p->workers[i]);
	}
}

void parts_end(struct parts *p)
{
	parts_drain(p);
	end_writer(p);
	end_workers(p);
	if (p->writer != NULL)
		writer_free(p->writer);
	/* A worker that never ran cannot be joined; what it shares stays, and ends with the process that could not start it. */
	if (p->running_n < p->workers_n)
		return;
	if (p->to_writer != NULL)
		channel_end_close(p->to_writer);
	if (p->hub != NULL)
		channel_hub_free(p->hub);
	pace_free(p->pace);
	if (p->roster != NULL)
		roster_free(p->roster);
	if (p->journal != NULL)
		journal_close(p->journal);
	configuration_fini(&p->configuration);
}
