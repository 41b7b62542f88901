/* The words for people. */
#include "proto/host/words.h"

#include <inttypes.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lagebus/topic.h"

#define DOMAIN "lagebus"
#define PART_MAX 700
#define VALUES_MAX 4
#define CONTEXT "payload\004" /* msgctxt "payload" (gettext manual, 11.2.5) */

/* gettext takes LANGUAGE into account in any locale but "C", and C.UTF-8 is there without anything being generated. Only while a word is looked
 * up: the C library's own messages stay as they are. */
static locale_t locale;
static bool german, has_catalogue;

bool words_tag_is_german(const char *tag, bool own)
{
	if (!tag || !*tag)
		return own;
	return strncasecmp(tag, "de", 2) == 0 && (tag[2] == 0 || strchr("_.@-", tag[2]));
}

static bool wants_german(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return words_tag_is_german(value, true);
	}
	return true;
}

static bool beside_program(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return false;
	path[n] = 0;
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash - path) + sizeof "/../share/locale" > PATH_MAX)
		return false;
	strcpy(slash, "/../share/locale");
	return true;
}

void words_init(void)
{
	const char *folder = getenv("LAGEBUS_LOCALEDIR");
	char path[PATH_MAX] = "";

	if (!locale)
		locale = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	if ((!folder || !*folder) && beside_program(path))
		folder = path;
	has_catalogue = locale && folder && setenv("LANGUAGE", "de", 1) == 0 && bindtextdomain(DOMAIN, folder) && bind_textdomain_codeset(DOMAIN, "UTF-8");
	german = has_catalogue && wants_german();
}

bool words_speak_german(bool wanted)
{
	bool before = german;

	german = wanted && has_catalogue;
	return before;
}

bool words_are_german(void)
{
	return german;
}

const char *words(const char *english)
{
	const char *text = english;
	locale_t before;

	if (german && *english) { /* of "" gettext gives the catalogue's own head */
		before = uselocale(locale);
		text = dgettext(DOMAIN, english);
		uselocale(before);
	}
	return text;
}

const char *words_n(const char *one, const char *many, uint64_t n)
{
	const char *text = n == 1 ? one : many;
	locale_t before;

	if (german) {
		before = uselocale(locale);
		text = dngettext(DOMAIN, one, many, n > 1000 ? 1000 : (unsigned long)n);
		uselocale(before);
	}
	return text;
}

/* The bytes of a number, or of what stands in quotes, that begins at p; 0: neither does. */
static size_t value_at(const char *p)
{
	size_t n = strspn(p, "0123456789");

	if (n == 0 && *p == '"' && strchr(p + 1, '"'))
		n = (size_t)(strchr(p + 1, '"') - p) + 1;
	return n;
}

/* "has more than 64 bytes" is looked up as "has more than # bytes", 'group "x" is' as 'group # is'; the values stand in the same order in the
 * translation. False: it is not there. */
static bool with_values(const char *english, char *out, size_t n)
{
	const char *value[VALUES_MAX], *text;
	size_t size[VALUES_MAX], values = 0, at = 0, next = 0;
	char key[PART_MAX];

	if (strlen(english) >= sizeof key)
		return false;
	for (const char *p = english; *p; at++) {
		size_t taken = values < VALUES_MAX ? value_at(p) : 0;

		key[at] = taken ? '#' : *p;
		if (taken) {
			value[values] = p;
			size[values++] = taken;
		}
		p += taken ? taken : 1;
	}
	key[at] = 0;
	text = values ? words(key) : key;
	if (text == key)
		return false;
	for (at = 0; *text && at + 1 < n; text++)
		if (*text == '#' && next < values) {
			at += (size_t)snprintf(out + at, n - at, "%.*s", (int)size[next], value[next]);
			next++;
		} else {
			out[at++] = *text;
		}
	out[at < n ? at : n - 1] = 0;
	return true;
}

/* One part, as it is where the catalogue does not know it. */
static void part_of(const char *english, char *out, size_t n)
{
	const char *text = words(english);

	if (text != english || !with_values(english, out, n))
		snprintf(out, n, "%s", text);
}

void words_parts(const char *english, char *out, size_t n)
{
	char part[PART_MAX], said[PART_MAX];
	size_t used = 0;

	out[0] = 0;
	while (german && words(english) == english) {
		const char *end = strstr(english, ": ");

		if (!end || (size_t)(end - english) >= sizeof part || used + 1 >= n)
			break;
		snprintf(part, sizeof part, "%.*s", (int)(end - english), english);
		part_of(part, said, sizeof said);
		used += (size_t)snprintf(out + used, n - used, "%s: ", said);
		used = used < n ? used : n - 1;
		english = end + 2;
	}
	part_of(english, out + used, n - used);
}

void words_number(uint64_t n, char out[FIELD_WORD])
{
	char digits[24];
	int count = snprintf(digits, sizeof digits, "%" PRIu64, n);

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			*out++ = german ? '.' : ',';
		*out++ = digits[i];
	}
	*out = 0;
}

/* The word that the payloads' schemas have, in its language; `english` is one that reads better. */
static void in_context(const char *name, const char *english, char out[FIELD_WORD])
{
	char key[sizeof CONTEXT + FIELD_WORD];
	const char *text;

	snprintf(key, sizeof key, CONTEXT "%.*s", FIELD_WORD - 1, name);
	text = words(key);
	snprintf(out, FIELD_WORD, "%s", text != key ? text : english);
}

static const char *better_english(const char *name)
{
	static const char *const rows[][2] = {
		{ "bits category", "BITS category" }, { "wid grade", "WID grade" }, { "cves", "CVEs" }, { "url", "URL" }, { "urls", "URLs" },
		{ "uid", "UID" }, { "email", "e-mail" }, { "to ids", "for sensors" }, { "cross border", "cross-border" }, { "at", "time" },
		{ "stix pattern", "STIX pattern" }, { "ipv4 addr", "IPv4 address" }, { "ipv6 addr", "IPv6 address" }, { "email addr", "e-mail address" },
		{ "file md5", "MD5" }, { "file sha1", "SHA-1" }, { "file sha256", "SHA-256" }, { "x509 sha256", "certificate's SHA-256" },
		{ "first", "first report" }, { "interim", "interim report" }, { "progress", "progress report" }, { "final", "final report" },
		{ "confirm", "confirmed by the Land" }, { "hand over", "hand-over" }, { "begin", "exercise begins" }, { "end", "exercise ends" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i][0], name) == 0)
			return rows[i][1];
	return name;
}

void words_field(const ProtobufCFieldDescriptor *f, char out[FIELD_WORD])
{
	char name[FIELD_WORD];

	snprintf(name, sizeof name, "%s", f->name);
	for (char *p = name; *p; p++)
		if (*p == '_')
			*p = ' ';
	in_context(name, better_english(name), out);
}

void words_enum(const ProtobufCEnumDescriptor *e, int64_t value, char out[FIELD_WORD])
{
	char name[FIELD_WORD];

	if (field_enum_name(e, value, ' ', name))
		in_context(name, better_english(name), out);
	else
		snprintf(out, FIELD_WORD, "%s", name);
}

const char *words_type(unsigned type)
{
	const char *name = lb_type_name(type);

	return name ? words(name) : words(N_("unknown-type"));
}
