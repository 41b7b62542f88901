/* Reading indicators from files of others: what all formats have in common. */
#include "agents/cli/import.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "agents/cli/when.h"
#include "lagebus/header.h"
#include "lagebus/message_type.h"
#include "lagebus/payload.h"
#include "proto/host/words.h"
#include "proto/payload_value.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static const struct {
	const char *name;
	unsigned kind;
} kinds[] = {
	{ "ip", 0 }, { "ip-src", 0 }, { "ip-dst", 0 }, { "hash", 0 }, { "indicator", 0 },
	{ "ipv4", LB_INDICATOR_IPV4_ADDR }, { "ipv6", LB_INDICATOR_IPV6_ADDR }, { "cidr", 0 },
	{ "domain", LB_INDICATOR_DOMAIN_NAME }, { "hostname", LB_INDICATOR_DOMAIN_NAME }, { "fqdn", LB_INDICATOR_DOMAIN_NAME },
	{ "uri", LB_INDICATOR_URL }, { "email", LB_INDICATOR_EMAIL_ADDR }, { "email-src", LB_INDICATOR_EMAIL_ADDR },
	{ "email-dst", LB_INDICATOR_EMAIL_ADDR }, { "email-address", LB_INDICATOR_EMAIL_ADDR },
	{ "md5", LB_INDICATOR_FILE_MD5 }, { "sha1", LB_INDICATOR_FILE_SHA1 }, { "sha-1", LB_INDICATOR_FILE_SHA1 },
	{ "sha256", LB_INDICATOR_FILE_SHA256 }, { "sha-256", LB_INDICATOR_FILE_SHA256 }, { "filename", LB_INDICATOR_FILE_NAME },
	{ "file", LB_INDICATOR_FILE_NAME }, { "as", LB_INDICATOR_AUTONOMOUS_SYSTEM }, { "asn", LB_INDICATOR_AUTONOMOUS_SYSTEM },
	{ "x509-fingerprint-sha256", LB_INDICATOR_X509_SHA256 }, { "pattern", LB_INDICATOR_STIX_PATTERN },
	{ "pattern-in-file", 0 }, { "useragent", LB_INDICATOR_USER_AGENT },
};

unsigned import_kind(const char *name)
{
	char lower[40];
	size_t n = 0;

	for (; name[n] && n + 1 < sizeof(lower); n++)
		lower[n] = (char)(name[n] == '_' || name[n] == ' ' ? '-' : tolower((unsigned char)name[n]));
	lower[n] = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(lower, kinds[i].name) == 0)
			return kinds[i].kind;
	return lb_indicator_kind_from_name(lower);
}

int64_t import_time(const char *text)
{
	int year, month, day, hour = 0, minute = 0, at = 0;
	double second = 0;
	int64_t s;
	struct why why;
	char whole[40], *end;

	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &at) < 3 || at == 0) {
		s = strtoll(text, &end, 10);
		return *text && !*end && s > 0 && s < 100000000000 ? s * 1000 : 0;
	}
	sscanf(text + at, "%*1[Tt ]%2d:%2d:%lf", &hour, &minute, &second);
	snprintf(whole, sizeof(whole), "%04d-%02d-%02dT%02d:%02d:%02dZ", year % 10000, month % 100, day % 100, hour % 100, minute % 100, (int)second % 100);
	return when_date_s(whole, &s, &why) == LB_OK ? s * 1000 : 0;
}

void import_note_nothing(struct import *im, size_t line, const char *text, size_t n)
{
	struct import_nothing *at;

	if (im->nothing_n++ >= IMPORT_NOTED)
		return;
	at = &im->nothing[im->nothing_n - 1];
	at->line = line;
	snprintf(at->text, sizeof(at->text), "%.*s", (int)(n < sizeof(at->text) ? n : sizeof(at->text) - 1), text);
}

lb_err import_reference(Lagebus__Indicator *i, const char *url)
{
	return url && *url && !value_wrong_url(url) ? indicator_set_append(&i->references, &i->n_references, url) : LB_OK;
}

static bool has_ended(const struct import *im, const Lagebus__Indicator *i)
{
	int64_t keep = lb_message_type(LB_TYPE_INDICATOR)->keep_ms, until = i->valid_from ? i->valid_from + keep : im->now_ms + keep;

	if (i->valid_until && i->valid_until < until)
		until = i->valid_until;
	return until <= im->now_ms;
}

