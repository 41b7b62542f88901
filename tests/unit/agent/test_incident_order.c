/* agents/agent/incident_order.c: which messages are an incident's, what corrects what, and what stands before what. */
#include "tests/unit/agent/incident_messages.h"

#include <stdio.h>

#include "agents/agent/incident_order.h"

#define MOST 16
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define REQUEST LB_TYPE_ASSISTANCE_REQUEST
#define OFFER LB_TYPE_ASSISTANCE_OFFER
#define FIRST { .n = 5, .by = "de-sn/leipzig" }

static struct told told[MOST];
static struct incident_message messages[MOST];
static size_t told_n;

/* The order of incident 5 from these words; forget it. */
static void order(const struct word *words, size_t n, struct incident_order *out)
{
	struct lb_uuid id = told_id(5);

	for (told_n = 0; told_n < n; told_n++) {
		told_write(&told[told_n], &words[told_n]);
		messages[told_n] = told_message(&told[told_n]);
	}
	assert_int_equal(incident_order_make(&id, messages, n, out), LB_OK);
}

static void forget(struct incident_order *d)
{
	incident_order_fini(d);
	while (told_n > 0)
		told_fini(&told[--told_n]);
}

static const struct incident_item *item(const struct incident_order *d, unsigned n)
{
	struct lb_uuid id = told_id(n);
	size_t k = incident_order_find(d, &id);

	assert_true(k < d->n);
	return &d->items[k];
}

/* The messages' numbers as they stand. */
static const char *places(const struct incident_order *d)
{
	static char text[200];
	size_t at = 0;

	text[0] = '\0';
	for (size_t k = 0; k < d->n; k++)
		for (unsigned n = 1; n < 100; n++) {
			struct lb_uuid id = told_id(n);

			if (memcmp(&id, &d->ordered[k]->h.id, sizeof id) == 0)
				at += (size_t)snprintf(text + at, sizeof text - at, "%s%u", at ? " " : "", n);
		}
	return text;
}

/* In each the one that refers has the earlier time and the smaller id. */
static void what_refers_to_something_stands_behind_it(void **state)
{
	static const struct {
		struct word words[6];
		const char *places;
	} cases[] = {
		{ { FIRST, { .n = 1, .thread = 5, .by = "de-sn", .at = -HOUR, .stage = STAGE(UPDATE) } }, "5 1" },
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 2 * HOUR }, { .n = 3, .thread = 5, .by = "de-sn", .type = REQUEST, .at = HOUR, .request = 9 } },
		  "5 9 3" },
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-he", .type = OFFER, .at = 2 * HOUR }, { .n = 3, .thread = 5, .by = "de-sn", .type = REQUEST, .at = HOUR, .offer = 9 } },
		  "5 9 3" },
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 2 * HOUR }, { .n = 3, .thread = 5, .by = "de-he", .type = OFFER, .at = HOUR, .request = 9 } },
		  "5 9 3" },
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-he", .type = OFFER, .at = 2 * HOUR }, { .n = 3, .thread = 5, .by = "de-he", .type = OFFER, .at = HOUR, .offer = 9 } },
		  "5 9 3" },
		/* all of it, backwards */
		{ { FIRST, { .n = 4, .thread = 5, .by = "de-sn", .type = REQUEST, .at = -HOUR }, { .n = 3, .thread = 5, .by = "de-he", .type = OFFER, .at = -2 * HOUR, .request = 4 },
		    { .n = 2, .thread = 5, .by = "de-sn", .type = REQUEST, .at = -3 * HOUR, .request = 4, .offer = 3 },
		    { .n = 1, .thread = 5, .by = "de-he", .type = OFFER, .at = -4 * HOUR, .request = 2, .offer = 3 } },
		  "5 4 3 2 1" },
		/* by the id of a correction, which stands where the first stood */
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 2 * HOUR },
		    { .n = 10, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 5 * HOUR, .supersedes = 9 },
		    { .n = 3, .thread = 5, .by = "de-he", .type = OFFER, .at = HOUR, .request = 10 },
		    { .n = 11, .thread = 5, .by = "de-sn", .at = 4 * HOUR, .stage = STAGE(UPDATE) } },
		  "5 9 10 3 11" },
		/* what it refers to is not here, or is itself */
		{ { FIRST, { .n = 9, .thread = 5, .by = "de-sn", .type = REQUEST, .at = HOUR, .request = 77, .offer = 9 },
		    { .n = 10, .thread = 5, .by = "de-sn", .type = REQUEST, .at = HOUR } },
		  "5 9 10" },
	};

	(void)state;
	for (size_t k = 0; k < COUNT(cases); k++) {
		struct incident_order d;
		size_t n = 0;

		while (cases[k].words[n].n)
			n++;
		order(cases[k].words, n, &d);
		if (strcmp(places(&d), cases[k].places) != 0)
			fail_msg("case %zu: %s", k, places(&d));
		forget(&d);
	}
}

