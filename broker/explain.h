/* The rules as they were when a message was accepted. A worker's thread. */
#ifndef LAGEBUS_BROKER_EXPLAIN_H
#define LAGEBUS_BROKER_EXPLAIN_H

#include <stdint.h>

#include "broker/core/era.h"
#include "proto/host/federation.h"

struct worker;

#define EXPLAIN_FILES 4 /* federation files of the past that a worker keeps read */

/* What a worker remembers of them. */
struct explained {
	uint32_t generation; /* of the federation whose file `now` is of */
	uint8_t now[ERA_DIGEST_SIZE];
	struct explained_file {
		struct federation *federation; /* NULL: none */
		uint8_t digest[ERA_DIGEST_SIZE];
	} past[EXPLAIN_FILES];
	unsigned next;
};

/* The federation under which the message there was accepted: the one in force, if its file is the same. Borrowed until the next call. NULL: it is
 * not known, as where an earlier broker accepted it. */
struct federation *explain(struct worker *w, unsigned lane, uint64_t position);
void explain_fini(struct worker *w);

#endif
