/* Sightings on their way up: a body may tell its Land only, and the Land's agent tells the indicator's owner. */
#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/indicators.h"
#include "agents/agent/sightings.h"
#include "lagebus/indicator.h"
#include "proto/host/log.h"
#include "proto/indicator.pb-c.h"

static bool is_below(struct lb_text partner, const char *above)
{
	size_t n = strlen(above);

	return partner.n > n && memcmp(partner.p, above, n) == 0 && partner.p[n] == '/';
}

/* Where sightings of this indicator go: the partner above us, else its owner. LB_NOT_FOUND: nobody, or ourselves. */
static lb_err next_of(struct agent *a, const Lagebus__Sighting *s, const struct lb_header *h, char next[LB_PARTNER_ID_MAX + 1])
{
	const char *self = lb_tls_identity(a->tls)->partner, *slash = strrchr(self, '/');
	struct lb_uuid id;
	lb_err e;

	if (s->indicator.len != sizeof id.b)
		return LB_NOT_FOUND;
	if (slash) {
		memcpy(next, self, (size_t)(slash - self));
		next[slash - self] = '\0';
		return LB_OK;
	}
	memcpy(id.b, s->indicator.data, sizeof id.b);
	e = indicators_owner(&a->store, &id, next);
	if (e == LB_OK && (strcmp(next, self) == 0 || lb_text_equals(h->origin, next)))
		e = LB_NOT_FOUND;
	return e;
}

/* In our name, with the label and area of what came, which it belongs to. */
static lb_err send_to(struct agent *a, const struct lb_header *came, const char *next, Lagebus__Sightings *all)
{
	struct lb_header h = { .type = LB_TYPE_SIGHTING, .schema_version = 1, .area = came->area, .audience_n = 1, .has_thread = true,
		.exercise = came->exercise, .personal_data = came->personal_data };
	struct lb_buf payload = LB_BUF_INIT;
	size_t n = lagebus__sightings__get_packed_size(all);
	uint8_t *room = lb_buf_reserve(&payload, n + 1);
	struct lb_uuid id;
	lb_err e = LB_NO_MEMORY;

	h.tlp = lb_tlp_effective(came->tlp);
	h.audience[0] = lb_text_of(next);
	h.thread = came->id;
	h.exercise_name = came->exercise_name;
	h.language = came->language;
	h.origin = lb_text_of("");
	if (room) {
		lb_buf_added(&payload, lagebus__sightings__pack(all, room));
		e = publish_add(a, &h, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }, &id);
	}
	lb_buf_fini(&payload);
	return e;
}

/* Who is told of each sighting; empty: nobody, or it was done. */
struct next {
	char partner[LB_PARTNER_ID_MAX + 1];
};

static lb_err find_all(struct agent *a, const struct lb_header *h, const Lagebus__Sightings *all, struct next *next)
{
	lb_err e = LB_OK;

	for (size_t i = 0; i < all->n_sightings && e == LB_OK; i++) {
		e = next_of(a, all->sightings[i], h, next[i].partner);
		if (e == LB_NOT_FOUND) {
			next[i].partner[0] = '\0';
			e = LB_OK;
		}
	}
	return e;
}

/* A message for each who is told. */
static lb_err send_all(struct agent *a, const struct lb_header *h, const Lagebus__Sightings *all, struct next *next, Lagebus__Sighting **same)
{
	lb_err e = LB_OK;

	for (size_t i = 0; i < all->n_sightings && e == LB_OK; i++) {
		Lagebus__Sightings one = LAGEBUS__SIGHTINGS__INIT;
		struct next to = next[i];

		one.sightings = same;
		for (size_t k = i; k < all->n_sightings && to.partner[0]; k++)
			if (strcmp(next[k].partner, to.partner) == 0) {
				same[one.n_sightings++] = all->sightings[k];
				next[k].partner[0] = '\0';
			}
		if (one.n_sightings > 0)
			e = send_to(a, h, to.partner, &one);
	}
	return e;
}

static lb_err pass_on(struct agent *a, const struct lb_header *h, const Lagebus__Sightings *all)
{
	struct next *next = calloc(all->n_sightings + 1, sizeof *next);
	Lagebus__Sighting **same = calloc(all->n_sightings + 1, sizeof *same);
	lb_err e = next && same ? find_all(a, h, all, next) : LB_NO_MEMORY;

	if (e == LB_OK)
		e = send_all(a, h, all, next, same);
	free(next);
	free(same);
	return e;
}

lb_err sightings_pass_on(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Sightings *all;
	lb_err e = LB_OK;

	if (!is_below(h->origin, lb_tls_identity(a->tls)->partner) || lb_tlp_effective(h->tlp) == LB_TLP_RED)
		return LB_OK;
	all = lagebus__sightings__unpack(NULL, payload.n, payload.p);
	if (all && all->n_sightings <= LB_INDICATORS_MAX)
		e = pass_on(a, h, all);
	if (all)
		lagebus__sightings__free_unpacked(all, NULL);
	/* What cannot be sent is not tried again with every message that comes. */
	if (e == LB_BAD_HEADER || e == LB_BAD_AUDIENCE || e == LB_LIMIT || e == LB_NOT_UTF8) {
		log_event(LOG_WARN, "sighting_not_passed_on", "reason=%s", lb_err_token(e));
		e = LB_OK;
	}
	return e;
}
