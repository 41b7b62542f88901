/* What the agent does not queue, whatever the broker would say. */
#include "agents/agent/outgoing.h"

#include <protobuf-c/protobuf-c.h>
#include <stdio.h>

#include "agents/agent/inbox.h"
#include "lagebus/classified.h"
#include "lagebus/level_clock.h"
#include "lagebus/payload.h"
#include "lagebus/sealed.h"

static lb_err check_payload(const struct lb_header *h, struct lb_frame payload, char *why, size_t why_n)
{
	ProtobufCMessage *m = NULL;
	lb_err e;

	if (h->schema_version > LB_PAYLOAD_SCHEMA) {
		snprintf(why, why_n, "the payload's schema is of version %u, this agent knows %d", h->schema_version, LB_PAYLOAD_SCHEMA);
		return LB_INVALID;
	}
	e = lb_payload_open(h->type, payload, &m, why, why_n);
	if (e == LB_OK && lb_payload_marked(m))
		e = LB_CLASSIFIED;
	if (m)
		protobuf_c_message_free_unpacked(m, NULL);
	return e;
}

/* Whoever sealed it has looked into it; what is not sealed is refused, and if it is marked, for that. */
static lb_err check_sealed(const struct lb_header *h, struct lb_frame payload, char *why, size_t why_n)
{
	lb_err e = lb_sealed_check(h, payload);

	if (e != LB_OK && check_payload(h, payload, why, why_n) == LB_CLASSIFIED)
		e = LB_CLASSIFIED;
	why[0] = 0;
	return e;
}

/* What is not in the inbox the broker looks up; what did not verify has no label. */
static lb_err compare(struct store *s, const struct lb_header *h, const struct lb_uuid *id)
{
	struct lb_header about;
	struct inbox_row row;
	lb_err e = inbox_get(s, id, &row);

	if (e != LB_OK || row.quarantine[0])
		return e == LB_NOT_FOUND ? LB_OK : e;
	e = lb_header_decode(row.header.p, row.header.n, &about);
	if (e == LB_OK && !lb_header_same_exercise(h, &about))
		return LB_EXERCISE_MIXED;
	return e == LB_OK && lb_header_widens(h, &about) ? LB_TLP_WIDENED : e;
}

lb_err outgoing_check(struct store *s, const struct lb_header *h, struct lb_frame payload, char *why, size_t why_n)
{
	lb_err e = LB_OK;

	why[0] = 0;
	if (h->exercise_name.n > 0 && lb_text_is_classified(h->exercise_name.p, h->exercise_name.n))
		e = LB_CLASSIFIED;
	if (e == LB_OK)
		e = lb_sealed_check_header(h);
	if (e == LB_OK)
		e = lb_sealed_is_due(h) ? check_sealed(h, payload, why, why_n) : check_payload(h, payload, why, why_n);
	if (e == LB_OK)
		e = lb_sealed_check(h, payload); /* the free text of a receipt and its kin */
	if (e == LB_OK)
		e = lb_header_check_clock(h);
	if (e == LB_OK && h->has_thread)
		e = compare(s, h, &h->thread);
	if (e == LB_OK && h->has_supersedes)
		e = compare(s, h, &h->supersedes);
	if (e != LB_OK && !*why)
		snprintf(why, why_n, "%s", lb_err_text(e));
	return e;
}
