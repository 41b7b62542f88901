/* The values of indicators: their one form and their kind. */
#include "lagebus/indicator.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/header.h"
#include "proto/indicator_net.h"

static const char *const names[LB_INDICATOR_KIND_MAX + 1] = {
#define X(name, number, text) [number] = text,
	LB_INDICATOR_TABLE(X)
#undef X
};

const char *lb_indicator_kind_name(unsigned kind)
{
	return kind <= LB_INDICATOR_KIND_MAX ? names[kind] : NULL;
}

unsigned lb_indicator_kind_from_name(const char *name)
{
	for (unsigned i = 1; i <= LB_INDICATOR_KIND_MAX; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return 0;
}

static void lower(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
}

/* Labels of letters, digits, - and _; what is not ASCII passes as it is. The last one has a letter: "1.2.3" is no name. */
static bool is_domain(const char *s, size_t n)
{
	size_t label = 0, dots = 0;
	bool letter = false;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '.') {
			if (label == 0 || s[i - 1] == '-')
				return false;
			label = 0;
			dots++;
			letter = false;
			continue;
		}
		if (!isalnum(c) && c < 0x80 && c != '_' && (c != '-' || label == 0))
			return false;
		letter |= isalpha(c) || c >= 0x80;
		if (++label > 63)
			return false;
	}
	return n <= 253 && dots > 0 && label > 0 && letter && s[n - 1] != '-';
}

static lb_err normalise_domain(char *s)
{
	size_t n = strlen(s);

	if (n > 1 && s[n - 1] == '.')
		s[--n] = '\0';
	lower(s, n);
	return is_domain(s, n) ? LB_OK : LB_INVALID;
}

static lb_err normalise_hash(char *s, size_t digits)
{
	if (strlen(s) != digits)
		return LB_INVALID;
	for (size_t i = 0; i < digits; i++)
		if (!isxdigit((unsigned char)s[i]))
			return LB_INVALID;
	lower(s, digits);
	return LB_OK;
}

static bool has_blank(const char *s)
{
	return strpbrk(s, " \t\"<>") != NULL;
}

static lb_err normalise_url(char *s)
{
	char *host = strstr(s, "://");
	size_t n;

	if (!host || host == s || has_blank(s) || !isalpha((unsigned char)s[0]))
		return LB_INVALID;
	for (const char *p = s; p < host; p++)
		if (!isalnum((unsigned char)*p) && *p != '+' && *p != '-' && *p != '.')
			return LB_INVALID;
	lower(s, (size_t)(host - s));
	host = indicator_url_host(s, &n);
	if (n == 0)
		return LB_INVALID;
	lower(host, n);
	return LB_OK;
}

static lb_err normalise_email(char *s)
{
	char *at = strrchr(s, '@');

	if (!at || at == s || has_blank(s) || strchr(s, '/') || strchr(s, ':'))
		return LB_INVALID;
	return normalise_domain(at + 1);
}

static lb_err normalise_as(char *s)
{
	const char *digits = strncasecmp(s, "as", 2) == 0 ? s + 2 : s;
	char *end;
	unsigned long long n;

	if (!isdigit((unsigned char)*digits))
		return LB_INVALID;
	n = strtoull(digits, &end, 10);
	if (*end || n == 0 || n > UINT32_MAX)
		return LB_INVALID;
	snprintf(s, 16, "AS%llu", n);
	return LB_OK;
}

static lb_err normalise(unsigned kind, char s[LB_INDICATOR_VALUE_MAX + 1])
{
	switch ((enum lb_indicator_kind)kind) {
	case LB_INDICATOR_IPV4_ADDR:
	case LB_INDICATOR_IPV6_ADDR:         return indicator_net_normalise(kind, s);
	case LB_INDICATOR_DOMAIN_NAME:       return normalise_domain(s);
	case LB_INDICATOR_URL:               return normalise_url(s);
	case LB_INDICATOR_EMAIL_ADDR:        return normalise_email(s);
	case LB_INDICATOR_FILE_MD5:          return normalise_hash(s, 32);
	case LB_INDICATOR_FILE_SHA1:         return normalise_hash(s, 40);
	case LB_INDICATOR_FILE_SHA256:
	case LB_INDICATOR_X509_SHA256:       return normalise_hash(s, 64);
	case LB_INDICATOR_AUTONOMOUS_SYSTEM: return normalise_as(s);
	case LB_INDICATOR_STIX_PATTERN:
	case LB_INDICATOR_FILE_NAME:
	case LB_INDICATOR_MUTEX:
	case LB_INDICATOR_USER_AGENT:        break;
	}
	return LB_OK;
}

