/* The header frame: protobuf-c's code as the judge both ways, each check, and bytes gone wrong. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/header.h"
#include "proto/header.pb-c.h"

static const uint8_t random_bits[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static struct lb_header smallest(void)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .created_ms = 1700000000000, .audience_n = 1 };

	h.id = lb_uuid7(1700000000000, random_bits);
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	return h;
}

static struct lb_header fullest(void)
{
	static const uint8_t signature[300] = { 0x30, 0x45 };
	struct lb_header h = smallest();

	h.type = 300;
	h.schema_version = 3;
	h.tlp = LB_TLP_RED;
	h.level = 4;
	h.lane = LB_LANE_ROUTINE;
	h.expires_ms = 1800000000000;
	h.audience_n = LB_AUDIENCE_MAX;
	for (unsigned i = 0; i < LB_AUDIENCE_MAX; i++)
		h.audience[i] = lb_text_of(i % 2 ? "de-sn/*" : "group:cert");
	h.has_thread = h.has_supersedes = h.exercise = h.personal_data = true;
	h.thread = lb_uuid7(1, random_bits);
	h.supersedes = lb_uuid7(2, random_bits);
	h.exercise_name = lb_text_of("LÜKEX 2027");
	h.ack_policy = LB_ACK_IMPLEMENTED;
	h.ack_deadline_ms = 1750000000000;
	h.language = lb_text_of("de");
	h.approvals_n = 2;
	h.approvals[0] = (struct lb_approval){ lb_text_of("spiffe://x/partner/a/agent/b"), signature, sizeof signature };
	h.approvals[1] = (struct lb_approval){ lb_text_of(""), NULL, 0 };
	return h;
}

static bool text_is(struct lb_text t, const char *s)
{
	return s && lb_text_equals(t, s);
}

static void assert_same(const struct lb_header *h, const Lagebus__Header *g)
{
	assert_int_equal(g->id.len, 16);
	assert_memory_equal(g->id.data, h->id.b, 16);
	assert_int_equal(g->type, h->type);
	assert_int_equal(g->area, h->area);
	assert_int_equal(g->tlp, h->tlp);
	assert_int_equal(g->level, h->level);
	assert_int_equal(g->lane, h->lane);
	assert_int_equal(g->created, h->created_ms);
	assert_int_equal(g->expires, h->expires_ms);
	assert_int_equal(g->schema_version ? g->schema_version : 1, h->schema_version);
	assert_int_equal(g->exercise, h->exercise);
	assert_int_equal(g->personal_data, h->personal_data);
	assert_int_equal(g->ack_policy, h->ack_policy);
	assert_int_equal(g->ack_deadline, h->ack_deadline_ms);
	assert_true(text_is(h->origin, g->origin) && text_is(h->exercise_name, g->exercise_name) && text_is(h->language, g->language));
	assert_int_equal(g->thread.len, h->has_thread ? 16 : 0);
	assert_int_equal(g->supersedes.len, h->has_supersedes ? 16 : 0);
	if (h->has_thread)
		assert_memory_equal(g->thread.data, h->thread.b, 16);
	if (h->has_supersedes)
		assert_memory_equal(g->supersedes.data, h->supersedes.b, 16);
	assert_int_equal(g->n_audience, h->audience_n);
	for (unsigned i = 0; i < h->audience_n; i++)
		assert_true(text_is(h->audience[i], g->audience[i]));
	assert_int_equal(g->n_approvals, h->approvals_n);
	for (unsigned i = 0; i < h->approvals_n; i++) {
		assert_true(text_is(h->approvals[i].by, g->approvals[i]->by));
		assert_int_equal(g->approvals[i]->signature.len, h->approvals[i].signature_n);
		if (h->approvals[i].signature_n > 0)
			assert_memory_equal(g->approvals[i]->signature.data, h->approvals[i].signature, h->approvals[i].signature_n);
	}
}

/* Our bytes are protobuf-c's, read by both. */
static void check_both_ways(const struct lb_header *h)
{
	struct lb_buf out = LB_BUF_INIT;
	struct lb_header back;
	Lagebus__Header *g;
	uint8_t *packed;

	assert_int_equal(lb_header_encode(h, &out), LB_OK);
	g = lagebus__header__unpack(NULL, lb_buf_len(&out), lb_buf_data(&out));
	assert_non_null(g);
	assert_same(h, g);
	packed = malloc(lagebus__header__get_packed_size(g));
	assert_non_null(packed);
	assert_int_equal(lagebus__header__pack(g, packed), lb_buf_len(&out));
	assert_memory_equal(packed, lb_buf_data(&out), lb_buf_len(&out));
	assert_int_equal(lb_header_decode(packed, lb_buf_len(&out), &back), LB_OK);
	assert_same(&back, g);
	free(packed);
	lagebus__header__free_unpacked(g, NULL);
	lb_buf_fini(&out);
}

