/* Message ids as people write them: whole, the beginning or the end of one, or "last": the newest that is no receipt. */
#ifndef CLI_IDS_H
#define CLI_IDS_H

#include "agents/cli/client.h"
#include "lagebus/uuid.h"

/* True if the id's text begins or ends with what was written; dashes and case do not count. */
bool id_matches(const struct lb_uuid *id, const char *written);
/* CLI_OK and the id; otherwise what is wrong was said. Asks the agent's inbox for anything but a whole id. Blocks. */
enum cli_exit id_resolve(struct client *client, const char *written, struct lb_uuid *out);

#endif
