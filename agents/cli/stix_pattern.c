/* STIX 2.1 patterns of one comparison. */
#include "agents/cli/stix_pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
	unsigned kind;
	const char *path; /* the first of a kind is the one that is written */
} paths[] = {
	{ LB_INDICATOR_IPV4_ADDR, "ipv4-addr:value" },
	{ LB_INDICATOR_IPV6_ADDR, "ipv6-addr:value" },
	{ LB_INDICATOR_DOMAIN_NAME, "domain-name:value" },
	{ LB_INDICATOR_URL, "url:value" },
	{ LB_INDICATOR_EMAIL_ADDR, "email-addr:value" },
	{ LB_INDICATOR_FILE_MD5, "file:hashes.MD5" },
	{ LB_INDICATOR_FILE_MD5, "file:hashes.'MD5'" },
	{ LB_INDICATOR_FILE_SHA1, "file:hashes.'SHA-1'" },
	{ LB_INDICATOR_FILE_SHA256, "file:hashes.'SHA-256'" },
	{ LB_INDICATOR_FILE_SHA1, "file:hashes.SHA1" },
	{ LB_INDICATOR_FILE_SHA256, "file:hashes.SHA256" },
	{ LB_INDICATOR_FILE_NAME, "file:name" },
	{ LB_INDICATOR_AUTONOMOUS_SYSTEM, "autonomous-system:number" },
	{ LB_INDICATOR_MUTEX, "mutex:name" },
	{ LB_INDICATOR_USER_AGENT, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'" },
	{ LB_INDICATOR_X509_SHA256, "x509-certificate:hashes.'SHA-256'" },
};

static const char *skip(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static unsigned read_path(const char **p)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		size_t n = strlen(paths[i].path);

		if (strncasecmp(*p, paths[i].path, n) == 0 && (isspace((unsigned char)(*p)[n]) || (*p)[n] == '=')) {
			*p += n;
			return paths[i].kind;
		}
	}
	return 0;
}

/* A string literal, or a number. False if it is neither. */
static bool read_literal(const char **at, char value[LB_INDICATOR_VALUE_MAX + 1])
{
	const char *p = *at;
	size_t n = 0;

	if (isdigit((unsigned char)*p)) {
		n = strspn(p, "0123456789");
		if (n > 12)
			return false;
		memcpy(value, p, n);
		value[n] = 0;
		*at = p + n;
		return true;
	}
	if (*p++ != '\'')
		return false;
	for (; *p && *p != '\''; p++) {
		if (*p == '\\' && p[1])
			p++;
		if (n == LB_INDICATOR_VALUE_MAX)
			return false;
		value[n++] = *p;
	}
	value[n] = 0;
	*at = p + 1;
	return *p == '\'';
}

unsigned stix_pattern_read(const char *pattern, char value[LB_INDICATOR_VALUE_MAX + 1])
{
	const char *p = skip(pattern);
	char literal[LB_INDICATOR_VALUE_MAX + 1];
	unsigned kind;

	if (*p != '[')
		return 0;
	p = skip(p + 1);
	kind = read_path(&p);
	p = skip(p);
	if (kind == 0 || *p != '=')
		return 0;
	p = skip(p + (p[1] == '=' ? 2 : 1));
	if (!read_literal(&p, literal))
		return 0;
	p = skip(p);
	if (*p != ']' || *skip(p + 1) != 0)
		return 0;
	return lb_indicator_normalise(kind, literal, value) == LB_OK ? kind : 0;
}

void stix_pattern_write(unsigned kind, const char *value, char pattern[STIX_PATTERN_MAX])
{
	const char *path = NULL;
	size_t n;

	for (size_t i = 0; !path && i < sizeof(paths) / sizeof(paths[0]); i++)
		if (paths[i].kind == kind)
			path = paths[i].path;
	if (!path) {
		snprintf(pattern, STIX_PATTERN_MAX, "%s", value);
		return;
	}
	if (kind == LB_INDICATOR_AUTONOMOUS_SYSTEM) {
		snprintf(pattern, STIX_PATTERN_MAX, "[%s = %s]", path, value + 2);
		return;
	}
	n = (size_t)snprintf(pattern, STIX_PATTERN_MAX, "[%s = '", path);
	for (; *value && n + 4 < STIX_PATTERN_MAX; value++) {
		if (*value == '\'' || *value == '\\')
			pattern[n++] = '\\';
		pattern[n++] = *value;
	}
	memcpy(pattern + n, "']", 3);
}
