/* agents/cli/commands.c: what the table has stands in the manual and in the completion too. */
#include "agents/cli/commands.h"

#include <ctype.h>

#include "agents/cli/file.h"
#include "tests/unit/cli/run.h"

static char *manual;

static char *text_of(const char *path)
{
	char *text = NULL;
	struct why why;
	size_t n;

	return file_read(path, 1 << 20, (uint8_t **)&text, &n, &why) == LB_OK ? text : NULL;
}

static int read_manual(void **state)
{
	(void)state;
	manual = text_of("docs/man/lagebus.1");
	return !manual;
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

/* The words of a page between single spaces, in small letters, without its macros and with the characters that its escapes stand for. */
static char *plain(const char *page)
{
	static const struct {
		const char *escape, *is;
	} escapes[] = { { "\\(aq", "'" }, { "\\(:a", "ä" }, { "\\[:a]", "ä" }, { "\\[:U]", "Ü" }, { "\\&", "" }, { "\\e", "\\" } };
	char *out = malloc(2 * strlen(page) + 1), *to = out;

	assert_non_null(out);
	for (const char *p = page; *p;) {
		size_t k = 0;

		while (k < sizeof(escapes) / sizeof(escapes[0]) && strncmp(p, escapes[k].escape, strlen(escapes[k].escape)) != 0)
			k++;
		if (k < sizeof(escapes) / sizeof(escapes[0])) {
			to = stpcpy(to, escapes[k].is);
			p += strlen(escapes[k].escape);
		} else if (*p == '\n' && p[1] == '.' && strncmp(p + 2, "Ar ", 3) != 0 && strncmp(p + 2, "Pa ", 3) != 0) {
			*to++ = '|';
			p += 1 + strcspn(p + 1, "\n");
		} else if (*p == '\n' && p[1] == '.') {
			*to++ = ' ';
			p += strlen("\n.Ar ");
		} else {
			*to++ = *p == '\n' ? ' ' : (char)tolower((unsigned char)*p);
			p++;
		}
	}
	*to = 0;
	return out;
}

/* A text of the tables as a page has it. */
static void assert_says(const char *page, const char *name, const char *help)
{
	char *text = plain(help);

	if (!strstr(page, text))
		fail_msg("%s: '%s' is not what the manual says: %s", name, text, page);
	free(text);
}

static void the_manual_says_what_the_helps_say(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		char *section = section_of(c->name), *page = plain(section);

		assert_says(page, c->name, c->summary);
		for (const struct option_row *o = c->options; o->name; o++)
			assert_says(page, o->name, o->help);
		free(section);
		free(page);
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

/* A page has each reason that a sender may be told; `form` is how it writes one. */
static void assert_names_the_reasons(const char *page, const char *form, lb_err first, lb_err last)
{
	char item[60];

	for (unsigned e = first; e <= last; e++) {
		snprintf(item, sizeof(item), form, lb_err_token((lb_err)e));
		assert_has(page, item);
	}
}

static void the_pages_have_every_rule(void **state)
{
	char *wire = text_of("docs/wire.md"), *policy = text_of("docs/policy.md");

	(void)state;
	assert_non_null(wire);
	assert_non_null(policy);
	assert_names_the_reasons(manual, ".It Ql %s\n", LB_WRONG_ORIGIN, LB_CLASSIFIED);
	assert_names_the_reasons(manual, ".It Ql %s\n", LB_DISK_FULL, LB_STORE_FULL);
	assert_names_the_reasons(policy, "`%s`", LB_WRONG_ORIGIN, LB_CLASSIFIED);
	assert_names_the_reasons(wire, "`%s`", LB_WRONG_ORIGIN, LB_NOT_IN_AUDIENCE);
	assert_names_the_reasons(wire, "`%s`", LB_TLP_WIDENED, LB_CLASSIFIED);
	assert_has(wire, "`tlp-red-named-only`");
	free(policy);
	free(wire);
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
	char *both[] = { (char *)"training", (char *)"list" }, *option[] = { (char *)"training", (char *)"--ics" }, *neither[] = { (char *)"training", (char *)"lsit" };
	char *two[] = { (char *)"ca", (char *)"issue", (char *)"dir" }, *one[] = { (char *)"send" }, *half[] = { (char *)"ca" };
	int used;

	(void)state;
	assert_string_equal(command_find(3, two, &used)->name, "ca issue");
	assert_int_equal(used, 2);
	assert_string_equal(command_find(1, one, &used)->name, "send");
	assert_int_equal(used, 1);
	assert_null(command_find(1, half, &used));
	assert_string_equal(command_find(1, both, &used)->name, "training");
	assert_string_equal(command_find(2, both, &used)->name, "training list");
	assert_string_equal(command_find(2, option, &used)->name, "training");
	assert_null(command_find(2, neither, &used));
	assert_null(command_find(0, half, &used));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manual_has_every_command_and_option),
		cmocka_unit_test(the_manual_says_what_the_helps_say),
		cmocka_unit_test(the_manual_has_every_exit_code),
		cmocka_unit_test(the_pages_have_every_rule),
		cmocka_unit_test(bash_completes_every_command_and_option),
		cmocka_unit_test(bash_completes_values),
		cmocka_unit_test(finds_commands_of_one_and_two_words),
	};

	return cmocka_run_group_tests(tests, read_manual, free_manual);
}
