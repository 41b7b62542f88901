/* The audit's chain, row by row. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/audit.h"
#include "proto/audit.pb-c.h"
#include "tests/kit/credentials.h"

#define ROWS 4

static struct {
	struct lb_signer *signer;
	struct lb_uuid log;
	struct lb_buf row[ROWS];
	lb_err trust;
} t;

static char folder[] = "/tmp/lagebus-audit-XXXXXX";

static struct lb_signer *signer(const char *name)
{
	char certificate[100], key[100], why[200];
	struct lb_signer *s;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	assert_int_equal(lb_signer_load(certificate, key, &s, why, sizeof why), LB_OK);
	return s;
}

static lb_err trust(void *user, const uint8_t *der, size_t n)
{
	(void)user;
	(void)der;
	(void)n;
	return t.trust;
}

/* Row i+1: begins with the broker's certificate, ends with a checkpoint. */
static void make_row(unsigned i, const char *detail)
{
	Lagebus__AuditRow row = LAGEBUS__AUDIT_ROW__INIT;
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT, *events[] = { &event };
	Lagebus__AuditBroker broker = LAGEBUS__AUDIT_BROKER__INIT;
	Lagebus__AuditCheckpoint checkpoint = LAGEBUS__AUDIT_CHECKPOINT__INIT;
	struct lb_hasher *h = lb_hasher_new();
	uint8_t previous[LB_AUDIT_HASH] = { 0 }, point[LB_AUDIT_POINT];
	struct lb_buf signature = LB_BUF_INIT;
	const uint8_t *der;
	size_t der_n;

	assert_non_null(h);
	if (i > 0)
		assert_int_equal(lb_hasher_sum(h, lb_buf_data(&t.row[i - 1]), lb_buf_len(&t.row[i - 1]), previous), LB_OK);
	row.number = i + 1;
	row.at = 1000 + i;
	row.previous = (ProtobufCBinaryData){ sizeof previous, previous };
	row.events = events;
	row.n_events = 1;
	if (i == ROWS - 1) {
		lb_audit_point(&t.log, i, previous, point);
		assert_int_equal(lb_sign(t.signer, (struct lb_frame){ (const uint8_t *)LB_AUDIT_SIGNED, strlen(LB_AUDIT_SIGNED) },
		                         (struct lb_frame){ point, sizeof point }, &signature), LB_OK);
		checkpoint.log = (ProtobufCBinaryData){ sizeof t.log.b, t.log.b };
		checkpoint.signature = (ProtobufCBinaryData){ lb_buf_len(&signature), lb_buf_data(&signature) };
		event.body_case = LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT;
		event.checkpoint = &checkpoint;
	} else {
		broker.what = "started";
		broker.detail = (char *)detail;
		if (i == 0) {
			lb_signer_certificate(t.signer, &der, &der_n);
			broker.certificate = (ProtobufCBinaryData){ der_n, (uint8_t *)der };
		}
		event.body_case = LAGEBUS__AUDIT_EVENT__BODY_BROKER;
		event.broker = &broker;
	}
	lb_buf_fini(&t.row[i]);
	lb_buf_added(&t.row[i], lagebus__audit_row__pack(&row, lb_buf_reserve(&t.row[i], lagebus__audit_row__get_packed_size(&row))));
	lb_buf_fini(&signature);
	lb_hasher_free(h);
}

/* Checks rows from..to; the answer to the last, and what it said. */
static lb_err check(unsigned from, unsigned to, const unsigned *order, struct lb_audit_result *result, char why[200])
{
	struct lb_audit_check *c;
	lb_err e = LB_OK;

	assert_int_equal(lb_audit_check_new(trust, NULL, &c), LB_OK);
	why[0] = '\0';
	for (unsigned i = from; e == LB_OK && i <= to; i++) {
		const struct lb_buf *row = &t.row[order ? order[i] : i];

		e = lb_audit_check_row(c, lb_buf_data(row), lb_buf_len(row), why, 200);
	}
	*result = lb_audit_check_result(c);
	lb_audit_check_free(c);
	return e;
}

