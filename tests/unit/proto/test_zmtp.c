/* ZMTP as bytes: what libzmq sent, every way to split it, hostile frames, and what we send. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/zmtp.h"

/* Recorded from a DEALER of libzmq 4.3.4: its greeting, then READY with its socket type and identity. */
static const uint8_t libzmq[] = {
	0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, 'N', 'U', 'L', 'L', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 64 bytes */
	0x04, 0x29, 5, 'R', 'E', 'A', 'D', 'Y', 11, 'S', 'o', 'c', 'k', 'e', 't', '-', 'T', 'y', 'p', 'e', 0, 0, 0, 6, 'D', 'E', 'A', 'L', 'E', 'R',
	8, 'I', 'd', 'e', 'n', 't', 'i', 't', 'y', 0, 0, 0, 0,
};

/* Parses a copy of exactly n bytes, so that a sanitizer sees a read past the end. */
static lb_err parse(const uint8_t *p, size_t n, size_t max, struct lb_zmtp_message *m, size_t *need)
{
	static uint8_t *exact;
	lb_err e;

	free(exact);
	exact = malloc(n ? n : 1);
	assert_non_null(exact);
	if (n > 0)
		memcpy(exact, p, n);
	*need = 0;
	e = lb_zmtp_parse(exact, n, max, m, need);
	if (e == LB_AGAIN)
		assert_true(*need > n);
	if (n == 0) {
		free(exact);
		exact = NULL;
	}
	return e;
}

static lb_err parse_text(const char *p, size_t n)
{
	struct lb_zmtp_message m;
	size_t need;

	return parse((const uint8_t *)p, n, LB_MESSAGE_MAX, &m, &need);
}

