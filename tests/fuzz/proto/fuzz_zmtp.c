/* Feeds bytes to the ZMTP codec: whatever is taken lies within them, and arrives the same in any two pieces. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lagebus/zmtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_message(const uint8_t *data, const struct lb_zmtp_message *m)
{
	struct lb_zmtp_message again;
	struct lb_zmtp_command c;
	struct lb_buf out = LB_BUF_INIT;
	size_t need;

	assert(m->raw == data && m->frames_n >= 1 && m->frames_n <= LB_FRAMES_MAX);
	for (unsigned i = 0; i < m->frames_n; i++)
		assert(m->frames[i].p >= data && m->frames[i].p + m->frames[i].n <= data + m->raw_n);
	if (m->command) {
		assert(m->frames_n == 1 && m->frames[0].n <= LB_COMMAND_MAX);
		if (lb_zmtp_command(m->frames[0].p, m->frames[0].n, &c) == LB_OK)
			assert(c.text.n <= m->frames[0].n);
		return;
	}
	assert(lb_zmtp_put_message(&out, m->frames, m->frames_n) == LB_OK);
	assert(lb_zmtp_parse(lb_buf_data(&out), lb_buf_len(&out), LB_MESSAGE_MAX, &again, &need) == LB_OK);
	assert(again.frames_n == m->frames_n && again.raw_n <= m->raw_n);
	for (unsigned i = 0; i < m->frames_n; i++)
		assert(again.frames[i].n == m->frames[i].n && (m->frames[i].n == 0 || memcmp(again.frames[i].p, m->frames[i].p, m->frames[i].n) == 0));
	lb_buf_fini(&out);
}

/* Each prefix of a message that is taken is incomplete, and never asks for more than the message. */
static void check_pieces(const uint8_t *data, const struct lb_zmtp_message *m)
{
	struct lb_zmtp_message part;
	size_t need, step = m->raw_n / 64 + 1;

	for (size_t n = 0; n < m->raw_n; n += step) {
		assert(lb_zmtp_parse(data, n, LB_MESSAGE_MAX, &part, &need) == LB_AGAIN);
		assert(need > n && need <= m->raw_n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lb_zmtp_message m;
	struct lb_zmtp_command c;
	size_t need;
	lb_err e = lb_zmtp_check_greeting(data, n);

	assert(e == LB_ZMTP_BAD_GREETING || e == (n < LB_ZMTP_GREETING ? LB_AGAIN : LB_OK));
	e = lb_zmtp_command(data, n, &c);
	assert(e == LB_OK || e == LB_ZMTP_BAD_COMMAND);
	while ((e = lb_zmtp_parse(data, n, LB_MESSAGE_MAX, &m, &need)) == LB_OK) {
		check_message(data, &m);
		check_pieces(data, &m);
		data += m.raw_n;
		n -= m.raw_n;
	}
	assert(e == LB_AGAIN ? need > n : e == LB_ZMTP_FRAME || e == LB_ZMTP_TOO_BIG);
	return 0;
}
