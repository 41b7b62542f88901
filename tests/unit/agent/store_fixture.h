/* A database in a folder of its own, and messages for it. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_STORE_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_AGENT_STORE_FIXTURE_H

#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/store.h"
#include "lagebus/uuid.h"
#include "tests/kit/credentials.h"

static char store_folder[64];
static struct store store;

static inline void store_reopen(void)
{
	char why[400] = "";

	if (store.db)
		store_close(&store);
	if (store_open(store_folder, &store, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
}

static inline int store_setup(void **state)
{
	(void)state;
	strcpy(store_folder, "/tmp/lagebus-store-XXXXXX");
	if (!mkdtemp(store_folder))
		return -1;
	store_reopen();
	return 0;
}

static inline int store_teardown(void **state)
{
	(void)state;
	if (store.db)
		store_close(&store);
	credentials_remove(store_folder);
	return 0;
}

static inline struct lb_uuid store_id(unsigned n)
{
	uint8_t random[10] = { (uint8_t)(n >> 8), (uint8_t)n };

	return lb_uuid7(1700000000000 + n, random);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)

#endif
