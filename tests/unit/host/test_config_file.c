/* Tests of reading configuration files: nodes with their lines, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/host/config_file.h"

static struct config_problem problem;

static lb_err parse(const char *text, struct config_file **out)
{
	problem = (struct config_problem){ .line = 99 };
	return config_file_parse("x.conf", text, strlen(text), out, &problem);
}

static void nodes_have_kind_value_and_line(void **state)
{
	static const char text[] = "a = \"text\";\nb = 42;\n\nc = 5000000000L;\nd = true;\ne = [ \"x\", \"y\" ];\n"
	                           "f = (\n  { g = 1; },\n  2\n);\nh = 1.5;\n";
	struct config_file *f = NULL;
	const struct config_node *root, *n;

	(void)state;
	assert_int_equal(parse(text, &f), LB_OK);
	root = config_file_root(f);
	assert_string_equal(config_file_name(f), "x.conf");
	assert_int_equal(config_node_kind(root), CONFIG_GROUP);
	assert_int_equal(config_node_count(root), 7);
	n = config_node_at(root, 0);
	assert_int_equal(config_node_kind(n), CONFIG_TEXT);
	assert_string_equal(config_node_key(n), "a");
	assert_string_equal(config_node_text(n), "text");
	assert_int_equal(config_node_line(n), 1);
	assert_int_equal(config_node_count(n), 0);
	assert_int_equal(config_node_number(n), 0);
	n = config_node_at(root, 1);
	assert_int_equal(config_node_kind(n), CONFIG_NUMBER);
	assert_int_equal(config_node_number(n), 42);
	assert_null(config_node_text(n));
	n = config_node_at(root, 2);
	assert_int_equal(config_node_number(n), 5000000000);
	assert_int_equal(config_node_line(n), 4);
	n = config_node_at(root, 3);
	assert_int_equal(config_node_kind(n), CONFIG_BOOL);
	assert_int_equal(config_node_number(n), 1);
	n = config_node_at(root, 4);
	assert_int_equal(config_node_kind(n), CONFIG_LIST);
	assert_int_equal(config_node_count(n), 2);
	assert_string_equal(config_node_text(config_node_at(n, 1)), "y");
	assert_string_equal(config_node_key(config_node_at(n, 1)), "");
	n = config_node_at(root, 5);
	assert_int_equal(config_node_kind(n), CONFIG_LIST);
	assert_int_equal(config_node_kind(config_node_at(n, 0)), CONFIG_GROUP);
	assert_int_equal(config_node_line(config_node_at(config_node_at(n, 0), 0)), 8);
	assert_int_equal(config_node_kind(config_node_at(root, 6)), CONFIG_OTHER);
	config_file_free(f);
}

static void an_empty_file_is_an_empty_group(void **state)
{
	struct config_file *f = NULL;

	(void)state;
	assert_int_equal(parse("", &f), LB_OK);
	assert_int_equal(config_node_count(config_file_root(f)), 0);
	config_file_free(f);
	config_file_free(NULL);
}

static void refused(const char *text, unsigned line, const char *reason)
{
	struct config_file *f = NULL;

	assert_int_equal(parse(text, &f), LB_CONFIG);
	assert_null(f);
	assert_string_equal(problem.file, "x.conf");
	assert_int_equal(problem.line, line);
	if (reason != NULL)
		assert_string_equal(problem.reason, reason);
	assert_true(problem.reason[0] != '\0');
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	static const char include[] = "@include is not supported: put everything into one file";
	char text[128];

	(void)state;
	refused("a = 1;\nb = ;\n", 2, "syntax error");
	refused("a = 1;\na = 2;\n", 2, NULL);
	refused("a = \"unterminated", 1, NULL);
	refused("a = 1;\n@include \"/etc/passwd\"\n", 2, include);
	refused("\t  @include\t\"/etc/passwd\"\n", 1, include);
	refused("a = 1;\n\nb = \"\xff\";\n", 3, "the line is not UTF-8, or has a NUL");
	config_problem_text(&problem, text, sizeof text);
	assert_string_equal(text, "x.conf:3: the line is not UTF-8, or has a NUL");
	refused("a = 1;\nb = ( { c = \"x\\xff\"; } );\n", 2, "the text is not UTF-8");
}

static void a_nul_does_not_hide_what_follows(void **state)
{
	static const char text[] = "a = 1;\0 b = 2;";
	struct config_file *f = NULL;

	(void)state;
	assert_int_equal(config_file_parse("x.conf", text, sizeof text - 1, &f, &problem), LB_CONFIG);
	assert_int_equal(problem.line, 1);
}

static void what_is_too_large_is_refused(void **state)
{
	char *text = malloc(CONFIG_FILE_MAX + 1);
	struct config_file *f = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', CONFIG_FILE_MAX + 1);
	assert_int_equal(config_file_parse("x.conf", text, CONFIG_FILE_MAX + 1, &f, &problem), LB_CONFIG);
	assert_int_equal(problem.line, 0);
	assert_int_equal(config_file_parse("x.conf", text, CONFIG_FILE_MAX, &f, &problem), LB_OK);
	config_file_free(f);
	free(text);
}

/* Nesting as deep as the parser's own stack goes, and deeper, must end in an answer. */
static void deep_nesting_ends_in_an_answer(void **state)
{
	enum { DEPTH = 200000 };
	char *text = malloc(DEPTH + 4);
	struct config_file *f = NULL;

	(void)state;
	assert_non_null(text);
	memcpy(text, "a =", 3);
	memset(text + 3, '(', DEPTH);
	assert_int_equal(config_file_parse("x.conf", text, DEPTH + 3, &f, &problem), LB_CONFIG);
	free(text);
}

static void files_are_read_and_named(void **state)
{
	char path[] = "/tmp/lagebus-config-XXXXXX", text[300];
	struct config_file *f = NULL;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a = 1;\nb = =;\n", 14), 14);
	close(fd);
	assert_int_equal(config_file_read(path, &f, &problem), LB_CONFIG);
	assert_string_equal(problem.file, path);
	assert_int_equal(problem.line, 2);
	unlink(path);
	assert_int_equal(config_file_read(path, &f, &problem), LB_CONFIG);
	config_problem_text(&problem, text, sizeof text);
	assert_non_null(strstr(text, ": the file cannot be read: No such file or directory"));
	assert_int_equal(config_file_read("/tmp", &f, &problem), LB_CONFIG);
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_have_kind_value_and_line),
		cmocka_unit_test(an_empty_file_is_an_empty_group),
		cmocka_unit_test(what_is_wrong_is_said_with_its_line),
		cmocka_unit_test(a_nul_does_not_hide_what_follows),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(deep_nesting_ends_in_an_answer),
		cmocka_unit_test(files_are_read_and_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
