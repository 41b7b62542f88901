/* Local requests that wait for the broker: each gets its answer, or at its deadline the word that there was none. */
#ifndef LAGEBUS_AGENT_WAITING_H
#define LAGEBUS_AGENT_WAITING_H

#include <stdint.h>

#include "agents/agent/local_server.h"
#include "lagebus/limits.h"
#include "lagebus/uuid.h"
#include "proto/control.pb-c.h"

#define WAITING_MAX 64

struct agent;

enum waiting_kind { WAITING_NOBODY, WAITING_SEND, WAITING_RECEIPTS, WAITING_ROUTE, WAITING_DIRECTORY, WAITING_APPROVALS };

struct waiting {
	enum waiting_kind kind;
	struct local_peer peer;
	uint64_t number;
	struct lb_uuid id; /* SEND */
	uint64_t request;  /* the others: ours to the broker */
	char partner[LB_PARTNER_ID_MAX + 1]; /* DIRECTORY: whom it is about */
	int64_t deadline_ms;
};

/* A place for who waits for a publish, whose id is still to be set. NULL: all are taken. */
struct waiting *waiting_for_send(struct agent *a, const struct local_peer *peer, uint64_t number);
/* Asks the broker; *request is where the question has its number. NULL: it cannot be asked, and who waited was told. */
struct waiting *waiting_ask(struct agent *a, const struct local_peer *peer, uint64_t number, enum waiting_kind kind, Lagebus__Control *control, uint64_t *request);
/* The broker has answered a publish; reason is NULL if it was accepted. */
void waiting_sent(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text);
/* Who waits for the answer to our question of this number; NULL: nobody. */
struct waiting *waiting_question(struct agent *a, enum waiting_kind kind, uint64_t request);
/* The broker has answered a question: a Receipts, a Route or a Waiting. */
void waiting_answered(struct agent *a, enum waiting_kind kind, uint64_t request, const ProtobufCMessage *said);
/* Ends those who waited too long. */
void waiting_expire(struct agent *a);
/* The next deadline, or INT64_MAX. */
int64_t waiting_due_ms(const struct agent *a);

#endif
