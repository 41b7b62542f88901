/* Partner ids, audience entries and SPIFFE IDs. */
#include "lagebus/identity.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SEGMENTS_MAX 3

/* [a-z0-9] and '-', by the character. */
enum kind { OTHER, ALNUM, HYPHEN };
static const uint8_t kinds[256] = {
	['-'] = HYPHEN,
	['0'] = ALNUM, ['1'] = ALNUM, ['2'] = ALNUM, ['3'] = ALNUM, ['4'] = ALNUM, ['5'] = ALNUM, ['6'] = ALNUM, ['7'] = ALNUM, ['8'] = ALNUM,
	['9'] = ALNUM, ['a'] = ALNUM, ['b'] = ALNUM, ['c'] = ALNUM, ['d'] = ALNUM, ['e'] = ALNUM, ['f'] = ALNUM, ['g'] = ALNUM, ['h'] = ALNUM,
	['i'] = ALNUM, ['j'] = ALNUM, ['k'] = ALNUM, ['l'] = ALNUM, ['m'] = ALNUM, ['n'] = ALNUM, ['o'] = ALNUM, ['p'] = ALNUM, ['q'] = ALNUM,
	['r'] = ALNUM, ['s'] = ALNUM, ['t'] = ALNUM, ['u'] = ALNUM, ['v'] = ALNUM, ['w'] = ALNUM, ['x'] = ALNUM, ['y'] = ALNUM, ['z'] = ALNUM,
};

static enum kind kind_of(char c)
{
	return (enum kind)kinds[(uint8_t)c];
}

/* A label at the front of p[0..n): [a-z0-9-], not beginning or ending with '-'. Its length; 0 if there is none. */
static size_t label(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && kind_of(p[i]) != OTHER)
		i++;
	return i > 0 && kind_of(p[0]) == ALNUM && kind_of(p[i - 1]) == ALNUM ? i : 0;
}

static bool is_label(const char *p, size_t n)
{
	return n > 0 && label(p, n) == n;
}

bool lb_partner_is_valid(const char *id, size_t n)
{
	if (n > LB_PARTNER_ID_MAX)
		return false;
	for (unsigned segments = 1; segments <= SEGMENTS_MAX; segments++) {
		size_t segment = label(id, n);

		if (segment == 0)
			return false;
		if (segment == n)
			return true;
		if (id[segment] != '/')
			return false;
		id += segment + 1;
		n -= segment + 1;
	}
	return false;
}

bool lb_partner_is_below(const char *below, size_t below_n, const char *above, size_t above_n)
{
	return below_n > above_n + 1 && memcmp(below, above, above_n) == 0 && below[above_n] == '/';
}

bool lb_audience_entry_is_valid(const char *entry, size_t n)
{
	static const char group[] = "group:";
	const size_t group_n = sizeof group - 1;

	if (n > group_n && memcmp(entry, group, group_n) == 0)
		return n - group_n <= LB_PARTNER_ID_MAX && is_label(entry + group_n, n - group_n);
	if (n > 2 && memcmp(entry + n - 2, "/*", 2) == 0)
		n -= 2;
	/* "all" has the form of a partner id and is reserved. */
	return lb_partner_is_valid(entry, n);
}

static bool is_trust_domain(const char *p, size_t n)
{
	if (n == 0 || n > LB_TRUST_DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (kind_of(p[i]) == OTHER && p[i] != '.' && p[i] != '_')
			return false;
	return true;
}

/* The last "/agent/" in p[0..n), or NULL. */
static const char *find_agent(const char *p, size_t n)
{
	static const char agent[] = "/agent/";
	const size_t agent_n = sizeof agent - 1;

	for (size_t i = n >= agent_n ? n - agent_n + 1 : 0; i-- > 0;)
		if (memcmp(p + i, agent, agent_n) == 0)
			return p + i;
	return NULL;
}

static void copy(char *to, const char *from, size_t n)
{
	memcpy(to, from, n);
	to[n] = '\0';
}

lb_err lb_identity_parse(const char *uri, size_t n, struct lb_identity *out)
{
	static const char scheme[] = "spiffe://", partner[] = "/partner/";
	const char *domain, *path, *agent, *end = uri + n;
	size_t domain_n, partner_n, agent_n;

	if (n > LB_SPIFFE_ID_MAX || n < sizeof scheme - 1 || memcmp(uri, scheme, sizeof scheme - 1) != 0)
		return LB_BAD_IDENTITY;
	domain = uri + sizeof scheme - 1;
	path = memchr(domain, '/', (size_t)(end - domain));
	if (!path || (size_t)(end - path) < sizeof partner - 1 || memcmp(path, partner, sizeof partner - 1) != 0)
		return LB_BAD_IDENTITY;
	domain_n = (size_t)(path - domain);
	path += sizeof partner - 1;
	agent = find_agent(path, (size_t)(end - path));
	if (!agent)
		return LB_BAD_IDENTITY;
	partner_n = (size_t)(agent - path);
	agent += sizeof "/agent/" - 1;
	agent_n = (size_t)(end - agent);
	if (!is_trust_domain(domain, domain_n) || !lb_partner_is_valid(path, partner_n) || agent_n > LB_AGENT_NAME_MAX || !is_label(agent, agent_n))
		return LB_BAD_IDENTITY;
	copy(out->trust_domain, domain, domain_n);
	copy(out->partner, path, partner_n);
	copy(out->agent, agent, agent_n);
	return LB_OK;
}

void lb_identity_format(const struct lb_identity *id, char uri[LB_SPIFFE_ID_MAX + 1])
{
	snprintf(uri, LB_SPIFFE_ID_MAX + 1, "spiffe://%s/partner/%s/agent/%s", id->trust_domain, id->partner, id->agent);
}