static void protobuf_c_agrees(void **state)
{
	struct lb_header h = smallest();

	(void)state;
	check_both_ways(&h);
	h = fullest();
	check_both_ways(&h);
	h.exercise_name = h.language = lb_text_of("");
	h.created_ms = INT64_MAX - 1;
	h.expires_ms = INT64_MAX;
	h.type = UINT32_MAX;
	check_both_ways(&h);
}

static lb_err encoding(const struct lb_header *h)
{
	struct lb_buf out = LB_BUF_INIT;
	lb_err e;

	assert_int_equal(lb_buf_append(&out, "before", 6), LB_OK);
	e = lb_header_encode(h, &out);
	if (e != LB_OK)
		assert_int_equal(lb_buf_len(&out), 6);
	lb_buf_fini(&out);
	return e;
}

#define REFUSED(change, reason)                                \
	do {                                                   \
		struct lb_header h = fullest();                \
		change;                                        \
		assert_int_equal(encoding(&h), reason);        \
	} while (0)

static void each_check_refuses(void **state)
{
	static char long_text[LB_TEXT_MAX + 1];

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	REFUSED((void)0, LB_OK);
	REFUSED(h.id.b[6] = 0x40, LB_BAD_ID);
	REFUSED(h.thread.b[8] = 0, LB_BAD_ID);
	REFUSED(h.supersedes.b[6] = 0, LB_BAD_ID);
	REFUSED(h.type = 0, LB_BAD_HEADER);
	REFUSED(h.area = 0, LB_BAD_HEADER);
	REFUSED(h.origin = lb_text_of(""), LB_BAD_HEADER);
	REFUSED(h.origin = lb_text_of("Bund"), LB_BAD_HEADER);
	REFUSED(h.origin = lb_text_of("\xff"), LB_NOT_UTF8);
	REFUSED(h.audience_n = 0, LB_BAD_AUDIENCE);
	REFUSED(h.audience_n = LB_AUDIENCE_MAX + 1, LB_BAD_AUDIENCE);
	REFUSED(h.audience[3] = lb_text_of("de-*"), LB_BAD_AUDIENCE);
	REFUSED(h.audience[3] = lb_text_of(""), LB_BAD_AUDIENCE);
	REFUSED(h.lane = 2, LB_BAD_HEADER);
	REFUSED(h.level = 5, LB_BAD_HEADER);
	REFUSED(h.ack_policy = 4, LB_BAD_HEADER);
	REFUSED(h.created_ms = 0, LB_BAD_TIME);
	REFUSED(h.created_ms = -1, LB_BAD_TIME);
	REFUSED(h.expires_ms = -1, LB_BAD_TIME);
	REFUSED(h.expires_ms = h.created_ms, LB_BAD_TIME);
	REFUSED(h.ack_deadline_ms = -1, LB_BAD_TIME);
	REFUSED(h.language = lb_text_of("d\xc3"), LB_NOT_UTF8);
	REFUSED(h.exercise_name = ((struct lb_text){ "a\0b", 3 }), LB_NOT_UTF8);
	REFUSED(h.exercise_name = ((struct lb_text){ long_text, LB_TEXT_MAX }), LB_OK);
	REFUSED(h.exercise_name = ((struct lb_text){ long_text, LB_TEXT_MAX + 1 }), LB_BAD_HEADER);
	REFUSED(h.approvals_n = LB_APPROVALS_MAX + 1, LB_BAD_HEADER);
	REFUSED(h.approvals[0].by = lb_text_of("\x80"), LB_NOT_UTF8);
}

static void too_large_is_refused(void **state)
{
	static const uint8_t signature[LB_HEADER_MAX];
	struct lb_header h = smallest(), decoded;
	uint8_t *p = calloc(1, LB_HEADER_MAX + 1);
	struct lb_buf whole = LB_BUF_INIT;
	size_t n;

	(void)state;
	assert_int_equal(lb_header_encode(&h, &whole), LB_OK);
	n = lb_buf_len(&whole);
	h.approvals_n = 1;
	h.approvals[0] = (struct lb_approval){ lb_text_of(""), signature, sizeof signature };
	assert_int_equal(encoding(&h), LB_BAD_HEADER);
	assert_int_equal(lb_header_decode(p, LB_HEADER_MAX + 1, &decoded), LB_BAD_HEADER);
	/* Also if what is too much is a field that is not known yet. */
	for (unsigned more = 0; more < 2; more++) {
		size_t rest = LB_HEADER_MAX - n + more - 4;
		uint8_t *at = p + n;

		memcpy(p, lb_buf_data(&whole), n);
		*at++ = 0xfa; /* field 31, bytes */
		*at++ = 0x01;
		*at++ = (uint8_t)(rest | 0x80);
		*at++ = (uint8_t)(rest >> 7);
		assert_in_range(rest, 0x80, 0x3fff);
		memset(at, 0, rest);
		assert_int_equal(lb_header_decode(p, LB_HEADER_MAX + more, &decoded), more ? LB_BAD_HEADER : LB_OK);
	}
	lb_buf_fini(&whole);
	assert_int_equal(lb_header_decode(p, 0, &decoded), LB_BAD_ID);
	free(p);
}

