/* The values of indicators: one way to write each, so that the same value from two sources is the same; what kind a written value is; and
 * the key under which what belongs together stands together. Pure. */
#ifndef LAGEBUS_INDICATOR_H
#define LAGEBUS_INDICATOR_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

/* As IndicatorKind of proto/indicator.proto; the names are those of STIX 2.1's cyber observables where there is one. */
#define LB_INDICATOR_TABLE(X) \
	X(STIX_PATTERN, 1, "stix-pattern") \
	X(IPV4_ADDR, 2, "ipv4-addr") \
	X(IPV6_ADDR, 3, "ipv6-addr") \
	X(DOMAIN_NAME, 4, "domain-name") \
	X(URL, 5, "url") \
	X(EMAIL_ADDR, 6, "email-addr") \
	X(FILE_MD5, 7, "file-md5") \
	X(FILE_SHA1, 8, "file-sha1") \
	X(FILE_SHA256, 9, "file-sha256") \
	X(FILE_NAME, 10, "file-name") \
	X(AUTONOMOUS_SYSTEM, 11, "autonomous-system") \
	X(MUTEX, 12, "mutex") \
	X(USER_AGENT, 13, "user-agent") \
	X(X509_SHA256, 14, "x509-sha256")

enum lb_indicator_kind {
#define X(name, number, text) LB_INDICATOR_##name = number,
	LB_INDICATOR_TABLE(X)
#undef X
	LB_INDICATOR_KIND_MAX = 14
};

#define LB_INDICATORS_MAX 10000      /* indicators, or sightings, in one message */
#define LB_INDICATOR_VALUE_MAX 2048  /* bytes of a value */
#define LB_INDICATOR_KEY_MAX 256     /* bytes of a key */

/* The kind's name, or NULL; its number, or 0. Static storage. */
const char *lb_indicator_kind_name(unsigned kind);
unsigned lb_indicator_kind_from_name(const char *name);

/* Writes the value's one form: addresses and networks as inet_ntop writes them with no host bits (a network of one address is the
 * address), names, hashes and a URL's scheme and host in lower case, AS numbers as "AS64496", all without blanks around. A kind that is not in the
 * table leaves the value as it is. LB_OK; LB_NOT_UTF8; LB_INVALID: it is no value of this kind, has control characters, or is too long. */
lb_err lb_indicator_normalise(unsigned kind, const char *value, char out[LB_INDICATOR_VALUE_MAX + 1]) LB_MUST_CHECK;
/* The kind of a value as people write it down (also disarmed: "hxxp://", "example[.]org"), and its one form; 0: it is none. Hashes count as
 * files', and so does a name with an ending that only files have; what only context can tell (mutexes, user agents) is not told. */
unsigned lb_indicator_detect(const char *text, char out[LB_INDICATOR_VALUE_MAX + 1]);
/* The key of a normalised value: of an address or network (and a URL with one) '4' or '6' and its first address; of a name (and a URL or a mail
 * address with one) 'd' and the name backwards with a dot behind. So a network and a domain are a range of keys. Returns its length; 0: it
 * has none. */
size_t lb_indicator_key(unsigned kind, const char *value, uint8_t key[LB_INDICATOR_KEY_MAX]);
/* The first and the last key of what lies in a network or address. LB_OK or LB_INVALID (it is none, or its kind has none); *n is the length of both. */
lb_err lb_indicator_range(unsigned kind, const char *value, uint8_t first[LB_INDICATOR_KEY_MAX], uint8_t last[LB_INDICATOR_KEY_MAX], size_t *n)
	LB_MUST_CHECK;
/* The network of `bits` around a normalised address or network, in its one form; LB_INVALID if that is not around it. */
lb_err lb_indicator_network(unsigned kind, const char *value, unsigned bits, char out[LB_INDICATOR_VALUE_MAX + 1]) LB_MUST_CHECK;

#endif
