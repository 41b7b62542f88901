/* agents/cli/ca_index.c */
#include "agents/cli/ca_index.h"

#include "tests/unit/cli/run.h"

static struct ca_index_row row(const char *serial, int64_t revoked_s)
{
	struct ca_index_row r = { .from_s = 1795424400, .until_s = 1826960400, .revoked_s = revoked_s };

	strcpy(r.serial, serial);
	strcpy(r.spiffe_id, "spiffe://lagebus.example/partner/de-sn/agent/main");
	return r;
}

static void keeps_a_line_each(void **state)
{
	struct ca_index index = { NULL, 0 }, again = { NULL, 0 };
	struct ca_index_row a = row("0a", 0), b = row("ff", 1795424401);
	char *dir = scratch_make();
	struct why why;

	(void)state;
	assert_int_equal(ca_index_load(dir, &again, &why), LB_OK);
	assert_int_equal(again.n, 0);
	assert_int_equal(ca_index_add(&index, &a, &why), LB_OK);
	assert_int_equal(ca_index_add(&index, &b, &why), LB_OK);
	assert_int_equal(ca_index_save(dir, &index, &why), LB_OK);
	assert_int_equal(ca_index_load(dir, &again, &why), LB_OK);
	assert_int_equal(again.n, 2);
	assert_memory_equal(&again.rows[1].revoked_s, &b.revoked_s, sizeof(b.revoked_s));
	assert_int_equal(again.rows[0].until_s, a.until_s);
	assert_string_equal(again.rows[0].spiffe_id, a.spiffe_id);
	assert_ptr_equal(ca_index_find(&again, "A"), &again.rows[0]);
	assert_ptr_equal(ca_index_find(&again, "00FF"), &again.rows[1]);
	assert_null(ca_index_find(&again, "f"));
	ca_index_fini(&index);
	ca_index_fini(&again);
	scratch_remove(dir);
}

static void a_broken_line_is_named(void **state)
{
	struct ca_index index = { NULL, 0 };
	char *dir = scratch_make();
	struct why why;

	(void)state;
	write_text(in_scratch(dir, "index"), "# head\nzz\t-\t-\t-\tspiffe://x\n");
	assert_int_equal(ca_index_load(dir, &index, &why), LB_INVALID);
	assert_has(why.text, "index:2");
	write_text(in_scratch(dir, "index"), "aa\tyesterday\t-\t-\tspiffe://x\n");
	assert_int_equal(ca_index_load(dir, &index, &why), LB_INVALID);
	assert_int_equal(index.n, 0);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_a_line_each),
		cmocka_unit_test(a_broken_line_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