/* The smallest header with more bytes behind it. */
static lb_err with(const char *more, size_t n)
{
	struct lb_header h = smallest(), decoded;
	struct lb_buf out = LB_BUF_INIT;
	lb_err e;

	assert_int_equal(lb_header_encode(&h, &out), LB_OK);
	assert_int_equal(lb_buf_append(&out, more, n), LB_OK);
	e = lb_header_decode(lb_buf_data(&out), lb_buf_len(&out), &decoded);
	lb_buf_fini(&out);
	return e;
}

static void fields_of_later_versions_are_skipped(void **state)
{
	(void)state;
	assert_int_equal(with("\xa8\x01\x05", 3), LB_OK);                               /* 21: varint */
	assert_int_equal(with("\xaa\x01\x02hi", 5), LB_OK);                             /* 21: bytes */
	assert_int_equal(with("\xa9\x01" "01234567", 10), LB_OK);                       /* 21: fixed64 */
	assert_int_equal(with("\xad\x01" "0123", 6), LB_OK);                            /* 21: fixed32 */
	assert_int_equal(with("\xa9\x01" "0123456", 9), LB_BAD_HEADER);                 /* cut */
	assert_int_equal(with("\xab\x01\xac\x01", 4), LB_BAD_HEADER);                   /* a group */
	assert_int_equal(with("\xa2\x01\x04\x1a\x02hi", 7), LB_OK);                     /* in an approval */
	assert_int_equal(with("\xa2\x01\x04\x1a\x03hi", 7), LB_BAD_HEADER);
}

