/* German classification markings in a text. */
#include "lagebus/classified.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A blank stands for any blanks and dashes, or none; % for any spelling of a capital or small u umlaut. */
static const struct marking {
	const char *words;
	bool capitals; /* in small letters it is an everyday word */
} markings[] = {
	{ "VS NFD", false },
	{ "VS NUR F%R DEN DIENSTGEBRAUCH", false },
	{ "NUR F%R DEN DIENSTGEBRAUCH", false },
	{ "VS VERTRAULICH", false },
	{ "STRENG GEHEIM", true },
	{ "GEHEIM", true },
};

/* The UTF-8 of what counts as a blank or a dash: no-break space, soft hyphen, the hyphens and dashes of U+2010 to U+2015, minus sign. */
static const char *const gaps[] = { " ", "\t", "-", "_", "\xc2\xa0", "\xc2\xad", "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93",
	                            "\xe2\x80\x94", "\xe2\x80\x95", "\xe2\x88\x92" };
static const char *const umlauts[] = { "\xc3\x9c", "\xc3\xbc", "U\xcc\x88", "u\xcc\x88", "UE", "Ue", "ue", "U", "u" };

/* The bytes at p that one of the texts is; 0: none is. */
static size_t one_of(const char *const *texts, size_t count, const char *p, const char *end)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(texts[i]);

		if (n <= (size_t)(end - p) && memcmp(texts[i], p, n) == 0)
			return n;
	}
	return 0;
}

static const char *skip_gaps(const char *p, const char *end)
{
	for (size_t n; (n = one_of(gaps, sizeof gaps / sizeof gaps[0], p, end)) > 0;)
		p += n;
	return p;
}

/* Behind the marking's words at p; NULL: they are not there. */
static const char *match(const struct marking *m, const char *p, const char *end)
{
	for (const char *w = m->words; *w; w++) {
		size_t n = 1;

		if (*w == ' ') {
			p = skip_gaps(p, end);
			continue;
		}
		if (*w == '%')
			n = one_of(umlauts, sizeof umlauts / sizeof umlauts[0], p, end);
		else if (p == end || (m->capitals ? *p : toupper((unsigned char)*p)) != *w)
			return NULL;
		if (n == 0)
			return NULL;
		p += n;
	}
	return p;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* `p` begins a line, or stands behind a mark that sets it off from what is before. */
static bool is_set_off(const char *begin, const char *p)
{
	const char *at = p;

	while (at > begin && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	if (at == begin || strchr("\r\n\f\v:|([{<*#=_>~/", at[-1]))
		return true;
	if (at[-1] == '-') /* a word that is joined to the next is no mark */
		return at < p || at - 1 == begin || !is_letter(at[-2]);
	return at - begin >= 3 && memcmp(at - 3, "\xe2\x80", 2) == 0 && (at[-1] == '\x93' || at[-1] == '\x94' || at[-1] == '\xa2');
}

/* The sentence does not go on behind the marking. */
static bool is_closed(const char *p, const char *end)
{
	static const char stamp[] = "amtlich geheim";
	const char *at = p;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end || ((size_t)(end - at) >= sizeof stamp - 1 && strncasecmp(at, stamp, sizeof stamp - 1) == 0))
		return true;
	if (*at == '-')
		return at > p || at + 1 == end || !is_letter(at[1]);
	return (!is_letter(*at) && *at != '"' && *at != '\'') || (at > p && skip_gaps(at, end) > at);
}

bool lb_text_is_classified(const char *p, size_t n)
{
	const char *end = p + n;

	for (const char *at = p; at < end; at++) {
		if (!strchr("VvNnSG", *at) || *at == '\0' || !is_set_off(p, at))
			continue;
		for (size_t i = 0; i < sizeof markings / sizeof markings[0]; i++) {
			const char *behind = match(&markings[i], at, end);

			if (behind && is_closed(behind, end))
				return true;
		}
	}
	return false;
}
