/* What waits for a second person, as the broker tells it through the agent. */
#ifndef CLI_APPROVALS_H
#define CLI_APPROVALS_H

#include "agents/cli/client.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "proto/control.pb-c.h"

/* Everything that waits and that this agent may know of. CLI_OK: *out is the caller's to free (lagebus__waiting__free_unpacked). Blocks. */
enum cli_exit approvals_list(struct client *client, Lagebus__Waiting **out);

/* One message, whole. */
struct approvals_message {
	Lagebus__Waiting *first; /* the answer with its header and status, and the first part of the payload */
	const Lagebus__WaitingMessage *said;
	struct lb_header header;
	struct lb_buf payload;
};
/* What was written is resolved among what waits. approvals_message_fini in either case. Blocks. */
enum cli_exit approvals_fetch(struct client *client, const char *written, struct approvals_message *out);
void approvals_message_fini(struct approvals_message *m);

/* "waiting", "approved", "refused", "expired", "withdrawn", "ended" (with its exercise). */
const char *approvals_state(unsigned state);
/* A sentence for people, "waits until 15:04 for a second person of bund-bsi". */
void approvals_sentence(const Lagebus__ApprovalStatus *a, int64_t now_ms, char *out, size_t n);

#endif
