/* libconfig, behind config_file.h. */
#include "proto/host/config_file.h"

#include <errno.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/buf.h"
#include "lagebus/header.h"

struct config_file {
	config_t config;
	char name[256];
	char *text;
	size_t text_n;
};

void config_problem_set(struct config_problem *p, const char *file, unsigned line, const char *format, ...)
{
	va_list args;

	snprintf(p->file, sizeof p->file, "%s", file);
	p->line = line;
	va_start(args, format);
	vsnprintf(p->reason, sizeof p->reason, format, args);
	va_end(args);
}

void config_problem_text(const struct config_problem *p, char *text, size_t n)
{
	if (p->line != 0)
		snprintf(text, n, "%s:%u: %s", p->file, p->line, p->reason);
	else
		snprintf(text, n, "%s: %s", p->file, p->reason);
}

/* libconfig would open whatever file an @include names; ours are one file, so that one reading is the whole of it. */
static bool line_is_clean(const char *p, size_t n, const char **why)
{
	static const char include[] = "@include";
	size_t blank = 0;

	while (blank < n && (p[blank] == ' ' || p[blank] == '\t'))
		blank++;
	*why = "@include is not supported: put everything into one file";
	if (n - blank >= sizeof include - 1 && memcmp(p + blank, include, sizeof include - 1) == 0)
		return false;
	*why = "the line is not UTF-8, or has a NUL";
	return lb_utf8_is_valid(p, n);
}

static lb_err check_lines(const char *name, const char *text, size_t n, struct config_problem *problem)
{
	unsigned line = 1;
	const char *why;

	if (n > CONFIG_FILE_MAX) {
		config_problem_set(problem, name, 0, "the file is larger than %d bytes", CONFIG_FILE_MAX);
		return LB_CONFIG;
	}
	for (size_t at = 0; at < n; line++) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t length = end != NULL ? (size_t)(end - (text + at)) : n - at;
		if (!line_is_clean(text + at, length, &why)) {
			config_problem_set(problem, name, line, "%s", why);
			return LB_CONFIG;
		}
		at += length + 1;
	}
	return LB_OK;
}

/* An escape, as in "\xff", may stand for a byte that the line itself may not have. */
static lb_err check_texts(const char *name, const config_setting_t *node, struct config_problem *problem)
{
	const char *text = config_setting_type(node) == CONFIG_TYPE_STRING ? config_setting_get_string(node) : NULL;
	unsigned n = config_setting_is_aggregate(node) ? (unsigned)config_setting_length(node) : 0;
	lb_err e = LB_OK;

	if (text != NULL && !lb_utf8_is_valid(text, strlen(text))) {
		config_problem_set(problem, name, config_setting_source_line(node), "the text is not UTF-8");
		e = LB_CONFIG;
	}
	for (unsigned i = 0; e == LB_OK && i < n; i++)
		e = check_texts(name, config_setting_get_elem(node, i), problem);
	return e;
}

lb_err config_file_parse(const char *name, const char *text, size_t n, struct config_file **out, struct config_problem *problem)
{
	lb_err e = check_lines(name, text, n, problem);
	struct config_file *f = NULL;
	char *copy = NULL;

	if (e != LB_OK)
		return e;
	f = calloc(1, sizeof *f);
	copy = malloc(n + 1);
	if (f == NULL || copy == NULL) {
		free(f);
		free(copy);
		config_problem_set(problem, name, 0, "%s", lb_err_text(LB_NO_MEMORY));
		return LB_NO_MEMORY;
	}
	memcpy(copy, text, n);
	copy[n] = '\0';
	f->text = copy;
	f->text_n = n;
	snprintf(f->name, sizeof f->name, "%s", name);
	config_init(&f->config);
	if (config_read_string(&f->config, copy) == CONFIG_TRUE) {
		e = check_texts(name, config_root_setting(&f->config), problem);
	} else {
		config_problem_set(problem, name, (unsigned)config_error_line(&f->config), "%s", config_error_text(&f->config));
		e = LB_CONFIG;
	}
	if (e == LB_OK)
		*out = f;
	else
		config_file_free(f);
	return e;
}

static lb_err read_whole(FILE *in, struct lb_buf *text)
{
	size_t got;

	do {
		uint8_t *room = lb_buf_reserve(text, 65536);
		if (room == NULL)
			return LB_NO_MEMORY;
		got = fread(room, 1, 65536, in);
		lb_buf_added(text, got);
	} while (got != 0 && lb_buf_len(text) <= CONFIG_FILE_MAX);
	return ferror(in) ? LB_IO : LB_OK;
}

lb_err config_file_read(const char *path, struct config_file **out, struct config_problem *problem)
{
	struct lb_buf text = LB_BUF_INIT;
	FILE *in = fopen(path, "re");
	lb_err e = LB_IO;

	if (in != NULL)
		e = read_whole(in, &text);
	if (e == LB_OK) {
		e = config_file_parse(path, (const char *)lb_buf_data(&text), lb_buf_len(&text), out, problem);
	} else {
		config_problem_set(problem, path, 0, "the file cannot be read: %s", e == LB_IO ? strerror(errno) : lb_err_text(e));
		e = e == LB_IO ? LB_CONFIG : e;
	}
	if (in != NULL)
		fclose(in);
	lb_buf_fini(&text);
	return e;
}

void config_file_free(struct config_file *f)
{
	if (f == NULL)
		return;
	config_destroy(&f->config);
	free(f->text);
	free(f);
}

const char *config_file_text(const struct config_file *f, size_t *n)
{
	*n = f->text_n;
	return f->text;
}

const char *config_file_name(const struct config_file *f)
{
	return f->name;
}

/* A node is libconfig's setting under another name. */
static const config_setting_t *setting_of(const struct config_node *n)
{
	return (const config_setting_t *)n;
}

const struct config_node *config_file_root(const struct config_file *f)
{
	return (const struct config_node *)config_root_setting(&f->config);
}

enum config_kind config_node_kind(const struct config_node *n)
{
	switch (config_setting_type(setting_of(n))) {
	case CONFIG_TYPE_GROUP:  return CONFIG_GROUP;
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:   return CONFIG_LIST;
	case CONFIG_TYPE_STRING: return CONFIG_TEXT;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:  return CONFIG_NUMBER;
	case CONFIG_TYPE_BOOL:   return CONFIG_BOOL;
	}
	return CONFIG_OTHER;
}

unsigned config_node_line(const struct config_node *n)
{
	return config_setting_source_line(setting_of(n));
}

const char *config_node_key(const struct config_node *n)
{
	const char *key = config_setting_name(setting_of(n));

	return key != NULL ? key : "";
}

unsigned config_node_count(const struct config_node *n)
{
	enum config_kind kind = config_node_kind(n);

	return kind == CONFIG_GROUP || kind == CONFIG_LIST ? (unsigned)config_setting_length(setting_of(n)) : 0;
}

const struct config_node *config_node_at(const struct config_node *n, unsigned i)
{
	return (const struct config_node *)config_setting_get_elem(setting_of(n), i);
}

const char *config_node_text(const struct config_node *n)
{
	return config_node_kind(n) == CONFIG_TEXT ? config_setting_get_string(setting_of(n)) : NULL;
}

int64_t config_node_number(const struct config_node *n)
{
	switch (config_setting_type(setting_of(n))) {
	case CONFIG_TYPE_BOOL:  return config_setting_get_bool(setting_of(n));
	case CONFIG_TYPE_INT:   return config_setting_get_int(setting_of(n));
	case CONFIG_TYPE_INT64: return config_setting_get_int64(setting_of(n));
	}
	return 0;
}
