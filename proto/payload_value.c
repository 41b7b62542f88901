/* Is a text what its field says? */
#include "proto/payload_value.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lagebus/identity.h"
#include "proto/indicator.pb-c.h"

#define DOMAIN_MAX 253
#define LABEL_MAX 63
#define EMAIL_MAX 320
#define URL_MAX 4096
#define PATTERN_DEPTH_MAX 16

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Decimal, without sign and leading zeros. */
static bool is_number(const char *p, uint64_t max)
{
	uint64_t v = 0;

	if (!is_digit(*p) || (*p == '0' && p[1]))
		return false;
	for (; is_digit(*p); p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > max)
			return false;
	}
	return *p == 0;
}

/* An address, or one with the length of a network's prefix behind a slash. */
static bool is_address(int family, unsigned bits, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char address[INET6_ADDRSTRLEN];
	struct in6_addr room;

	if (n >= sizeof address || (slash && !is_number(slash + 1, bits)))
		return false;
	memcpy(address, text, n);
	address[n] = 0;
	return inet_pton(family, address, &room) == 1;
}

/* A label's letters may be of any script (IDNA), and malware's names have underscores. */
static bool is_label(const char *p, size_t n)
{
	if (n == 0 || n > LABEL_MAX || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_letter(p[i]) && !is_digit(p[i]) && p[i] != '-' && p[i] != '_' && (unsigned char)p[i] < 0x80)
			return false;
	return true;
}

static bool is_domain(const char *text)
{
	const char *last = strrchr(text, '.');
	size_t n;

	if (!last || strlen(text) > DOMAIN_MAX || strspn(last + 1, "0123456789") == strlen(last + 1))
		return false;
	for (const char *p = text;; p += n + 1) {
		n = strcspn(p, ".");
		if (!is_label(p, n))
			return false;
		if (p[n] == 0)
			return true;
	}
}

static bool is_hash(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_hex(text[i]))
			return false;
	return text[n] == 0;
}

static bool is_system(const char *text)
{
	return is_number(strncasecmp(text, "AS", 2) == 0 ? text + 2 : text, UINT32_MAX);
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

static const char *after_scheme(const char *text)
{
	const char *p = text;

	if (!is_letter(*p))
		return NULL;
	while (is_letter(*p) || is_digit(*p) || *p == '+' || *p == '.' || *p == '-')
		p++;
	return strncmp(p, "://", 3) == 0 ? p + 3 : NULL;
}

const char *value_wrong_url(const char *text)
{
	const char *rest = after_scheme(text);

	return rest && *rest && *rest != '/' && !strpbrk(text, " \t\r\n\"<>") && strlen(text) <= URL_MAX ? NULL : "is no URL";
}

const char *value_wrong_web(const char *text)
{
	bool web = strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0;

	return web && !value_wrong_url(text) ? NULL : "is no http or https URL";
}

const char *value_wrong_email(const char *text)
{
	const char *at = strrchr(text, '@');

	if (!at || at == text || at - text > 64 || strlen(text) > EMAIL_MAX || strpbrk(text, " \t\"(),:;<>[]\\") || memchr(text, '@', (size_t)(at - text)))
		return "is no e-mail address";
	return is_domain(at + 1) ? NULL : "is no e-mail address";
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
	switch (kind) {
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_STIX_PATTERN:
		return is_pattern(text) ? NULL : "is no STIX pattern";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV4_ADDR:
		return is_address(AF_INET, 32, text) ? NULL : "is no IPv4 address";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV6_ADDR:
		return is_address(AF_INET6, 128, text) ? NULL : "is no IPv6 address";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_DOMAIN_NAME:
		return is_domain(text) ? NULL : "is no domain name";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_URL:
		return value_wrong_url(text);
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_EMAIL_ADDR:
		return value_wrong_email(text);
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_FILE_MD5:
		return is_hash(text, 32) ? NULL : "is no MD5 hash (32 hexadecimal digits)";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_FILE_SHA1:
		return is_hash(text, 40) ? NULL : "is no SHA-1 hash (40 hexadecimal digits)";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_FILE_SHA256:
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_X509_SHA256:
		return is_hash(text, 64) ? NULL : "is no SHA-256 hash (64 hexadecimal digits)";
	case LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_AUTONOMOUS_SYSTEM:
		return is_system(text) ? NULL : "is no autonomous system's number";
	default:
		return NULL;
	}
}
