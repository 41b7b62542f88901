/* agents/cli/commands.c: what the table has stands in the manual and in the completion too. */
#include "agents/cli/commands.h"

#include "agents/cli/file.h"
#include "tests/unit/cli/run.h"

static char *manual;

static int read_manual(void **state)
{
	struct why why;
	size_t n;

	(void)state;
	return file_read("docs/man/lagebus.1", 1 << 20, (uint8_t **)&manual, &n, &why) != LB_OK;
}

static int free_manual(void **state)
{
	(void)state;
	free(manual);
	return 0;
}

/* The part of the manual that is about the command. */
static char *section_of(const char *name)
{
	char head[64], *begin, *end;

	snprintf(head, sizeof(head), "\n.Ss lagebus %s\n", name);
	begin = strstr(manual, head);
	if (!begin)
		fail_msg("lagebus(1) has no section '%s'", name);
	end = strstr(begin + 4, "\n.S");
	return strndup(begin, (size_t)(end - begin));
}

static void the_manual_has_every_command_and_option(void **state)
{
	char item[80];

	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		char *section = section_of(c->name);

		for (const struct option_row *o = c->options; o->name; o++) {
			snprintf(item, sizeof(item), ".It Fl -%s%s%s\n", o->name, o->value ? " Ar " : "", o->value ? o->value : "");
			assert_has(section, item);
		}
		assert_has(section, ".Bd -literal");
		free(section);
	}
	for (const struct option_row *o = global_options; o->name; o++) {
		snprintf(item, sizeof(item), "Fl -%s%s%s\n", o->name, o->value ? " Ar " : "", o->value ? o->value : "");
		assert_has(manual, item);
	}
}

static void the_manual_has_every_exit_code(void **state)
{
	(void)state;
	for (const struct exit_row *e = exit_rows; e->text; e++) {
		char item[200];

		snprintf(item, sizeof(item), ".It %d\n%c%s.\n", (int)e->code, e->text[0] - 'a' + 'A', e->text + 1);
		assert_has(manual, item);
	}
	/* What diff(1) says, and with which numbers. */
	assert_has(manual, ".It 1\nRefused by a rule, or something is not valid.\nWith\n.Cm check Fl -diff :\nthe files differ.\n");
	assert_has(manual, ".It 2\nThe command line is wrong.\nWith\n.Cm check Fl -diff\nalso: a file cannot be read or is not valid.\n");
}

/* What bash offers after "lagebus <words> <cur>". */
static char *complete(const char *words, const char *cur)
{
	char command[600], *text = calloc(1, 4096);
	FILE *f;

	snprintf(command, sizeof(command), "bash -uc '. docs/completion/lagebus.bash; COMP_WORDS=(lagebus %s \"%s\"); "
		"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _lagebus; echo \" ${COMPREPLY[*]} \"'", words, cur);
	f = popen(command, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, 4095, f) > 0);
	assert_int_equal(pclose(f), 0);
	return text;
}

static void expect_offered(const char *offered, const char *before, const char *word, size_t n)
{
	char one[80];

	snprintf(one, sizeof(one), " %s%.*s ", before, (int)n, word);
	assert_has(offered, one);
}

static void bash_completes_every_command_and_option(void **state)
{
	char *offered = complete("", "");

	(void)state;
	for (const struct command *c = commands; c->name; c++)
		expect_offered(offered, "", c->name, strcspn(c->name, " "));
	free(offered);
	for (const struct command *c = commands; c->name; c++) {
		offered = complete(c->name, "--");
		for (const struct option_row *o = c->options; o->name; o++)
			expect_offered(offered, "--", o->name, strlen(o->name));
		for (const struct option_row *o = global_options; o->name; o++)
			expect_offered(offered, "--", o->name, strlen(o->name));
		free(offered);
	}
}

static void bash_completes_values(void **state)
{
	char *offered = complete("send --tlp", "am");

	(void)state;
	assert_string_equal(offered, " amber amber+strict \n");
	free(offered);
	offered = complete("--agent ipc:///x ca issue", "--br");
	assert_string_equal(offered, " --broker \n");
	free(offered);
}

static void finds_commands_of_one_and_two_words(void **state)
{
	char *two[] = { (char *)"ca", (char *)"issue", (char *)"dir" }, *one[] = { (char *)"send" }, *half[] = { (char *)"ca" };
	int used;

	(void)state;
	assert_string_equal(command_find(3, two, &used)->name, "ca issue");
	assert_int_equal(used, 2);
	assert_string_equal(command_find(1, one, &used)->name, "send");
	assert_int_equal(used, 1);
	assert_null(command_find(1, half, &used));
	assert_null(command_find(0, half, &used));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manual_has_every_command_and_option),
		cmocka_unit_test(the_manual_has_every_exit_code),
		cmocka_unit_test(bash_completes_every_command_and_option),
		cmocka_unit_test(bash_completes_values),
		cmocka_unit_test(finds_commands_of_one_and_two_words),
	};

	return cmocka_run_group_tests(tests, read_manual, free_manual);
}