/* Two that refer to each other end, and stand behind the first report. */
static void a_ring_has_an_end(void **state)
{
	static const struct word words[] = { { .n = 3, .thread = 5, .by = "de-sn", .type = REQUEST, .request = 4 },
		                             { .n = 4, .thread = 5, .by = "de-sn", .type = REQUEST, .request = 3 }, FIRST };
	struct incident_order d;

	(void)state;
	order(words, COUNT(words), &d);
	assert_int_equal(d.n, 3);
	assert_ptr_equal(d.ordered[0], item(&d, 5));
	forget(&d);
}

static void only_the_origin_corrects_what_it_said_before(void **state)
{
	static const struct {
		struct word word;
		unsigned name; /* what it is known by */
		enum incident_fault fault, old_fault;
	} cases[] = {
		{ { .n = 8, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 3 * HOUR, .supersedes = 6 }, 6, INCIDENT_NONE, INCIDENT_SUPERSEDED },
		{ { .n = 8, .thread = 5, .by = "de-he", .type = REQUEST, .at = 3 * HOUR, .supersedes = 6 }, 8, INCIDENT_NOT_THE_ORIGIN, INCIDENT_NONE },
		{ { .n = 8, .thread = 5, .by = "de-sn", .type = OFFER, .at = 3 * HOUR, .supersedes = 6 }, 8, INCIDENT_NOT_THE_ORIGIN, INCIDENT_NONE },
		{ { .n = 8, .thread = 5, .by = "de-sn", .type = REQUEST, .at = HOUR, .supersedes = 6 }, 8, INCIDENT_NOT_THE_ORIGIN, INCIDENT_NONE },
		{ { .n = 8, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 3 * HOUR, .supersedes = 7 }, 7, INCIDENT_NONE, INCIDENT_NONE },
		{ { .n = 8, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 3 * HOUR, .supersedes = 8 }, 8, INCIDENT_NOT_THE_ORIGIN, INCIDENT_NONE },
	};

	(void)state;
	for (size_t k = 0; k < COUNT(cases); k++) {
		const struct word words[] = { cases[k].word, FIRST, { .n = 6, .thread = 5, .by = "de-sn", .type = REQUEST, .at = 2 * HOUR } };
		struct lb_uuid name = told_id(cases[k].name);
		struct incident_order d;

		order(words, COUNT(words), &d);
		if (item(&d, 8)->fault != cases[k].fault || item(&d, 6)->fault != cases[k].old_fault || memcmp(&item(&d, 8)->name, &name, sizeof name) != 0)
			fail_msg("case %zu: fault %d, %d", k, (int)item(&d, 8)->fault, (int)item(&d, 6)->fault);
		forget(&d);
	}
}

