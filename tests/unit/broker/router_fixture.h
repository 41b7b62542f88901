/* The router of the fixture's federation, around a program's tests. */
#ifndef LAGEBUS_TESTS_UNIT_BROKER_ROUTER_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_BROKER_ROUTER_FIXTURE_H

#include "tests/unit/broker/fixture.h"

static struct router *router;

static inline int router_begin(void **state)
{
	struct federation *f = fixture_federation();

	(void)state;
	router = router_new(f);
	federation_unref(f);
	return router ? 0 : -1;
}

static inline int router_end(void **state)
{
	(void)state;
	router_free(router);
	return 0;
}

#endif
