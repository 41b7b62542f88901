/* UUIDv7. */
#include "lagebus/uuid.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

struct lb_uuid lb_uuid7(int64_t unix_ms, const uint8_t random[10])
{
	struct lb_uuid u;

	for (unsigned i = 0; i < 6; i++)
		u.b[i] = (uint8_t)(unix_ms >> (8 * (5 - i)));
	memcpy(u.b + 6, random, 10);
	u.b[6] = (uint8_t)(0x70 | (u.b[6] & 0x0f));
	u.b[8] = (uint8_t)(0x80 | (u.b[8] & 0x3f));
	return u;
}

/* The next id after `last` in the same millisecond: its random bits count up (RFC 9562, 6.2, method 2). */
static struct lb_uuid after(struct lb_uuid u)
{
	for (unsigned i = 15; i >= 9; i--)
		if (++u.b[i] != 0)
			return u;
	u.b[7]++;
	return u;
}

struct lb_uuid lb_uuid7_now(void)
{
	static _Thread_local struct lb_uuid last;
	struct timespec t;
	uint8_t random[10];
	struct lb_uuid u;

	clock_gettime(CLOCK_REALTIME, &t);
	while (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		;
	u = lb_uuid7((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000, random);
	if (memcmp(u.b, last.b, sizeof u.b) <= 0)
		u = after(last);
	last = u;
	return u;
}

bool lb_uuid7_is_valid(const struct lb_uuid *u)
{
	return (u->b[6] & 0xf0) == 0x70 && (u->b[8] & 0xc0) == 0x80;
}

int64_t lb_uuid7_ms(const struct lb_uuid *u)
{
	int64_t ms = 0;

	for (unsigned i = 0; i < 6; i++)
		ms = ms << 8 | u->b[i];
	return ms;
}

static bool dash_before(unsigned byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void lb_uuid_format(const struct lb_uuid *u, char text[LB_UUID_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	char *t = text;

	for (unsigned i = 0; i < 16; i++) {
		if (dash_before(i))
			*t++ = '-';
		*t++ = hex[u->b[i] >> 4];
		*t++ = hex[u->b[i] & 15];
	}
	*t = '\0';
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

lb_err lb_uuid_parse(const char *text, struct lb_uuid *out)
{
	struct lb_uuid u;

	if (strlen(text) != LB_UUID_TEXT - 1)
		return LB_BAD_ID;
	for (unsigned i = 0; i < 16; i++) {
		int high, low;

		if (dash_before(i) && *text++ != '-')
			return LB_BAD_ID;
		high = digit(text[0]);
		low = digit(text[1]);
		if (high < 0 || low < 0)
			return LB_BAD_ID;
		u.b[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	*out = u;
	return LB_OK;
}
