/* proto/host/words.c, agents/po/de.po */
#include "tests/kit/unit.h"
#include "tests/kit/words.h"

#include "lagebus/payload.h"
#include "lagebus/topic.h"
#include "proto/violence.pb-c.h"

static void the_environment_chooses(void **state)
{
	static const char *const german[] = { "de_DE.UTF-8", "de", "de_AT@euro", "de.UTF-8" }, *const english[] = { "C", "POSIX", "C.UTF-8", "en_GB.UTF-8", "fr_FR", "den" };

	(void)state;
	for (size_t i = 0; i < sizeof german / sizeof german[0]; i++) {
		words_in(german[i]);
		assert_true(words_are_german());
		assert_string_equal(_("warning"), "Warnung");
	}
	for (size_t i = 0; i < sizeof english / sizeof english[0]; i++) {
		words_in(english[i]);
		assert_false(words_are_german());
		assert_string_equal(_("warning"), "warning");
	}
	words_in(NULL);
	assert_string_equal(_("warning"), "Warnung");
	setenv("LANG", "en_US.UTF-8", 1);
	words_init();
	assert_string_equal(_("warning"), "warning");
	setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
	words_init();
	assert_string_equal(_("warning"), "Warnung");
	setenv("LC_ALL", "C", 1);
	words_init();
	assert_string_equal(_("warning"), "warning");
	words_in(NULL);
	assert_string_equal(_(""), "");
	assert_string_equal(_("a word that nobody translated"), "a word that nobody translated");
}

static void without_a_catalogue_words_are_english(void **state)
{
	(void)state;
	words_in("de");
	setenv("LAGEBUS_LOCALEDIR", "/nowhere", 1);
	words_init();
	assert_string_equal(_("warning"), "warning");
}

static void numbers_and_plurals_are_the_languages(void **state)
{
	char text[FIELD_WORD];

	(void)state;
	words_in("de");
	words_number(1234567, text);
	assert_string_equal(text, "1.234.567");
	words_number(UINT64_MAX, text);
	assert_string_equal(text, "18.446.744.073.709.551.615");
	assert_string_equal(words_n("%s indicator", "%s indicators", 1), "%s Indikator");
	assert_string_equal(words_n("%s indicator", "%s indicators", 1200), "%s Indikatoren");
	words_in("C");
	words_number(1200, text);
	assert_string_equal(text, "1,200");
	words_number(120, text);
	assert_string_equal(text, "120");
	assert_string_equal(words_n("%s indicator", "%s indicators", 0), "%s indicators");
}

/* A word that has no translation is a name of a field, which is never German in both languages. */
static void assert_translated(const char *context, const char *name)
{
	char key[100];

	snprintf(key, sizeof key, "%s%s", context, name);
	for (char *p = key; *p; p++)
		if (*p == '_')
			*p = ' ';
	if (words(key) == key)
		fail_msg("agents/po/de.po has no \"%s\"", name);
}

static void check_schema(const ProtobufCMessageDescriptor *schema)
{
	char name[FIELD_WORD], word[FIELD_WORD];

	for (unsigned i = 0; i < schema->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &schema->fields[i];
		const ProtobufCEnumDescriptor *e = f->descriptor;

		assert_translated("payload\004", f->name);
		for (unsigned j = 0; f->type == PROTOBUF_C_TYPE_ENUM && j < e->n_values; j++) {
			assert_true(field_enum_name(e, e->values[j].value, ' ', name));
			assert_translated("payload\004", name);
			words_enum(e, e->values[j].value, word);
			assert_true(*word);
		}
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			check_schema(f->descriptor);
	}
}

static void every_name_of_the_schemas_has_its_word(void **state)
{
	(void)state;
	words_in("de");
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		check_schema(lb_payload_schema(type));
		assert_translated("", lb_type_name(type));
	}
	check_schema(&lagebus__digital_violence_report__descriptor);
	for (unsigned area = 1; area <= LB_AREA_MAX; area++)
		assert_translated("", lb_area_name(area));
	assert_string_equal(words_type(LB_TYPE_WARNING), "Warnung");
	assert_string_equal(words_type(99), "unbekannte Art");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_chooses),
		cmocka_unit_test(without_a_catalogue_words_are_english),
		cmocka_unit_test(numbers_and_plurals_are_the_languages),
		cmocka_unit_test(every_name_of_the_schemas_has_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
