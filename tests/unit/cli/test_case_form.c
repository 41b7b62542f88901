/* agents/cli/case_form.c: a case from a file; what is wrong with it is said, and none of it is shown. */
#include "agents/cli/case_form.h"

#include "lagebus/limits.h"
#include "tests/unit/cli/run.h"

static char *dir;

static int set_up(void **state)
{
	(void)state;
	dir = scratch_make();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(dir);
	return 0;
}

/* Reads the document, with an attachment (NULL: none) and as one of an exercise (""); *said is the caller's. */
static enum cli_exit read_form(const char *document, const char *attachment, const char *exercise, Lagebus__DigitalViolenceReport **out, char **said)
{
	const char *path = in_scratch(dir, "case.json");
	size_t n;
	struct cli cli = { .out = stdout, .err = open_memstream(said, &n) };
	enum cli_exit code;

	write_text(path, document);
	cli.args.given[cli.args.given_n++] = (struct given){ "file", path };
	if (attachment)
		cli.args.given[cli.args.given_n++] = (struct given){ "attachment", attachment };
	words_in("C.UTF-8");
	code = case_form_read(&cli, exercise, out);
	fclose(cli.err);
	return code;
}

static void assert_refused(const char *document, enum cli_exit expected, const char *because)
{
	Lagebus__DigitalViolenceReport *r = NULL;
	char *said = NULL;

	assert_int_equal(read_form(document, NULL, "", &r, &said), expected);
	assert_has(said, because);
	assert_null(r);
	free(said);
}

#define WHOLE "{\"title\": \"Deepfake\", \"text\": \"Bild im Umlauf\", \"acute\": true, \"urls\": [\"https://example.org/x\"], \"contact\": {\"function\": \"Beratung\"}}"

static void a_document_is_a_report(void **state)
{
	Lagebus__DigitalViolenceReport *r = NULL;
	const char *picture = in_scratch(dir, "picture");
	char *said = NULL;
	json_t *doc;

	(void)state;
	write_text(picture, "bytes");
	assert_int_equal(read_form(WHOLE, picture, "LÜKEX", &r, &said), CLI_OK);
	assert_string_equal(said, "");
	assert_string_equal(r->title, "Deepfake");
	assert_string_equal(r->contact->function, "Beratung");
	assert_string_equal(r->exercise, "LÜKEX");
	assert_string_equal(r->media_type, "application/octet-stream");
	assert_int_equal(r->attachment.len, 5);
	assert_true(r->acute);
	doc = case_form_json(r);
	assert_string_equal(json_string_value(json_object_get(doc, "title")), "Deepfake");
	assert_true(json_is_true(json_object_get(doc, "acute")));
	assert_null(json_object_get(doc, "attachment"));
	json_decref(doc);
	case_form_free(r);
	free(said);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	assert_refused("192.0.2.1", CLI_REFUSED, "--file: line 1: is not JSON");
	assert_refused("{\"text\": \"Bild im Umlauf\"}", CLI_USAGE, "\"title\"");
	assert_refused("{\"title\": \"a\", \"text\": \"b\", \"victim\": \"c\"}", CLI_REFUSED, "victim");
	assert_refused("{\"title\": \"a\", \"text\": \"b\", \"exercise\": \"X\"}", CLI_REFUSED, "--exercise-name");
	assert_refused("{\"title\": \"a\", \"text\": \"VS-NfD\"}", CLI_REFUSED, "(classified)");
}

static void an_attachment_comes_from_one_place(void **state)
{
	Lagebus__DigitalViolenceReport *r = NULL;
	char *said = NULL;

	(void)state;
	assert_int_equal(read_form(WHOLE, in_scratch(dir, "nowhere"), "", &r, &said), CLI_NOT_FOUND);
	assert_null(r);
	free(said);
	assert_int_equal(read_form("{\"title\": \"a\", \"text\": \"b\", \"attachment\": \"YQ==\"}", in_scratch(dir, "nowhere"), "", &r, &said), CLI_USAGE);
	assert_has(said, "not both");
	assert_null(r);
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_document_is_a_report, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_attachment_comes_from_one_place, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
