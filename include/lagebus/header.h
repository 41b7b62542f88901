/* The header frame: what the broker routes by. Decoded in place, without allocation, and checked whole before use. */
#ifndef LAGEBUS_HEADER_H
#define LAGEBUS_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/limits.h"
#include "lagebus/tlp.h"
#include "lagebus/topic.h"
#include "lagebus/uuid.h"

/* A text inside somebody else's bytes: not NUL-terminated, checked to be UTF-8 without NUL. */
struct lb_text {
	const char *p;
	size_t n;
};

enum lb_lane {
	LB_LANE_URGENT = 0,
	LB_LANE_ROUTINE = 1,
	LB_LANES = 2,
};

/* What a recipient is asked to do; the numbers are the wire's. */
enum lb_ack_policy {
	LB_ACK_NONE = 0,        /* storing it is enough */
	LB_ACK_DISPLAYED = 1,   /* shown to a person */
	LB_ACK_ACKNOWLEDGED = 2, /* acknowledged by a named function */
	LB_ACK_IMPLEMENTED = 3, /* its measures are done */
};

#define LB_RECEIPT_DELETED 4 /* a Receipt's state beyond these: deleted after a recall */

struct lb_approval {
	struct lb_text by;        /* SPIFFE ID of the second person's certificate */
	const uint8_t *signature; /* over the header without approvals, and the payload */
	size_t signature_n;
};

/* Mirrors proto/header.proto field by field. Pointers go into the decoded frame, or are the caller's when encoding. */
struct lb_header {
	struct lb_uuid id;
	unsigned type;           /* enum lb_type; unknown numbers are refused by the policy, not by the decoder */
	unsigned schema_version; /* of the payload, from 1 */
	struct lb_text origin;   /* partner id */
	int64_t created_ms;      /* since 1970, UTC */
	int64_t expires_ms;      /* 0: by the type's retention */
	unsigned area;           /* enum lb_area */
	unsigned tlp;            /* as sent; use lb_tlp_effective */
	unsigned audience_n;
	struct lb_text audience[LB_AUDIENCE_MAX];
	unsigned level; /* 1 grey, 2 yellow, 3 orange, 4 red; 0 not given */
	bool has_thread, has_supersedes;
	struct lb_uuid thread, supersedes;
	bool exercise;
	struct lb_text exercise_name;
	unsigned ack_policy;     /* enum lb_ack_policy */
	int64_t ack_deadline_ms; /* since 1970; 0: none */
	struct lb_text language; /* BCP 47, "de" */
	bool personal_data;
	unsigned approvals_n;
	struct lb_approval approvals[LB_APPROVALS_MAX];
	unsigned lane; /* enum lb_lane */
};

/* Decodes a header frame into *h, whose pointers stay valid as long as the frame does. Reads at most n bytes, allocates
 * nothing. Checks: size, wire types, id is UUIDv7, type/area/origin/created/audience present, every text UTF-8 without NUL,
 * origin and audience well formed, counts within limits.h, lane known, created and expires >= 0 and expires after created.
 * Unknown fields are skipped (later versions). Errors: LB_BAD_HEADER, LB_NOT_UTF8, LB_BAD_ID, LB_BAD_AUDIENCE, LB_BAD_TIME. */
lb_err lb_header_decode(const uint8_t *p, size_t n, struct lb_header *h) LB_MUST_CHECK;
/* Appends the canonical encoding (fields in number order, defaults left out) to out. Same checks as decoding.
 * LB_OK, LB_NO_MEMORY, or what decoding would say. */
lb_err lb_header_encode(const struct lb_header *h, struct lb_buf *out) LB_MUST_CHECK;
/* The lane a message belongs in by its type and level (DESIGN: warnings of level 3 and 4, incidents, recalls, receipts; exercises). */
enum lb_lane lb_header_lane(unsigned type, unsigned level);
/* Does it belong to or replace `about`, which is of another origin, under a looser label than that? Only the origin may widen one. */
bool lb_header_widens(const struct lb_header *h, const struct lb_header *about);
/* Is it reality, which alone counts in statistics and runs clocks? Otherwise it belongs to an exercise. */
bool lb_header_is_real(const struct lb_header *h);
/* Are both real, or of exercises of the same name? Only then may one refer to the other. */
bool lb_header_same_exercise(const struct lb_header *h, const struct lb_header *about);

struct lb_text lb_text_of(const char *s);
bool lb_text_equals(struct lb_text t, const char *s);
bool lb_text_same(struct lb_text a, struct lb_text b);
/* True if p[0..n) is UTF-8 (RFC 3629: no surrogates, no overlong forms) and has no NUL. */
bool lb_utf8_is_valid(const char *p, size_t n);

#endif
