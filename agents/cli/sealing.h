/* Encrypting what is TLP:RED to the agents of the partners that it is for, whose certificates the agent has checked. */
#ifndef CLI_SEALING_H
#define CLI_SEALING_H

#include "agents/cli/client.h"
#include "lagebus/envelope.h"
#include "lagebus/sealed.h"

/* The certificates of somebody's agents. */
struct sealing {
	struct lb_buf bytes; /* one behind the other */
	size_t sizes[LB_ENVELOPE_RECIPIENTS_MAX];
	unsigned n;
};

/* Asks for those of each partner. CLI_OK, or the exit code of what was said: somebody has none, or is a group. sealing_fini in either case. Blocks. */
enum cli_exit sealing_find(struct client *client, char *const *partners, size_t n, struct sealing *s);
void sealing_fini(struct sealing *s);
/* Appends the payload that goes out instead of this one; pseudonym: of a case, NULL otherwise. */
enum cli_exit sealing_seal(struct cli *cli, const struct sealing *s, const uint8_t *pseudonym, struct lb_frame payload, struct lb_buf *out);

#endif
