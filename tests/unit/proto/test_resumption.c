/* Sessions that may be resumed: found by their ticket, until they are used, too old or too many. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "proto/resumption.h"

#define NOW 1000000

static struct certificate *peer;

static int make_peer(void **state)
{
	(void)state;
	peer = calloc(1, sizeof *peer);
	if (peer)
		atomic_init(&peer->refs, 1);
	return peer ? 0 : -1;
}

static int drop_peer(void **state)
{
	(void)state;
	certificate_unref(peer);
	return 0;
}

static struct resumption session(uint32_t bucket, uint8_t number, time_t begun)
{
	struct resumption r = { .secret_n = 32, .begun = begun, .peer = peer };

	memcpy(r.ticket, &bucket, sizeof bucket);
	r.ticket[31] = number;
	memset(r.secret, number, sizeof r.secret);
	return r;
}

static bool is_kept(const struct resumption *r, time_t now)
{
	struct resumption found;
	bool yes = resumption_find(r->ticket, now, &found);

	if (yes) {
		assert_memory_equal(found.secret, r->secret, sizeof r->secret);
		assert_ptr_equal(found.peer, peer);
		certificate_unref(found.peer);
	}
	return yes;
}

static void a_session_is_found_until_it_is_used(void **state)
{
	struct resumption a = session(1, 1, NOW), b = session(1, 2, NOW);

	(void)state;
	assert_false(is_kept(&a, NOW));
	resumption_keep(&a);
	resumption_keep(&b);
	assert_int_equal(atomic_load(&peer->refs), 3);
	assert_true(is_kept(&a, NOW));
	assert_true(is_kept(&a, NOW));
	resumption_forget(a.ticket);
	assert_false(is_kept(&a, NOW));
	assert_true(is_kept(&b, NOW));
	resumption_forget(a.ticket);
	resumption_forget(b.ticket);
	assert_int_equal(atomic_load(&peer->refs), 1);
}

static void a_session_ends_in_time(void **state)
{
	struct resumption a = session(2, 1, NOW);

	(void)state;
	resumption_keep(&a);
	assert_true(is_kept(&a, NOW + RESUMPTION_S));
	assert_false(is_kept(&a, NOW + RESUMPTION_S + 1));
	assert_int_equal(atomic_load(&peer->refs), 1);
	/* A clock that was set back does not make it longer. */
	resumption_keep(&a);
	assert_false(is_kept(&a, NOW - 1));
	assert_int_equal(atomic_load(&peer->refs), 1);
}

static void the_oldest_gives_way(void **state)
{
	struct resumption r[6];

	(void)state;
	for (uint8_t i = 0; i < 6; i++) {
		r[i] = session(3, i, NOW + i);
		resumption_keep(&r[i]);
	}
	assert_false(is_kept(&r[0], NOW + 6));
	assert_false(is_kept(&r[1], NOW + 6));
	for (uint8_t i = 2; i < 6; i++)
		assert_true(is_kept(&r[i], NOW + 6));
	assert_int_equal(atomic_load(&peer->refs), 5);
	for (uint8_t i = 0; i < 6; i++)
		resumption_forget(r[i].ticket);
	assert_int_equal(atomic_load(&peer->refs), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_found_until_it_is_used),
		cmocka_unit_test(a_session_ends_in_time),
		cmocka_unit_test(the_oldest_gives_way),
	};
	return cmocka_run_group_tests(tests, make_peer, drop_peer);
}
