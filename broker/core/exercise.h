/* The rows of the table of exercises: who began one of which name, from when to when it runs. Encoding only. */
#ifndef LAGEBUS_BROKER_CORE_EXERCISE_H
#define LAGEBUS_BROKER_CORE_EXERCISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "lagebus/uuid.h"

/* JOURNAL_EXERCISES, by the exercise's name and the partner that began it. Times are ms since 1970, 0: not given. */
struct exercise_row {
	struct lb_uuid begun;  /* the message that began it: to whom it went stands there */
	struct lb_uuid ended;  /* that ended it; zero: none has */
	int64_t begins_ms, ends_ms;
};
#define EXERCISE_KEY_MAX (1 + LB_TEXT_MAX + 1 + LB_PARTNER_ID_MAX)
#define EXERCISE_ROW_SIZE 48
/* What every key begins with. */
#define EXERCISE_KEY_HEAD "x"

/* Returns the bytes written; the key of the partner "" is the prefix of all that have this name. A name has no NUL. */
size_t exercise_key(struct lb_text name, const char *partner, uint8_t out[EXERCISE_KEY_MAX]);
/* Name and partner of a key, pointing into it. LB_OK or LB_CORRUPT. */
lb_err exercise_key_read(const uint8_t *key, size_t n, struct lb_text *name, struct lb_text *partner) LB_MUST_CHECK;
void exercise_row_write(const struct exercise_row *row, uint8_t out[EXERCISE_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err exercise_row_read(const uint8_t *p, size_t n, struct exercise_row *out) LB_MUST_CHECK;

/* Was it ended by a message? */
bool exercise_is_ended(const struct exercise_row *row);
/* Was it ended, or has it reached its end? */
bool exercise_is_over(const struct exercise_row *row, int64_t now_ms);
/* Has it begun, and neither been ended nor reached its end? */
bool exercise_runs(const struct exercise_row *row, int64_t now_ms);

#endif
