/* agents/cli/cmd_warn.c */
#include "agents/cli/file.h"
#include "agents/cli/when.h"
#include "lagebus/sealed.h"
#include "tests/unit/cli/fake_agent.h"
#include "tests/unit/cli/fake_directory.h"

#define ADVISORY "tests/demo/advisory.json"

static void take(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = sample_header(1).id;

	if (request->body_case == LAGEBUS__REQUEST__BODY_DIRECTORY) {
		tell_certificate(f);
		return;
	}
	fake_sent(f, &id, true);
}

static void carries_the_advisory_whole(void **state)
{
	struct ran r = { .code = 0 };
	int64_t now = when_now_ms();
	Lagebus__Header *h;
	Lagebus__Warning *w;
	struct fake f;

	(void)state;
	fake_start(&f, take);
	assert_int_equal(run(&r, "warn", "--level", "3", "--to", "all", "--csaf", ADVISORY, "--measure", "Patch now", NULL), CLI_OK);
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	w = lagebus__warning__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_int_equal(h->type, LB_TYPE_WARNING);
	assert_int_equal(h->area, LB_AREA_CYBER_DEFENCE);
	assert_int_equal(h->tlp, LB_TLP_GREEN);
	assert_int_equal(h->level, 3);
	assert_int_equal(h->ack_policy, LB_ACK_ACKNOWLEDGED);
	assert_in_range(h->ack_deadline, now + 4 * 3600000, now + 4 * 3600000 + 60000);
	assert_string_equal(h->language, "de-DE");
	assert_string_equal(w->title, "Beispiel Aktenplan: Umgehung der Anmeldung");
	assert_string_equal(w->tracking_id, "LB-2026-0001");
	assert_string_equal(w->publisher, "Beispiel GmbH");
	assert_string_equal(w->advisory_format, "csaf-2.0");
	assert_int_equal(w->n_measures, 3);
	assert_true(w->advisory.len > 1000);
	assert_memory_equal(w->advisory.data, "{\n  \"document\"", 14);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__warning__free_unpacked(w, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void a_label_is_narrowed_never_widened(void **state)
{
	struct ran r = { .code = 0 };
	Lagebus__Header *h;
	struct fake f;

	(void)state;
	fake_start(&f, take);
	assert_int_equal(run(&r, "warn", "--level", "2", "--to", "de-sn", "--csaf", ADVISORY, "--tlp", "clear", NULL), CLI_REFUSED);
	assert_has(r.err, "only its publisher may widen");
	assert_int_equal(run(&r, "warn", "--level", "2", "--to", "de-sn", "--csaf", ADVISORY, "--tlp", "amber", NULL), CLI_OK);
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	assert_int_equal(h->tlp, LB_TLP_AMBER);
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void what_is_classified_is_not_sent(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "warn", "--level", "1", "--to", "all", "--title", "VS-NfD: Lage", NULL), CLI_REFUSED);
	assert_has(r.err, "VS-NfD or higher");
	assert_int_equal(run(&r, "warn", "--level", "1", "--to", "all", "--title", "Lage", "--text", "VS-VERTRAULICH", NULL), CLI_REFUSED);
	assert_int_equal(run(&r, "warn", "--level", "1", "--to", "all", "--title", "Lage", "--tlp", "VS-NfD", NULL), CLI_REFUSED);
	assert_has(r.err, "use a system that is approved for it");
	ran_free(&r);
}

static void by_hand_without_an_advisory(void **state)
{
	struct ran r = { .code = 0 };
	Lagebus__Header *h;
	Lagebus__Warning *w;
	struct fake f;

	(void)state;
	fake_start(&f, take);
	assert_int_equal(run(&r, "warn", "--level", "1", "--to", "de-sn/*", "--title", "Phishing", "--text", "Vorsicht", NULL), CLI_OK);
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	w = lagebus__warning__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_int_equal(h->ack_policy, LB_ACK_NONE);
	assert_int_equal(h->ack_deadline, 0);
	assert_string_equal(w->summary, "Vorsicht");
	lagebus__header__free_unpacked(h, NULL);
	lagebus__warning__free_unpacked(w, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void refuse_it(struct fake *f, const Lagebus__Request *request)
{
	(void)request;
	fake_error(f, LB_NEEDS_APPROVAL, "");
}

static void level_4_without_a_second_person_is_explained(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, refuse_it);
	assert_int_equal(run(&r, "warn", "--level", "4", "--to", "all", "--csaf", ADVISORY, NULL), CLI_REFUSED);
	assert_has(r.err, "approval of a second person (needs-approval): have a second person");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void says_what_is_wrong(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "warn", "--to", "all", "--csaf", ADVISORY, NULL), CLI_USAGE);
	assert_has(r.err, "how urgent");
	assert_int_equal(run(&r, "warn", "--level", "5", "--to", "all", "--csaf", ADVISORY, NULL), CLI_USAGE);
	assert_int_equal(run(&r, "warn", "--level", "3", "--csaf", ADVISORY, NULL), CLI_USAGE);
	assert_has(r.err, "to whom");
	assert_int_equal(run(&r, "warn", "--level", "3", "--to", "all", NULL), CLI_USAGE);
	assert_has(r.err, "--csaf advisory.json");
	assert_int_equal(run(&r, "warn", "--level", "3", "--to", "all", "--csaf", "/nowhere", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "warn", "--level", "3", "--to", "all", "--csaf", "Makefile", NULL), CLI_REFUSED);
	assert_has(r.err, "Makefile: line 1");
	ran_free(&r);
}

/* A published advisory as it is: what is said of it, and that what goes out is the very file. */
struct real {
	const char *file, *to;
	int code;
	const char *says; /* "": nothing */
};

static void assert_sent_whole(const struct fake *f, const char *path)
{
	struct lb_frame payload = { f->last->send->payload.data, f->last->send->payload.len };
	struct lb_sealed sealed;
	Lagebus__Warning *w;
	struct why why;
	uint8_t *p;
	size_t n;

	if (lb_sealed_read(payload, &sealed) == LB_OK) /* TLP:RED: only its recipient sees the file */
		return;
	w = lagebus__warning__unpack(NULL, payload.n, payload.p);
	assert_non_null(w);
	assert_int_equal(file_read(path, LB_PAYLOAD_MAX, &p, &n, &why), LB_OK);
	assert_int_equal(w->advisory.len, n);
	assert_memory_equal(w->advisory.data, p, n);
	lagebus__warning__free_unpacked(w, NULL);
	free(p);
}

static void assert_real(const struct real *real, const char *data)
{
	struct ran r = { .code = 0 };
	char path[512];
	struct fake f;

	snprintf(path, sizeof(path), "%s/csaf/%s", data, real->file);
	fake_start(&f, take);
	assert_int_equal(run(&r, "warn", "--level", "2", "--to", real->to, "--csaf", path, NULL), real->code);
	fake_stop(&f);
	if (*real->says)
		assert_has(r.err, real->says);
	else
		assert_string_equal(r.err, "");
	if (real->code == CLI_OK)
		assert_sent_whole(&f, path);
	fake_forget(&f);
	ran_free(&r);
}

static void real_documents_go_out_or_are_refused_with_a_reason(void **state)
{
	static const struct real all[] = {
		{ "bsi-2022-0001.json", "all", CLI_OK, "" },
		{ "bsi-2022-0001.csaf21.json", "all", CLI_OK, "" },
		{ "cisco-sa-20180328-smi2.json", "all", CLI_OK, "tlp/label is missing" },
		{ "va-24-254-01.json", "all", CLI_OK, "" },
		{ "vex-2022-evd-uc-08-001.json", "all", CLI_OK, "tlp/label is missing" },
		{ "wid-sec-w-2026-0001.json", "all", CLI_OK, "" },
		{ "csaf21-sharing-valid-6-1-38-11.json", "de-sn", CLI_OK, "members of a group" },
		{ "csaf21-sharing-invalid-6-1-38-01.json", "all", CLI_REFUSED, "says public, but the TLP label is" },
		{ "invalid-6-1-12-01.json", "all", CLI_REFUSED, "/document/lang 'EZ'" },
		{ "provider-metadata.json", "all", CLI_REFUSED, "it describes a CSAF provider" },
	};
	const char *data = getenv("LAGEBUS_DATA") ? getenv("LAGEBUS_DATA") : "../shared/data";

	(void)state;
	if (access(data, R_OK) != 0) {
		print_message("skipped: %s has no real documents\n", data);
		skip();
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_real(&all[i], data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_the_advisory_whole),
		cmocka_unit_test(a_label_is_narrowed_never_widened),
		cmocka_unit_test(what_is_classified_is_not_sent),
		cmocka_unit_test(by_hand_without_an_advisory),
		cmocka_unit_test(level_4_without_a_second_person_is_explained),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(real_documents_go_out_or_are_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, make_certificate, NULL);
}
