/* A worker that does not run. */
#include "tests/kit/idle_worker.h"

#include "broker/worker_state.h"

struct worker *idle_worker;

int idle_worker_begin(void **state)
{
	struct parts *p = &stand.parts;
	struct worker_settings s = { .index = 1, .workers = 1 };

	stand_set_up(state);
	stand_start_held();
	s.settings = &p->configuration.settings;
	s.hub = p->hub;
	s.journal = p->journal;
	s.roster = p->roster;
	s.pace = p->pace;
	s.federation = p->configuration.federation;
	s.tls = p->configuration.tls;
	assert_int_equal(worker_new(&s, &idle_worker), LB_OK);
	return 0;
}

int idle_worker_end(void **state)
{
	struct channel_end *to;

	assert_int_equal(channel_end_open(stand.parts.hub, "worker-1", &to), LB_OK);
	assert_int_equal(channel_send(to, (struct channel_item){ WORKER_STOP, NULL }), LB_OK);
	assert_int_equal(worker_run(idle_worker), LB_OK);
	worker_join(idle_worker);
	channel_end_close(to);
	return stand_tear_down(state);
}
