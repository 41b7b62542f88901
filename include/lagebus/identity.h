/* Who is who: partner ids, audience entries and SPIFFE IDs. All pure. */
#ifndef LAGEBUS_IDENTITY_H
#define LAGEBUS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/limits.h"

/* An agent, as its certificate's URI SAN names it: spiffe://<trust-domain>/partner/<partner>/agent/<name>. */
struct lb_identity {
	char trust_domain[LB_TRUST_DOMAIN_MAX + 1];
	char partner[LB_PARTNER_ID_MAX + 1];
	char agent[LB_AGENT_NAME_MAX + 1];
};

/* A partner id: 1 to 3 segments of [a-z0-9-] (not beginning or ending with '-'), joined by '/': "de-sn/leipzig". */
bool lb_partner_is_valid(const char *id, size_t n);
/* True if `below` is `above` followed by '/' and more. */
bool lb_partner_is_below(const char *below, size_t below_n, const char *above, size_t above_n);
/* An audience entry: a partner id, "<partner id>/" followed by "*" (the bodies below it), "group:<[a-z0-9-]+>", or "all". */
bool lb_audience_entry_is_valid(const char *entry, size_t n);

/* Reads a SPIFFE ID of n bytes (SPIFFE-ID standard, section 2; our path). LB_OK or LB_BAD_IDENTITY. */
lb_err lb_identity_parse(const char *uri, size_t n, struct lb_identity *out) LB_MUST_CHECK;
/* Writes the SPIFFE ID with its NUL. */
void lb_identity_format(const struct lb_identity *id, char uri[LB_SPIFFE_ID_MAX + 1]);

#endif
