/* Lines of logfmt. The format is walked pair by pair, so that a value is known as a value whatever a peer put into it. */
#include "proto/host/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lagebus/header.h"

#define VALUE_MAX 1024
#define SPEC_MAX 16
#define TAIL 5 /* what every line keeps room for: `..."` and the newline */

/* The line so far; n never passes LOG_LINE_MAX - TAIL until it is finished. */
struct line {
	char p[LOG_LINE_MAX];
	size_t n;
	bool cut;
};

/* One value, rendered and not yet escaped. */
struct value {
	char p[VALUE_MAX];
	size_t n;
	bool cut;
};

static enum log_level level_now = LOG_INFO;

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warn",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

bool log_level_from_name(const char *name, enum log_level *out)
{
	for (int l = LOG_ERROR; l <= LOG_DEBUG; l++) {
		if (strcmp(level_names[l], name) == 0) {
			*out = (enum log_level)l;
			return true;
		}
	}
	return false;
}

void log_set_level(enum log_level level)
{
	level_now = level;
}

static void put(struct line *l, const char *p, size_t n)
{
	if (l->cut || n > LOG_LINE_MAX - TAIL - l->n) {
		l->cut = true;
		return;
	}
	memcpy(l->p + l->n, p, n);
	l->n += n;
}

/* Bytes of the character at p that may stand as it is; 0: it must be escaped. C1 controls and what turns the direction of
 * writing are escaped too, because lines are read on terminals. */
static size_t plain(const char *p, size_t n)
{
	const unsigned char *c = (const unsigned char *)p;
	size_t want = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;

	if (want == 1)
		return c[0] >= 0x20 && c[0] != 0x7f && c[0] != '"' && c[0] != '\\' ? 1 : 0;
	if (want > n || !lb_utf8_is_valid(p, want) || (c[0] == 0xc2 && c[1] < 0xa0))
		return 0;
	if (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae)
		return 0;
	if (c[0] == 0xe2 && c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9)
		return 0;
	return want;
}

static bool needs_quotes(const struct value *v)
{
	size_t step;

	for (size_t i = 0; i < v->n; i += step) {
		step = plain(v->p + i, v->n - i);
		if (step == 0 || v->p[i] == ' ' || v->p[i] == '=')
			return true;
	}
	return v->n == 0 || v->cut;
}

static void put_escaped(struct line *l, char c)
{
	char text[8];

	switch (c) {
	case '"':  put(l, "\\\"", 2); return;
	case '\\': put(l, "\\\\", 2); return;
	case '\n': put(l, "\\n", 2); return;
	case '\r': put(l, "\\r", 2); return;
	case '\t': put(l, "\\t", 2); return;
	}
	snprintf(text, sizeof text, "\\x%02x", (unsigned char)c);
	put(l, text, 4);
}

static void put_value(struct line *l, const struct value *v)
{
	size_t step;

	if (!needs_quotes(v)) {
		put(l, v->p, v->n);
		return;
	}
	put(l, "\"", 1);
	if (l->cut)
		return;
	for (size_t i = 0; i < v->n; i += step) {
		step = plain(v->p + i, v->n - i);
		if (step != 0)
			put(l, v->p + i, step);
		else
			put_escaped(l, v->p[i]);
		step += step == 0;
	}
	if (v->cut)
		put(l, "...", 3);
	if (!l->cut)
		put(l, "\"", 1);
	if (l->cut) {
		memcpy(l->p + l->n, "...\"", 4);
		l->n += 4;
	}
}

static void add(struct value *v, const char *p, size_t n)
{
	size_t room = VALUE_MAX - v->n;

	v->cut |= n > room;
	n = n < room ? n : room;
	memcpy(v->p + v->n, p, n);
	v->n += n;
}

/* The arguments, passed on by reference. */
struct args {
	va_list list;
};

/* A conversion: its flags, width and precision as text, its length modifier, its letter. */
struct spec {
	char flags[SPEC_MAX];
	int precision; /* -1: none */
	char length;   /* 0, 'h', 'l', 'q' (ll), 'z', 'j' */
	char letter;
};

