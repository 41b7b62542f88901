/* Base64. */
#include "agents/cli/base64.h"

#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const uint8_t *p, size_t n)
{
	char *out = malloc((n + 2) / 3 * 4 + 1), *to = out;

	if (!out)
		return NULL;
	for (; n > 0; p += 3) {
		uint32_t v = (uint32_t)p[0] << 16 | (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);

		*to++ = letters[v >> 18];
		*to++ = letters[v >> 12 & 63];
		*to++ = n > 1 ? letters[v >> 6 & 63] : '=';
		*to++ = n > 2 ? letters[v & 63] : '=';
		n -= n < 3 ? n : 3;
	}
	*to = 0;
	return out;
}

static bool take_four(const char *p, unsigned padding, uint8_t *to)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++) {
		const char *letter = i < 4 - padding ? strchr(letters, p[i]) : letters;

		if (!letter)
			return false;
		v = v << 6 | (uint32_t)(letter - letters);
	}
	for (unsigned i = 0; i < 3 - padding; i++)
		to[i] = (uint8_t)(v >> (16 - 8 * i));
	return (v & ((1u << (8 * padding)) - 1)) == 0;
}

bool base64_decode(const char *text, uint8_t **out, size_t *n)
{
	size_t length = strlen(text);
	unsigned padding = 0;
	uint8_t *bytes;

	if (length % 4 != 0)
		return false;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	bytes = length ? malloc(length / 4 * 3) : NULL;
	if (length && !bytes)
		return false;
	for (size_t i = 0; i < length; i += 4)
		if (!take_four(text + i, i + 4 == length ? padding : 0, bytes + i / 4 * 3)) {
			free(bytes);
			return false;
		}
	*out = bytes;
	*n = length / 4 * 3 - padding;
	return true;
}
