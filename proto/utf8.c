/* UTF-8 as RFC 3629 has it, without NUL. */
#include <string.h>

#include "lagebus/header.h"

#define ASCII_MASK 0x8080808080808080u

/* Length of the well-formed sequence at p, at most n bytes; 0 if there is none (RFC 3629, section 4). */
static size_t sequence(const uint8_t *p, size_t n)
{
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4;
	else
		return p[0] != 0 && p[0] < 0x80;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (len > n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool lb_utf8_is_valid(const char *text, size_t n)
{
	const uint8_t *p = (const uint8_t *)text;

	while (n > 0) {
		size_t len;

		if (n >= 8) {
			uint64_t eight;

			memcpy(&eight, p, 8);
			/* No high bit, and no byte that is zero. */
			if (((eight | (eight - 0x0101010101010101u)) & ASCII_MASK) == 0) {
				p += 8;
				n -= 8;
				continue;
			}
		}
		len = sequence(p, n);
		if (len == 0)
			return false;
		p += len;
		n -= len;
	}
	return true;
}
