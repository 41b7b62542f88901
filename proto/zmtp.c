/* ZMTP 3.1 over bytes. */
#include "lagebus/zmtp.h"

#include <stdio.h>
#include <string.h>

/* RFC 37, "Framing": bits of the flags byte. */
#define MORE 0x01
#define LONG 0x02
#define COMMAND 0x04

#define CONTEXT_MAX 16
#define ERROR_MAX 255

static const char mechanism[20] = "NULL";

void lb_zmtp_greeting(uint8_t out[LB_ZMTP_GREETING])
{
	memset(out, 0, LB_ZMTP_GREETING);
	out[0] = 0xff;
	out[9] = 0x7f;
	out[10] = 3;
	out[11] = 1;
	memcpy(out + 12, mechanism, sizeof mechanism);
}

lb_err lb_zmtp_check_greeting(const uint8_t *p, size_t n)
{
	size_t have = n < LB_ZMTP_GREETING ? n : LB_ZMTP_GREETING;

	if ((have > 0 && p[0] != 0xff) || (have > 9 && !(p[9] & 1)) || (have > 10 && p[10] < 3))
		return LB_ZMTP_BAD_GREETING;
	if (have > 12 && memcmp(p + 12, mechanism, have - 12 < sizeof mechanism ? have - 12 : sizeof mechanism) != 0)
		return LB_ZMTP_BAD_GREETING;
	return have < LB_ZMTP_GREETING ? LB_AGAIN : LB_OK;
}

/* One frame's head at p[0..n): its flags, its body's size, and the head's own. */
static lb_err parse_head(const uint8_t *p, size_t n, uint8_t *flags, uint64_t *size, size_t *head)
{
	if (n < 1)
		return LB_AGAIN;
	*flags = p[0];
	if (*flags & ~(MORE | LONG | COMMAND) || ((*flags & COMMAND) && (*flags & MORE)))
		return LB_ZMTP_FRAME;
	*head = *flags & LONG ? 9 : 2;
	if (n < *head)
		return LB_AGAIN;
	*size = 0;
	for (size_t i = 1; i < *head; i++)
		*size = *size << 8 | p[i];
	return LB_OK;
}

lb_err lb_zmtp_parse(const uint8_t *p, size_t n, size_t max, struct lb_zmtp_message *out, size_t *need)
{
	size_t at = 0;

	out->frames_n = 0;
	for (;;) {
		uint8_t flags;
		uint64_t size;
		size_t head;
		lb_err e = parse_head(p + at, n - at, &flags, &size, &head);

		if (e == LB_AGAIN)
			*need = n + 1;
		if (e != LB_OK)
			return e;
		if ((flags & COMMAND) && out->frames_n > 0)
			return LB_ZMTP_FRAME;
		if (out->frames_n == LB_FRAMES_MAX || at + head > max || size > max - at - head || ((flags & COMMAND) && size > LB_COMMAND_MAX))
			return LB_ZMTP_TOO_BIG;
		if (size > n - at - head) {
			*need = at + head + (size_t)size;
			return LB_AGAIN;
		}
		out->frames[out->frames_n++] = (struct lb_frame){ p + at + head, (size_t)size };
		at += head + (size_t)size;
		if (!(flags & MORE)) {
			out->command = flags & COMMAND;
			out->raw = p;
			out->raw_n = at;
			return LB_OK;
		}
	}
}

/* READY's metadata: properties of a 1-byte name length, name, 4-byte value length, value. */
static lb_err read_ready(const uint8_t *p, size_t n, struct lb_zmtp_command *out)
{
	static const char socket_type[] = "Socket-Type";
	const size_t type_n = sizeof socket_type - 1;

	while (n > 0) {
		size_t name_n = p[0];
		const uint8_t *name = p + 1, *value;
		uint32_t value_n;

		if (name_n == 0 || name_n + 5 > n)
			return LB_ZMTP_BAD_COMMAND;
		value = name + name_n + 4;
		value_n = (uint32_t)value[-4] << 24 | (uint32_t)value[-3] << 16 | (uint32_t)value[-2] << 8 | value[-1];
		n -= name_n + 5;
		if (value_n > n)
			return LB_ZMTP_BAD_COMMAND;
		if (name_n == type_n && memcmp(name, socket_type, type_n) == 0) {
			out->peer_is_dealer = value_n == 6 && memcmp(value, "DEALER", 6) == 0;
			out->peer_is_router = value_n == 6 && memcmp(value, "ROUTER", 6) == 0;
		}
		p = value + value_n;
		n -= value_n;
	}
	return LB_OK;
}

static lb_err read_error(const uint8_t *p, size_t n, struct lb_zmtp_command *out)
{
	if (n < 1 || p[0] != n - 1)
		return LB_ZMTP_BAD_COMMAND;
	out->text = (struct lb_frame){ p + 1, n - 1 };
	return LB_OK;
}

static lb_err read_ping(const uint8_t *p, size_t n, struct lb_zmtp_command *out)
{
	if (n < 2 || n - 2 > CONTEXT_MAX)
		return LB_ZMTP_BAD_COMMAND;
	out->ttl_ds = (unsigned)p[0] << 8 | p[1];
	out->text = (struct lb_frame){ p + 2, n - 2 };
	return LB_OK;
}

