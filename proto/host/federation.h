/* The federation: who its partners are and what their agreements say. An immutable snapshot, shared by reference; a reload
 * makes a new one. Built in verbs (begin, partner, its mandates, ..., finish), which the configuration file and the fuzzer drive. */
#ifndef LAGEBUS_PROTO_HOST_FEDERATION_H
#define LAGEBUS_PROTO_HOST_FEDERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "lagebus/limits.h"
#include "proto/host/retention.h"

enum role { ROLE_COORDINATOR, ROLE_STATE, ROLE_LOCAL, ROLE_OBSERVER, ROLES };

#define PARTNER_NONE UINT16_MAX

/* A set of partners, by index. */
struct partner_set {
	uint64_t word[LB_PARTNERS_MAX / 64];
};

static inline bool partner_set_has(const struct partner_set *s, uint16_t i) { return s->word[i / 64] >> (i % 64) & 1; }
static inline void partner_set_add(struct partner_set *s, uint16_t i) { s->word[i / 64] |= (uint64_t)1 << (i % 64); }
static inline void partner_set_remove(struct partner_set *s, uint16_t i) { s->word[i / 64] &= ~((uint64_t)1 << (i % 64)); }
static inline bool partner_sets_meet(const struct partner_set *a, const struct partner_set *b)
{
	for (unsigned i = 0; i < LB_PARTNERS_MAX / 64; i++)
		if (a->word[i] & b->word[i])
			return true;
	return false;
}

/* "coordinator". Static storage. */
const char *role_name(enum role r);

struct partner {
	char id[LB_PARTNER_ID_MAX + 1];
	char name[LB_TEXT_MAX + 1]; /* for people, UTF-8 */
	enum role role;
	uint16_t parent; /* index, or PARTNER_NONE */
	uint16_t areas;  /* bit n: enum lb_area n */
	uint64_t groups; /* bit n: group n */
	int32_t holidays[LB_HOLIDAYS_MAX]; /* its own, besides those of all Länder; days since 1970 */
	uint8_t holidays_n;
	size_t mandates; /* of its mandates, the first one's index */
	size_t mandates_n;
};

struct federation;

/* The first verb. LB_OK, LB_INVALID (trust domain), LB_NO_MEMORY. */
lb_err federation_begin(const char *trust_domain, struct federation **out) LB_MUST_CHECK;

struct partner_line {
	const char *id, *name, *role;
	const char *const *groups, *const *areas; /* names; the area "all" is every one */
	size_t groups_n, areas_n;
};
/* One partner. LB_OK, LB_INVALID, LB_LIMIT, LB_NO_MEMORY; `why` then says what is wrong in one clause
 * ("role \"king\" is none of coordinator, state, local, observer"). */
lb_err federation_partner(struct federation *f, const struct partner_line *line, char *why, size_t why_n) LB_MUST_CHECK;
/* Another partner's agent (SPIFFE ID) that may act for the partner added last. LB_OK or as above. */
lb_err federation_mandate(struct federation *f, const char *agent, char *why, size_t why_n) LB_MUST_CHECK;
/* How long messages of a type are kept (retention_set). LB_OK or LB_INVALID. */
lb_err federation_keep(struct federation *f, const char *type, const char *period, char *why, size_t why_n) LB_MUST_CHECK;
/* A further holiday ("2026-10-31") of the partner added last. LB_OK or as above. */
lb_err federation_holiday(struct federation *f, const char *date, char *why, size_t why_n) LB_MUST_CHECK;
/* The file that it is read from, for federation_text; copied. LB_OK or LB_NO_MEMORY. */
lb_err federation_keep_text(struct federation *f, const char *text, size_t n) LB_MUST_CHECK;
/* The last verb: every parent and every agent's partner exists, there is a coordinator; the snapshot gets a generation never used before in this process. */
lb_err federation_finish(struct federation *f, char *why, size_t why_n) LB_MUST_CHECK;

struct federation *federation_ref(struct federation *f);
void federation_unref(struct federation *f);

/* The file that it was read from; n is 0 if from none. */
const char *federation_text(const struct federation *f, size_t *n);
const struct retention *federation_retention(const struct federation *f);
const char *federation_trust_domain(const struct federation *f);
uint32_t federation_generation(const struct federation *f);
size_t federation_count(const struct federation *f);
/* i < federation_count. */
const struct partner *federation_at(const struct federation *f, uint16_t i);
/* PARTNER_NONE if there is none. Constant time (hash). */
uint16_t federation_find(const struct federation *f, const char *id, size_t n);
/* The n-th (from 0) of the other partners' agents that may act for this one; NULL: there are no more. */
const char *federation_mandate_at(const struct federation *f, uint16_t partner, size_t n);
/* For whom an agent (SPIFFE ID) may act besides its own partner. False: for nobody. */
bool federation_mandates_of(const struct federation *f, const char *agent, struct partner_set *out);
/* Is the day (since 1970) a holiday that the partner, or a partner above it, names? Those of all Länder are none of these (proto/working_day.h). */
bool federation_is_holiday(const struct federation *f, uint16_t partner, int64_t day);
/* The bit of a group's name in partner.groups; 0 if there is none. */
uint64_t federation_group(const struct federation *f, const char *name, size_t n);
/* The name of group n, which is bit n; NULL: there are no more. */
const char *federation_group_at(const struct federation *f, size_t n);

#endif
