/* An envelope that nobody can open. */
#include "tests/kit/envelope.h"

#include <stdint.h>
#include <stdlib.h>

#include "lagebus/envelope.h"

static void put(struct lb_buf *out, const void *p, size_t n)
{
	if (lb_buf_append(out, p, n) != LB_OK)
		abort();
}

static void put_head(struct lb_buf *out, uint8_t tag, size_t n)
{
	const uint8_t head[] = { tag, 0x82, (uint8_t)(n >> 8), (uint8_t)n };

	put(out, head, sizeof head);
}

void envelope_put(struct lb_buf *out)
{
	static const uint8_t oid[] = { 6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 1, 23 }, version[] = { 2, 1, 0 }, recipients[] = { 0x31, 2, 0xa1, 0 };
	static const uint8_t data[] = { 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1 };
	static const uint8_t cipher[] = { 0x30, 30, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2e, 0x30, 17, 4, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 16 };
	static const uint8_t mac[18] = { 4, 16 }, block[LB_ENVELOPE_PAD] = { 0 };
	size_t content = sizeof data + sizeof cipher + 4 + LB_ENVELOPE_PAD, body = sizeof version + sizeof recipients + 4 + content + sizeof mac;

	put_head(out, 0x30, sizeof oid + 4 + 4 + body);
	put(out, oid, sizeof oid);
	put_head(out, 0xa0, 4 + body);
	put_head(out, 0x30, body);
	put(out, version, sizeof version);
	put(out, recipients, sizeof recipients);
	put_head(out, 0x30, content);
	put(out, data, sizeof data);
	put(out, cipher, sizeof cipher);
	put_head(out, 0x80, LB_ENVELOPE_PAD);
	put(out, block, sizeof block);
	put(out, mac, sizeof mac);
}
