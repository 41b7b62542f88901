/* Tests of the router's memo: it remembers, never mixes two kinds up, stays bounded and forgets on reload. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/host/policy.h"
#include "broker/core/route.h"

static struct federation *federation_of(unsigned states)
{
	static const char *const all[] = { "all" }, *const groups[] = { "cert" };
	struct federation *f = NULL;
	char id[16], why[256];

	assert_int_equal(federation_begin("lage.example", &f), LB_OK);
	for (unsigned i = 0; i <= states; i++) {
		struct partner_line line = { id, "", i == 0 ? "coordinator" : "state", groups, all, 1, 1 };
		snprintf(id, sizeof id, "p%u", i);
		assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK);
	}
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

static struct lb_header warning(const char *audience)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .area = 1, .tlp = LB_TLP_GREEN, .origin = lb_text_of("p0"), .audience_n = 1 };

	h.audience[0] = lb_text_of(audience);
	h.lane = lb_header_lane(h.type, h.level);
	return h;
}

static void the_same_kind_gets_the_same_route(void **state)
{
	struct federation *f = federation_of(3);
	struct router *r = router_new(f);
	struct lb_header h = warning("all");
	struct route *first = router_route(r, 0, &h);

	(void)state;
	assert_non_null(first);
	assert_int_equal(first->admitted, LB_OK);
	assert_int_equal(first->sender, 0);
	assert_int_equal(first->type, LB_TYPE_WARNING);
	assert_int_equal(first->area, 1);
	assert_int_equal(first->generation, federation_generation(f));
	assert_int_equal(first->recipients.word[0], 0xe);
	h.created_ms = 77; /* the policy does not look at it */
	assert_ptr_equal(router_route(r, 0, &h), first);
	assert_ptr_equal(router_federation(r), f);
	router_free(r);
	federation_unref(f);
}

static void whatever_the_policy_looks_at_makes_another_route(void **state)
{
	struct federation *f = federation_of(3);
	struct router *r = router_new(f);
	struct lb_header base = warning("p1"), h[10];
	struct route *routes[11];

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		h[i] = base;
	h[0].type = LB_TYPE_INDICATOR;
	h[1].area = 2;
	h[2].tlp = LB_TLP_RED;
	h[3].level = 3;
	h[4].lane = !base.lane;
	h[5].approvals_n = 1;
	h[6].origin = lb_text_of("p");
	h[7].audience[0] = lb_text_of("p2");
	h[8].audience[1] = lb_text_of("p2");
	h[8].audience_n = 2;
	h[9].has_thread = true;
	for (unsigned i = 0; i < 10; i++)
		routes[i] = route_ref(router_route(r, 0, &h[i]));
	routes[10] = route_ref(router_route(r, PARTNER_NONE, &base));
	for (unsigned i = 0; i < 11; i++) {
		assert_ptr_not_equal(router_route(r, 0, &base), routes[i]);
		for (unsigned k = 0; k < i; k++)
			assert_ptr_not_equal(routes[i], routes[k]);
	}
	router_free(r);
	for (unsigned i = 0; i < 11; i++)
		route_unref(routes[i]);
	federation_unref(f);
}

/* "p1" + "2" and "p12" must not meet: the key has lengths. */
static void audiences_that_look_alike_when_joined_are_apart(void **state)
{
	struct federation *f = federation_of(13);
	struct router *r = router_new(f);
	struct lb_header a = warning("p1"), b = warning("p12");

	(void)state;
	a.audience[1] = lb_text_of("2");
	a.audience_n = 2;
	b.audience[1] = lb_text_of("");
	b.audience_n = 2;
	assert_int_equal(router_route(r, PARTNER_NONE, &a)->recipients.word[0], 1 << 1);
	assert_int_equal(router_route(r, PARTNER_NONE, &b)->recipients.word[0], 1 << 12);
	router_free(r);
	federation_unref(f);
}

