/* Settings: defaults, units, and what a value may be. */
#include "broker/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/host/log.h"
#include "broker/writer.h"
#include "lagebus/limits.h"

enum kind { KIND_STRING, KIND_NUMBER, KIND_BYTES, KIND_SECONDS, KIND_BOOL };

/* A row of SETTINGS_TABLE as data. */
struct row {
	const char *key, *value;
	enum kind kind;
	bool reloadable;
	size_t at; /* of the field in struct settings */
};

static const struct row rows[] = {
#define X(field, key, kind, value, reloadable, text) { key, value, KIND_##kind, reloadable, offsetof(struct settings, field) },
	SETTINGS_TABLE(X)
#undef X
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Numbers that are not here may be anything from 0 on. */
static const struct range {
	const char *key;
	int64_t least, most;
} ranges[] = {
	{ "workers", 0, WRITER_WORKERS_MAX },
	{ "door_threads", 1, 64 },
	{ "max_connections", 1, 1000000 },
	{ "max_per_partner", 1, 1000000 },
	{ "max_handshakes", 1, 100000 },
	{ "handshake_timeout", 1, 3600 },
	{ "heartbeat", 1, 86400 },
	{ "drain_timeout", 0, 3600 },
	{ "publish_rate", 0, 100000000 },
	{ "session_in_flight", LB_MESSAGE_MAX, INT64_C(1) << 40 }, /* less would never take the largest message */
	{ "in_flight", LB_MESSAGE_MAX, INT64_C(1) << 40 },
	{ "tail", 1 << 20, INT64_C(1) << 40 },
	{ "commit", 1 << 16, INT64_C(1) << 30 },
	{ "log_size", 1 << 24, INT64_C(1) << 46 },
	{ "low_water", 0, INT64_C(1) << 46 },
	{ "approval_wait", 1, INT64_C(30) * 86400 },
	{ "retention", 0, INT64_C(100) * 366 * 86400 },
};

static const struct unit {
	enum kind kind;
	const char *name;
	int64_t times;
} units[] = {
	{ KIND_BYTES, "", 1 },
	{ KIND_BYTES, "B", 1 },
	{ KIND_BYTES, "KiB", INT64_C(1) << 10 },
	{ KIND_BYTES, "MiB", INT64_C(1) << 20 },
	{ KIND_BYTES, "GiB", INT64_C(1) << 30 },
	{ KIND_BYTES, "TiB", INT64_C(1) << 40 },
	{ KIND_SECONDS, "", 1 },
	{ KIND_SECONDS, "s", 1 },
	{ KIND_SECONDS, "min", 60 },
	{ KIND_SECONDS, "h", 3600 },
	{ KIND_SECONDS, "d", 86400 },
	{ KIND_NUMBER, "", 1 },
};

static const struct row *find_row(const char *key)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

static void *field(struct settings *s, const struct row *row)
{
	return (char *)s + row->at;
}

static int64_t number_in(const struct settings *s, const struct row *row)
{
	return *(const int64_t *)((const char *)s + row->at);
}

static const char *text_in(const struct settings *s, const struct row *row)
{
	return *(char *const *)((const char *)s + row->at);
}

static bool bool_in(const struct settings *s, const struct row *row)
{
	return *(const bool *)((const char *)s + row->at);
}

/* "64 MiB": digits, perhaps a space, perhaps a unit of the kind. */
static bool read_quantity(enum kind kind, const char *text, int64_t *out)
{
	int64_t n = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
			return false;
	if (p == text)
		return false;
	if (*p == ' ' && p[1] != '\0')
		p++;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (units[i].kind == kind && strcmp(units[i].name, p) == 0)
			return !__builtin_mul_overflow(n, units[i].times, out);
	return false;
}

static bool in_range(const char *key, int64_t n, char *why, size_t why_n)
{
	struct range r = { key, 0, INT64_MAX };

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (strcmp(ranges[i].key, key) == 0)
			r = ranges[i];
	if (n >= r.least && n <= r.most)
		return true;
	snprintf(why, why_n, "%s: %" PRId64 " is not between %" PRId64 " and %" PRId64, key, n, r.least, r.most);
	return false;
}

static lb_err set_number(struct settings *s, const struct row *row, const struct setting_value *v, char *why, size_t why_n)
{
	int64_t n = v->number;
	bool is = v->form == SETTING_NUMBER || (v->form == SETTING_TEXT && read_quantity(row->kind, v->text, &n));

	if (!is) {
		snprintf(why, why_n, "%s: it is not %s", row->key,
		         row->kind == KIND_BYTES     ? "a number of bytes, as in 65536 or \"64 MiB\""
		         : row->kind == KIND_SECONDS ? "a number of seconds, as in 30 or \"5 min\""
		                                     : "a whole number");
		return LB_CONFIG;
	}
	if (!in_range(row->key, n, why, why_n))
		return LB_CONFIG;
	*(int64_t *)field(s, row) = n;
	return LB_OK;
}

static lb_err set_bool(struct settings *s, const struct row *row, const struct setting_value *v, char *why, size_t why_n)
{
	if (v->form != SETTING_BOOL) {
		snprintf(why, why_n, "%s: it is neither true nor false", row->key);
		return LB_CONFIG;
	}
	*(bool *)field(s, row) = v->number != 0;
	return LB_OK;
}

static bool address_is_valid(const char *text)
{
	const char *colon = strrchr(text, ':');
	int64_t port;

	return colon != NULL && colon != text && strlen(colon + 1) <= 5 && read_quantity(KIND_NUMBER, colon + 1, &port) && port <= 65535;
}

/* What some texts have to look like; NULL: this one does. */
static const char *wrong_text(const char *key, const char *text)
{
	enum log_level level;

	if (strcmp(key, "log_level") == 0 && !log_level_from_name(text, &level))
		return "it is none of error, warn, info, debug";
	if (strcmp(key, "listen") == 0 && !address_is_valid(text))
		return "it is no address and port, as in \"0.0.0.0:7700\" or \"[::]:7700\"";
	if (strcmp(key, "metrics") == 0 && text[0] != '\0' && !address_is_valid(text))
		return "it is no address and port, as in \"127.0.0.1:9700\"";
	return strcmp(key, "data") == 0 && text[0] == '\0' ? "it is empty" : NULL;
}

static lb_err set_text(struct settings *s, const struct row *row, const struct setting_value *v, char *why, size_t why_n)
{
	char **to = field(s, row);
	const char *wrong = v->form == SETTING_TEXT ? wrong_text(row->key, v->text) : "it is not a text in quotes";
	char *copy;

	if (wrong != NULL) {
		snprintf(why, why_n, "%s: %s", row->key, wrong);
		return LB_CONFIG;
	}
	copy = strdup(v->text);
	if (copy == NULL) {
		snprintf(why, why_n, "%s: %s", row->key, lb_err_text(LB_NO_MEMORY));
		return LB_NO_MEMORY;
	}
	free(*to);
	*to = copy;
	return LB_OK;
}

static lb_err set_row(struct settings *s, const struct row *row, const struct setting_value *v, char *why, size_t why_n)
{
	switch (row->kind) {
	case KIND_STRING:  return set_text(s, row, v, why, why_n);
	case KIND_BOOL:    return set_bool(s, row, v, why, why_n);
	case KIND_NUMBER:
	case KIND_BYTES:
	case KIND_SECONDS: break;
	}
	return set_number(s, row, v, why, why_n);
}

lb_err settings_set(struct settings *s, const char *key, const struct setting_value *v, char *why, size_t why_n)
{
	const struct row *row = find_row(key);

	if (row == NULL) {
		snprintf(why, why_n, "%.60s: there is no such key", key);
		return LB_CONFIG;
	}
	return set_row(s, row, v, why, why_n);
}

lb_err settings_init(struct settings *out)
{
	struct settings s = { 0 };
	char why[256];

	for (size_t i = 0; i < ROWS; i++) {
		struct setting_value v = { .form = SETTING_TEXT, .text = rows[i].value };
		lb_err e;

		if (rows[i].kind == KIND_BOOL)
			v = (struct setting_value){ .form = SETTING_BOOL, .number = strcmp(rows[i].value, "true") == 0 };
		e = set_row(&s, &rows[i], &v, why, sizeof why);
		if (e != LB_OK) {
			settings_fini(&s);
			return e;
		}
	}
	*out = s;
	return LB_OK;
}

void settings_fini(struct settings *s)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == KIND_STRING)
			free(*(char **)field(s, &rows[i]));
	*s = (struct settings){ 0 };
}