/* Reads a conversion after its '%'; returns what follows. */
static const char *read_spec(const char *f, struct args *args, struct spec *s)
{
	size_t n = 0;

	*s = (struct spec){ .precision = -1 };
	for (; strchr("-+ #0123456789", *f) != NULL && *f != '\0'; f++)
		if (n + 1 < SPEC_MAX)
			s->flags[n++] = *f;
	if (*f == '.') {
		f++;
		s->precision = 0;
		if (*f == '*') {
			s->precision = va_arg(args->list, int);
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			s->precision = s->precision < VALUE_MAX ? 10 * s->precision + (*f - '0') : VALUE_MAX;
	}
	for (; strchr("hlzj", *f) != NULL && *f != '\0'; f++)
		s->length = s->length == 'l' ? 'q' : *f;
	s->letter = *f;
	return *f != '\0' ? f + 1 : f;
}

static intmax_t signed_arg(struct args *args, char length)
{
	switch (length) {
	case 'l': return va_arg(args->list, long);
	case 'q': return va_arg(args->list, long long);
	case 'z': return va_arg(args->list, ssize_t);
	case 'j': return va_arg(args->list, intmax_t);
	}
	return va_arg(args->list, int);
}

static uintmax_t unsigned_arg(struct args *args, char length)
{
	switch (length) {
	case 'l': return va_arg(args->list, unsigned long);
	case 'q': return va_arg(args->list, unsigned long long);
	case 'z': return va_arg(args->list, size_t);
	case 'j': return va_arg(args->list, uintmax_t);
	}
	return va_arg(args->list, unsigned);
}

static void add_string(struct value *v, const struct spec *s, const char *p)
{
	if (p == NULL)
		p = "-";
	add(v, p, s->precision >= 0 ? strnlen(p, (size_t)s->precision) : strlen(p));
}

/* Renders one conversion; false if it is none that we know: then nothing after it can be read. */
static bool add_converted(struct value *v, const struct spec *s, struct args *args)
{
	char format[2 * SPEC_MAX], text[128];
	int n = 0;

	switch (s->letter) {
	case 's': add_string(v, s, va_arg(args->list, const char *)); return true;
	case '%': add(v, "%", 1); return true;
	case 'c': text[0] = (char)va_arg(args->list, int); add(v, text, 1); return true;
	case 'p': n = snprintf(text, sizeof text, "%p", va_arg(args->list, void *)); break;
	case 'd':
	case 'i':
		snprintf(format, sizeof format, "%%%sjd", s->flags);
		n = snprintf(text, sizeof text, format, signed_arg(args, s->length));
		break;
	case 'u':
	case 'x':
	case 'X':
		snprintf(format, sizeof format, "%%%sj%c", s->flags, s->letter);
		n = snprintf(text, sizeof text, format, unsigned_arg(args, s->length));
		break;
	case 'f': n = snprintf(text, sizeof text, "%.*f", s->precision >= 0 ? s->precision : 6, va_arg(args->list, double)); break;
	default:  return false;
	}
	if (n > 0)
		add(v, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
	return true;
}

/* One pair of the format, up to the next space in it. Returns where it ends; NULL after a conversion that is not known. */
static const char *put_pair(struct line *l, const char *f, struct args *args)
{
	size_t key = strcspn(f, "= ");
	struct value v = { .n = 0 };
	struct spec s;

	put(l, " ", 1);
	put(l, f, key);
	f += key;
	if (*f != '=')
		return f;
	put(l, "=", 1);
	for (f++; *f != '\0' && *f != ' ';) {
		if (*f != '%') {
			add(&v, f++, 1);
			continue;
		}
		f = read_spec(f + 1, args, &s);
		if (!add_converted(&v, &s, args))
			return NULL;
	}
	put_value(l, &v);
	return f;
}

static void put_start(struct line *l, enum log_level level, const char *event)
{
	struct timespec now;
	struct tm tm;
	char text[256], stamp[32];
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
	n = snprintf(text, sizeof text, "ts=%s.%03ldZ level=%s event=%s", stamp, now.tv_nsec / 1000000, level_names[level], event);
	put(l, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void log_event(enum log_level level, const char *event, const char *keys, ...)
{
	struct line l = { .n = 0 };
	struct args args;

	if (level > level_now)
		return;
	put_start(&l, level, event);
	va_start(args.list, keys);
	for (const char *f = keys; f != NULL && *f != '\0' && !l.cut;) {
		f = *f == ' ' ? f + 1 : put_pair(&l, f, &args);
	}
	va_end(args.list);
	l.p[l.n++] = '\n';
	/* Where even standard error cannot be written there is no one left to tell. */
	if (write(STDERR_FILENO, l.p, l.n) < 0)
		return;
}
