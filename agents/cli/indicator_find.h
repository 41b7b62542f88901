/* One indicator, by its id or its value, as people name it. */
#ifndef CLI_INDICATOR_FIND_H
#define CLI_INDICATOR_FIND_H

#include "agents/cli/indicator_rows.h"
#include "lagebus/uuid.h"

/* The rows (a real one and one of an exercise, perhaps of several kinds) that have the id, or exactly the value, with their sightings. CLI_NOT_FOUND: none. Free
 * with indicator_found_fini in either case. Blocks. */
struct indicator_found {
	Lagebus__IndicatorRow **rows;
	size_t n;
	struct lb_uuid id;
	bool by_id;
};
enum cli_exit indicator_find(struct client *client, const char *written, struct indicator_found *out);
void indicator_found_fini(struct indicator_found *f);

#endif