static lb_err fill(const struct import *im, const struct import_value *more, Lagebus__Indicator *i)
{
	lb_err e = indicator_set_text(&i->title, more->title);

	if (!e)
		e = indicator_set_text(&i->description, more->description);
	if (!e)
		e = indicator_set_text(&i->original_id, more->original_id);
	i->confidence = more->confidence >= 0 && more->confidence <= 100 ? (uint32_t)more->confidence : im->confidence;
	i->to_ids = more->to_ids >= 0 ? more->to_ids : im->to_ids;
	i->valid_from = im->from_now ? 0 : more->valid_from;
	i->valid_until = im->from_now || !more->valid_until ? im->valid_until : more->valid_until;
	return e;
}

lb_err import_add(struct import *im, unsigned kind, const char *value, size_t line, const struct import_value *more, Lagebus__Indicator **out)
{
	char form[LB_INDICATOR_VALUE_MAX + 1];
	Lagebus__Indicator probe = LAGEBUS__INDICATOR__INIT;
	lb_err e;

	*out = NULL;
	if (kind == 0)
		kind = lb_indicator_detect(value, form);
	else if (lb_indicator_normalise(kind, value, form))
		kind = 0;
	if (kind != 0 && value_wrong(kind, form))
		kind = 0;
	if (kind == 0) {
		import_note_nothing(im, line, value, strlen(value));
		return LB_OK;
	}
	probe.valid_from = im->from_now ? 0 : more->valid_from;
	probe.valid_until = im->from_now || !more->valid_until ? im->valid_until : more->valid_until;
	if (has_ended(im, &probe)) {
		im->ended_n++;
		return LB_OK;
	}
	e = indicator_set_add(&im->set, kind, form, out);
	return e || !*out ? e : fill(im, more, *out);
}

static enum import_format guess(const char *p, size_t n)
{
	size_t at = 0, line;
	const char *end;

	while (at < n && isspace((unsigned char)p[at]))
		at++;
	if (at < n && (p[at] == '{' || (p[at] == '[' && at + 1 < n && strchr("{ \t\r\n", p[at + 1]))))
		return IMPORT_STIX; /* import_json tells which */
	/* A heading that has a word for the value among others is CSV's. */
	end = memchr(p + at, '\n', n - at);
	line = end ? (size_t)(end - (p + at)) : n - at;
	if (line < 1000 && memchr(p + at, '.', line) == NULL && (memchr(p + at, ',', line) || memchr(p + at, ';', line) || memchr(p + at, '\t', line)))
		return IMPORT_CSV;
	return IMPORT_TEXT;
}

lb_err import_read(struct import *im, const uint8_t *bytes, size_t n, struct why *why)
{
	const char *p = (const char *)bytes;
	size_t mark = strlen(BYTE_ORDER_MARK);
	enum import_format format = im->format;
	lb_err e;

	if (n >= mark && memcmp(p, BYTE_ORDER_MARK, mark) == 0) {
		p += mark;
		n -= mark;
	}
	if (format == IMPORT_GUESS)
		format = im->format = guess(p, n);
	switch (format) {
	case IMPORT_CSV:
		e = import_csv(im, p, n, why);
		break;
	case IMPORT_MISP:
	case IMPORT_STIX:
		e = import_json(im, p, n, why);
		break;
	case IMPORT_GUESS:
	case IMPORT_TEXT:
	default:
		e = import_lines(im, p, n, why);
		break;
	}
	if (e == LB_NO_MEMORY)
		return why_set(why, e, "out of memory");
	return e == LB_LIMIT ? why_set(why, e, "more than %d indicators in one file: split it", INDICATOR_SET_MAX) : e;
}

void import_check(struct import *im)
{
	struct indicator_set *s = &im->set;
	char why[LB_PAYLOAD_WHY], said[LB_PAYLOAD_WHY], text[2 * LB_PAYLOAD_WHY];
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (lb_payload_check_message(&s->items[i]->base, why, sizeof(why)) == LB_OK) {
			s->items[kept++] = s->items[i];
			continue;
		}
		words_parts(why, said, sizeof(said));
		snprintf(text, sizeof(text), "%.30s: %s", s->items[i]->value, said);
		import_note_nothing(im, 0, text, strlen(text));
		lagebus__indicator__free_unpacked(s->items[i], NULL);
	}
	indicator_set_cut(s, kept);
}

void import_fini(struct import *im)
{
	indicator_set_fini(&im->set);
}
