/* agents/agent/opening.c: what was encrypted to us is opened, and nothing else. */
#include "agents/agent/opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/sealed.h"
#include "tests/kit/credentials.h"
#include "tests/kit/unit.h"

static char folder[] = "/tmp/lagebus-opening-XXXXXX";
static const char words[] = "Doxing der Beratungsstelle";
static struct lb_opener *ours, *theirs;
static struct lb_buf header, payload;
static struct inbox_row row;

static struct lb_opener *load(const char *name)
{
	char certificate[100], key[100], why[300] = "";
	struct lb_opener *o = NULL;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	if (lb_opener_load(certificate, key, &o, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return o;
}

static int begin(void **state)
{
	static const struct credential all[] = { { "ours", "ca", "spiffe://lagebus.example/partner/de-sn/agent/main", NULL, 2 },
		                                 { "theirs", "ca", "spiffe://lagebus.example/partner/de-he/agent/main", NULL, 2 } };

	(void)state;
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example") || !credentials_issue(folder, &all[0]) || !credentials_issue(folder, &all[1]))
		return -1;
	ours = load("ours");
	theirs = load("theirs");
	return 0;
}

static int end(void **state)
{
	(void)state;
	lb_opener_free(ours);
	lb_opener_free(theirs);
	credentials_remove(folder);
	return 0;
}

/* A row as the inbox has it, sealed to us. */
static int receive(void **state)
{
	static const uint8_t pseudonym[LB_PSEUDONYM_SIZE] = { 1 };
	uint8_t der[CREDENTIALS_DER_MAX];
	struct lb_frame certificate = { der, credentials_der(folder, "ours", der) };
	struct lb_buf envelope = LB_BUF_INIT;
	struct lb_header h = { .id = lb_uuid7_now(), .type = LB_TYPE_DIGITAL_VIOLENCE_CASE, .area = LB_AREA_DIGITAL_VIOLENCE, .tlp = LB_TLP_RED, .schema_version = 1,
		               .lane = lb_header_lane(LB_TYPE_DIGITAL_VIOLENCE_CASE, 0), .audience_n = 1, .created_ms = 1, .expires_ms = 2 };

	(void)state;
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("de-sn");
	h.language = h.exercise_name = lb_text_of("");
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	assert_int_equal(lb_envelope_seal(&certificate, 1, (struct lb_frame){ (const uint8_t *)words, sizeof words }, &envelope), LB_OK);
	assert_int_equal(lb_sealed_write(pseudonym, (struct lb_frame){ lb_buf_data(&envelope), lb_buf_len(&envelope) }, &payload), LB_OK);
	lb_buf_fini(&envelope);
	row = (struct inbox_row){ .quarantine = "", .header = { lb_buf_data(&header), lb_buf_len(&header) }, .payload = { lb_buf_data(&payload), lb_buf_len(&payload) } };
	return 0;
}

static int drop(void **state)
{
	(void)state;
	lb_buf_fini(&header);
	lb_buf_fini(&payload);
	return 0;
}

static void assert_opening(struct lb_opener *o, lb_err expected)
{
	struct lb_buf out = LB_BUF_INIT;

	assert_int_equal(opening_of(o, &row, &out), expected);
	assert_int_equal(lb_buf_len(&out), expected == LB_OK ? sizeof words : 0);
	if (expected == LB_OK)
		assert_memory_equal(lb_buf_data(&out), words, sizeof words);
	lb_buf_wipe(&out);
}

static void who_it_is_for_opens_it(void **state)
{
	(void)state;
	assert_opening(ours, LB_OK);
	assert_opening(theirs, LB_NOT_A_RECIPIENT);
}

static void what_did_not_verify_is_not_opened(void **state)
{
	(void)state;
	row.quarantine = "bad-signature";
	assert_opening(ours, LB_NOT_FOUND);
}

static void what_is_deleted_is_not_there(void **state)
{
	(void)state;
	row.payload.n = 0;
	assert_opening(ours, LB_NOT_FOUND);
}

static void what_is_not_sealed_is_not_opened(void **state)
{
	struct lb_buf other = LB_BUF_INIT;
	struct lb_header h;

	(void)state;
	row.payload = (struct lb_frame){ (const uint8_t *)"in clear", 8 };
	assert_opening(ours, LB_NOT_FOUND);
	row.payload = (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) };
	assert_int_equal(lb_header_decode(row.header.p, row.header.n, &h), LB_OK);
	h.type = LB_TYPE_SITUATION_REPORT;
	h.tlp = LB_TLP_GREEN;
	assert_int_equal(lb_header_encode(&h, &other), LB_OK);
	row.header = (struct lb_frame){ lb_buf_data(&other), lb_buf_len(&other) };
	assert_opening(ours, LB_NOT_FOUND);
	row.header.n = 1;
	assert_opening(ours, LB_NOT_FOUND);
	lb_buf_fini(&other);
}

static void what_was_changed_is_not_opened(void **state)
{
	(void)state;
	((uint8_t *)lb_buf_data(&payload))[lb_buf_len(&payload) - 1] ^= 1;
	assert_opening(ours, LB_BAD_ENVELOPE);
}

#define OPENING_TEST(f) cmocka_unit_test_setup_teardown(f, receive, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPENING_TEST(who_it_is_for_opens_it),
		OPENING_TEST(what_did_not_verify_is_not_opened),
		OPENING_TEST(what_is_deleted_is_not_there),
		OPENING_TEST(what_is_not_sealed_is_not_opened),
		OPENING_TEST(what_was_changed_is_not_opened),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
