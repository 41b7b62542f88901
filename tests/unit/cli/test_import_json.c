/* agents/cli/import_json.c: MISP events and STIX bundles; the real documents too, where they are. */
#include "agents/cli/file.h"
#include "lagebus/tlp.h"
#include "tests/unit/cli/importing.h"

static void a_misp_event_is_read(void **state)
{
	struct import im = importing(IMPORT_MISP);

	(void)state;
	import_text(&im, "{\"Event\": {\"info\": \"Kampagne\", \"Tag\": [{\"name\": \"tlp:green\"}, {\"name\": \"tlp:amber\"}], \"Attribute\": ["
		"{\"type\": \"domain\", \"value\": \"Evil.Example\", \"to_ids\": true, \"uuid\": \"u1\", \"comment\": \"c2\"},"
		"{\"type\": \"filename|md5\", \"value\": \"a.exe|d41d8cd98f00b204e9800998ecf8427e\", \"to_ids\": false},"
		"{\"type\": \"ip-dst|port\", \"value\": \"192.0.2.7|443\"},"
		"{\"type\": \"text\", \"value\": \"evil2.example\"},"
		"{\"type\": \"domain\", \"value\": \"deleted.example\", \"deleted\": true},"
		"{\"type\": 7}], \"Object\": [{\"Attribute\": [{\"type\": \"ip-src\", \"value\": \"2001:db8::1\"}]}]}}");
	assert_int_equal(im.set.n, 4);
	assert_indicator(&im, 0, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	assert_true(im.set.items[0]->to_ids);
	assert_string_equal(im.set.items[0]->original_id, "u1");
	assert_string_equal(im.set.items[0]->description, "c2");
	assert_indicator(&im, 1, LB_INDICATOR_FILE_MD5, "d41d8cd98f00b204e9800998ecf8427e");
	assert_indicator(&im, 2, LB_INDICATOR_IPV4_ADDR, "192.0.2.7");
	assert_indicator(&im, 3, LB_INDICATOR_IPV6_ADDR, "2001:db8::1");
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(im.nothing[0].line, 4);
	assert_int_equal(im.tlp, LB_TLP_AMBER);
	assert_string_equal(im.source, "Kampagne");
	import_fini(&im);
}

static void a_bundle_is_read(void **state)
{
	struct import im = importing(IMPORT_STIX);

	(void)state;
	import_text(&im, "{\"type\": \"bundle\", \"objects\": [{\"type\": \"malware\"},"
		"{\"type\": \"indicator\", \"id\": \"indicator--1\", \"name\": \"n\", \"pattern_type\": \"stix\", \"pattern\": \"[url:value = 'http://Evil.example/']\","
		" \"confidence\": 70, \"valid_from\": \"2026-11-01T00:00:00Z\", \"labels\": [\"l\"], \"external_references\": [{\"url\": \"https://x.example/\"}, {}],"
		" \"object_marking_refs\": [\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\"]},"
		"{\"type\": \"indicator\", \"pattern\": \"[file:name = 'a'] OR [file:name = 'b']\", \"valid_from\": \"2026-11-01T00:00:00Z\"},"
		"{\"type\": \"indicator\", \"pattern_type\": \"yara\", \"pattern\": \"rule x {}\"},"
		"{\"type\": \"indicator\", \"pattern\": \"[file:name = 'c']\", \"revoked\": true},"
		"{\"type\": \"indicator\", \"pattern\": \"[file:name = 'd']\", \"valid_from\": \"2013-11-01T00:00:00Z\"}]}");
	assert_int_equal(im.set.n, 2);
	assert_indicator(&im, 0, LB_INDICATOR_URL, "http://evil.example/");
	assert_int_equal(im.set.items[0]->confidence, 70);
	assert_string_equal(im.set.items[0]->title, "n");
	assert_int_equal(im.set.items[0]->n_labels, 1);
	assert_int_equal(im.set.items[0]->n_references, 1);
	assert_indicator(&im, 1, LB_INDICATOR_STIX_PATTERN, "[file:name = 'a'] OR [file:name = 'b']");
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(im.ended_n, 1);
	assert_int_equal(im.tlp, LB_TLP_RED);
	import_fini(&im);
}

static void other_json_is_refused(void **state)
{
	static const char *const texts[] = { "{", "{}", "7", "{\"objects\": 7}", "{\"Event\": 7, \"Event\": 8}" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct import im = importing(IMPORT_STIX);
		struct why why = { .text = "" };

		assert_int_equal(import_json(&im, texts[i], strlen(texts[i]), &why), LB_INVALID);
		assert_true(why.text[0] != 0);
		import_fini(&im);
	}
}

static void real_documents_are_read(void **state)
{
	static const struct {
		const char *path;
		size_t least;
	} rows[] = {
		{ "../shared/data/misp/eset-mozi.misp-event.json", 79 },
		{ "../shared/data/misp/eset-signsight-misp-event.json", 9 },
		{ "../shared/data/misp/misp-stix-events_collection_1.json", 2 },
		{ "../shared/data/stix/apt1.json", 9 },
		{ "../shared/data/stix/misp-stix-events_collection_stix21.json", 3 },
		{ "../shared/data/stix/malware-indicator-for-file-hash.json", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct import im = importing(IMPORT_GUESS);
		struct why why = { .text = "" };
		uint8_t *file;
		size_t n;

		if (file_read(rows[i].path, 1 << 20, &file, &n, &why) != LB_OK) {
			printf("skipped: %s is not there\n", rows[i].path);
			continue;
		}
		im.from_now = true;
		if (import_read(&im, file, n, &why) != LB_OK)
			fail_msg("%s: %s", rows[i].path, why.text);
		if (im.set.n < rows[i].least)
			fail_msg("%s has %zu, %zu at least are expected", rows[i].path, im.set.n, rows[i].least);
		import_fini(&im);
		free(file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_misp_event_is_read),
		cmocka_unit_test(a_bundle_is_read),
		cmocka_unit_test(other_json_is_refused),
		cmocka_unit_test(real_documents_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