static int make(void **state)
{
	(void)state;
	t.trust = LB_OK;
	t.log = lb_uuid7_now();
	t.signer = signer("broker");
	for (unsigned i = 0; i < ROWS; i++)
		make_row(i, "1.0");
	return 0;
}

static int drop(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROWS; i++)
		lb_buf_fini(&t.row[i]);
	lb_signer_free(t.signer);
	return 0;
}

static void a_chain_holds(void **state)
{
	struct lb_audit_result r;
	char why[200];

	(void)state;
	assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_OK);
	assert_int_equal(r.rows, ROWS);
	assert_int_equal(r.first, 1);
	assert_int_equal(r.last, ROWS);
	assert_int_equal(r.checkpoints, 1);
	assert_int_equal(r.signed_up_to, ROWS - 1);
	/* A later beginning is no fault; what signs there is not known. */
	assert_int_equal(check(1, ROWS - 1, NULL, &r, why), LB_OK);
	assert_int_equal(r.first, 2);
	assert_int_equal(r.checkpoints, 0);
}

static void every_changed_byte_is_noticed(void **state)
{
	struct lb_audit_result r;
	char why[200];
	uint8_t *p = (uint8_t *)lb_buf_data(&t.row[1]);

	(void)state;
	for (size_t i = 0; i < lb_buf_len(&t.row[1]); i++) {
		p[i] ^= 1;
		assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_CHAIN_BROKEN);
		assert_true(strncmp(why, "row ", 4) == 0);
		p[i] ^= 1;
	}
}

static void the_changed_row_is_named(void **state)
{
	struct lb_audit_result r;
	char why[200];

	(void)state;
	make_row(1, "2.0"); /* as well made as the one before it, but the next has another hash */
	assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "row 2: it was changed"));
}

static void a_past_that_is_made_anew_is_not_signed(void **state)
{
	struct lb_audit_result r;
	struct lb_buf checkpoint = t.row[ROWS - 1];
	char why[200];

	(void)state;
	t.row[ROWS - 1] = (struct lb_buf)LB_BUF_INIT;
	for (unsigned i = 1; i < ROWS; i++)
		make_row(i, "2.0");
	lb_buf_fini(&checkpoint);
	assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_OK); /* whoever has the broker's key can */
	lb_signer_free(t.signer);
	t.signer = signer("other");
	make_row(ROWS - 1, "2.0"); /* another cannot */
	assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "row 4: its checkpoint is not signed by the broker"));
}

static void what_is_missing_or_moved_is_noticed(void **state)
{
	static const unsigned missing[] = { 0, 2, 3 }, moved[] = { 0, 2, 1, 3 }, twice[] = { 0, 0, 1, 2 };
	struct lb_audit_result r;
	char why[200];

	(void)state;
	assert_int_equal(check(0, 2, missing, &r, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "row 3: it stands behind row 1"));
	assert_int_equal(check(0, 3, moved, &r, why), LB_CHAIN_BROKEN);
	assert_int_equal(check(0, 3, twice, &r, why), LB_CHAIN_BROKEN);
}

static void a_stranger_signs_nothing(void **state)
{
	struct lb_audit_result r;
	char why[200];

	(void)state;
	t.trust = LB_TLS_UNTRUSTED;
	assert_int_equal(check(0, ROWS - 1, NULL, &r, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "row 1: its certificate is not a broker's"));
}

static void what_is_no_row_is_refused(void **state)
{
	struct lb_audit_check *c;
	char why[200];

	(void)state;
	assert_int_equal(lb_audit_check_new(trust, NULL, &c), LB_OK);
	assert_int_equal(lb_audit_check_row(c, (const uint8_t *)"\xff\xff\xff", 3, why, sizeof why), LB_CHAIN_BROKEN);
	assert_int_equal(lb_audit_check_row(c, lb_buf_data(&t.row[0]), lb_buf_len(&t.row[0]), why, sizeof why), LB_CHAIN_BROKEN);
	lb_audit_check_free(c);
}

