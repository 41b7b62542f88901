/* Is a text what its field says? */
#include "proto/payload_value.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lagebus/identity.h"
#include "lagebus/indicator.h"

#define PATTERN_DEPTH_MAX 16

/* As it is written down: what only becomes one without the blanks around it is none. */
static bool is_value(unsigned kind, const char *text)
{
	char form[LB_INDICATOR_VALUE_MAX + 1];
	size_t n = strlen(text);

	return n > 0 && !isspace((unsigned char)text[0]) && !isspace((unsigned char)text[n - 1]) && lb_indicator_normalise(kind, text, form) == LB_OK;
}

/* Brackets and parentheses close in their order, outside of quotes; what is compared is for who uses the pattern (STIX 2.1, part 9). */
static bool is_pattern(const char *p)
{
	char open[PATTERN_DEPTH_MAX];
	bool compares = false;
	unsigned depth = 0;

	for (; *p; p++) {
		if (*p == '\'') {
			for (p++; *p && *p != '\''; p++)
				if (*p == '\\' && *++p == 0)
					return false;
			if (*p == 0)
				return false;
		} else if (*p == '[' || *p == '(') {
			if (depth == PATTERN_DEPTH_MAX)
				return false;
			open[depth++] = *p;
		} else if (*p == ']' || *p == ')') {
			if (depth == 0 || open[--depth] != (*p == ']' ? '[' : '('))
				return false;
			compares |= *p == ']';
		}
	}
	return depth == 0 && compares;
}

const char *value_wrong_url(const char *text)
{
	return is_value(LB_INDICATOR_URL, text) ? NULL : "is no URL";
}

const char *value_wrong_web(const char *text)
{
	bool web = strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0;

	return web && !value_wrong_url(text) ? NULL : "is no http or https URL";
}

const char *value_wrong_email(const char *text)
{
	return is_value(LB_INDICATOR_EMAIL_ADDR, text) ? NULL : "is no e-mail address";
}

const char *value_wrong_cve(const char *text)
{
	size_t year = 0, number = 0;

	if (strncmp(text, "CVE-", 4) == 0) {
		year = strspn(text + 4, "0123456789");
		if (text[4 + year] == '-')
			number = strspn(text + 5 + year, "0123456789");
	}
	return year == 4 && number >= 4 && text[5 + year + number] == 0 ? NULL : "is no CVE number";
}

const char *value_wrong_partner(const char *text)
{
	return lb_partner_is_valid(text, strlen(text)) ? NULL : "is no partner id";
}

const char *value_wrong(unsigned kind, const char *text)
{
	static const char *const wrong[LB_INDICATOR_KIND_MAX + 1] = {
		[LB_INDICATOR_STIX_PATTERN] = "is no STIX pattern",
		[LB_INDICATOR_IPV4_ADDR] = "is no IPv4 address",
		[LB_INDICATOR_IPV6_ADDR] = "is no IPv6 address",
		[LB_INDICATOR_DOMAIN_NAME] = "is no domain name",
		[LB_INDICATOR_URL] = "is no URL",
		[LB_INDICATOR_EMAIL_ADDR] = "is no e-mail address",
		[LB_INDICATOR_FILE_MD5] = "is no MD5 hash (32 hexadecimal digits)",
		[LB_INDICATOR_FILE_SHA1] = "is no SHA-1 hash (40 hexadecimal digits)",
		[LB_INDICATOR_FILE_SHA256] = "is no SHA-256 hash (64 hexadecimal digits)",
		[LB_INDICATOR_X509_SHA256] = "is no SHA-256 hash (64 hexadecimal digits)",
		[LB_INDICATOR_AUTONOMOUS_SYSTEM] = "is no autonomous system's number",
	};

	if (kind > LB_INDICATOR_KIND_MAX || !wrong[kind])
		return NULL;
	return is_value(kind, text) && (kind != LB_INDICATOR_STIX_PATTERN || is_pattern(text)) ? NULL : wrong[kind];
}
