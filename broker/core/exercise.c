/* The rows of the table of exercises as bytes, little-endian. */
#include "broker/core/exercise.h"

#include <string.h>

#include "broker/core/bytes.h"

size_t exercise_key(struct lb_text name, const char *partner, uint8_t out[EXERCISE_KEY_MAX])
{
	size_t name_n = name.n < LB_TEXT_MAX ? name.n : LB_TEXT_MAX, partner_n = strnlen(partner, LB_PARTNER_ID_MAX);

	out[0] = (uint8_t)EXERCISE_KEY_HEAD[0];
	memcpy(out + 1, name.n > 0 ? name.p : "", name_n);
	out[1 + name_n] = '\0'; /* no name goes on in another's */
	memcpy(out + 2 + name_n, partner, partner_n);
	return 2 + name_n + partner_n;
}

lb_err exercise_key_read(const uint8_t *key, size_t n, struct lb_text *name, struct lb_text *partner)
{
	const uint8_t *end = n > 0 && key[0] == (uint8_t)EXERCISE_KEY_HEAD[0] ? memchr(key, '\0', n) : NULL;

	if (!end)
		return LB_CORRUPT;
	*name = (struct lb_text){ (const char *)key + 1, (size_t)(end - key) - 1 };
	*partner = (struct lb_text){ (const char *)end + 1, n - (size_t)(end - key) - 1 };
	return LB_OK;
}

void exercise_row_write(const struct exercise_row *row, uint8_t out[EXERCISE_ROW_SIZE])
{
	memcpy(out, row->begun.b, sizeof row->begun.b);
	memcpy(out + 16, row->ended.b, sizeof row->ended.b);
	put_little64(put_little64(out + 32, (uint64_t)row->begins_ms), (uint64_t)row->ends_ms);
}

lb_err exercise_row_read(const uint8_t *p, size_t n, struct exercise_row *out)
{
	if (n != EXERCISE_ROW_SIZE)
		return LB_CORRUPT;
	memcpy(out->begun.b, p, sizeof out->begun.b);
	memcpy(out->ended.b, p + 16, sizeof out->ended.b);
	out->begins_ms = (int64_t)get_little64(p + 32);
	out->ends_ms = (int64_t)get_little64(p + 40);
	return LB_OK;
}

bool exercise_is_ended(const struct exercise_row *row)
{
	static const struct lb_uuid none;

	return memcmp(&row->ended, &none, sizeof none) != 0;
}

bool exercise_is_over(const struct exercise_row *row, int64_t now_ms)
{
	return exercise_is_ended(row) || (row->ends_ms != 0 && row->ends_ms <= now_ms);
}

bool exercise_runs(const struct exercise_row *row, int64_t now_ms)
{
	return row->begins_ms <= now_ms && !exercise_is_over(row, now_ms);
}
