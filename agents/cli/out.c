/* Where the answers go: lines, JSON documents and the words of the scales. */
#include "agents/cli/out.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/style.h"
#include "agents/cli/text.h"
#include "lagebus/tlp.h"
#include "proto/host/words.h"

const char *style_on(const struct cli *cli, enum out_style style)
{
	static const char *const codes[] = {
		[OUT_PLAIN] = "", [OUT_HEAD] = "\033[1m", [OUT_DIM] = "\033[2m", [OUT_GOOD] = "\033[32m",
		[OUT_WARN] = "\033[33m", [OUT_BAD] = "\033[1;31m", [OUT_GREY] = "\033[90m", [OUT_YELLOW] = "\033[33m",
		[OUT_ORANGE] = "\033[38;5;208m", [OUT_RED] = "\033[1;31m", [OUT_GREEN] = "\033[32m",
	};

	return cli->colour ? codes[style] : "";
}

const char *style_off(const struct cli *cli, enum out_style style)
{
	return cli->colour && style != OUT_PLAIN ? "\033[0m" : "";
}

/* Tabs stay: they separate the fields of a line in a pipe, which programs read, so that it is English in every language. */
static void write_line(struct cli *cli, enum out_style style, const char *format, va_list ap)
{
	char *text = NULL, *clean = NULL;
	int n = vasprintf(&text, strchr(format, '\t') ? format : _(format), ap);

	if (n >= 0)
		clean = text_clean(text, (size_t)n, TEXT_LINES);
	if (clean)
		fprintf(cli->out, "%s%s%s\n", style_on(cli, style), clean, style_off(cli, style));
	if (n >= 0)
		free(text);
	free(clean);
}

void out_line(struct cli *cli, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	write_line(cli, OUT_PLAIN, format, ap);
	va_end(ap);
}

void out_styled(struct cli *cli, enum out_style style, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	write_line(cli, style, format, ap);
	va_end(ap);
}

#define FIELD_COLUMN 18
#define READING_WIDTH 100 /* longer lines are hard to read */

/* Lines of clean text, each but the first behind `column` spaces. */
static void put_lines(struct cli *cli, enum out_style style, const char *text, unsigned column, unsigned width)
{
	unsigned room = width > column + 10 ? width - column : 10;

	for (;;) {
		size_t n = text_line(text, room);

		fprintf(cli->out, "%s%.*s%s\n", style_on(cli, style), (int)n, text, style_off(cli, style));
		text += n;
		if (!*text)
			return;
		text += *text == ' ' || *text == '\n';
		fprintf(cli->out, "%*s", (int)column, "");
	}
}

void out_field(struct cli *cli, enum out_style style, const char *name, const char *value)
{
	char *clean;

	if (!*value)
		return;
	name = _(name);
	if (!cli->terminal) {
		out_line(cli, "%s\t%s", name, value);
		return;
	}
	clean = text_clean(value, strlen(value), TEXT_LINE);
	if (clean) {
		fprintf(cli->out, "%s%*s", name, text_width(name) < FIELD_COLUMN ? (int)(FIELD_COLUMN - text_width(name)) : 1, "");
		put_lines(cli, style, clean, FIELD_COLUMN, cli->width);
	}
	free(clean);
}

void out_time(const struct cli *cli, int64_t ms, char text[WHEN_TEXT])
{
	if (cli->terminal)
		when_short(ms, when_now_ms(), text);
	else
		when_iso(ms, text);
}

void out_time_field(struct cli *cli, enum out_style style, const char *name, int64_t ms)
{
	char text[WHEN_TEXT];

	out_time(cli, ms, text);
	out_field(cli, style, name, text);
}

void out_text(struct cli *cli, const char *text)
{
	char *clean = text_clean(text, strlen(text), TEXT_LINES);

	if (clean && cli->terminal)
		put_lines(cli, OUT_PLAIN, clean, 0, cli->width < READING_WIDTH ? cli->width : READING_WIDTH);
	else if (clean)
		fprintf(cli->out, "%s\n", clean);
	free(clean);
}

static void put_escape(FILE *f, uint32_t code)
{
	if (code > 0xFFFF)
		fprintf(f, "\\u%04X\\u%04X", 0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF));
	else
		fprintf(f, "\\u%04X", code);
}

/* JSON leaves DEL, C1 and direction overrides as they are, which a terminal does not. The text is UTF-8: jansson gives no other. */
static void put_json(FILE *f, const char *p)
{
	size_t size;

	for (size_t n = strlen(p); n > 0; p += size, n -= size) {
		uint32_t code = 0;

		size = text_decode(p, n, &code);
		assert(size > 0);
		if (code != '\n' && text_is_hostile(code))
			put_escape(f, code);
		else
			fwrite(p, 1, size, f);
	}
}

static enum cli_exit put_document(struct cli *cli, json_t *doc, size_t flags)
{
	char *text = doc ? json_dumps(doc, flags | JSON_ENCODE_ANY) : NULL;

	json_decref(doc);
	if (!text)
		return cli_fail(cli, CLI_IO, "out of memory");
	put_json(cli->out, text);
	fputc('\n', cli->out);
	free(text);
	return CLI_OK;
}

enum cli_exit out_json(struct cli *cli, json_t *doc)
{
	return put_document(cli, doc, JSON_INDENT(2));
}

enum cli_exit out_json_line(struct cli *cli, json_t *doc)
{
	return put_document(cli, doc, JSON_COMPACT);
}

json_t *out_json_text(const char *p, size_t n)
{
	json_t *text = json_stringn(p, n);
	char *clean;

	if (text)
		return text;
	clean = text_clean(p, n, TEXT_LINES);
	text = clean ? json_string(clean) : NULL;
	free(clean);
	return text;
}

json_t *out_json_string(const char *s)
{
	return out_json_text(s, strlen(s));
}

json_t *out_json_time(int64_t ms)
{
	char text[WHEN_TEXT];

	if (ms == 0)
		return json_null();
	when_iso(ms, text);
	return json_string(text);
}

const char *out_level(unsigned level)
{
	static const char *const words[] = { "-", N_("1 grey"), N_("2 yellow"), N_("3 orange"), N_("4 red") };

	return level < sizeof(words) / sizeof(words[0]) ? words[level] : "?";
}

enum out_style out_level_style(unsigned level)
{
	static const enum out_style styles[] = { OUT_PLAIN, OUT_GREY, OUT_YELLOW, OUT_ORANGE, OUT_RED };

	return level < sizeof(styles) / sizeof(styles[0]) ? styles[level] : OUT_PLAIN;
}

enum out_style out_tlp_style(unsigned tlp)
{
	switch (lb_tlp_effective(tlp)) {
	case LB_TLP_RED: return OUT_RED;
	case LB_TLP_AMBER:
	case LB_TLP_AMBER_STRICT: return OUT_ORANGE;
	case LB_TLP_GREEN: return OUT_GREEN;
	case LB_TLP_CLEAR:
	case LB_TLP_UNSET: break;
	}
	return OUT_PLAIN;
}

const char *out_ack(unsigned state)
{
	static const char *const words[] = { "-", N_("displayed"), N_("acknowledged"), N_("implemented"), N_("deleted") };

	return state < sizeof(words) / sizeof(words[0]) ? words[state] : "?";
}

const char *out_word(const struct cli *cli, const char *english)
{
	return cli->terminal ? _(english) : english;
}
