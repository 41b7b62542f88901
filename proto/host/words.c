/* The words for people. */
#include "proto/host/words.h"

#include <inttypes.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lagebus/topic.h"

#define DOMAIN "lagebus"
#define CONTEXT "payload\004" /* msgctxt "payload" (gettext manual, 11.2.5) */

/* gettext takes LANGUAGE into account in any locale but "C", and C.UTF-8 is there without anything being generated. Only while a word is looked
 * up: the C library's own messages stay as they are. */
static locale_t locale;
static bool german;

static bool wants_german(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strncmp(value, "de", 2) == 0 && (value[2] == 0 || strchr("_.@-", value[2]));
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

	german = wants_german();
	if (!german)
		return;
	if (!locale)
		locale = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	if ((!folder || !*folder) && beside_program(path))
		folder = path;
	if (!locale || !folder || setenv("LANGUAGE", "de", 1) != 0 || !bindtextdomain(DOMAIN, folder) || !bind_textdomain_codeset(DOMAIN, "UTF-8"))
		german = false;
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
