/* Where the answers go: lines, JSON documents and tables, each as terminal or pipe need it. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include <jansson.h>
#include <stdint.h>

#include "agents/cli/cli.h"
#include "agents/cli/when.h"

#define OUT_EXERCISE "ÜBUNG – ÜBUNG – ÜBUNG" /* what stands before everything of an exercise */

/* What a piece of text means; on a terminal it gets a colour besides its words. */
enum out_style {
	OUT_PLAIN,
	OUT_HEAD,
	OUT_DIM,
	OUT_GOOD,
	OUT_WARN,
	OUT_BAD,
	OUT_GREY,
	OUT_YELLOW,
	OUT_ORANGE,
	OUT_RED,
	OUT_GREEN,
};

/* One line, its format in English and translated here where it has no tab; text that came from outside is cleaned on the way. */
void out_line(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_styled(struct cli *cli, enum out_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A name, in English and translated here, and its value; nothing where the value is empty. On a terminal the value is broken at words and stays in its column. */
void out_field(struct cli *cli, enum out_style style, const char *name, const char *value);
/* A point in time: on a terminal as when_short has it, else ISO 8601; "" for 0. */
void out_time(const struct cli *cli, int64_t ms, char text[WHEN_TEXT]);
/* A field that is one. */
void out_time_field(struct cli *cli, enum out_style style, const char *name, int64_t ms);
/* A text of any length, broken at words on a terminal. */
void out_text(struct cli *cli, const char *text);
/* The one document of --json; or one of many, each on a line of its own. Hostile characters stand in it as \u escapes, which mean the
 * same. Takes the reference; NULL means that memory was out. */
enum cli_exit out_json(struct cli *cli, json_t *doc);
enum cli_exit out_json_line(struct cli *cli, json_t *doc);
/* The string as JSON, whatever its bytes are. NULL if memory is out. */
json_t *out_json_text(const char *p, size_t n);
json_t *out_json_string(const char *s);
/* ISO 8601, or null for 0. */
json_t *out_json_time(int64_t ms);

/* Words for the scales in English, for proto/host/words.h to translate, and their styles. Each scale has its own words; none is shown by colour alone. */
const char *out_level(unsigned level);
enum out_style out_level_style(unsigned level);
enum out_style out_tlp_style(unsigned tlp);
const char *out_ack(unsigned state);
/* A word of a table's cell: on a terminal in the reader's language; programs, which read pipes, find the same in all. */
const char *out_word(const struct cli *cli, const char *english) __attribute__((format_arg(2)));

#define TABLE_COLUMNS 10

struct table;
/* Heads, in English and translated here, end with NULL; the column `flexible` is broken into lines where the terminal is too narrow, and where that does not help each row is a
 * card under the cell of the column `title`. NULL if memory is out. */
struct table *table_new(const char *const *heads, unsigned flexible, unsigned title);
/* Adds the next cell (a cleaned copy), row by row. */
void table_cell(struct table *t, enum out_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Terminal: rules and heads, or cards. Pipe: a line a row, cells separated by tabs, no heads. */
enum cli_exit table_print(struct table *t, struct cli *cli);
void table_free(struct table *t);

#endif
