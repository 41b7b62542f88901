/* agents/cli/indicator_export.c: what may leave, and in which form. */
#include "tests/unit/cli/run.h"

#include <jansson.h>

#include "agents/cli/indicator_export.h"
#include "lagebus/indicator.h"
#include "lagebus/tlp.h"

#define NOON INT64_C(1000036800000) /* 2001-09-09T12:00:00Z */

static char *text;
static size_t text_n;
static struct cli cli;
static struct exporting exporting;

static int set_up(void **state)
{
	(void)state;
	cli = (struct cli){ .out = open_memstream(&text, &text_n), .err = stderr };
	exporting = (struct exporting){ .cli = &cli, .format = EXPORT_TEXT, .ceiling = LB_TLP_GREEN, .now_ms = NOON };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(cli.out);
	free(text);
	return 0;
}

static Lagebus__IndicatorRow row_of(const char *value, unsigned tlp)
{
	Lagebus__IndicatorRow row = LAGEBUS__INDICATOR_ROW__INIT;

	row.value = (char *)value;
	row.kind = LB_INDICATOR_DOMAIN_NAME;
	row.tlp = tlp;
	row.to_ids = true;
	row.confidence = 60;
	row.valid_from = NOON - 1;
	row.valid_until = NOON + 1;
	return row;
}

static void put(const Lagebus__IndicatorRow *row)
{
	assert_true(export_row(&exporting, row));
	fflush(cli.out);
}

static bool is_written(Lagebus__IndicatorRow row)
{
	size_t before = exporting.written;

	put(&row);
	return exporting.written > before;
}

static void nothing_above_the_ceiling_leaves(void **state)
{
	(void)state;
	assert_true(is_written(row_of("clear.example", LB_TLP_CLEAR)));
	assert_true(is_written(row_of("green.example", LB_TLP_GREEN)));
	assert_false(is_written(row_of("amber.example", LB_TLP_AMBER)));
	assert_false(is_written(row_of("red.example", LB_TLP_RED)));
	assert_false(is_written(row_of("none.example", 0))); /* no label is AMBER+STRICT */
	assert_int_equal(exporting.too_strict, 3);
	assert_string_equal(text, "clear.example\ngreen.example\n");
}

static void what_is_over_unsure_or_played_stays(void **state)
{
	Lagebus__IndicatorRow row = row_of("a.example", LB_TLP_GREEN);

	(void)state;
	row.valid_until = NOON;
	assert_false(is_written(row));
	row.valid_until = NOON + 1;
	row.valid_from = NOON + 1;
	assert_false(is_written(row));
	row = row_of("a.example", LB_TLP_GREEN);
	row.exercise = true;
	assert_false(is_written(row));
	exporting.exercises = true;
	assert_true(is_written(row));
	assert_false(is_written(row_of("a.example", LB_TLP_GREEN)));
	exporting.exercises = false;
	exporting.confidence = 61;
	assert_false(is_written(row_of("a.example", LB_TLP_GREEN)));
	exporting.confidence = 60;
	exporting.to_ids = true;
	assert_true(is_written(row_of("a.example", LB_TLP_GREEN)));
	row = row_of("a.example", LB_TLP_GREEN);
	row.to_ids = false;
	assert_false(is_written(row));
	assert_int_equal(exporting.too_strict, 0);
}

/* A spreadsheet takes no title, and no file's name, for a formula; a quote is doubled. */
static void a_cell_is_no_formula(void **state)
{
	Lagebus__IndicatorEntry entry = LAGEBUS__INDICATOR_ENTRY__INIT, *entries = &entry;
	Lagebus__IndicatorRow row = row_of("=a\"b", LB_TLP_GREEN);
	Lagebus__Indicator more = LAGEBUS__INDICATOR__INIT;
	uint8_t texts[100];

	(void)state;
	exporting.format = EXPORT_CSV;
	more.title = (char *)"-cmd()";
	entry.origin = (char *)"de-he";
	entry.more = (ProtobufCBinaryData){ lagebus__indicator__pack(&more, texts), texts };
	row.kind = LB_INDICATOR_FILE_NAME;
	row.entries = &entries;
	row.n_entries = 1;
	export_begin(&exporting);
	put(&row);
	export_end(&exporting);
	assert_string_equal(text, "value,kind,tlp,confidence,to_ids,valid_from,valid_until,origins,exercise,title\r\n"
	                          "\"'=a\"\"b\",file-name,TLP:GREEN,60,true,2001-09-09T11:59:59Z,2001-09-09T12:00:00Z,\"de-he\",false,\"'-cmd()\"\r\n");
}

static void documents_are_whole(void **state)
{
	static const enum export_format formats[] = { EXPORT_JSON, EXPORT_STIX };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		Lagebus__IndicatorRow one = row_of("a.example", LB_TLP_GREEN), two = row_of("b.example", LB_TLP_CLEAR);
		json_t *doc;

		rewind(cli.out);
		exporting.format = formats[i];
		exporting.written = 0;
		export_begin(&exporting);
		put(&one);
		put(&two);
		export_end(&exporting);
		fflush(cli.out);
		doc = json_loadb(text, text_n, 0, NULL);
		assert_non_null(doc);
		assert_int_equal(json_array_size(json_object_get(doc, i ? "objects" : "indicators")), 2);
		json_decref(doc);
	}
}

#define EXPORT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORT_TEST(nothing_above_the_ceiling_leaves),
		EXPORT_TEST(what_is_over_unsure_or_played_stays),
		EXPORT_TEST(a_cell_is_no_formula),
		EXPORT_TEST(documents_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
