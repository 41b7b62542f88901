/* An agent of de-sn in a folder of its own whose link has no socket: what it says goes nowhere, and what it hears is the fuzzer's. */
#ifndef LAGEBUS_TESTS_FUZZ_AGENT_FIXTURE_H
#define LAGEBUS_TESTS_FUZZ_AGENT_FIXTURE_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "proto/host/log.h"
#include "tests/kit/credentials.h"
#include "tests/kit/handshake.h"

static struct handshake fixture_peers;
static struct agent fixture_agent;

static void fixture_end(void)
{
	agent_close(&fixture_agent);
	handshake_end(&fixture_peers);
}

static inline struct agent *fixture_begin(void)
{
	struct agent *a = &fixture_agent;
	const char *folder = fixture_peers.folder;
	char text[1024], path[128], why[512];

	if (a->store.db)
		return a;
	log_set_level(LOG_ERROR);
	assert(handshake_begin(&fixture_peers, "de-sn"));
	snprintf(text, sizeof text,
	         "brokers = ( \"127.0.0.1:1\" ); data = \"%s/data\"; local = \"ipc://%s/socket/agent.sock\"; certificate = \"%s/agent.pem\";"
	         "key = \"%s/agent.key\"; ca = \"%s/ca.pem\";",
	         folder, folder, folder, folder, folder);
	assert(credentials_write(folder, "agent.conf", text));
	snprintf(path, sizeof path, "%s/agent.conf", folder);
	assert(agent_open(a, path, why, sizeof why) == LB_OK);
	assert(sqlite3_exec(a->store.db, "PRAGMA synchronous=OFF", NULL, NULL, NULL) == SQLITE_OK);
	atexit(fixture_end);
	return a;
}

/* The link is open and nothing waits on it, whatever came of the input before. */
static inline void fixture_link(struct agent *a)
{
	if (uplink_is_open(&a->uplink)) {
		lb_link_output_sent(a->uplink.link, uplink_queued(&a->uplink));
		return;
	}
	assert(handshake_shake(&fixture_peers));
	a->uplink.link = fixture_peers.agent;
	fixture_peers.agent = NULL;
	a->uplink.state = UPLINK_OPEN;
}

#endif
