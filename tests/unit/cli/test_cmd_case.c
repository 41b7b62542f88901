/* agents/cli/cmd_case.c, case_form.c */
#include "agents/cli/case_form.h"

#include <jansson.h>
#include <unistd.h>

#include "tests/unit/cli/fake_agent.h"

#define PSEUDONYM "0102030405060708090a0b0c0d0e0f10"

static const char *_Atomic not_opened;
static _Atomic bool deleted;

static struct lb_header case_header(void)
{
	struct lb_header h = sample_header(1);

	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h.tlp = LB_TLP_RED;
	h.level = 0;
	h.lane = LB_LANE_ROUTINE;
	h.exercise = false;
	h.exercise_name = (struct lb_text){ NULL, 0 };
	h.expires_ms = INT64_C(4000000000000);
	return h;
}

static void say_report(struct fake *f, Lagebus__StoredMessage *stored)
{
	Lagebus__DigitalViolenceReport report = LAGEBUS__DIGITAL_VIOLENCE_REPORT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	uint8_t bytes[512];

	report.title = (char *)"Zwetschge";
	report.text = (char *)"Wunderkerze";
	report.acute = true;
	contact.function = (char *)"Fachstelle";
	report.contact = &contact;
	if (!*not_opened && !deleted)
		stored->opened = (ProtobufCBinaryData){ lagebus__digital_violence_report__pack(&report, bytes), bytes };
	stored->not_opened = (char *)not_opened;
	reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
	reply.message = stored;
	fake_reply(f, &reply);
}

/* An agent with one case. */
static void has_a_case(struct fake *f, const Lagebus__Request *request)
{
	struct lb_header h = case_header();
	struct sample s;
	Lagebus__StoredMessage *one = &s.stored;
	Lagebus__InboxReply inbox = LAGEBUS__INBOX_REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	sample_init_header(&s, &h, "case 01020304");
	s.stored.tracking_id = (char *)PSEUDONYM;
	s.stored.acknowledged = 0;
	s.stored.payload = (ProtobufCBinaryData){ 0, NULL };
	if (request->body_case == LAGEBUS__REQUEST__BODY_SHOW) {
		say_report(f, &s.stored);
	} else if (request->body_case == LAGEBUS__REQUEST__BODY_ACK) {
		sent.id = (ProtobufCBinaryData){ 16, h.id.b };
		sent.accepted = true;
		reply.body_case = LAGEBUS__REPLY__BODY_SEND;
		reply.send = &sent;
		fake_reply(f, &reply);
	} else {
		inbox.messages = &one;
		inbox.n_messages = 1;
		reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
		reply.inbox = &inbox;
		fake_reply(f, &reply);
	}
	sample_fini(&s);
}

static void it_is_listed_by_its_pseudonym_and_shown_opened(void **state)
{
	static const char *const names[] = { "last", "01020304", PSEUDONYM };
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	not_opened = "";
	deleted = false;
	fake_start(&f, has_a_case);
	assert_int_equal(run(&r, "case", "list", NULL), CLI_OK);
	assert_has(r.out, "\t" PSEUDONYM "\t");
	assert_has(r.out, "\topen\t");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(run(&r, "case", "show", names[i], NULL), CLI_OK);
		assert_has(r.out, "Zwetschge");
		assert_has(r.out, "Wunderkerze");
		assert_has(r.out, "somebody is in danger");
	}
	assert_int_equal(run(&r, "case", "show", "last", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"title\": \"Zwetschge\"");
	assert_int_equal(run(&r, "case", "show", "ffff", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "case", "show", "last", "--attachment", "/tmp/none", NULL), CLI_NOT_FOUND);
	not_opened = "not-a-recipient";
	assert_int_equal(run(&r, "case", "show", "last", NULL), CLI_REFUSED);
	assert_has(r.err, "(not-a-recipient)");
	not_opened = "";
	deleted = true;
	assert_int_equal(run(&r, "case", "show", "last", NULL), CLI_NOT_FOUND);
	assert_has(r.err, "its content is deleted");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void it_is_acknowledged_only_where_somebody_agrees(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, has_a_case);
	assert_int_equal(run(&r, "case", "ack", "last", NULL), CLI_USAGE);
	assert_has(r.err, "--by");
	assert_int_equal(run(&r, "case", "ack", "last", "--by", "Fachstelle", NULL), CLI_USAGE);
	assert_has(r.err, "--yes");
	assert_int_equal(run(&r, "case", "ack", "last", "--by", "Fachstelle", "--yes", NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->body_case, LAGEBUS__REQUEST__BODY_ACK);
	assert_true(f.last->ack->erase);
	assert_int_equal(f.last->ack->state, LB_ACK_ACKNOWLEDGED);
	fake_forget(&f);
	ran_free(&r);
}

/* What a report is made from. */
static void tell_nobody(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__DirectoryReply directory = LAGEBUS__DIRECTORY_REPLY__INIT;

	assert_int_equal(request->body_case, LAGEBUS__REQUEST__BODY_DIRECTORY);
	reply.body_case = LAGEBUS__REPLY__BODY_DIRECTORY;
	reply.directory = &directory;
	fake_reply(f, &reply);
}

static void what_a_report_may_not_say(void **state)
{
	static const struct {
		const char *document, *says;
	} rows[] = {
		{ "[]", "an object with the fields" },
		{ "{ \"title\": ", "line 1" },
		{ "{ \"titel\": \"x\" }", "titel: is no field of DigitalViolenceReport" },
		{ "{ \"title\": 1 }", "title: a text is expected" },
		{ "{ \"urls\": \"x\" }", "urls: a list" },
		{ "{ \"acute\": 1 }", "acute: true or false" },
		{ "{ \"noticed_at\": \"gestern\" }", "noticed_at: a time" },
		{ "{ \"contact\": { \"title\": \"x\" } }", "contact.title: is no field of Contact" },
		{ "{ \"title\": \"x\", \"text\": \"x\", \"exercise\": \"x\" }", "--exercise-name says" },
		{ "{ \"text\": \"x\" }", "\"title\" is needed" },
		{ "{ \"title\": \"VS-NfD: Lage\", \"text\": \"x\" }", "(classified)" },
	};
	char file[] = "/tmp/lagebus-case-XXXXXX";
	struct ran r = { .code = 0 };
	int fd = mkstemp(file);
	struct fake f;

	(void)state;
	assert_true(fd >= 0);
	fake_start(&f, tell_nobody);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, rows[i].document, strlen(rows[i].document), 0), (ssize_t)strlen(rows[i].document));
		assert_int_not_equal(run(&r, "case", "report", "--to", "de-he", "--file", file, NULL), CLI_OK);
		assert_has(r.err, rows[i].says);
	}
	fake_stop(&f);
	fake_forget(&f);
	assert_int_equal(run(&r, "case", "report", "--to", "de-he,de-sn", "--file", file, NULL), CLI_USAGE);
	assert_has(r.err, "exactly one office");
	assert_int_equal(run(&r, "case", "report", "--to", "de-he", "--expires", "15d", NULL), CLI_USAGE);
	assert_has(r.err, "14 days");
	close(fd);
	unlink(file);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_listed_by_its_pseudonym_and_shown_opened),
		cmocka_unit_test(it_is_acknowledged_only_where_somebody_agrees),
		cmocka_unit_test(what_a_report_may_not_say),
	};

	/* Nobody is at the terminal. */
	if (!freopen("/dev/null", "r", stdin))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