lb_err settings_check(const struct settings *s, char *why, size_t why_n)
{
	static const char *const needed[] = { "certificate", "key", "ca", "federation" };

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		if (text_in(s, find_row(needed[i]))[0] == '\0') {
			snprintf(why, why_n, "%s: it has no default and must be given", needed[i]);
			return LB_CONFIG;
		}
	}
	if (s->session_in_flight > s->in_flight) {
		snprintf(why, why_n, "session_in_flight: it is more than in_flight, which is for all sessions");
		return LB_CONFIG;
	}
	return LB_OK;
}

static bool differs(const struct settings *a, const struct settings *b, const struct row *row)
{
	switch (row->kind) {
	case KIND_STRING:  return strcmp(text_in(a, row), text_in(b, row)) != 0;
	case KIND_BOOL:    return bool_in(a, row) != bool_in(b, row);
	case KIND_NUMBER:
	case KIND_BYTES:
	case KIND_SECONDS: break;
	}
	return number_in(a, row) != number_in(b, row);
}

const char *settings_changed(const struct settings *a, const struct settings *b, size_t *at)
{
	while (*at < ROWS) {
		const struct row *row = &rows[(*at)++];
		if (!row->reloadable && differs(a, b, row))
			return row->key;
	}
	return NULL;
}
