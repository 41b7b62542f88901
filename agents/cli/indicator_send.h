/* Sending many indicators: split into messages, with a progress bar. */
#ifndef CLI_INDICATOR_SEND_H
#define CLI_INDICATOR_SEND_H

#include <jansson.h>

#include "agents/cli/draft.h"
#include "agents/cli/indicator_set.h"

/* Sends them all, as many messages as it takes, each with up to 10,000 indicators and within the size of a payload; *messages is an array of what was sent, for
 * --json (the caller's reference, also on failure). What is TLP:RED is encrypted to its named recipients. An indicator that is too large for any message is CLI_REFUSED. Blocks. */
enum cli_exit indicator_send(struct client *client, const struct draft *d, const struct indicator_set *set, const char *source, json_t **messages);
/* Asks who would get the first message, and shows the answer. Blocks. */
enum cli_exit indicator_dry_run(struct cli *cli, struct draft *d, const struct indicator_set *set, const char *source);
/* How many messages it takes. */
size_t indicator_messages(const struct indicator_set *set, const char *source);

#endif
