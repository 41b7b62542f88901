/* The ledger's rows: what an agent has stored, and what people at a partner did with a message. Encoding only; the rows
 * stand in the journal's tables. "Delivered" is derived from cursors and lapses (lapse.h), never written per message. */
#ifndef LAGEBUS_BROKER_CORE_LEDGER_H
#define LAGEBUS_BROKER_CORE_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/limits.h"
#include "lagebus/signature.h"
#include "lagebus/uuid.h"

/* JOURNAL_CURSORS, by the agent's SPIFFE ID. Per lane: `stored` is the furthest that the agent has acknowledged, also if it began
 * again since; `given` (>= stored) is the last message that it was given; `judged` (>= given) is up to where each message was given to it, or was
 * not for it, or is in its lapses, so that its return does not read the log again. */
struct cursor_row {
	uint64_t stored[2], given[2], judged[2];
	int64_t seen_ms;
};
#define CURSOR_ROW_SIZE 56
void cursor_row_write(const struct cursor_row *row, uint8_t out[CURSOR_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err cursor_row_read(const uint8_t *p, size_t n, struct cursor_row *out) LB_MUST_CHECK;

/* JOURNAL_MANDATES, by the agent's SPIFFE ID and the partner's id: from which position on the agent was given what is for that partner. */
struct mandate_row {
	uint64_t from[2];
};
#define MANDATE_KEY_MAX (LB_SPIFFE_ID_MAX + 1 + LB_PARTNER_ID_MAX)
#define MANDATE_ROW_SIZE 16
/* Returns the bytes written; the key of the partner "" is the prefix of all of an agent's. */
size_t mandate_key(const char *agent, const char *partner, uint8_t out[MANDATE_KEY_MAX]);
void mandate_row_write(const struct mandate_row *row, uint8_t out[MANDATE_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err mandate_row_read(const uint8_t *p, size_t n, struct mandate_row *out) LB_MUST_CHECK;

/* JOURNAL_AGENTS, by the id of a partner and the SPIFFE ID of an agent that speaks for it: the hint of the agent's newest certificate
 * (lagebus/signature.h). */
#define AGENT_KEY_MAX (LB_PARTNER_ID_MAX + 1 + LB_SPIFFE_ID_MAX)
/* Returns the bytes written; the key of the agent "" is the prefix of all of a partner's. */
size_t agent_key(const char *partner, const char *agent, uint8_t out[AGENT_KEY_MAX]);

/* JOURNAL_RECALLED, by the message's id. */
struct recalled_row {
	struct lb_uuid recall; /* id of the Recall */
	int64_t at_ms;
};
#define RECALLED_ROW_SIZE 24
void recalled_row_write(const struct recalled_row *row, uint8_t out[RECALLED_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err recalled_row_read(const uint8_t *p, size_t n, struct recalled_row *out) LB_MUST_CHECK;

/* JOURNAL_DELETED, by the message's id and the agent's SPIFFE ID: when the agent said that it has deleted what was recalled, 8 bytes. */
#define DELETED_KEY_MAX (16 + LB_SPIFFE_ID_MAX)
#define DELETED_ROW_SIZE 8
/* Returns the bytes written. */
size_t deleted_key(const struct lb_uuid *id, const char *agent, uint8_t out[DELETED_KEY_MAX]);
void deleted_row_write(int64_t at_ms, uint8_t out[DELETED_ROW_SIZE]);
lb_err deleted_row_read(const uint8_t *p, size_t n, int64_t *at_ms) LB_MUST_CHECK;

/* JOURNAL_ERASED, by the message's id: a case that went when its recipients had acknowledged it. */
struct erased_row {
	int64_t at_ms;
	uint8_t digest[LB_DIGEST_SIZE]; /* lb_message_digest: the same message may come again */
};
#define ERASED_ROW_SIZE (8 + LB_DIGEST_SIZE)
void erased_row_write(const struct erased_row *row, uint8_t out[ERASED_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err erased_row_read(const uint8_t *p, size_t n, struct erased_row *out) LB_MUST_CHECK;

/* JOURNAL_LEDGER, by the message's id and the partner's id. Times are ms since 1970, 0: not yet. */
struct ledger_row {
	int64_t displayed_ms, acknowledged_ms, implemented_ms;
	char by[LB_TEXT_MAX + 1];
};
#define LEDGER_KEY_MAX (16 + LB_PARTNER_ID_MAX)
#define LEDGER_ROW_MAX (24 + LB_TEXT_MAX)
/* The furthest thing that people there did: enum lb_ack_policy. */
unsigned ledger_state(const struct ledger_row *row);
/* Adds what was done besides: what was done already keeps its time, and `by` is who is named last. */
void ledger_row_join(struct ledger_row *row, const struct ledger_row *more);
/* Each returns the bytes written. */
size_t ledger_key(const struct lb_uuid *id, const char *partner, uint8_t out[LEDGER_KEY_MAX]);
size_t ledger_row_write(const struct ledger_row *row, uint8_t out[LEDGER_ROW_MAX]);
/* LB_OK or LB_CORRUPT. */
lb_err ledger_row_read(const uint8_t *p, size_t n, struct ledger_row *out) LB_MUST_CHECK;

#endif
