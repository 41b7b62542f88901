/* The exposition: every part's numbers, summed over threads, as they are at the moment. */
#include "tests/kit/stand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/exposition.h"

/* The value of a family's only sample. */
static unsigned long long value_of(const char *sample)
{
	struct lb_buf text = LB_BUF_INIT;
	unsigned long long value = 0;
	char line[80];
	const char *at;

	assert_int_equal(exposition_render(&stand.parts, &text), LB_OK);
	assert_int_equal(lb_buf_append(&text, "", 1), LB_OK);
	snprintf(line, sizeof line, "\nlagebus_%s ", sample);
	at = strstr((const char *)lb_buf_data(&text), line);
	if (!at || sscanf(at + strlen(line), "%llu", &value) != 1)
		fail_msg("there is no sample %s", sample);
	lb_buf_fini(&text);
	return value;
}

static struct caller *dialled(const char *who)
{
	struct caller *c = &stand.callers[stand.callers_n++];

	assert_true(caller_dial(c, door_port(stand.parts.door), stand_tls(who)));
	assert_true(caller_open(c, NULL));
	return c;
}

static void what_happens_shows(void **state)
{
	struct caller *bsi, *sn;
	struct lb_header h;
	struct lb_uuid id;

	(void)state;
	stand_set("workers", 2);
	stand_set("door_threads", 2);
	stand_start();
	stand_open_door();
	bsi = dialled("bsi"); /* a worker each */
	sn = dialled("sn");
	id = stand_send(bsi, "de-sn", 100);
	stand_assert_delivered(sn, &id, 1, 0);
	stand_send(bsi, "de-he", 100);
	id = stand_warn(bsi, "de-sn", 100);
	stand_assert_delivered(sn, &id, 1, 0);
	stand_send(sn, "de-he", 100);
	caller_header(sn, "nobody", &h);
	caller_publish(sn, &h, "x", 1);
	assert_string_equal(caller_hear_reason(sn), "bad-audience");
	assert_int_equal(value_of("handshakes_total"), 2);
	assert_int_equal(value_of("sessions"), 2);
	assert_int_equal(value_of("connections"), 2);
	assert_int_equal(value_of("published_total"), 4);
	assert_int_equal(value_of("refused_total"), 1);
	assert_int_equal(value_of("delivered_total"), 2);
	assert_true(value_of("delivered_bytes_total") > 2 * 100);
	assert_int_equal(value_of("committed_total"), 4);
	assert_true(value_of("commits_total") >= 4);
	assert_int_equal(value_of("urgent_position"), 1);
	assert_int_equal(value_of("routine_position"), 3);
	assert_int_equal(value_of("routine_oldest"), 1);
	assert_true(value_of("log_used_bytes") > 0 && value_of("disk_free_bytes") > 0);
	assert_int_equal(value_of("log_has_room"), 1);
}

static void a_full_disk_shows(void **state)
{
	(void)state;
	stand_set("low_water", INT64_C(1) << 46);
	stand_start();
	stand_open_door();
	assert_int_equal(value_of("log_has_room"), 0);
}

static void reloads_show(void **state)
{
	(void)state;
	stand_start();
	stand_open_door();
	atomic_store(&stand.parts.reloads, 3);
	atomic_store(&stand.parts.reloads_refused, 2);
	assert_int_equal(value_of("reloads_total"), 3);
	assert_int_equal(value_of("reloads_refused_total"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(what_happens_shows),
		STAND_TEST(a_full_disk_shows),
		STAND_TEST(reloads_show),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