/* The others stand aside, where they are. */
static void the_newest_correction_stands_in_the_first_one_s_place(void **state)
{
	static const struct word words[] = { FIRST, { .n = 6, .thread = 5, .by = "de-sn", .at = 2 * HOUR, .stage = STAGE(UPDATE) },
		                             { .n = 7, .thread = 5, .by = "de-sn", .at = 3 * HOUR, .stage = STAGE(UPDATE), .supersedes = 6 },
		                             { .n = 8, .thread = 5, .by = "de-sn", .at = 5 * HOUR, .stage = STAGE(UPDATE), .supersedes = 7 },
		                             { .n = 9, .thread = 5, .by = "de-sn", .at = 4 * HOUR, .stage = STAGE(UPDATE) } };
	struct incident_order d;

	(void)state;
	order(words, COUNT(words), &d);
	assert_string_equal(places(&d), "5 6 8 7 9");
	assert_int_equal(item(&d, 6)->fault, INCIDENT_SUPERSEDED);
	assert_int_equal(item(&d, 7)->fault, INCIDENT_SUPERSEDED);
	assert_int_equal(item(&d, 8)->fault, INCIDENT_NONE);
	assert_int_equal(item(&d, 8)->time_ms, T0 + 2 * HOUR);
	forget(&d);
}

static void each_is_there_once_and_what_is_another_s_is_not(void **state)
{
	static const struct word words[] = { FIRST, FIRST, { .n = 6, .by = "de-sn", .type = REQUEST }, { .n = 7, .by = "de-sn" }, { .n = 8, .thread = 7, .by = "de-sn" },
		                             { .n = 9, .thread = 5, .by = "de-sn", .type = LB_TYPE_WARNING } };
	struct incident_order d;
	struct lb_uuid id = told_id(5), none = told_id(6);
	const struct incident_message broken = { { (const uint8_t *)"\xff", 1 }, { NULL, 0 } };

	(void)state;
	order(words, COUNT(words), &d);
	assert_string_equal(places(&d), "5");
	assert_int_equal(incident_order_find(&d, &none), INCIDENT_ORDER_NONE);
	forget(&d);
	assert_int_equal(incident_order_make(&id, &broken, 1, &d), LB_OK);
	assert_int_equal(d.n, 0);
	forget(&d);
}

static void what_cannot_be_read_is_there_with_its_fault(void **state)
{
	static const struct word words[] = { FIRST, { .n = 6, .thread = 5, .by = "de-sn", .type = OFFER } };
	struct lb_uuid id = told_id(5);
	struct incident_order d;

	(void)state;
	order(words, COUNT(words), &d);
	assert_int_equal(item(&d, 6)->fault, INCIDENT_NONE);
	incident_order_fini(&d);
	messages[1].payload = (struct lb_frame){ (const uint8_t *)"\xff\xff", 2 };
	assert_int_equal(incident_order_make(&id, messages, 2, &d), LB_OK);
	assert_int_equal(item(&d, 6)->fault, INCIDENT_UNREADABLE);
	forget(&d);
}

static void an_id_has_sixteen_bytes(void **state)
{
	uint8_t bytes[17] = { 7 };
	struct lb_uuid id = told_id(1);

	(void)state;
	assert_false(incident_id_read((ProtobufCBinaryData){ 0, NULL }, &id));
	assert_false(incident_id_read((ProtobufCBinaryData){ 15, bytes }, &id));
	assert_false(incident_id_read((ProtobufCBinaryData){ 17, bytes }, &id));
	assert_true(incident_id_read((ProtobufCBinaryData){ 16, bytes }, &id));
	assert_memory_equal(id.b, bytes, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_refers_to_something_stands_behind_it),
		cmocka_unit_test(a_ring_has_an_end),
		cmocka_unit_test(only_the_origin_corrects_what_it_said_before),
		cmocka_unit_test(the_newest_correction_stands_in_the_first_one_s_place),
		cmocka_unit_test(each_is_there_once_and_what_is_another_s_is_not),
		cmocka_unit_test(what_cannot_be_read_is_there_with_its_fault),
		cmocka_unit_test(an_id_has_sixteen_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
