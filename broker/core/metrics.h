/* The broker's statistics: declared once with name, type, unit and text; counted by their threads without locks. */
#ifndef LAGEBUS_BROKER_CORE_METRICS_H
#define LAGEBUS_BROKER_CORE_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"

/* clang-format off */
#define METRICS_TABLE(X) \
	X(handshakes,           COUNTER, "",      "TLS handshakes that were completed") \
	X(handshakes_resumed,   COUNTER, "",      "TLS handshakes that resumed a session; handshakes counts them as well") \
	X(handshakes_failed,    COUNTER, "",      "TLS handshakes that failed") \
	X(connections_refused,  COUNTER, "",      "connections closed at once because a limit was reached") \
	X(sessions,             GAUGE,   "",      "connected agents") \
	X(sessions_closed,      COUNTER, "",      "sessions that were closed, for any reason") \
	X(published,            COUNTER, "",      "publishes that were accepted") \
	X(published_exercise,   COUNTER, "",      "publishes of exercises that were accepted; published does not count them") \
	X(refused,              COUNTER, "",      "publishes that were refused") \
	X(published_bytes,      COUNTER, "bytes", "bytes of accepted publishes") \
	X(delivered,            COUNTER, "",      "messages handed to links") \
	X(delivered_bytes,      COUNTER, "bytes", "bytes of messages handed to links") \
	X(catchup_records,      COUNTER, "",      "records read from the log for sessions that lag") \
	X(gaps,                 COUNTER, "",      "gaps announced to agents that were away past retention") \
	X(quarantined,          COUNTER, "",      "messages that an agent could not verify") \
	X(reminded,             COUNTER, "",      "messages whose recipients were reminded before the deadline; exercises do not count") \
	X(overdue,              COUNTER, "",      "messages that somebody had not acknowledged at the deadline; exercises do not count") \
	X(throttled,            COUNTER, "",      "times a publisher was held back because too much was in flight") \
	X(protocol_errors,      COUNTER, "",      "links closed because of what the peer sent")
/* clang-format on */

/* One set a thread; each value is written by its thread only and read by anyone. */
struct metrics {
#define X(name, type, unit, text) atomic_ullong name;
	METRICS_TABLE(X)
#undef X
};

static inline void metric_add(atomic_ullong *m, unsigned long long n)
{
	atomic_store_explicit(m, atomic_load_explicit(m, memory_order_relaxed) + n, memory_order_relaxed);
}

/* For a gauge. */
static inline void metric_take(atomic_ullong *m, unsigned long long n)
{
	atomic_store_explicit(m, atomic_load_explicit(m, memory_order_relaxed) - n, memory_order_relaxed);
}

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };
/* Appends one family with one value; name without "lagebus_" and "_total", ending with the unit if there is one. LB_OK or LB_NO_MEMORY. */
lb_err metrics_put(struct lb_buf *out, const char *name, enum metric_type type, const char *unit, const char *text,
                   unsigned long long value) LB_MUST_CHECK;
/* The same of a time in us, said in seconds, OpenMetrics' unit of it; the name ends with "_seconds". */
lb_err metrics_put_us(struct lb_buf *out, const char *name, enum metric_type type, const char *text, unsigned long long us) LB_MUST_CHECK;
/* Appends the sums of n sets as OpenMetrics text (without the final "# EOF"). LB_OK or LB_NO_MEMORY. */
lb_err metrics_render(const struct metrics *const *sets, size_t n, struct lb_buf *out) LB_MUST_CHECK;

#endif
