/* The parts' numbers, gathered. */
#include "broker/exposition.h"

#include "broker/core/metrics.h"
#include "broker/parts.h"

#define DOOR_THREADS_MAX 64

/* A number of a part that keeps no set of its own. */
struct figure {
	const char *name;
	enum metric_type type;
	const char *unit, *text;
	unsigned long long value;
};

static unsigned long long now(const atomic_ullong *value)
{
	return atomic_load_explicit(value, memory_order_relaxed);
}

static lb_err put_all(struct lb_buf *out, const struct figure *figures, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct figure *f = &figures[i];
		lb_err e = metrics_put(out, f->name, f->type, f->unit, f->text, f->value);
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

static lb_err put_writer(const struct writer_stats *s, struct lb_buf *out)
{
	const struct figure figures[] = {
		{ "commits", METRIC_COUNTER, "", "commits of the log", now(&s->commits) },
		{ "committed", METRIC_COUNTER, "", "messages committed to the log", now(&s->messages) },
		{ "committed_bytes", METRIC_COUNTER, "bytes", "bytes committed to the log", now(&s->bytes) },
		{ "commit_refused", METRIC_COUNTER, "", "publishes that the log writer refused", now(&s->refused) },
		{ "expired", METRIC_COUNTER, "", "records dropped from the log after their retention", now(&s->dropped) },
	};
	lb_err e = put_all(out, figures, sizeof figures / sizeof figures[0]);

	return e == LB_OK ? metrics_put_us(out, "commit_seconds", METRIC_COUNTER, "time spent in commits", now(&s->commit_us)) : e;
}

static lb_err put_log(struct parts *p, struct lb_buf *out)
{
	uint64_t used, disk_free;

	journal_usage(p->journal, &used, &disk_free);
	const struct figure figures[] = {
		{ "log_used_bytes", METRIC_GAUGE, "bytes", "bytes of the log's file in use", used },
		{ "disk_free_bytes", METRIC_GAUGE, "bytes", "free bytes on the log's disk", disk_free },
		{ "log_has_room", METRIC_GAUGE, "", "1: publishes are taken; 0: the disk is below its low-water mark", journal_has_room(p->journal) },
		{ "urgent_position", METRIC_GAUGE, "", "position of the newest urgent message", journal_last(p->journal, 0) },
		{ "routine_position", METRIC_GAUGE, "", "position of the newest routine message", journal_last(p->journal, 1) },
		{ "urgent_oldest", METRIC_GAUGE, "", "position of the oldest urgent message kept", journal_oldest(p->journal, 0) },
		{ "routine_oldest", METRIC_GAUGE, "", "position of the oldest routine message kept", journal_oldest(p->journal, 1) },
		{ "connections", METRIC_GAUGE, "", "connections, those still at the door included", roster_connections(p->roster) },
		{ "reloads", METRIC_COUNTER, "", "configurations put in force by SIGHUP", now(&p->reloads) },
		{ "reloads_refused", METRIC_COUNTER, "", "configurations that did not check", now(&p->reloads_refused) },
	};

	return put_all(out, figures, sizeof figures / sizeof figures[0]);
}

lb_err exposition_render(void *parts, struct lb_buf *out)
{
	struct parts *p = parts;
	const struct metrics *sets[WRITER_WORKERS_MAX + DOOR_THREADS_MAX];
	size_t n = 0;
	lb_err e;

	for (unsigned i = 0; i < p->workers_n; i++)
		sets[n++] = worker_metrics(p->workers[i]);
	for (unsigned i = 0; i < door_threads(p->door) && i < DOOR_THREADS_MAX; i++)
		sets[n++] = door_metrics(p->door, i);
	e = metrics_render(sets, n, out);
	if (e == LB_OK)
		e = put_writer(writer_stats(p->writer), out);
	return e == LB_OK ? put_log(p, out) : e;
}
