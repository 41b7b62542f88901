/* What is said to whoever asked. */
#include "agents/agent/answers.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/second_person.h"
#include "proto/host/log.h"
#include "proto/host/words.h"

lb_err answer_try(struct agent *a, const struct local_peer *peer, const Lagebus__Reply *reply)
{
	size_t n = lagebus__reply__get_packed_size(reply);
	uint8_t *p = malloc(n + 1);
	lb_err e = LB_NO_MEMORY;

	if (p) {
		lagebus__reply__pack(reply, p);
		e = local_server_send(a->local, peer, p, n);
		explicit_bzero(p, n); /* it may be what nobody else may read */
	}
	free(p);
	return e;
}

void answer(struct agent *a, const struct local_peer *peer, const Lagebus__Reply *reply)
{
	lb_err e = answer_try(a, peer, reply);

	if (e != LB_OK && e != LB_CLOSED)
		log_event(LOG_WARN, "reply_lost", "reason=%s", lb_err_token(e));
}

void answer_error(struct agent *a, const struct local_peer *peer, uint64_t number, const char *reason, const char *text)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	reply.number = number;
	reply.error = (char *)reason;
	reply.error_text = (char *)text;
	answer(a, peer, &reply);
}

void answer_refusal(struct agent *a, const struct local_peer *peer, uint64_t number, lb_err e)
{
	answer_error(a, peer, number, lb_err_token(e), lb_err_text(e));
}

void answer_sent(struct agent *a, const struct local_peer *peer, uint64_t number, const struct lb_uuid *id, bool accepted)
{
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	sent.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	sent.accepted = accepted;
	reply.number = number;
	reply.body_case = LAGEBUS__REPLY__BODY_SEND;
	reply.send = &sent;
	answer(a, peer, &reply);
}

void answer_fill(const struct inbox_row *row, bool payload, Lagebus__StoredMessage *m)
{
	m->row = (uint64_t)row->row;
	m->header = (ProtobufCBinaryData){ row->header.n, (uint8_t *)row->header.p };
	if (payload) {
		m->payload = (ProtobufCBinaryData){ row->payload.n, (uint8_t *)row->payload.p };
		m->signature = (ProtobufCBinaryData){ row->signature.n, (uint8_t *)row->signature.p };
	}
	m->received = row->received_ms;
	m->lane = (uint32_t)row->lane;
	m->position = (uint64_t)row->position;
	m->title = (char *)inbox_title(row, words_are_german());
	m->tracking_id = (char *)row->tracking_id;
	m->acknowledged = (uint32_t)row->acknowledged;
	m->quarantine = (char *)row->quarantine;
	m->signer = (char *)row->signer;
	m->gone = (char *)row->gone;
	m->gone_reason = (char *)row->gone_reason;
	m->gone_at = row->gone_ms;
	m->superseded_by = (ProtobufCBinaryData){ row->superseded.n, (uint8_t *)row->superseded.p };
}

lb_err answer_message(struct agent *a, const struct local_peer *peer, uint64_t number, const struct inbox_row *row, const struct inbox_opened *opened,
                      bool more)
{
	Lagebus__StoredMessage m = LAGEBUS__STORED_MESSAGE__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	char approver[LB_SPIFFE_ID_MAX + 1];
	lb_err e = second_person_of(a, row, approver);

	if (e != LB_OK)
		return e;
	answer_fill(row, true, &m);
	m.approved_by = approver;
	if (opened && opened->refused == LB_OK)
		m.opened = (ProtobufCBinaryData){ opened->content.n, (uint8_t *)opened->content.p };
	else if (opened)
		m.not_opened = (char *)lb_err_token(opened->refused);
	reply.number = number;
	reply.more = more;
	reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
	reply.message = &m;
	return answer_try(a, peer, &reply);
}
