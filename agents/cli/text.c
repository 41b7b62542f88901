/* Text that came from outside, made fit for a terminal; and how wide it is there. */
#include "agents/cli/text.h"

#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"
#define REPLACEMENT_SIZE 3

struct range {
	uint32_t from, to;
};

/* Controls (C0, DEL, C1), direction marks and overrides, line and paragraph separators, tags, the byte order mark. */
static const struct range hostile[] = {
	{ 0x00, 0x1F }, { 0x7F, 0x9F }, { 0x61C, 0x61C }, { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
	{ 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF },
};
static const struct range combining[] = {
	{ 0x300, 0x36F }, { 0x483, 0x489 }, { 0x591, 0x5BD }, { 0x610, 0x61A }, { 0x64B, 0x65F }, { 0x1AB0, 0x1AFF },
	{ 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F },
};
static const struct range wide[] = {
	{ 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
	{ 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF },
	{ 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
};

#define IS_IN(table, code) is_in(table, sizeof(table) / sizeof((table)[0]), code)

static bool is_in(const struct range *r, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++)
		if (code >= r[i].from && code <= r[i].to)
			return true;
	return false;
}

bool text_is_hostile(uint32_t code)
{
	return IS_IN(hostile, code);
}

size_t text_decode(const char *p, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)p;
	size_t size = u[0] < 0x80 ? 1 : (u[0] & 0xE0) == 0xC0 ? 2 : (u[0] & 0xF0) == 0xE0 ? 3 : (u[0] & 0xF8) == 0xF0 ? 4 : 0;
	uint32_t c;

	if (size == 0 || size > n)
		return 0;
	c = size == 1 ? u[0] : u[0] & (0x7Fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((u[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3F);
	}
	if (c < least[size] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*code = c;
	return size;
}

char *text_clean(const char *p, size_t n, enum text_lines lines)
{
	char *out = malloc(n * REPLACEMENT_SIZE + 1), *to = out;

	if (!out)
		return NULL;
	while (n > 0) {
		uint32_t code = 0;
		size_t size = text_decode(p, n, &code);

		if (size == 1 && (code == '\n' || code == '\t')) {
			*to++ = lines == TEXT_LINES ? (char)code : ' ';
		} else if (size == 1 && code == '\r') {
			if (lines == TEXT_LINE)
				*to++ = ' ';
		} else if (size == 0 || text_is_hostile(code)) {
			memcpy(to, REPLACEMENT, REPLACEMENT_SIZE);
			to += REPLACEMENT_SIZE;
		} else {
			memcpy(to, p, size);
			to += size;
		}
		p += size ? size : 1;
		n -= size ? size : 1;
	}
	*to = 0;
	return out;
}

static unsigned columns_of(uint32_t code)
{
	return IS_IN(combining, code) ? 0 : IS_IN(wide, code) ? 2 : 1;
}

size_t text_fit(const char *s, unsigned columns)
{
	size_t n = strlen(s), at = 0;
	unsigned used = 0;

	while (at < n) {
		uint32_t code = 0;
		size_t size = text_decode(s + at, n - at, &code);

		used += columns_of(code);
		if (used > columns)
			break;
		at += size ? size : 1;
	}
	return at;
}

size_t text_line(const char *s, unsigned columns)
{
	size_t full = text_fit(s, columns), n = strcspn(s, "\n");

	if (n <= full)
		return n;
	for (n = full; n > 0 && s[n] != ' '; n--)
		;
	return n > 0 ? n : strcspn(s, " \n");
}

unsigned text_width(const char *s)
{
	size_t n = strlen(s), at = 0;
	unsigned used = 0;

	while (at < n) {
		uint32_t code = 0;
		size_t size = text_decode(s + at, n - at, &code);

		used += columns_of(code);
		at += size ? size : 1;
	}
	return used;
}