static void takes_what_libzmq_sends(void **state)
{
	struct lb_zmtp_message m;
	struct lb_zmtp_command c;
	size_t need;

	(void)state;
	for (size_t n = 0; n < LB_ZMTP_GREETING; n++)
		assert_int_equal(lb_zmtp_check_greeting(libzmq, n), LB_AGAIN);
	assert_int_equal(lb_zmtp_check_greeting(libzmq, sizeof libzmq), LB_OK);
	for (size_t n = LB_ZMTP_GREETING; n < sizeof libzmq; n++)
		assert_int_equal(parse(libzmq + LB_ZMTP_GREETING, n - LB_ZMTP_GREETING, LB_MESSAGE_MAX, &m, &need), LB_AGAIN);
	assert_int_equal(parse(libzmq + LB_ZMTP_GREETING, sizeof libzmq - LB_ZMTP_GREETING, LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_true(m.command);
	assert_int_equal(m.raw_n, sizeof libzmq - LB_ZMTP_GREETING);
	assert_int_equal(lb_zmtp_command(m.frames[0].p, m.frames[0].n, &c), LB_OK);
	assert_int_equal(c.kind, LB_ZMTP_READY);
	assert_true(c.peer_is_dealer);
	assert_false(c.peer_is_router);
}

static void another_greeting_is_refused_at_its_first_wrong_byte(void **state)
{
	static const struct {
		size_t at;
		uint8_t wrong;
	} cases[] = { { 0, 'G' }, { 9, 0x7e }, { 10, 2 }, { 12, 'P' }, { 15, 0 }, { 16, 'X' }, { 31, 1 } };
	uint8_t greeting[LB_ZMTP_GREETING];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		lb_zmtp_greeting(greeting);
		assert_int_equal(lb_zmtp_check_greeting(greeting, sizeof greeting), LB_OK);
		greeting[cases[i].at] = cases[i].wrong;
		assert_int_equal(lb_zmtp_check_greeting(greeting, cases[i].at), LB_AGAIN);
		for (size_t n = cases[i].at + 1; n <= sizeof greeting; n++)
			assert_int_equal(lb_zmtp_check_greeting(greeting, n), LB_ZMTP_BAD_GREETING);
	}
	/* A later version is taken: the older side's counts. */
	lb_zmtp_greeting(greeting);
	greeting[10] = 4;
	assert_int_equal(lb_zmtp_check_greeting(greeting, sizeof greeting), LB_OK);
}

/* A message of four frames, empty, short, long and at the border between both forms. */
static void a_message_is_the_same_however_it_arrives(void **state)
{
	static const size_t sizes[] = { 0, 255, 256, 70 };
	uint8_t body[256];
	struct lb_frame frames[4];
	struct lb_zmtp_message m;
	struct lb_buf out = LB_BUF_INIT;
	size_t need;

	(void)state;
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (uint8_t)i;
	for (unsigned i = 0; i < 4; i++)
		frames[i] = (struct lb_frame){ body, sizes[i] };
	assert_int_equal(lb_zmtp_put_message(&out, frames, 4), LB_OK);
	assert_int_equal(lb_buf_len(&out), 2 + 2 + 255 + 9 + 256 + 2 + 70);
	for (size_t n = 0; n < lb_buf_len(&out); n++) {
		assert_int_equal(parse(lb_buf_data(&out), n, LB_MESSAGE_MAX, &m, &need), LB_AGAIN);
		assert_true(need <= lb_buf_len(&out));
	}
	/* What follows does not belong to it. */
	assert_int_equal(lb_buf_append(&out, "\x01", 1), LB_OK);
	assert_int_equal(parse(lb_buf_data(&out), lb_buf_len(&out), LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_false(m.command);
	assert_int_equal(m.frames_n, 4);
	assert_int_equal(m.raw_n, lb_buf_len(&out) - 1);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(m.frames[i].n, sizes[i]);
		assert_memory_equal(m.frames[i].p, body, sizes[i]);
	}
	lb_buf_fini(&out);
}

static void the_long_form_of_a_short_frame_is_taken(void **state)
{
	static const uint8_t p[] = { 0x02, 0, 0, 0, 0, 0, 0, 0, 1, 'x' };
	struct lb_zmtp_message m;
	size_t need;

	(void)state;
	assert_int_equal(parse(p, sizeof p, LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_int_equal(m.frames[0].n, 1);
	assert_int_equal(m.raw_n, 10);
}

static void malformed_frames_are_refused(void **state)
{
	(void)state;
	for (unsigned flags = 8; flags < 256; flags++) {
		char p[2] = { (char)flags, 0 };

		assert_int_equal(parse_text(p, 2), LB_ZMTP_FRAME);
		assert_int_equal(parse_text(p, 1), LB_ZMTP_FRAME);
	}
	assert_int_equal(parse_text("\x05\x01\x01x", 4), LB_ZMTP_FRAME);
	assert_int_equal(parse_text("\x07", 1), LB_ZMTP_FRAME);
	/* A command between the frames of a message. */
	assert_int_equal(parse_text("\x01\x01x\x04\x02\x01P", 7), LB_ZMTP_FRAME);
	assert_int_equal(parse_text("\x01\x01x\x04", 4), LB_AGAIN);
}

static void a_length_is_judged_before_its_bytes_are_there(void **state)
{
	struct lb_zmtp_message m;
	size_t need;

	(void)state;
	assert_int_equal(parse_text("\x02\xff\xff\xff\xff\xff\xff\xff\xff", 9), LB_ZMTP_TOO_BIG);
	assert_int_equal(parse_text("\x02\x7f\xff\xff\xff\xff\xff\xff\xff", 9), LB_ZMTP_TOO_BIG);
	assert_int_equal(parse_text("\x02\0\0\0\0\x40\0\0\0", 9), LB_ZMTP_TOO_BIG);
	assert_int_equal(parse_text("\x01\x01x\x02\xff\xff\xff\xff\xff\xff\xff\xfe", 12), LB_ZMTP_TOO_BIG);
	/* A command's body: 1024 bytes, and not one more. */
	assert_int_equal(parse_text("\x06\0\0\0\0\0\0\x04\x01", 9), LB_ZMTP_TOO_BIG);
	assert_int_equal(parse_text("\x06\0\0\0\0\0\0\x04\0", 9), LB_AGAIN);
	/* The limit holds for all frames together, heads included. */
	assert_int_equal(parse((const uint8_t *)"\x01\x03xyz\x00\x03xyz", 10, 10, &m, &need), LB_OK);
	assert_int_equal(parse((const uint8_t *)"\x01\x03xyz\x00\x03xyz", 10, 9, &m, &need), LB_ZMTP_TOO_BIG);
	assert_int_equal(parse((const uint8_t *)"\x01\x03xyz\x00\x03", 7, 9, &m, &need), LB_ZMTP_TOO_BIG);
}

static void a_fifth_frame_is_too_many(void **state)
{
	(void)state;
	assert_int_equal(parse_text("\x01\0\x01\0\x01\0\0\0", 8), LB_OK);
	assert_int_equal(parse_text("\x01\0\x01\0\x01\0\x01\0\0\0", 10), LB_ZMTP_TOO_BIG);
}

static void bytes_at_random_do_no_harm(void **state)
{
	unsigned seed = 11;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		uint8_t p[40];
		size_t n = (size_t)(rand_r(&seed) % (int)sizeof p), need;
		struct lb_zmtp_message m;
		struct lb_zmtp_command c;
		lb_err e;

		for (size_t k = 0; k < n; k++)
			p[k] = (uint8_t)(rand_r(&seed) % (k % 3 ? 8 : 256));
		e = parse(p, n, LB_MESSAGE_MAX, &m, &need);
		assert_true(e == LB_OK || e == LB_AGAIN || e == LB_ZMTP_FRAME || e == LB_ZMTP_TOO_BIG);
		e = lb_zmtp_command(p, n, &c);
		assert_true(e == LB_OK || e == LB_ZMTP_BAD_COMMAND);
	}
}

static lb_err command(struct lb_buf *out, struct lb_zmtp_command *c)
{
	struct lb_zmtp_message m;
	size_t need;

	assert_int_equal(lb_zmtp_parse(lb_buf_data(out), lb_buf_len(out), LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_true(m.command);
	assert_int_equal(m.raw_n, lb_buf_len(out));
	lb_buf_consume(out, m.raw_n); /* the bytes stay until something is appended */
	return lb_zmtp_command(m.frames[0].p, m.frames[0].n, c);
}

static void our_commands_are_read_back(void **state)
{
	struct lb_buf out = LB_BUF_INIT;
	struct lb_zmtp_command c;
	char reason[400];

	(void)state;
	assert_int_equal(lb_zmtp_put_ready(&out, LB_ZMTP_ROUTER), LB_OK);
	assert_int_equal(command(&out, &c), LB_OK);
	assert_true(c.kind == LB_ZMTP_READY && c.peer_is_router && !c.peer_is_dealer);
	assert_int_equal(lb_zmtp_put_ping(&out, 0x1234, "abc", 3), LB_OK);
	assert_int_equal(command(&out, &c), LB_OK);
	assert_true(c.kind == LB_ZMTP_PING && c.ttl_ds == 0x1234 && c.text.n == 3);
	assert_memory_equal(c.text.p, "abc", 3);
	assert_int_equal(lb_zmtp_put_pong(&out, "0123456789abcdefXX", 18), LB_OK);
	assert_int_equal(command(&out, &c), LB_OK);
	assert_true(c.kind == LB_ZMTP_PONG && c.text.n == 16);
	assert_int_equal(lb_zmtp_put_pong(&out, NULL, 0), LB_OK);
	assert_int_equal(command(&out, &c), LB_OK);
	assert_int_equal(c.text.n, 0);
	memset(reason, 'r', sizeof reason);
	reason[sizeof reason - 1] = '\0';
	assert_int_equal(lb_zmtp_put_error(&out, reason), LB_OK);
	assert_int_equal(command(&out, &c), LB_OK);
	assert_true(c.kind == LB_ZMTP_ERROR && c.text.n == 255);
	lb_buf_fini(&out);
}

static lb_err command_of(const char *p, size_t n, struct lb_zmtp_command *c)
{
	/* Of exactly this size, so that a sanitizer sees a read past its end. */
	uint8_t *exact = calloc(1, n ? n : 1);
	lb_err e;

	memcpy(exact, p, n);
	e = lb_zmtp_command(exact, n, c);
	free(exact);
	return e;
}

static void malformed_commands_are_refused(void **state)
{
	static const char ready[] = "\5READY\13Socket-Type\0\0\0\6DEALER";
	struct lb_zmtp_command c;

	(void)state;
	assert_int_equal(command_of("", 0, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\0x", 2, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5PING", 5, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\4PING\0", 6, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\4PING\0\1" "0123456789abcdef", 23, &c), LB_OK);
	assert_int_equal(command_of("\4PING\0\1" "0123456789abcdefX", 24, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\4PONG0123456789abcdefX", 22, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5ERROR", 6, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5ERROR\2x", 8, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\4NEXTwhatever", 13, &c), LB_OK);
	assert_int_equal(c.kind, LB_ZMTP_OTHER);
	/* READY cut anywhere but before its properties. */
	for (size_t n = 6; n < sizeof ready; n++)
		assert_int_equal(command_of(ready, n, &c), n == 6 || n == sizeof ready - 1 ? LB_OK : LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5READY\13Socket-Type\xff\xff\xff\xff" "DEALER", 28, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5READY\0\0\0\0\0", 11, &c), LB_ZMTP_BAD_COMMAND);
	assert_int_equal(command_of("\5READY\13Socket-Type\0\0\0\3SUB", 25, &c), LB_OK);
	assert_false(c.peer_is_dealer || c.peer_is_router);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_libzmq_sends),
		cmocka_unit_test(another_greeting_is_refused_at_its_first_wrong_byte),
		cmocka_unit_test(a_message_is_the_same_however_it_arrives),
		cmocka_unit_test(the_long_form_of_a_short_frame_is_taken),
		cmocka_unit_test(malformed_frames_are_refused),
		cmocka_unit_test(a_length_is_judged_before_its_bytes_are_there),
		cmocka_unit_test(a_fifth_frame_is_too_many),
		cmocka_unit_test(bytes_at_random_do_no_harm),
		cmocka_unit_test(our_commands_are_read_back),
		cmocka_unit_test(malformed_commands_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
