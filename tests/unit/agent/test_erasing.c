/* Content that is deleted: what is over, and nothing else; and not a byte of it stays on disk. */
#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/inbox.h"
#include "agents/agent/incident_store.h"
#include "lagebus/message_type.h"
#include "proto/approval.pb-c.h"

#define CREATED_MS INT64_C(1700000000000)

static const char content[] = "ciphertext that stands nowhere else";

static void receive_bytes(unsigned n, unsigned type, int64_t expires_ms, struct lb_frame payload)
{
	struct lb_header h = { .type = type, .area = LB_AREA_DIGITAL_VIOLENCE, .tlp = LB_TLP_AMBER, .schema_version = 1, .created_ms = CREATED_MS, .audience_n = 1,
		               .expires_ms = expires_ms, .lane = LB_LANE_ROUTINE };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = n, .signature = { (const uint8_t *)"signature", 9 } };
	struct lb_buf header = LB_BUF_INIT;
	bool stored;

	h.id = store_id(n);
	h.origin = lb_text_of("de-sn");
	h.audience[0] = lb_text_of("de-he");
	h.exercise_name = h.language = lb_text_of("");
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	m.payload = payload;
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_add(&store, &m, &h, "spiffe://x/partner/de-sn/agent/b", &stored), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_true(stored);
	lb_buf_fini(&header);
}

static void receive(unsigned n, unsigned type, int64_t expires_ms)
{
	receive_bytes(n, type, expires_ms, (struct lb_frame){ (const uint8_t *)content, sizeof content });
}

static unsigned expire(int64_t now_ms)
{
	struct lb_uuid id;
	unsigned n = 0;
	lb_err e;

	assert_int_equal(store_begin(&store), LB_OK);
	while ((e = inbox_expire(&store, now_ms, &id)) == LB_OK)
		n++;
	assert_int_equal(e, LB_NOT_FOUND);
	assert_int_equal(store_commit(&store), LB_OK);
	return n;
}

static size_t content_of(unsigned n)
{
	struct lb_uuid id = store_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_true(row.header.n > 0);
	return row.payload.n;
}

static bool is_on_disk(void)
{
	static const char *const files[] = { "agent.db", "agent.db-wal" };
	bool found = false;

	for (unsigned i = 0; i < 2; i++) {
		char command[200];

		snprintf(command, sizeof command, "grep -qaF '%s' '%s/%s' 2>/dev/null", content, store_folder, files[i]);
		found |= system(command) == 0;
	}
	return found;
}

static const char *gone(unsigned n)
{
	static char text[20];
	struct lb_uuid id = store_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	snprintf(text, sizeof text, "%s", row.gone);
	return text;
}

static void what_is_over_goes(void **state)
{
	(void)state;
	receive(1, LB_TYPE_DIGITAL_VIOLENCE_CASE, CREATED_MS + LB_DAY_MS);
	receive(2, LB_TYPE_DIGITAL_VIOLENCE_CASE, CREATED_MS + 3 * LB_DAY_MS);
	receive(3, LB_TYPE_DIGITAL_VIOLENCE_CASE, 0);
	receive(4, LB_TYPE_SIGHTING, CREATED_MS + LB_DAY_MS);
	receive(5, LB_TYPE_SIGHTING, 0);
	assert_int_equal(expire(CREATED_MS + LB_DAY_MS - 1), 0);
	assert_int_equal(expire(CREATED_MS + LB_DAY_MS), 2);
	assert_int_equal(content_of(1), 0);
	assert_int_equal(content_of(2), sizeof content);
	assert_int_equal(content_of(4), 0);
	assert_string_equal(gone(4), "expired");
	assert_string_equal(gone(1), ""); /* a case is called what it was */
	assert_string_equal(gone(5), "");
	assert_int_equal(expire(CREATED_MS + 14 * LB_DAY_MS), 2);
	assert_int_equal(content_of(3), 0);
	assert_int_equal(content_of(5), sizeof content);
	assert_int_equal(expire(CREATED_MS + 15 * LB_DAY_MS), 0);
	assert_int_equal(expire(CREATED_MS + lb_message_type(LB_TYPE_SIGHTING)->keep_ms), 1);
}

