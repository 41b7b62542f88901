/* What is asked of the tables that are worked out of messages. */
#include "agents/agent/derived_requests.h"

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "agents/agent/indicator_find.h"
#include "agents/agent/training.h"

static const uint8_t *data_of(const struct lb_buf *b)
{
	return b->p ? lb_buf_data(b) : (const uint8_t *)"";
}

void indicators_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__IndicatorsRequest *r)
{
	struct lb_buf rows = LB_BUF_INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	bool more = false;
	lb_err e = indicator_find(&a->store, r, agent_clock_ms(), &rows, &more);

	if (e == LB_OK && !(reply.indicators = lagebus__indicators_reply__unpack(NULL, lb_buf_len(&rows), data_of(&rows))))
		e = LB_NO_MEMORY;
	if (e != LB_OK) {
		answer_error(a, peer, number, lb_err_token(e), e == LB_INVALID ? "the value or pattern cannot be understood" : lb_err_text(e));
	} else {
		reply.number = number;
		reply.body_case = LAGEBUS__REPLY__BODY_INDICATORS;
		reply.indicators->more = more;
		answer(a, peer, &reply);
		lagebus__indicators_reply__free_unpacked(reply.indicators, NULL);
	}
	lb_buf_fini(&rows);
}

void training_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__TrainingRequest *r)
{
	struct lb_buf rows = LB_BUF_INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	lb_err e = training_find(&a->store, r, lb_tls_identity(a->tls)->partner, agent_clock_ms(), &rows);

	if (e == LB_OK && !(reply.training = lagebus__training_reply__unpack(NULL, lb_buf_len(&rows), data_of(&rows))))
		e = LB_NO_MEMORY;
	if (e != LB_OK) {
		answer_refusal(a, peer, number, e);
	} else {
		reply.number = number;
		reply.body_case = LAGEBUS__REPLY__BODY_TRAINING;
		answer(a, peer, &reply);
		lagebus__training_reply__free_unpacked(reply.training, NULL);
	}
	lb_buf_fini(&rows);
}
