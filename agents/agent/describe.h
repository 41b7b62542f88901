/* What a message is about, for people and for the search: read from its payload. */
#ifndef LAGEBUS_AGENT_DESCRIBE_H
#define LAGEBUS_AGENT_DESCRIBE_H

#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/payload.h"
#include "lagebus/zmtp.h"

/* NUL-terminated texts, empty where there is nothing; the title in English and, where that is another, in German (proto/host/words.h). A payload that breaks its schema's
 * rules gives none, and `wrong` says which: the header is what counts. */
struct description {
	struct lb_buf title, title_german, tracking_id, body;
	char wrong[LB_PAYLOAD_WHY];
};

/* LB_OK or LB_NO_MEMORY. */
lb_err describe(const struct lb_header *h, struct lb_frame payload, struct description *out) LB_MUST_CHECK;
void description_fini(struct description *d);
static inline const char *description_text(const struct lb_buf *b) { return b->p ? (const char *)lb_buf_data(b) : ""; }

#endif
