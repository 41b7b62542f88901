/* The report of a body inside the one of its Land. */
#include "agents/agent/incident_original.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident.h"
#include "lagebus/tlp.h"

const Lagebus__OriginalReport *incident_original_of(const Lagebus__IncidentReport *r)
{
	if (r->original)
		return r->original;
	return r->stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM ? r->reported : NULL;
}

Lagebus__IncidentReport *incident_original_open(const Lagebus__OriginalReport *o)
{
	return lagebus__incident_report__unpack(NULL, o->payload.len, o->payload.len ? o->payload.data : (const uint8_t *)"");
}

bool incident_original_by(const Lagebus__IncidentReport *r, char out[LB_PARTNER_ID_MAX + 1])
{
	const Lagebus__OriginalReport *o = incident_original_of(r);
	Lagebus__IncidentReport *inside = NULL;
	bool found = false;

	for (unsigned n = 0; o && n < INCIDENT_ORIGINALS_MAX; n++) {
		Lagebus__IncidentReport *next;
		struct lb_header h;

		if (lb_header_decode(o->header.data, o->header.len, &h) != LB_OK)
			break;
		snprintf(out, LB_PARTNER_ID_MAX + 1, "%.*s", (int)h.origin.n, h.origin.p);
		found = true;
		next = incident_original_open(o);
		if (inside)
			lagebus__incident_report__free_unpacked(inside, NULL);
		inside = next;
		o = inside ? incident_original_of(inside) : NULL;
	}
	if (inside)
		lagebus__incident_report__free_unpacked(inside, NULL);
	return found;
}

static bool is_below(struct lb_text body, struct lb_text above)
{
	return above.n > 0 && body.n > above.n + 1 && memcmp(body.p, above.p, above.n) == 0 && body.p[above.n] == '/';
}

lb_err incident_original_fits(const struct lb_header *outer, const struct lb_header *inner)
{
	struct lb_uuid in, out;

	if (inner->type != LB_TYPE_INCIDENT_REPORT || !incident_of(outer, &out) || !incident_of(inner, &in) || memcmp(&in, &out, sizeof in) != 0)
		return LB_OTHER_INCIDENT;
	if (!is_below(inner->origin, outer->origin))
		return LB_NOT_ITS_BODY;
	if (inner->exercise != outer->exercise || inner->exercise_name.n != outer->exercise_name.n ||
	    (inner->exercise_name.n > 0 && memcmp(inner->exercise_name.p, outer->exercise_name.p, inner->exercise_name.n) != 0))
		return LB_EXERCISE_MIXED;
	return lb_tlp_effective(outer->tlp) < lb_tlp_effective(inner->tlp) ? LB_TLP_WIDENED : LB_OK;
}

bool incident_original_is_said(Lagebus__IncidentReport *r)
{
	Lagebus__OriginalReport *kept = r->original, *inner;
	Lagebus__IncidentReport *o = incident_original_open(kept);
	uint8_t *x = NULL, *y = NULL;
	bool same = false;
	size_t n;

	inner = o ? o->original : NULL;
	r->original = NULL;
	if (o)
		o->original = NULL;
	n = lagebus__incident_report__get_packed_size(r);
	if (o && lagebus__incident_report__get_packed_size(o) == n && (x = malloc(n + 1)) && (y = malloc(n + 1))) {
		lagebus__incident_report__pack(r, x);
		lagebus__incident_report__pack(o, y);
		same = memcmp(x, y, n) == 0;
	}
	r->original = kept;
	if (o) {
		o->original = inner;
		lagebus__incident_report__free_unpacked(o, NULL);
	}
	free(x);
	free(y);
	return same;
}
