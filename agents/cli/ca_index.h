/* The authority's index file: one line for each certificate that was issued. */
#ifndef CLI_CA_INDEX_H
#define CLI_CA_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "agents/cli/ca.h"

#define CA_INDEX_MAX (64 * 1024 * 1024) /* bytes of the file */

struct ca_index_row {
	char serial[CA_SERIAL_TEXT];
	int64_t from_s, until_s;
	int64_t revoked_s; /* 0: valid */
	char spiffe_id[LB_SPIFFE_ID_MAX + 1];
};

struct ca_index {
	struct ca_index_row *rows;
	size_t n;
};

/* Reads DIR/index; a folder without one gives an empty index. LB_OK, LB_INVALID (why has the line), LB_IO, LB_NO_MEMORY. */
lb_err ca_index_load(const char *dir, struct ca_index *out, struct why *why) LB_MUST_CHECK;
void ca_index_fini(struct ca_index *index);
lb_err ca_index_add(struct ca_index *index, const struct ca_index_row *row, struct why *why) LB_MUST_CHECK;
/* NULL if there is none. The case of the digits and leading zeros do not count. */
struct ca_index_row *ca_index_find(const struct ca_index *index, const char *serial);
lb_err ca_index_save(const char *dir, const struct ca_index *index, struct why *why) LB_MUST_CHECK;

#endif
