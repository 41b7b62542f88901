/* agents/cli/cmd_send.c */
#include "tests/unit/cli/fake_agent.h"

static void take(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;
	struct lb_uuid id = sample_header(1).id;

	(void)request;
	sent.id = (ProtobufCBinaryData){ 16, id.b };
	sent.accepted = true;
	reply.body_case = LAGEBUS__REPLY__BODY_SEND;
	reply.send = &sent;
	fake_reply(f, &reply);
}

static void a_text_and_a_file_become_a_note(void **state)
{
	char *dir = scratch_make();
	const char *file = in_scratch(dir, "lage.pdf");
	struct ran r = { .code = 0 };
	Lagebus__Header *h;
	Lagebus__Note *note;
	struct fake f;

	(void)state;
	write_text(file, "%PDF");
	fake_start(&f, take);
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "threat-intelligence", "--to", "de-sn", "--text", "x",
		"--file", file, "--media-type", "application/pdf", NULL), CLI_OK);
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	note = lagebus__note__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_int_equal(h->type, LB_TYPE_INDICATOR);
	assert_int_equal(h->tlp, LB_TLP_AMBER);
	assert_int_equal(h->id.len, 0);
	assert_string_equal(h->origin, "");
	assert_string_equal(note->title, "lage.pdf");
	assert_string_equal(note->text, "x");
	assert_string_equal(note->media_type, "application/pdf");
	assert_int_equal(note->attachment.len, 4);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__note__free_unpacked(note, NULL);
	fake_forget(&f);
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
	write_text(file, "bytes");
	fake_start(&f, take);
	assert_int_equal(run(&r, "send", "--type", "sighting", "--area", "threat-intelligence", "--to", "de-sn", "--raw", "--file", file,
		NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->send->payload.len, 5);
	assert_memory_equal(f.last->send->payload.data, "bytes", 5);
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
		assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "threat-intelligence", "--to", "de-sn", "--title", texts[i][0], "--text",
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
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "threat-intelligence", "--to", "de-sn", "--file", file, NULL), CLI_REFUSED);
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
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "cyber-defence", "--to", "all", "--file", "/nowhere", NULL),
		CLI_NOT_FOUND);
	assert_int_equal(run(&r, "send", "--type", "indicator", "--area", "cyber-defence", "--to", "all", "--text", "\xFF", NULL),
		CLI_REFUSED);
	assert_has(r.err, "UTF-8");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_and_a_file_become_a_note),
		cmocka_unit_test(a_raw_file_is_the_payload),
		cmocka_unit_test(what_is_classified_is_not_sent),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