/* A row of its own making, behind the first one or as the first. */
static lb_err check_odd(unsigned behind, Lagebus__AuditEvent *event, const uint8_t previous[LB_AUDIT_HASH], char why[200])
{
	Lagebus__AuditRow row = LAGEBUS__AUDIT_ROW__INIT;
	uint8_t packed[1000], hash[LB_AUDIT_HASH];
	struct lb_hasher *h = lb_hasher_new();
	struct lb_audit_check *c;
	size_t n;
	lb_err e = LB_OK;

	assert_non_null(h);
	assert_int_equal(lb_hasher_sum(h, lb_buf_data(&t.row[0]), lb_buf_len(&t.row[0]), hash), LB_OK);
	lb_hasher_free(h);
	row.number = behind + 1;
	row.previous = (ProtobufCBinaryData){ LB_AUDIT_HASH, behind ? hash : (uint8_t *)previous };
	row.events = &event;
	row.n_events = event != NULL;
	n = lagebus__audit_row__pack(&row, packed);
	assert_int_equal(lb_audit_check_new(trust, NULL, &c), LB_OK);
	if (behind)
		e = lb_audit_check_row(c, lb_buf_data(&t.row[0]), lb_buf_len(&t.row[0]), why, 200);
	assert_int_equal(e, LB_OK);
	e = lb_audit_check_row(c, packed, n, why, 200);
	lb_audit_check_free(c);
	return e;
}

static void nothing_stands_before_the_first_row(void **state)
{
	static const uint8_t zeros[LB_AUDIT_HASH], other[LB_AUDIT_HASH] = { 1 };
	char why[200] = "";

	(void)state;
	assert_int_equal(check_odd(0, NULL, zeros, why), LB_OK);
	assert_int_equal(check_odd(0, NULL, other, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "before the first row"));
}

static void what_is_told_is_whole(void **state)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditPublished published = LAGEBUS__AUDIT_PUBLISHED__INIT;
	Lagebus__AuditCheckpoint checkpoint = LAGEBUS__AUDIT_CHECKPOINT__INIT;
	uint8_t messages[LB_AUDIT_ENTRY] = { 0 };
	char why[200] = "";

	(void)state;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED;
	event.published = &published;
	published.messages = (ProtobufCBinaryData){ sizeof messages, messages };
	assert_int_equal(check_odd(1, &event, NULL, why), LB_OK);
	published.messages.len--;
	assert_int_equal(check_odd(1, &event, NULL, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "not whole"));
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT;
	event.checkpoint = &checkpoint;
	checkpoint.log = (ProtobufCBinaryData){ sizeof t.log.b - 1, t.log.b };
	assert_int_equal(check_odd(1, &event, NULL, why), LB_CHAIN_BROKEN);
	assert_non_null(strstr(why, "names no log"));
}

static int make_credentials(void **state)
{
	const struct credential other = { "other", "ca", NULL, NULL, 2 };

	(void)state;
	return mkdtemp(folder) && credentials_make(folder, "lagebus.example") && credentials_issue(folder, &other) ? 0 : -1;
}

static int remove_credentials(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_chain_holds), TEST(every_changed_byte_is_noticed), TEST(the_changed_row_is_named), TEST(a_past_that_is_made_anew_is_not_signed),
		TEST(what_is_missing_or_moved_is_noticed), TEST(a_stranger_signs_nothing), TEST(what_is_no_row_is_refused),
		TEST(nothing_stands_before_the_first_row), TEST(what_is_told_is_whole),
	};

	return cmocka_run_group_tests(tests, make_credentials, remove_credentials);
}
