/* What is asked of the tables over the local socket. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/indicators.h"
#include "agents/agent/training.h"
#include "proto/indicator.pb-c.h"
#include "proto/training.pb-c.h"

static void take_three_indicators(void)
{
	static const char *const values[] = { "a.example", "b.example", "c.example" };
	struct lb_header h = plain_header(1, LB_TYPE_INDICATOR, "de-sn");
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	Lagebus__Indicator i[3], *list[3];
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_uuid id = letter_id(7);

	for (unsigned k = 0; k < 3; k++) {
		lagebus__indicator__init(&i[k]);
		i[k].id = (ProtobufCBinaryData){ sizeof id.b, id.b };
		i[k].kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_DOMAIN_NAME;
		i[k].value = (char *)values[k];
		list[k] = &i[k];
	}
	all.indicators = list;
	all.n_indicators = 3;
	assert_int_equal(indicators_take(&agent.store, &h, pack_into(&all.base, &payload), agent_clock_ms()), LB_OK);
	lb_buf_fini(&payload);
}

static void indicators_are_answered_page_by_page(void **state)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__IndicatorsRequest body = LAGEBUS__INDICATORS_REQUEST__INIT;
	Lagebus__Reply *reply;

	(void)state;
	take_three_indicators();
	body.limit = 2;
	request.number = 7;
	request.body_case = LAGEBUS__REQUEST__BODY_INDICATORS;
	request.indicators = &body;
	client_say(&client, &request);
	reply = client_hear();
	assert_int_equal(reply->number, 7);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_INDICATORS);
	assert_int_equal(reply->indicators->n_rows, 2);
	assert_true(reply->indicators->more);
	lagebus__reply__free_unpacked(reply, NULL);
	body.after_value = (char *)"b.example";
	body.after_kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_DOMAIN_NAME;
	client_say(&client, &request);
	reply = client_hear();
	assert_int_equal(reply->indicators->n_rows, 1);
	assert_false(reply->indicators->more);
	lagebus__reply__free_unpacked(reply, NULL);
	body.pattern = (char *)"a*b";
	client_say(&client, &request);
	reply = client_hear();
	assert_string_equal(reply->error, "invalid");
	lagebus__reply__free_unpacked(reply, NULL);
}

static void training_is_answered_with_our_own_registration(void **state)
{
	struct lb_header h = plain_header(1, LB_TYPE_TRAINING_EVENT, "de-sn"), ours = plain_header(2, LB_TYPE_TRAINING_REGISTRATION, "de-sn");
	Lagebus__TrainingEvent t = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__TrainingRegistration r = LAGEBUS__TRAINING_REGISTRATION__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__TrainingRequest body = LAGEBUS__TRAINING_REQUEST__INIT;
	struct lb_buf event = LB_BUF_INIT, registration = LB_BUF_INIT;
	Lagebus__Reply *reply;

	(void)state;
	t.uid = r.uid = (char *)"a@de-sn";
	t.begins = agent_clock_ms() + 100000;
	r.seats = 2;
	assert_int_equal(training_take(&agent.store, &h, pack_into(&t.base, &event)), LB_OK);
	assert_int_equal(registrations_take(&agent.store, &ours, pack_into(&r.base, &registration)), LB_OK);
	request.body_case = LAGEBUS__REQUEST__BODY_TRAINING;
	request.training = &body;
	client_say(&client, &request);
	reply = client_hear();
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_TRAINING);
	assert_int_equal(reply->training->n_rows, 1);
	assert_int_equal(reply->training->rows[0]->registered, 2);
	assert_int_equal(reply->training->rows[0]->n_registrations, 0); /* not asked for */
	lagebus__reply__free_unpacked(reply, NULL);
	lb_buf_fini(&event);
	lb_buf_fini(&registration);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(indicators_are_answered_page_by_page),
		AGENT_TEST(training_is_answered_with_our_own_registration),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