static void the_key_is_a_copy(void **state)
{
	struct federation *f = federation_of(3);
	struct router *r = router_new(f);
	char text[] = "p1";
	struct lb_header h = warning(text);
	struct route *one = route_ref(router_route(r, 0, &h)), *two;

	(void)state;
	text[1] = '2';
	two = route_ref(router_route(r, 0, &h));
	assert_int_equal(one->recipients.word[0], 1 << 1);
	assert_int_equal(two->recipients.word[0], 1 << 2);
	router_free(r);
	route_unref(one);
	route_unref(two);
	federation_unref(f);
}

static void a_refusal_is_remembered_without_recipients(void **state)
{
	struct federation *f = federation_of(3);
	struct router *r = router_new(f);
	struct lb_header h = warning("all");
	struct route *refused, *in_log;

	(void)state;
	refused = router_route(r, 1, &h);
	assert_int_equal(refused->admitted, LB_WRONG_ORIGIN);
	assert_int_equal(refused->recipients.word[0], 0);
	assert_ptr_equal(router_route(r, 1, &h), refused);
	in_log = router_route(r, PARTNER_NONE, &h);
	assert_int_equal(in_log->admitted, LB_OK);
	assert_int_equal(in_log->sender, PARTNER_NONE);
	assert_int_equal(in_log->recipients.word[0], 0xe);
	router_free(r);
	federation_unref(f);
}

/* More kinds than it has room for, twice over: every answer is still the policy's. */
static void it_is_bounded_and_stays_right(void **state)
{
	enum { STATES = 100 };
	struct federation *f = federation_of(STATES);
	struct router *r = router_new(f);
	char a[16], b[16];

	(void)state;
	for (unsigned i = 0; i < 2 * STATES * STATES; i++) {
		struct lb_header h = warning(a);
		struct partner_set expected;
		snprintf(a, sizeof a, "p%u", i % STATES);
		snprintf(b, sizeof b, "p%u", i / STATES % STATES);
		h.audience[0] = lb_text_of(a);
		h.audience[1] = lb_text_of(b);
		h.audience_n = 2;
		policy_recipients(f, &h, &expected);
		assert_memory_equal(&router_route(r, PARTNER_NONE, &h)->recipients, &expected, sizeof expected);
	}
	router_free(r);
	federation_unref(f);
}

static void a_header_too_long_to_remember_is_worked_out(void **state)
{
	static char long_text[300];
	struct federation *f = federation_of(3);
	struct router *r = router_new(f);
	struct lb_header h = warning(long_text);

	(void)state;
	memset(long_text, 'a', sizeof long_text - 1);
	h.audience[0] = lb_text_of(long_text);
	h.audience[1] = lb_text_of("p2");
	h.audience_n = 2;
	assert_int_equal(router_route(r, PARTNER_NONE, &h)->recipients.word[0], 1 << 2);
	assert_int_equal(router_route(r, PARTNER_NONE, &h)->recipients.word[0], 1 << 2);
	h.type = UINT32_MAX;
	assert_int_equal(router_route(r, 0, &h)->admitted, LB_UNKNOWN_TYPE);
	router_free(r);
	federation_unref(f);
}

static void a_reload_forgets(void **state)
{
	struct federation *f = federation_of(3), *g = federation_of(2);
	struct router *r = router_new(f);
	struct lb_header h = warning("all");
	struct route *old = route_ref(router_route(r, 0, &h)), *new;

	(void)state;
	router_reload(r, g);
	federation_unref(f);
	assert_ptr_equal(router_federation(r), g);
	new = router_route(r, 0, &h);
	assert_int_equal(new->recipients.word[0], 0x6);
	assert_int_equal(new->generation, federation_generation(g));
	assert_int_equal(old->recipients.word[0], 0xe); /* who holds it still has it */
	route_unref(old);
	router_free(r);
	federation_unref(g);
	router_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_kind_gets_the_same_route),
		cmocka_unit_test(whatever_the_policy_looks_at_makes_another_route),
		cmocka_unit_test(audiences_that_look_alike_when_joined_are_apart),
		cmocka_unit_test(the_key_is_a_copy),
		cmocka_unit_test(a_refusal_is_remembered_without_recipients),
		cmocka_unit_test(it_is_bounded_and_stays_right),
		cmocka_unit_test(a_header_too_long_to_remember_is_worked_out),
		cmocka_unit_test(a_reload_forgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
