/* The door: accepts connections and does their TLS handshakes on threads of its own, so that a storm of strangers never
 * delays a warning. A session that is through goes to the worker with the least to do. */
#ifndef LAGEBUS_BROKER_DOOR_H
#define LAGEBUS_BROKER_DOOR_H

#include "broker/core/metrics.h"
#include "broker/core/roster.h"
#include "broker/edge/channel.h"
#include "broker/settings.h"
#include "broker/worker.h"
#include "lagebus/link.h"

struct door_settings {
	const struct settings *settings;
	struct channel_hub *hub;
	struct lb_tls *tls;
	struct worker *const *workers;
	unsigned workers_n;
	struct roster *roster;
};

struct door;

/* Listens and starts the threads. `why` says what is wrong with the address. LB_OK, LB_CONFIG, LB_IO, LB_NO_MEMORY. */
lb_err door_start(const struct door_settings *s, struct door **out, char *why, size_t why_n) LB_MUST_CHECK;
/* The port it listens on. */
unsigned door_port(const struct door *d);
/* New handshakes use these certificates from now on. Any thread. */
void door_reload(struct door *d, struct lb_tls *tls);
/* Stops listening, ends the handshakes under way and the threads, frees everything. */
void door_stop(struct door *d);
/* One set a thread; n gets how many. */
const struct metrics *door_metrics(const struct door *d, unsigned thread);
unsigned door_threads(const struct door *d);

#endif