/* Without blanks around and control characters within. */
static lb_err trim(const char *value, char out[LB_INDICATOR_VALUE_MAX + 1])
{
	size_t n;

	while (isspace((unsigned char)*value))
		value++;
	n = strlen(value);
	while (n > 0 && isspace((unsigned char)value[n - 1]))
		n--;
	if (n == 0 || n > LB_INDICATOR_VALUE_MAX)
		return LB_INVALID;
	if (!lb_utf8_is_valid(value, n))
		return LB_NOT_UTF8;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return LB_INVALID;
	memcpy(out, value, n);
	out[n] = '\0';
	return LB_OK;
}

lb_err lb_indicator_normalise(unsigned kind, const char *value, char out[LB_INDICATOR_VALUE_MAX + 1])
{
	char s[LB_INDICATOR_VALUE_MAX + 1];
	lb_err e = trim(value, s);

	if (e == LB_OK)
		e = normalise(kind, s);
	if (e == LB_OK)
		strcpy(out, s);
	return e;
}

/* What stands for a dot, a colon or an at sign in a text that nobody should click on. */
static size_t armed(const char *p, char *to)
{
	static const struct {
		const char *written, *meant;
	} forms[] = { { "[.]", "." }, { "(.)", "." }, { "{.}", "." }, { "[dot]", "." }, { "(dot)", "." }, { "[:]", ":" }, { "[://]", "://" },
		{ "[@]", "@" }, { "(at)", "@" }, { "[at]", "@" } };

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strncasecmp(p, forms[i].written, strlen(forms[i].written)) == 0) {
			strcpy(to, forms[i].meant);
			return strlen(forms[i].written);
		}
	to[0] = *p;
	to[1] = '\0';
	return 1;
}

static void rearm(char *s)
{
	char *to = s, meant[4];

	if (strncasecmp(s, "hxxp", 4) == 0)
		memcpy(s, "http", 4);
	for (const char *p = s; *p;) {
		p += armed(p, meant);
		memmove(to, meant, strlen(meant));
		to += strlen(meant);
	}
	*to = '\0';
}

/* What ends so is no name in the DNS: none of these is a top-level domain. */
static bool is_file_name(const char *s)
{
	static const char endings[] = " exe dll sys scr bat cmd ps1 vbs vbe hta js jse wsf lnk iso img msi jar apk docx docm xlsx xlsm pptx rtf pdf ";
	const char *dot = strrchr(s, '.');
	char ending[8];

	if (!dot || dot == s || strpbrk(s, "/@:") || strlen(dot) < 3 || strlen(dot) > 5 || strchr(dot, ' '))
		return false;
	snprintf(ending, sizeof ending, " %s ", dot + 1);
	lower(ending, strlen(ending));
	return strstr(endings, ending) != NULL;
}

unsigned lb_indicator_detect(const char *text, char out[LB_INDICATOR_VALUE_MAX + 1])
{
	static const unsigned kinds[] = { LB_INDICATOR_IPV4_ADDR, LB_INDICATOR_IPV6_ADDR, LB_INDICATOR_FILE_MD5, LB_INDICATOR_FILE_SHA1,
		LB_INDICATOR_FILE_SHA256, LB_INDICATOR_URL, LB_INDICATOR_EMAIL_ADDR, LB_INDICATOR_DOMAIN_NAME };
	char s[LB_INDICATOR_VALUE_MAX + 1];

	if (trim(text, s) != LB_OK)
		return 0;
	if (s[0] == '[' && s[strlen(s) - 1] == ']' && strchr(s, '=') && strchr(s, ':')) {
		strcpy(out, s);
		return LB_INDICATOR_STIX_PATTERN;
	}
	if (strncasecmp(s, "as", 2) == 0 && lb_indicator_normalise(LB_INDICATOR_AUTONOMOUS_SYSTEM, s, out) == LB_OK)
		return LB_INDICATOR_AUTONOMOUS_SYSTEM;
	rearm(s);
	if (is_file_name(s)) {
		strcpy(out, s);
		return LB_INDICATOR_FILE_NAME;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (lb_indicator_normalise(kinds[i], s, out) == LB_OK)
			return kinds[i];
	return 0;
}
