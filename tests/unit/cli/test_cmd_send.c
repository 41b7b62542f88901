/* agents/cli/cmd_send.c */
#include "proto/indicator.pb-c.h"
#include "proto/situation.pb-c.h"
#include "tests/unit/cli/fake_agent.h"

static void take(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = sample_header(1).id;

	(void)request;
	fake_sent(f, &id, true);
}

#define SEND(type) "send", "--type", type, "--area", "threat-intelligence", "--to", "de-sn"

static void title_text_and_file_become_the_types_payload(void **state)
{
	char *dir = scratch_make();
	const char *file = in_scratch(dir, "lage.pdf");
	struct ran r = { .code = 0 };
	Lagebus__SituationReport *x;
	Lagebus__Header *h;
	struct fake f;

	(void)state;
	write_text(file, "%PDF");
	fake_start(&f, take);
	assert_int_equal(run(&r, SEND("situation-report"), "--text", "x", "--file", file, "--media-type", "application/pdf", NULL), CLI_OK);
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	x = lagebus__situation_report__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_int_equal(h->type, LB_TYPE_SITUATION_REPORT);
	assert_int_equal(h->tlp, LB_TLP_AMBER);
	assert_int_equal(h->id.len, 0);
	assert_string_equal(h->origin, "");
	assert_string_equal(x->title, "lage.pdf");
	assert_string_equal(x->text, "x");
	assert_string_equal(x->media_type, "application/pdf");
	assert_int_equal(x->attachment.len, 4);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__situation_report__free_unpacked(x, NULL);
	fake_forget(&f);
	ran_free(&r);
	scratch_remove(dir);
}

static void a_type_without_the_field_wants_json(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, SEND("indicator"), "--title", "C2", NULL), CLI_REFUSED);
	assert_has(r.err, "--title: a message of this type has none; write the payload as JSON and give it with --from-json");
	assert_int_equal(run(&r, SEND("incident-report"), "--file", "/etc/hostname", NULL), CLI_REFUSED);
	assert_has(r.err, "--file: a message of this type has no attachment");
	assert_int_equal(run(&r, SEND("incident-report"), "--title", "Mailserver", "--text", "x", NULL), CLI_REFUSED);
	assert_has(r.err, "the payload is not one of a message of type incident-report: stage: is missing");
	ran_free(&r);
}

static void json_becomes_the_payload(void **state)
{
	char *dir = scratch_make();
	const char *file = in_scratch(dir, "indicators.json");
	Lagebus__Indicators *x;
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	write_text(file, "{\"indicators\":[{\"id\":\"018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d\",\"kind\":\"ipv4-addr\",\"value\":\"192.0.2.66\"}]}");
	fake_start(&f, take);
	assert_int_equal(run(&r, SEND("indicator"), "--from-json", file, NULL), CLI_OK);
	fake_stop(&f);
	x = lagebus__indicators__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_int_equal(x->n_indicators, 1);
	assert_string_equal(x->indicators[0]->value, "192.0.2.66");
	lagebus__indicators__free_unpacked(x, NULL);
	fake_forget(&f);
	assert_int_equal(run(&r, SEND("indicator"), "--from-json", file, "--title", "x", NULL), CLI_USAGE);
	write_text(file, "{\"indicators\":[{\"id\":\"018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d\",\"kind\":\"ipv4-addr\",\"value\":\"192.0.2\"}]}");
	assert_int_equal(run(&r, SEND("indicator"), "--from-json", file, NULL), CLI_REFUSED);
	assert_has(r.err, "indicators[0].value: is no IPv4 address");
	write_text(file, "{\"indicator\":1}");
	assert_int_equal(run(&r, SEND("indicator"), "--from-json", file, NULL), CLI_REFUSED);
	assert_has(r.err, "indicators.json: indicator: is no field of Indicators");
	write_text(file, "{\n1");
	assert_int_equal(run(&r, SEND("indicator"), "--from-json", file, NULL), CLI_REFUSED);
	assert_has(r.err, "line 2, column 1: is not JSON");
	ran_free(&r);
	scratch_remove(dir);
}

static void a_raw_file_is_the_payload(void **state)
{
	char *dir = scratch_make();
	const char *file = in_scratch(dir, "payload.bin");
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	write_text(file, "\n\5bytes");
	fake_start(&f, take);
	assert_int_equal(run(&r, SEND("situation-report"), "--raw", "--file", file, NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->send->payload.len, 7);
	assert_memory_equal(f.last->send->payload.data, "\n\5bytes", 7);
	fake_forget(&f);
	ran_free(&r);
	scratch_remove(dir);
}

static void what_is_classified_is_not_sent(void **state)
{
	static const char *const texts[][2] = { { "VS-NfD", "x" }, { "x", "Lage\nSTRENG GEHEIM\n" } };
	static const char *const labels[] = { "VS-NfD", "vs-nfd", "VS-Vertraulich", "geheim", "STRENG GEHEIM" };
	char *dir = scratch_make();
	const char *file = in_scratch(dir, "lage.txt");
	struct ran r = { .code = 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(run(&r, "send", "--type", "situation-report", "--area", "threat-intelligence", "--to", "de-sn", "--title", texts[i][0], "--text",
			texts[i][1], NULL), CLI_REFUSED);
		assert_has(r.err, "VS-NfD or higher");
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "threat-intelligence", "--to", "de-sn", "--title", "x", "--tlp", labels[i], NULL),
			CLI_REFUSED);
		assert_has(r.err, labels[i]);
		assert_has(r.err, "(classified)");
		assert_has(r.err, "use a system that is approved for it");
	}
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "threat-intelligence", "--to", "de-sn", "--title", "x", "--tlp", "orange", NULL),
		CLI_USAGE);
	assert_has(r.err, "--tlp orange: clear, green, amber, amber+strict or red is expected");
	write_text(file, "Einstufung: VS-NfD\n");
	assert_int_equal(run(&r, "send", "--type", "situation-report", "--area", "threat-intelligence", "--to", "de-sn", "--file", file, NULL), CLI_REFUSED);
	ran_free(&r);
	scratch_remove(dir);
}

static void says_what_is_missing(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "send", NULL), CLI_USAGE);
	assert_has(r.err, "which type of message? --type with one of indicator, sighting,");
	assert_int_equal(run(&r, "send", "--type", "gossip", NULL), CLI_USAGE);
	assert_has(r.err, "gossip");
	assert_int_equal(run(&r, "send", "--type", "warning", NULL), CLI_USAGE);
	assert_has(r.err, "lagebus warn");
	assert_int_equal(run(&r, "send", "--type", "indicator", "--to", "all", "--title", "t", NULL), CLI_USAGE);
	assert_has(r.err, "--area with one of cyber-defence, ");
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "cyber-defence", "--to", "all", NULL), CLI_USAGE);
	assert_has(r.err, "--title and --text");
	assert_int_equal(run(&r, "send", "--type", "situation-report", "--area", "cyber-defence", "--to", "all", "--file", "/nowhere", NULL),
		CLI_NOT_FOUND);
	assert_int_equal(run(&r, "send", "--type", "situation-report", "--area", "cyber-defence", "--to", "all", "--title", "\xFF", NULL),
		CLI_REFUSED);
	assert_has(r.err, "UTF-8");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(title_text_and_file_become_the_types_payload),
		cmocka_unit_test(a_type_without_the_field_wants_json),
		cmocka_unit_test(json_becomes_the_payload),
		cmocka_unit_test(a_raw_file_is_the_payload),
		cmocka_unit_test(what_is_classified_is_not_sent),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
