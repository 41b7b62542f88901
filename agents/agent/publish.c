/* Messages on their way out. */
#include "agents/agent/publish.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/derive.h"
#include "agents/agent/outbox.h"
#include "lagebus/failpoint.h"
#include "proto/host/log.h"

#define RESEND_MS 5000 /* after a refusal that passes */

lb_err publish_add(struct agent *a, struct lb_header *h, struct lb_frame payload, struct lb_uuid *id)
{
	struct lb_buf header = LB_BUF_INIT, signature = LB_BUF_INIT;
	struct lb_frame frames[3];
	lb_err e;

	h->id = lb_uuid7_now();
	if (h->origin.n == 0)
		h->origin = lb_text_of(lb_tls_identity(a->tls)->partner);
	h->created_ms = agent_clock_ms();
	h->lane = lb_header_lane(h->type, h->level);
	/* Everyone would quarantine it. */
	if (!lb_tls_is_valid_at(a->tls, h->created_ms))
		return LB_TLS_EXPIRED;
	if (payload.n > LB_PAYLOAD_MAX)
		return LB_LIMIT;
	e = lb_header_encode(h, &header);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	frames[1] = payload;
	if (e == LB_OK)
		e = lb_sign(a->signer, frames[0], payload, &signature);
	frames[2] = (struct lb_frame){ lb_buf_data(&signature), lb_buf_len(&signature) };
	if (e == LB_OK)
		e = agent_begin(a);
	if (e == LB_OK)
		e = outbox_add(&a->store, &h->id, (enum lb_lane)h->lane, frames);
	if (e == LB_OK)
		*id = h->id;
	lb_buf_fini(&header);
	lb_buf_fini(&signature);
	return e;
}

static bool may_send(const struct agent *a, enum lb_lane lane)
{
	if (a->in_flight_n == IN_FLIGHT_MAX)
		return false;
	/* A quarter of the places is for what is urgent. */
	return lane == LB_LANE_URGENT || (a->in_flight_bytes < IN_FLIGHT_BYTES && a->in_flight_n < IN_FLIGHT_MAX / 4 * 3);
}

/* Sends the lane's next message; false if there is none, or the link is gone. */
static bool send_next(struct agent *a, enum lb_lane lane)
{
	struct lb_buf message = LB_BUF_INIT;
	struct lb_uuid id;
	lb_err e = outbox_next(&a->store, lane, &a->sent_row[lane], &id, &message);

	if (e == LB_OK)
		e = uplink_send(&a->uplink, lb_buf_data(&message), lb_buf_len(&message));
	if (e == LB_OK) {
		a->in_flight[a->in_flight_n++] = (struct in_flight){ id, lb_buf_len(&message) };
		a->in_flight_bytes += lb_buf_len(&message);
		uplink_flush(&a->uplink);
		LB_FAIL_POINT("agent-after-send");
	} else if (e != LB_NOT_FOUND) {
		uplink_fail(&a->uplink, e, NULL);
	}
	lb_buf_fini(&message);
	return e == LB_OK;
}

void publish_pump(struct agent *a)
{
	if (a->resend_ms && a->now_ms >= a->resend_ms)
		publish_rewind(a);
	if (a->resend_ms)
		return;
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		while (uplink_is_open(&a->uplink) && may_send(a, (enum lb_lane)lane))
			if (!send_next(a, (enum lb_lane)lane))
				break;
}

/* False: it is none of ours, or was answered before. */
static bool answered(struct agent *a, const struct lb_uuid *id)
{
	for (unsigned i = 0; i < a->in_flight_n; i++)
		if (memcmp(&a->in_flight[i].id, id, sizeof *id) == 0) {
			a->in_flight_bytes -= a->in_flight[i].bytes;
			memmove(&a->in_flight[i], &a->in_flight[i + 1], (a->in_flight_n - i - 1) * sizeof a->in_flight[0]);
			a->in_flight_n--;
			return true;
		}
	return false;
}

void publish_accepted(struct agent *a, const struct lb_uuid *id)
{
	lb_err e;

	if (!answered(a, id))
		return;
	e = agent_begin(a);
	if (e == LB_OK)
		e = derive_sent(a, id);
	if (e == LB_OK)
		e = outbox_accepted(&a->store, id);
	if (e != LB_OK)
		uplink_fail(&a->uplink, e, a->store.why);
	waiting_sent(a, id, NULL, NULL);
}

static bool will_pass(const char *reason)
{
	lb_err e = lb_err_from_token(reason);

	return e == LB_DISK_FULL || e == LB_LIMIT || e == LB_IO || e == LB_NO_MEMORY;
}

void publish_refused(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text)
{
	char id_text[LB_UUID_TEXT];
	lb_err e;

	if (!answered(a, id))
		return;
	lb_uuid_format(id, id_text);
	log_event(LOG_WARN, "publish_refused", "id=%s reason=%s detail=%s", id_text, reason, text);
	waiting_sent(a, id, reason, text);
	if (will_pass(reason)) {
		a->resend_ms = a->now_ms + RESEND_MS;
		return;
	}
	e = agent_begin(a);
	if (e == LB_OK)
		e = outbox_refused(&a->store, id, reason, text, agent_clock_ms());
	if (e != LB_OK)
		uplink_fail(&a->uplink, e, a->store.why);
}

void publish_rewind(struct agent *a)
{
	memset(a->sent_row, 0, sizeof a->sent_row);
	a->in_flight_n = 0;
	a->in_flight_bytes = 0;
	a->resend_ms = 0;
}
