/* Feeds text to the reader of configuration files; every node of what it takes has a line and a value of its kind. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lagebus/header.h"
#include "proto/host/config_file.h"

#define DEPTH_MAX 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 loses its own string buffer where a file ends in the middle of a text. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

static void walk(const struct config_node *node, unsigned lines, unsigned depth)
{
	enum config_kind kind = config_node_kind(node);
	const char *text = config_node_text(node);

	assert(config_node_line(node) <= lines && lb_utf8_is_valid(config_node_key(node), strlen(config_node_key(node))));
	assert((text != NULL) == (kind == CONFIG_TEXT) && (text == NULL || lb_utf8_is_valid(text, strlen(text))));
	assert(kind == CONFIG_NUMBER || kind == CONFIG_BOOL || config_node_number(node) == 0);
	assert(kind == CONFIG_GROUP || kind == CONFIG_LIST || config_node_count(node) == 0);
	for (unsigned i = 0; depth < DEPTH_MAX && i < config_node_count(node); i++)
		walk(config_node_at(node, i), lines, depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct config_file *f = NULL;
	struct config_problem problem = { .line = 0 };
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += data[i] == '\n';
	if (config_file_parse("x.conf", (const char *)data, n, &f, &problem) == LB_OK) {
		assert(config_node_kind(config_file_root(f)) == CONFIG_GROUP);
		walk(config_file_root(f), lines, 0);
		config_file_free(f);
	} else {
		assert(f == NULL && problem.reason[0] != '\0' && strcmp(problem.file, "x.conf") == 0 && problem.line <= lines);
	}
	return 0;
}
