/* A configuration file (libconfig's syntax) as a tree whose every node knows its line. Bounded: a file is at most CONFIG_FILE_MAX
 * bytes of UTF-8, and includes no other. */
#ifndef LAGEBUS_PROTO_HOST_CONFIG_FILE_H
#define LAGEBUS_PROTO_HOST_CONFIG_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

#define CONFIG_FILE_MAX (2 * 1024 * 1024)

struct config_file;
struct config_node; /* valid as long as its file */

enum config_kind { CONFIG_GROUP, CONFIG_LIST, CONFIG_TEXT, CONFIG_NUMBER, CONFIG_BOOL, CONFIG_OTHER };

/* What is wrong and where. */
struct config_problem {
	char file[256];
	unsigned line; /* 0: the file as a whole */
	char reason[512];
};

void config_problem_set(struct config_problem *p, const char *file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* "federation.conf:12: reason" with its NUL, cut at n bytes. */
void config_problem_text(const struct config_problem *p, char *text, size_t n);

/* Reads a file; blocks. LB_OK, LB_CONFIG (*problem says why), LB_NO_MEMORY. */
lb_err config_file_read(const char *path, struct config_file **out, struct config_problem *problem) LB_MUST_CHECK;
/* Reads n bytes in memory as if they stood in a file of this name. */
lb_err config_file_parse(const char *name, const char *text, size_t n, struct config_file **out,
                         struct config_problem *problem) LB_MUST_CHECK;
void config_file_free(struct config_file *f);

/* Its bytes, as they were read. */
const char *config_file_text(const struct config_file *f, size_t *n);
const char *config_file_name(const struct config_file *f);
/* A group. */
const struct config_node *config_file_root(const struct config_file *f);

enum config_kind config_node_kind(const struct config_node *n);
unsigned config_node_line(const struct config_node *n);
/* Its key; "" for an element of a list. */
const char *config_node_key(const struct config_node *n);
/* Members of a group or elements of a list; 0 for everything else. */
unsigned config_node_count(const struct config_node *n);
/* i < config_node_count. */
const struct config_node *config_node_at(const struct config_node *n, unsigned i);
/* NULL if it is no text. */
const char *config_node_text(const struct config_node *n);
/* The value of a number, 0 or 1 of a bool, 0 of everything else. */
int64_t config_node_number(const struct config_node *n);

#endif