static void wire_forms_that_are_wrong_are_refused(void **state)
{
	(void)state;
	assert_int_equal(with("\x12\x01\x01", 3), LB_BAD_HEADER);                       /* type as bytes */
	assert_int_equal(with("\x08\x01", 2), LB_BAD_HEADER);                           /* id as varint */
	assert_int_equal(with("\x15" "0123", 5), LB_BAD_HEADER);                        /* type as fixed32 */
	assert_int_equal(with("\x00\x01", 2), LB_BAD_HEADER);                           /* field 0 */
	assert_int_equal(with("\x10", 1), LB_BAD_HEADER);
	assert_int_equal(with("\x10\x80", 2), LB_BAD_HEADER);
	assert_int_equal(with("\x10\x80\x80\x80\x80\x10", 6), LB_BAD_HEADER);           /* type over 32 bits */
	assert_int_equal(with("\x70\x02", 2), LB_BAD_HEADER);                           /* a flag of 2 */
	assert_int_equal(with("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11), LB_BAD_HEADER); /* 65 bits */
	assert_int_equal(with("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11), LB_BAD_TIME);
	assert_int_equal(with("\x1a\xff\xff\xff\xff\x0f", 6), LB_BAD_HEADER);           /* longer than what is there */
	assert_int_equal(with("\x0a\x00", 2), LB_BAD_ID);
	assert_int_equal(with("\x62\x00", 2), LB_BAD_ID);
}

/* Whatever we take of mutated bytes, protobuf-c takes, and sees the same. */
static void mutations_never_disagree(void **state)
{
	struct lb_header h = fullest(), decoded;
	struct lb_buf out = LB_BUF_INIT;
	unsigned seed = 5, taken = 0;

	(void)state;
	h.audience_n = 3;
	assert_int_equal(lb_header_encode(&h, &out), LB_OK);
	for (unsigned i = 0; i < 60000; i++) {
		size_t n = i % 4 ? lb_buf_len(&out) : (size_t)rand_r(&seed) % lb_buf_len(&out);
		uint8_t *p = malloc(n ? n : 1);
		Lagebus__Header *g;

		memcpy(p, lb_buf_data(&out), n);
		for (int k = rand_r(&seed) % 4; k >= 0 && n > 0; k--)
			p[(size_t)rand_r(&seed) % n] = (uint8_t)rand_r(&seed);
		if (lb_header_decode(p, n, &decoded) == LB_OK) {
			taken++;
			g = lagebus__header__unpack(NULL, n, p);
			assert_non_null(g);
			assert_same(&decoded, g);
			lagebus__header__free_unpacked(g, NULL);
		}
		free(p);
	}
	assert_true(taken > 100);
	lb_buf_fini(&out);
}

/* In the order of the labels; UNSET is AMBER+STRICT. Only another origin's is widened. */
static void a_looser_label_than_another_s_widens_it(void **state)
{
	static const unsigned labels[] = { LB_TLP_CLEAR, LB_TLP_GREEN, LB_TLP_AMBER, LB_TLP_AMBER_STRICT, LB_TLP_RED, LB_TLP_UNSET };
	static const unsigned strict[] = { 0, 1, 2, 3, 4, 3 };

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		for (unsigned k = 0; k < 6; k++) {
			struct lb_header h = smallest(), about = smallest();

			h.tlp = labels[i];
			about.tlp = labels[k];
			assert_false(lb_header_widens(&h, &about));
			about.origin = lb_text_of("de-sn/leipzig");
			h.origin = lb_text_of("de-sn");
			assert_int_equal(lb_header_widens(&h, &about), strict[i] < strict[k]);
		}
}

static void exercise_and_reality_are_told_apart(void **state)
{
	struct lb_header real = smallest(), named = smallest(), same = smallest(), other = smallest(), nameless = smallest();

	(void)state;
	named.exercise = same.exercise = other.exercise = nameless.exercise = true;
	named.exercise_name = lb_text_of("LÜKEX");
	same.exercise_name = lb_text_of("LÜKEX");
	other.exercise_name = lb_text_of("LÜKEY");
	assert_true(lb_header_is_real(&real));
	assert_false(lb_header_is_real(&named));
	assert_false(lb_header_is_real(&nameless));
	assert_true(lb_header_same_exercise(&real, &real));
	assert_true(lb_header_same_exercise(&named, &same));
	assert_false(lb_header_same_exercise(&named, &real));
	assert_false(lb_header_same_exercise(&real, &named));
	assert_false(lb_header_same_exercise(&real, &nameless));
	assert_false(lb_header_same_exercise(&named, &other));
	named.exercise = false; /* the name alone says so, too */
	assert_false(lb_header_is_real(&named));
}

static void the_lane_follows_type_and_level(void **state)
{
	(void)state;
	for (unsigned level = 0; level <= 4; level++) {
		assert_int_equal(lb_header_lane(LB_TYPE_WARNING, level), level >= 3 ? LB_LANE_URGENT : LB_LANE_ROUTINE);
		assert_int_equal(lb_header_lane(LB_TYPE_INDICATOR, level), LB_LANE_ROUTINE);
		assert_int_equal(lb_header_lane(LB_TYPE_INCIDENT_REPORT, level), LB_LANE_URGENT);
		assert_int_equal(lb_header_lane(LB_TYPE_RECALL, level), LB_LANE_URGENT);
		assert_int_equal(lb_header_lane(LB_TYPE_RECEIPT, level), LB_LANE_URGENT);
		assert_int_equal(lb_header_lane(LB_TYPE_APPROVAL, level), LB_LANE_URGENT);
		assert_int_equal(lb_header_lane(LB_TYPE_EXERCISE, level), LB_LANE_URGENT);
		assert_int_equal(lb_header_lane(LB_TYPE_TRAINING_REGISTRATION, level), LB_LANE_ROUTINE);
		assert_int_equal(lb_header_lane(999, level), LB_LANE_ROUTINE);
	}
}

static void texts_are_the_same_by_length_and_bytes(void **state)
{
	(void)state;
	assert_true(lb_text_same(lb_text_of("de-sn"), lb_text_of("de-sn")));
	assert_false(lb_text_same(lb_text_of("de-sn"), lb_text_of("de-st")));
	assert_false(lb_text_same(lb_text_of("de-sn"), lb_text_of("de-sn/leipzig")));
	assert_true(lb_text_same((struct lb_text){ NULL, 0 }, lb_text_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protobuf_c_agrees),
		cmocka_unit_test(each_check_refuses),
		cmocka_unit_test(too_large_is_refused),
		cmocka_unit_test(fields_of_later_versions_are_skipped),
		cmocka_unit_test(wire_forms_that_are_wrong_are_refused),
		cmocka_unit_test(mutations_never_disagree),
		cmocka_unit_test(a_looser_label_than_another_s_widens_it),
		cmocka_unit_test(exercise_and_reality_are_told_apart),
		cmocka_unit_test(the_lane_follows_type_and_level),
		cmocka_unit_test(texts_are_the_same_by_length_and_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
