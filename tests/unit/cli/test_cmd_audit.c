/* agents/cli/cmd_audit.c */
#include "tests/unit/cli/audit_rows.h"

#include "lagebus/signature.h"
#include "tests/kit/credentials.h"

#define ROWS 3 /* one with the broker's certificate, one with something to tell, one that signs both */

static char folder[] = "/tmp/lagebus-cmd-audit-XXXXXX", ca[100];
static struct lb_signer *signer;
static struct ran r;

static int make(void **state)
{
	char certificate[100], key[100], why[200];

	(void)state;
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example") || !credentials_ca(folder, "stranger"))
		return -1;
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	snprintf(certificate, sizeof certificate, "%s/broker.pem", folder);
	snprintf(key, sizeof key, "%s/broker.key", folder);
	return lb_signer_load(certificate, key, &signer, why, sizeof why) == LB_OK ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	ran_free(&r);
	lb_signer_free(signer);
	credentials_remove(folder);
	return 0;
}

static void checkpoint(struct row *row, Lagebus__AuditCheckpoint *c, struct lb_uuid *log, struct lb_buf *signature)
{
	uint8_t point[LB_AUDIT_POINT];

	lb_audit_point(log, row->row.number - 1, row->row.previous.data, point);
	assert_int_equal(lb_sign(signer, (struct lb_frame){ (const uint8_t *)LB_AUDIT_SIGNED, strlen(LB_AUDIT_SIGNED) },
	                         (struct lb_frame){ point, sizeof point }, signature),
	                 LB_OK);
	lagebus__audit_checkpoint__init(c);
	c->log = (ProtobufCBinaryData){ sizeof log->b, log->b };
	c->signature = (ProtobufCBinaryData){ lb_buf_len(signature), lb_buf_data(signature) };
	row_add(row, LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT)->checkpoint = c;
}

/* An exported file of the first n rows; to be unlinked. */
static const char *audit_of(unsigned n)
{
	Lagebus__AuditReceipt receipt = LAGEBUS__AUDIT_RECEIPT__INIT;
	Lagebus__AuditBroker broker = LAGEBUS__AUDIT_BROKER__INIT;
	struct lb_buf file = LB_BUF_INIT, signature = LB_BUF_INIT;
	struct lb_uuid log = row_id(7), id = row_id(2);
	uint8_t previous[LB_AUDIT_HASH] = { 0 };
	struct lb_hasher *h = lb_hasher_new();
	Lagebus__AuditCheckpoint c;
	const uint8_t *der;
	const char *path;
	size_t der_n;

	assert_non_null(h);
	assert_int_equal(lb_buf_append(&file, LB_AUDIT_MAGIC, strlen(LB_AUDIT_MAGIC)), LB_OK);
	for (unsigned i = 1; i <= n; i++) {
		size_t at = lb_buf_len(&file);
		struct row row = { 0 };

		row_init(&row, i);
		row.row.previous = (ProtobufCBinaryData){ sizeof previous, previous };
		if (i == 1) {
			lb_signer_certificate(signer, &der, &der_n);
			broker.what = (char *)"started";
			broker.certificate = (ProtobufCBinaryData){ der_n, (uint8_t *)der };
			row_add(&row, LAGEBUS__AUDIT_EVENT__BODY_BROKER)->broker = &broker;
		} else if (i == 2) {
			receipt.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
			receipt.partner = (char *)"de-sn";
			receipt.state = 2;
			receipt.by = (char *)"CISO on duty";
			row_add(&row, LAGEBUS__AUDIT_EVENT__BODY_RECEIPT)->receipt = &receipt;
		} else {
			checkpoint(&row, &c, &log, &signature);
		}
		row_put(&file, &row.row);
		assert_int_equal(lb_hasher_sum(h, lb_buf_data(&file) + at + 4, lb_buf_len(&file) - at - 4, previous), LB_OK);
	}
	path = row_file(lb_buf_data(&file), lb_buf_len(&file));
	lb_buf_fini(&file);
	lb_buf_fini(&signature);
	lb_hasher_free(h);
	return path;
}

static void a_chain_that_holds_is_said(void **state)
{
	const char *path = audit_of(ROWS);

	(void)state;
	assert_int_equal(run(&r, "audit", "verify", path, "--ca", ca, NULL), CLI_OK);
	assert_line(r.out, "3 rows, 1 to 3");
	assert_line(r.out, "the chain holds");
	assert_int_equal(run(&r, "audit", "verify", path, "--ca", ca, "--json", NULL), CLI_OK);
	assert_line(r.out, "\"holds\"");
	unlink(path);
}

static void what_nobody_signed_does_not_hold(void **state)
{
	const char *path = audit_of(2);

	(void)state;
	assert_int_equal(run(&r, "audit", "verify", path, "--ca", ca, NULL), CLI_REFUSED);
	assert_line(r.out, "no checkpoint is signed");
	unlink(path);
}

static void a_row_that_was_changed_is_named(void **state)
{
	const char *path = audit_of(ROWS);
	char command[200], stranger[100];

	(void)state;
	snprintf(stranger, sizeof stranger, "%s/stranger.pem", folder);
	assert_int_equal(run(&r, "audit", "verify", path, "--ca", stranger, NULL), CLI_REFUSED);
	assert_line(r.out, "row 1");
	snprintf(command, sizeof command, "sed -i 's/CISO on duty/CISO in duty/' %s", path);
	assert_int_equal(system(command), 0);
	assert_int_equal(run(&r, "audit", "verify", path, "--ca", ca, NULL), CLI_REFUSED);
	assert_line(r.out, "the chain is broken: row 2");
	unlink(path);
}

static void show_lists_everything_or_one_message(void **state)
{
	const char *path = audit_of(ROWS);
	struct lb_uuid id = row_id(2);
	char text[LB_UUID_TEXT];

	(void)state;
	assert_int_equal(run(&r, "audit", "show", path, NULL), CLI_OK);
	assert_line(r.out, "\tbroker\tstarted\t");
	assert_line(r.out, "\tcheckpoint\t");
	lb_uuid_format(&id, text);
	assert_int_equal(run(&r, "audit", "show", path, "--message", text, NULL), CLI_OK);
	assert_line(r.out, "\treceipt\tde-sn\tacknowledged ");
	assert_null(strstr(r.out, "started"));
	assert_int_equal(run(&r, "audit", "show", path, "--message", "last", NULL), CLI_USAGE);
	unlink(path);
}

static void what_is_no_audit_is_refused(void **state)
{
	(void)state;
	assert_int_equal(run(&r, "audit", "verify", ca, "--ca", ca, NULL), CLI_REFUSED);
	assert_line(r.err, "no exported audit");
	assert_int_equal(run(&r, "audit", "show", "/nonexistent", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "audit", "verify", "/nonexistent", "--ca", ca, NULL), CLI_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_that_holds_is_said),
		cmocka_unit_test(what_nobody_signed_does_not_hold),
		cmocka_unit_test(a_row_that_was_changed_is_named),
		cmocka_unit_test(show_lists_everything_or_one_message),
		cmocka_unit_test(what_is_no_audit_is_refused),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
