/* Messages about a message: the header of one that goes where that goes, or to its origin, and its way to the broker. */
#ifndef CLI_ABOUT_H
#define CLI_ABOUT_H

#include "agents/cli/client.h"
#include "lagebus/header.h"
#include "proto/header.pb-c.h"

struct about {
	Lagebus__Header header; /* points into this struct and what it was made from */
	char *audience[LB_AUDIENCE_MAX];
	char *texts; /* what the audience and the names stand in */
	uint8_t thread[16];
};

/* A header of this type about a message, with its audience (or, with `to_origin`, its origin alone), label, area and exercise. CLI_OK, or what
 * was said. about_fini in either case. `cli` gives --as. */
enum cli_exit about_init(struct about *a, struct cli *cli, unsigned type, const struct lb_header *h, bool to_origin);
void about_fini(struct about *a);
/* Sends it and waits for the broker's acceptance (but for --no-wait). Blocks. */
enum cli_exit about_send(struct client *client, const struct about *a, const uint8_t *payload, size_t n, struct lb_uuid *id, bool *accepted);

#endif
