/* Agents that act for other partners, too: where the federation file says so and the certificate proves it. */
#include "broker/mandates.h"

#include <stdlib.h>
#include <string.h>

#include "proto/host/log.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/mandate.h"

/* Takes out whom the certificate does not name: no other agent would believe what it says for them. */
static void keep_proven(const struct federation *f, const struct session *s, struct partner_set *set)
{
	const uint8_t *der;
	size_t n;

	lb_link_peer_certificate(s->link, &der, &n);
	for (uint16_t i = 0; i < federation_count(f); i++) {
		const char *id = federation_at(f, i)->id;

		if (!partner_set_has(set, i) || lb_mandate_names(der, n, id, strlen(id)))
			continue;
		partner_set_remove(set, i);
		log_event(LOG_WARN, "mandate_unproven", "agent=%s partner=%s detail=%s", s->agent, id,
		          "the federation file lets the agent act for the partner, but its certificate does not name the partner");
	}
}

lb_err mandates_read(struct worker *w, struct session *s)
{
	const struct federation *f = router_federation(w->router);
	const struct lb_identity *peer = lb_link_peer(s->link);
	struct partner_set set;

	s->partner = s->feed.partner = federation_find(f, peer->partner, strlen(peer->partner));
	free(s->mandates);
	s->feed.mandates = s->mandates = NULL;
	if (s->partner == PARTNER_NONE)
		return LB_NOT_A_MEMBER;
	if (!federation_mandates_of(f, s->agent, &set))
		return LB_OK;
	s->mandates = malloc(sizeof set);
	if (!s->mandates)
		return LB_NO_MEMORY;
	keep_proven(f, s, &set);
	*s->mandates = set;
	s->feed.mandates = s->mandates;
	return LB_OK;
}

static void note(struct worker *w, const struct session *s, const char *partner)
{
	struct mandate_row row;
	uint8_t key[MANDATE_KEY_MAX], value[MANDATE_ROW_SIZE];

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		const struct feed_lane *l = &s->feed.lane[lane];

		row.from[lane] = l->next > l->had ? l->next : l->had + 1;
	}
	mandate_row_write(&row, value);
	publish_note(w, w->routine, note_new(JOURNAL_MANDATES, key, mandate_key(s->agent, partner, key), value, sizeof value));
}

static void forget(struct worker *w, const struct session *s, const char *partner)
{
	uint8_t key[MANDATE_KEY_MAX + 1];
	size_t n = mandate_key(s->agent, partner, key);

	key[n] = 0;
	publish_note(w, w->routine, note_new_clear(JOURNAL_MANDATES, key, n, key, n + 1));
}

/* The ids of the partners that an agent is noted to act for, each with its NUL. */
struct noted {
	size_t prefix_n;
	struct lb_buf ids;
	bool failed;
};

static bool add_noted(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct noted *noted = user;

	(void)value;
	(void)value_n;
	noted->failed = lb_buf_append(&noted->ids, (const uint8_t *)key + noted->prefix_n, key_n - noted->prefix_n) != LB_OK ||
	                lb_buf_append(&noted->ids, "", 1) != LB_OK;
	return !noted->failed;
}

void mandates_note(struct worker *w, struct session *s)
{
	const struct federation *f = router_federation(w->router);
	struct partner_set missing = { { 0 } };
	struct noted noted = { .ids = LB_BUF_INIT };
	uint8_t prefix[MANDATE_KEY_MAX];

	if (s->mandates)
		missing = *s->mandates;
	noted.prefix_n = mandate_key(s->agent, "", prefix);
	if (journal_each(w->reader, JOURNAL_MANDATES, prefix, noted.prefix_n, add_noted, &noted) != LB_OK || noted.failed) {
		log_event(LOG_ERROR, "mandates_unreadable", "agent=%s", s->agent);
		lb_buf_fini(&noted.ids);
		return;
	}
	for (size_t at = 0; at < lb_buf_len(&noted.ids);) {
		const char *id = (const char *)lb_buf_data(&noted.ids) + at;
		uint16_t i = federation_find(f, id, strlen(id));

		if (i != PARTNER_NONE && partner_set_has(&missing, i))
			partner_set_remove(&missing, i);
		else
			forget(w, s, id);
		at += strlen(id) + 1;
	}
	for (uint16_t i = 0; i < federation_count(f); i++)
		if (partner_set_has(&missing, i))
			note(w, s, federation_at(f, i)->id);
	lb_buf_fini(&noted.ids);
}

bool mandates_since(struct worker *w, const char *agent, const char *partner, unsigned lane, uint64_t *from)
{
	uint8_t key[MANDATE_KEY_MAX];
	struct mandate_row row;

	if (journal_get(w->reader, JOURNAL_MANDATES, key, mandate_key(agent, partner, key), &w->record) != LB_OK ||
	    mandate_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) != LB_OK)
		return false;
	*from = row.from[lane];
	return true;
}

size_t mandates_names(const struct worker *w, const struct session *s, char *ids[LB_PARTNERS_MAX])
{
	const struct federation *f = router_federation(w->router);
	size_t n = 0;

	for (uint16_t i = 0; s->mandates && i < federation_count(f); i++)
		if (partner_set_has(s->mandates, i))
			ids[n++] = (char *)federation_at(f, i)->id;
	return n;
}