static lb_err read_pong(const uint8_t *p, size_t n, struct lb_zmtp_command *out)
{
	if (n > CONTEXT_MAX)
		return LB_ZMTP_BAD_COMMAND;
	out->text = (struct lb_frame){ p, n };
	return LB_OK;
}

lb_err lb_zmtp_command(const uint8_t *p, size_t n, struct lb_zmtp_command *out)
{
	static const struct {
		const char *name;
		enum lb_zmtp_command_kind kind;
		lb_err (*read)(const uint8_t *p, size_t n, struct lb_zmtp_command *out);
	} commands[] = {
		{ "READY", LB_ZMTP_READY, read_ready },
		{ "ERROR", LB_ZMTP_ERROR, read_error },
		{ "PING", LB_ZMTP_PING, read_ping },
		{ "PONG", LB_ZMTP_PONG, read_pong },
	};
	size_t name_n;

	memset(out, 0, sizeof *out);
	out->kind = LB_ZMTP_OTHER;
	if (n < 2 || p[0] == 0 || p[0] > n - 1)
		return LB_ZMTP_BAD_COMMAND;
	name_n = p[0];
	for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strlen(commands[i].name) == name_n && memcmp(p + 1, commands[i].name, name_n) == 0) {
			out->kind = commands[i].kind;
			return commands[i].read(p + 1 + name_n, n - 1 - name_n, out);
		}
	return LB_OK;
}

static size_t put_head(uint8_t *out, uint8_t flags, size_t n)
{
	if (n <= 255) {
		out[0] = flags;
		out[1] = (uint8_t)n;
		return 2;
	}
	out[0] = flags | LONG;
	for (unsigned i = 0; i < 8; i++)
		out[1 + i] = (uint8_t)((uint64_t)n >> (8 * (7 - i)));
	return 9;
}

size_t lb_zmtp_frame_head(uint8_t out[LB_ZMTP_FRAME_HEAD_MAX], size_t n, bool more)
{
	return put_head(out, more ? MORE : 0, n);
}

lb_err lb_zmtp_put_message(struct lb_buf *out, const struct lb_frame *frames, unsigned frames_n)
{
	size_t total = 0;
	uint8_t *at;

	for (unsigned i = 0; i < frames_n; i++)
		total += LB_ZMTP_FRAME_HEAD_MAX + frames[i].n;
	at = lb_buf_reserve(out, total);
	if (!at)
		return LB_NO_MEMORY;
	for (unsigned i = 0; i < frames_n; i++) {
		size_t head = put_head(at, i + 1 < frames_n ? MORE : 0, frames[i].n);

		if (frames[i].n > 0)
			memcpy(at + head, frames[i].p, frames[i].n);
		at += head + frames[i].n;
		lb_buf_added(out, head + frames[i].n);
	}
	return LB_OK;
}

static lb_err put_command(struct lb_buf *out, const char *name, const void *body, size_t n)
{
	size_t name_n = strlen(name), size = 1 + name_n + n, head;
	uint8_t *at = lb_buf_reserve(out, LB_ZMTP_FRAME_HEAD_MAX + size);

	if (!at)
		return LB_NO_MEMORY;
	head = put_head(at, COMMAND, size);
	at[head] = (uint8_t)name_n;
	memcpy(at + head + 1, name, name_n);
	if (n > 0)
		memcpy(at + head + 1 + name_n, body, n);
	lb_buf_added(out, head + size);
	return LB_OK;
}

lb_err lb_zmtp_put_ready(struct lb_buf *out, enum lb_zmtp_socket socket)
{
	char body[1 + 11 + 4 + 6];

	body[0] = 11;
	memcpy(body + 1, "Socket-Type\0\0\0\6", 15);
	memcpy(body + 16, socket == LB_ZMTP_DEALER ? "DEALER" : "ROUTER", 6);
	return put_command(out, "READY", body, sizeof body);
}

lb_err lb_zmtp_put_error(struct lb_buf *out, const char *reason)
{
	uint8_t body[1 + ERROR_MAX];
	size_t n = strnlen(reason, ERROR_MAX);

	body[0] = (uint8_t)n;
	memcpy(body + 1, reason, n);
	return put_command(out, "ERROR", body, 1 + n);
}

lb_err lb_zmtp_put_ping(struct lb_buf *out, unsigned ttl_ds, const void *context, size_t n)
{
	uint8_t body[2 + CONTEXT_MAX];

	if (n > CONTEXT_MAX)
		n = CONTEXT_MAX;
	body[0] = (uint8_t)(ttl_ds >> 8);
	body[1] = (uint8_t)ttl_ds;
	if (n > 0)
		memcpy(body + 2, context, n);
	return put_command(out, "PING", body, 2 + n);
}

lb_err lb_zmtp_put_pong(struct lb_buf *out, const void *context, size_t n)
{
	return put_command(out, "PONG", context, n > CONTEXT_MAX ? CONTEXT_MAX : n);
}
