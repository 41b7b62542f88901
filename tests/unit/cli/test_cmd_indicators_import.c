/* agents/cli/cmd_indicators_import.c, indicator_send.c: many in some messages, under the file's label. */
#include <jansson.h>

#include "lagebus/sealed.h"
#include "lagebus/tlp.h"
#include "proto/indicator.pb-c.h"
#include "tests/unit/cli/fake_directory.h"

static size_t sizes[10], sent_n;
static unsigned tlp;

static unsigned sealed_n;
static bool leaked;

static void answer_sealed(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = { { 1 } };
	struct lb_sealed s;

	if (request->body_case == LAGEBUS__REQUEST__BODY_DIRECTORY) {
		tell_certificate(f);
		return;
	}
	sealed_n += lb_sealed_read((struct lb_frame){ request->send->payload.data, request->send->payload.len }, &s) == LB_OK;
	leaked |= memmem(request->send->payload.data, request->send->payload.len, "h7.example", 10) != NULL;
	fake_sent(f, &id, true);
}

static void what_is_red_goes_out_encrypted(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	FILE *file;

	(void)state;
	sealed_n = 0;
	fake_start(&f, answer_sealed);
	file = fopen(in_scratch(f.dir, "many.txt"), "w");
	assert_non_null(file);
	for (unsigned i = 0; i < 10500; i++)
		fprintf(file, "h%u.example\n", i);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "many.txt"), "--to", "de-sn", "--tlp", "red", NULL), CLI_OK);
	assert_int_equal(sealed_n, 2);
	assert_false(leaked);
	assert_has(r.err, "in no agent's table");
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "many.txt"), "--to", "all", "--tlp", "red", NULL), CLI_REFUSED);
	assert_has(r.err, "tlp-red-named-only");
	assert_int_equal(sealed_n, 2);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;
	Lagebus__Indicators *all = lagebus__indicators__unpack(NULL, request->send->payload.len, request->send->payload.data);
	Lagebus__Header *h = lagebus__header__unpack(NULL, request->send->header.len, request->send->header.data);
	uint8_t id[16] = { (uint8_t)sent_n };

	if (sent_n < 10)
		sizes[sent_n++] = all->n_indicators;
	tlp = h->tlp;
	lagebus__header__free_unpacked(h, NULL);
	lagebus__indicators__free_unpacked(all, NULL);
	sent.id = (ProtobufCBinaryData){ 16, id };
	sent.accepted = true;
	reply.body_case = LAGEBUS__REPLY__BODY_SEND;
	reply.send = &sent;
	fake_reply(f, &reply);
}

static void many_go_in_some_messages(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	json_t *doc;
	FILE *file;

	(void)state;
	sent_n = 0;
	fake_start(&f, answer);
	file = fopen(in_scratch(f.dir, "many.txt"), "w");
	assert_non_null(file);
	for (unsigned i = 0; i < 25000; i++)
		fprintf(file, "h%u.example\n", i);
	fputs("h7.example\nnothing at all\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "many.txt"), "--to", "de-he", "--json", NULL), CLI_OK);
	doc = json_loads(r.out, 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(doc, "indicators")), 25000);
	assert_int_equal(json_integer_value(json_object_get(doc, "duplicates")), 1);
	assert_int_equal(json_array_size(json_object_get(doc, "messages")), 3);
	json_decref(doc);
	assert_has(r.err, "line 25002 is no indicator: nothing at all");
	assert_int_equal(sent_n, 3);
	assert_int_equal(sizes[0], 10000);
	assert_int_equal(sizes[2], 5000);
	assert_int_equal(tlp, LB_TLP_AMBER);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "many.txt"), "--to", "de-he", "--supersedes",
		"018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d", NULL), CLI_USAGE);
	assert_has(r.err, "these are 3");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void a_files_label_holds(void **state)
{
	static const char event[] = "{\"Event\": {\"Tag\": [{\"name\": \"tlp:green\"}], \"Attribute\": [{\"type\": \"domain\", \"value\": \"evil.example\"}]}}";
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer);
	write_text(in_scratch(f.dir, "event.json"), event);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "event.json"), "--to", "de-he", NULL), CLI_OK);
	assert_has(r.out, "\taccepted\t1\n");
	assert_int_equal(tlp, LB_TLP_GREEN);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "event.json"), "--to", "de-he", "--tlp", "amber", NULL), CLI_OK);
	assert_int_equal(tlp, LB_TLP_AMBER);
	sent_n = 0;
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "event.json"), "--to", "de-he", "--tlp", "clear", NULL), CLI_REFUSED);
	assert_has(r.err, "TLP:GREEN");
	write_text(in_scratch(f.dir, "none.txt"), "nothing\n");
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "none.txt"), "--to", "de-he", NULL), CLI_REFUSED);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "not-there.txt"), "--to", "de-he", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "event.json"), "--to", "de-he", "--format", "xml", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "indicators", "import", in_scratch(f.dir, "event.json"), NULL), CLI_USAGE);
	assert_int_equal(sent_n, 0);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_go_in_some_messages),
		cmocka_unit_test(a_files_label_holds),
		cmocka_unit_test(what_is_red_goes_out_encrypted),
	};

	return cmocka_run_group_tests(tests, make_certificate, NULL);
}