static void set_incident(bool closed, int64_t changed_ms)
{
	char *text = sqlite3_mprintf("INSERT OR REPLACE INTO incident(id,dirty,closed,changed) VALUES(x'01',0,%d,%lld);"
				     "INSERT OR IGNORE INTO incident_part(id,incident) SELECT id,x'01' FROM inbox", closed, (long long)changed_ms);

	assert_int_equal(sqlite3_exec(store.db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(text);
}

static unsigned end_incidents(int64_t before_ms)
{
	unsigned n = 99;

	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(incident_store_end(&store, before_ms + lb_message_type(LB_TYPE_INCIDENT_REPORT)->keep_ms, 5, &n), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	return n;
}

/* It may last for years. */
static void what_an_incident_needs_stays_with_it(void **state)
{
	const int64_t late_ms = CREATED_MS + 4 * lb_message_type(LB_TYPE_INCIDENT_REPORT)->keep_ms;

	(void)state;
	receive(1, LB_TYPE_INCIDENT_REPORT, 0);
	set_incident(false, CREATED_MS);
	assert_int_equal(end_incidents(late_ms), 0);
	assert_int_equal(expire(late_ms), 0);
	set_incident(true, CREATED_MS + 7);
	assert_int_equal(end_incidents(CREATED_MS + 6), 0);
	assert_int_equal(expire(late_ms), 0);
	assert_int_equal(end_incidents(CREATED_MS + 7), 1);
	assert_int_equal(expire(late_ms), 1);
	assert_int_equal(content_of(1), 0);
	assert_int_equal(end_incidents(late_ms), 0);
}

static void quarantine(uint64_t position, int64_t received_ms)
{
	struct inbox_message m = { .position = position, .received_ms = received_ms, .payload = { (const uint8_t *)content, sizeof content } };
	struct lb_uuid id = store_id((unsigned)position);

	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_quarantine(&store, &m, &id, LB_BAD_SIGNATURE), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
}

static unsigned end_quarantine(int64_t now_ms)
{
	unsigned n = 99;

	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_quarantine_expire(&store, now_ms, 2, &n), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	return n;
}

static int64_t quarantine_ends(void)
{
	int64_t ms = -1;

	assert_int_equal(inbox_quarantine_ends(&store, &ms), LB_OK);
	return ms;
}

static void what_did_not_verify_has_an_end(void **state)
{
	struct lb_uuid id = store_id(1);
	struct inbox_row row;

	(void)state;
	assert_int_equal(quarantine_ends(), 0);
	for (unsigned n = 1; n <= 4; n++)
		quarantine(n, CREATED_MS + n);
	assert_int_equal(end_quarantine(INT64_MAX), 0); /* nothing is said of it */
	assert_int_equal(quarantine_ends(), 0);
	store.quarantine_ms = LB_DAY_MS;
	assert_true(quarantine_ends() == CREATED_MS + 1 + LB_DAY_MS);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_true(row.gone_ms == CREATED_MS + 1 + LB_DAY_MS); /* whoever looks at it is told */
	assert_int_equal(end_quarantine(CREATED_MS + LB_DAY_MS), 0);
	assert_int_equal(end_quarantine(CREATED_MS + 3 + LB_DAY_MS), 2); /* some at once */
	assert_int_equal(end_quarantine(CREATED_MS + 3 + LB_DAY_MS), 1);
	assert_int_equal(end_quarantine(CREATED_MS + 3 + LB_DAY_MS), 0);
	assert_int_equal(inbox_get(&store, &id, &row), LB_NOT_FOUND);
	assert_int_equal(end_quarantine(CREATED_MS + 4 + LB_DAY_MS), 1);
	assert_int_equal(store_scrub(&store), LB_OK);
	assert_false(is_on_disk());
}

static void what_is_over_is_not_found_any_more(void **state)
{
	struct lb_uuid about = store_id(9);
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	uint8_t packed[100];
	sqlite3_stmt *q;

	(void)state;
	r.refers_to = (ProtobufCBinaryData){ sizeof about.b, about.b };
	r.reason = (char *)"Zwetschgen";
	receive_bytes(2, LB_TYPE_RECALL, CREATED_MS + LB_DAY_MS, (struct lb_frame){ packed, lagebus__recall__pack(&r, packed) });
	assert_int_equal(sqlite3_prepare_v2(store.db, "SELECT count(*) FROM inbox_text WHERE inbox_text MATCH 'Zwetschgen'", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), 1);
	sqlite3_reset(q);
	assert_int_equal(expire(CREATED_MS + LB_DAY_MS), 1);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), 0);
	sqlite3_finalize(q);
}

static void not_a_byte_stays_on_disk(void **state)
{
	struct lb_uuid id = store_id(1);

	(void)state;
	receive(1, LB_TYPE_DIGITAL_VIOLENCE_CASE, CREATED_MS + LB_DAY_MS);
	assert_int_equal(store_scrub(&store), LB_OK);
	assert_true(is_on_disk());
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_erase(&store, &id), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(store_scrub(&store), LB_OK);
	assert_false(is_on_disk());
	store_reopen();
	assert_int_equal(content_of(1), 0);
}

/* What is recalled after a case was erased is overwritten as well, on the pages too that it has for itself. */
static void nor_of_what_is_recalled_then(void **state)
{
	static uint8_t large[20000];
	struct lb_uuid id = store_id(1), recalled = store_id(2);
	struct inbox_row row;
	struct lb_header h;

	(void)state;
	receive(1, LB_TYPE_DIGITAL_VIOLENCE_CASE, CREATED_MS + LB_DAY_MS);
	memcpy(large + sizeof large - sizeof content, content, sizeof content);
	receive_bytes(2, LB_TYPE_INCIDENT_REPORT, 0, (struct lb_frame){ large, sizeof large });
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_erase(&store, &id), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_get(&store, &recalled, &row), LB_OK);
	assert_int_equal(lb_header_decode(row.header.p, row.header.n, &h), LB_OK);
	assert_int_equal(inbox_empty(&store, &row, &h, "recalled", "wrong", CREATED_MS), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(store_scrub(&store), LB_OK);
	assert_false(is_on_disk());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_is_over_goes),
		STORE_TEST(what_an_incident_needs_stays_with_it),
		STORE_TEST(what_did_not_verify_has_an_end),
		STORE_TEST(what_is_over_is_not_found_any_more),
		STORE_TEST(not_a_byte_stays_on_disk),
		STORE_TEST(nor_of_what_is_recalled_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
