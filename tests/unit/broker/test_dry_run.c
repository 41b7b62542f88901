/* Who would get a message, and whether it would be refused. */
#include "tests/kit/stand.h"

#include <string.h>

#include "tests/unit/broker/receipts.h"
#include "tests/unit/broker/two_people.h"

/* Who would get a message of this header; valid until the caller hears again. */
static const Lagebus__Route *route(struct caller *c, const void *header, size_t n)
{
	Lagebus__RouteQuery query = LAGEBUS__ROUTE_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.request = 7;
	query.header = (ProtobufCBinaryData){ n, (uint8_t *)header };
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE_QUERY;
	control.route_query = &query;
	caller_say_control(c, &control);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ROUTE));
	assert_int_equal(c->control->route->request, 7);
	return c->control->route;
}

static const Lagebus__Route *route_of(struct caller *c, const struct lb_header *h)
{
	struct lb_buf header = LB_BUF_INIT;
	const Lagebus__Route *r;

	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	r = route(c, lb_buf_data(&header), lb_buf_len(&header));
	lb_buf_fini(&header);
	return r;
}

static void it_says_who_would_get_it(void **state)
{
	const Lagebus__Route *r;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_header(c, "all", &h);
	h.tlp = LB_TLP_AMBER_STRICT;
	h.area = LB_AREA_DIGITAL_VIOLENCE;
	r = route_of(c, &h);
	assert_string_equal(r->refused, "");
	assert_int_equal(r->n_partners, 5);
	assert_string_equal(row_of(r->partners, r->n_partners, "de-sn")->rule, "");
	assert_string_equal(row_of(r->partners, r->n_partners, "de-he")->rule, "area-not-agreed");
	assert_string_equal(row_of(r->partners, r->n_partners, "de-sn/leipzig")->rule, "tlp-strict-named-only");
	assert_string_equal(row_of(r->partners, r->n_partners, "uni")->rule, "tlp-observer-green");
	assert_string_equal(row_of(r->partners, r->n_partners, "bund-bsi")->rule, "not-in-audience");
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 0); /* and nothing was sent */
}

static void it_says_that_it_would_be_refused(void **state)
{
	const Lagebus__Route *r;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	caller_warning(c, "all", &h);
	r = route_of(c, &h);
	assert_string_equal(r->refused, "role-may-not-send");
	assert_int_equal(r->n_partners, 0);
	h.origin = lb_text_of("bund-bsi");
	assert_string_equal(route_of(c, &h)->refused, "wrong-origin");
	h.origin = lb_text_of("de-he");
	h.audience[0] = lb_text_of("group:xx");
	r = route_of(c, &h);
	assert_string_equal(r->refused, "bad-audience");
	assert_non_null(strstr(r->refused_text, "not in the federation: group:xx"));
	assert_string_equal(route(c, "\xff\xff", 2)->refused, "bad-header");
	assert_string_equal(route(c, "", 0)->refused, "bad-id");
}

static void a_dry_run_looks_at_the_label_too(void **state)
{
	struct caller *c, *he;
	struct lb_header h;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	he = stand_agent("he");
	caller_header(he, "all", &h);
	h.tlp = LB_TLP_CLEAR;
	h.has_thread = true;
	h.thread = stand_send(c, "uni", 1);
	assert_string_equal(route_of(he, &h)->refused, "tlp-widened");
	h.tlp = LB_TLP_GREEN;
	assert_string_equal(route_of(he, &h)->refused, "");
}

/* Everything that publish.c finds in a header alone. */
static void it_says_what_a_publish_would_be_refused_for(void **state)
{
	struct lb_header h, warning;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_header(c, "all", &h);
	h.created_ms += (int64_t)60 * 60 * 1000;
	assert_string_equal(route_of(c, &h)->refused, "bad-time");
	caller_header(c, "all", &h);
	h.expires_ms = h.created_ms - 1;
	h.created_ms -= 1000;
	assert_string_equal(route_of(c, &h)->refused, "expired");
	caller_header(c, "all", &h);
	h.exercise = true;
	h.exercise_name = lb_text_of("VS-NUR FÜR DEN DIENSTGEBRAUCH");
	assert_string_equal(route_of(c, &h)->refused, "classified");
	caller_warning(c, "all", &warning);
	assert_string_equal(route_of(c, &warning)->refused, "");
	h = warning;
	h.ack_policy = LB_ACK_DISPLAYED;
	assert_string_equal(route_of(c, &h)->refused, "ack-too-weak");
	h = warning;
	h.ack_deadline_ms++;
	assert_string_equal(route_of(c, &h)->refused, "ack-too-late");
}

static void it_says_what_may_not_be_read_on_the_way(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_header(c, "de-sn", &h);
	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h.area = LB_AREA_DIGITAL_VIOLENCE;
	h.tlp = LB_TLP_RED;
	assert_string_equal(route_of(c, &h)->refused, "case-not-red"); /* and it never expires */
	h.expires_ms = h.created_ms + (int64_t)24 * 60 * 60 * 1000;
	assert_string_equal(route_of(c, &h)->refused, "");
	h.language = lb_text_of("de");
	assert_string_equal(route_of(c, &h)->refused, "red-not-encrypted");
}

static void it_says_that_a_second_person_is_waited_for(void **state)
{
	const Lagebus__Route *r;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_warning(c, "all", &h);
	assert_false(route_of(c, &h)->waits);
	red(c, "all", &h);
	r = route_of(c, &h);
	assert_true(r->waits);
	assert_string_equal(r->refused, "");
	assert_string_equal(row_of(r->partners, r->n_partners, "de-sn")->rule, ""); /* once it is approved */
	h.ack_policy = LB_ACK_NONE;
	assert_string_equal(route_of(c, &h)->refused, "ack-too-weak"); /* it would not even wait */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_says_who_would_get_it),
		STAND_TEST(it_says_that_it_would_be_refused),
		STAND_TEST(a_dry_run_looks_at_the_label_too),
		STAND_TEST(it_says_what_a_publish_would_be_refused_for),
		STAND_TEST(it_says_what_may_not_be_read_on_the_way),
		STAND_TEST(it_says_that_a_second_person_is_waited_for),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
