/* The ledger's rows as bytes, little-endian. */
#include "broker/core/ledger.h"

#include <string.h>

#include "broker/core/bytes.h"
#include "lagebus/header.h"

/* Returns where it goes on. */
static const uint8_t *get64(const uint8_t *p, uint64_t *out)
{
	*out = get_little64(p);
	return p + 8;
}

void cursor_row_write(const struct cursor_row *row, uint8_t out[CURSOR_ROW_SIZE])
{
	for (unsigned lane = 0; lane < 2; lane++) {
		out = put_little64(out, row->stored[lane]);
		out = put_little64(out, row->given[lane]);
		out = put_little64(out, row->judged[lane]);
	}
	put_little64(out, (uint64_t)row->seen_ms);
}

lb_err cursor_row_read(const uint8_t *p, size_t n, struct cursor_row *out)
{
	struct cursor_row row;
	uint64_t seen;

	if (n != CURSOR_ROW_SIZE)
		return LB_CORRUPT;
	for (unsigned lane = 0; lane < 2; lane++) {
		p = get64(p, &row.stored[lane]);
		p = get64(p, &row.given[lane]);
		p = get64(p, &row.judged[lane]);
		if (row.given[lane] < row.stored[lane] || row.judged[lane] < row.given[lane])
			return LB_CORRUPT;
	}
	get64(p, &seen);
	row.seen_ms = (int64_t)seen;
	*out = row;
	return LB_OK;
}

size_t mandate_key(const char *agent, const char *partner, uint8_t out[MANDATE_KEY_MAX])
{
	size_t agent_n = strnlen(agent, LB_SPIFFE_ID_MAX), partner_n = strnlen(partner, LB_PARTNER_ID_MAX);

	memcpy(out, agent, agent_n);
	out[agent_n] = '\0'; /* no agent's name goes on in another's */
	memcpy(out + agent_n + 1, partner, partner_n);
	return agent_n + 1 + partner_n;
}

void mandate_row_write(const struct mandate_row *row, uint8_t out[MANDATE_ROW_SIZE])
{
	put_little64(put_little64(out, row->from[0]), row->from[1]);
}

lb_err mandate_row_read(const uint8_t *p, size_t n, struct mandate_row *out)
{
	if (n != MANDATE_ROW_SIZE)
		return LB_CORRUPT;
	get64(get64(p, &out->from[0]), &out->from[1]);
	return LB_OK;
}

size_t agent_key(const char *partner, const char *agent, uint8_t out[AGENT_KEY_MAX])
{
	size_t partner_n = strnlen(partner, LB_PARTNER_ID_MAX), agent_n = strnlen(agent, LB_SPIFFE_ID_MAX);

	memcpy(out, partner, partner_n);
	out[partner_n] = 0;
	memcpy(out + partner_n + 1, agent, agent_n);
	return partner_n + 1 + agent_n;
}

unsigned ledger_state(const struct ledger_row *row)
{
	if (row->implemented_ms)
		return LB_ACK_IMPLEMENTED;
	if (row->acknowledged_ms)
		return LB_ACK_ACKNOWLEDGED;
	return row->displayed_ms ? LB_ACK_DISPLAYED : LB_ACK_NONE;
}

void recalled_row_write(const struct recalled_row *row, uint8_t out[RECALLED_ROW_SIZE])
{
	memcpy(out, row->recall.b, sizeof row->recall.b);
	put_little64(out + sizeof row->recall.b, (uint64_t)row->at_ms);
}

lb_err recalled_row_read(const uint8_t *p, size_t n, struct recalled_row *out)
{
	uint64_t at;

	if (n != RECALLED_ROW_SIZE)
		return LB_CORRUPT;
	memcpy(out->recall.b, p, sizeof out->recall.b);
	get64(p + sizeof out->recall.b, &at);
	out->at_ms = (int64_t)at;
	return LB_OK;
}

size_t deleted_key(const struct lb_uuid *id, const char *agent, uint8_t out[DELETED_KEY_MAX])
{
	size_t n = strnlen(agent, LB_SPIFFE_ID_MAX);

	memcpy(out, id->b, sizeof id->b);
	memcpy(out + sizeof id->b, agent, n);
	return sizeof id->b + n;
}

void deleted_row_write(int64_t at_ms, uint8_t out[DELETED_ROW_SIZE])
{
	put_little64(out, (uint64_t)at_ms);
}

lb_err deleted_row_read(const uint8_t *p, size_t n, int64_t *at_ms)
{
	uint64_t at;

	if (n != DELETED_ROW_SIZE)
		return LB_CORRUPT;
	get64(p, &at);
	*at_ms = (int64_t)at;
	return LB_OK;
}

void erased_row_write(const struct erased_row *row, uint8_t out[ERASED_ROW_SIZE])
{
	memcpy(put_little64(out, (uint64_t)row->at_ms), row->digest, sizeof row->digest);
}

lb_err erased_row_read(const uint8_t *p, size_t n, struct erased_row *out)
{
	uint64_t at;

	if (n != ERASED_ROW_SIZE)
		return LB_CORRUPT;
	memcpy(out->digest, get64(p, &at), sizeof out->digest);
	out->at_ms = (int64_t)at;
	return LB_OK;
}

size_t ledger_key(const struct lb_uuid *id, const char *partner, uint8_t out[LEDGER_KEY_MAX])
{
	size_t n = strnlen(partner, LB_PARTNER_ID_MAX);

	memcpy(out, id->b, sizeof id->b);
	memcpy(out + sizeof id->b, partner, n);
	return sizeof id->b + n;
}

static void join_time(int64_t *at, int64_t more)
{
	if (*at == 0)
		*at = more;
}

void ledger_row_join(struct ledger_row *row, const struct ledger_row *more)
{
	join_time(&row->displayed_ms, more->displayed_ms);
	join_time(&row->acknowledged_ms, more->acknowledged_ms);
	join_time(&row->implemented_ms, more->implemented_ms);
	if (more->by[0] != '\0')
		memcpy(row->by, more->by, sizeof row->by);
}

size_t ledger_row_write(const struct ledger_row *row, uint8_t out[LEDGER_ROW_MAX])
{
	size_t n = strnlen(row->by, LB_TEXT_MAX);
	uint8_t *p = out;

	p = put_little64(p, (uint64_t)row->displayed_ms);
	p = put_little64(p, (uint64_t)row->acknowledged_ms);
	p = put_little64(p, (uint64_t)row->implemented_ms);
	memcpy(p, row->by, n);
	return (size_t)(p - out) + n;
}

lb_err ledger_row_read(const uint8_t *p, size_t n, struct ledger_row *out)
{
	uint64_t displayed, acknowledged, implemented;

	if (n < 24 || n > LEDGER_ROW_MAX)
		return LB_CORRUPT;
	p = get64(p, &displayed);
	p = get64(p, &acknowledged);
	p = get64(p, &implemented);
	memset(out, 0, sizeof *out);
	out->displayed_ms = (int64_t)displayed;
	out->acknowledged_ms = (int64_t)acknowledged;
	out->implemented_ms = (int64_t)implemented;
	memcpy(out->by, p, n - 24);
	return LB_OK;
}
