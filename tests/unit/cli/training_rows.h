/* An agent that answers with training, for the tests of the commands. */
#ifndef TEST_CLI_TRAINING_ROWS_H
#define TEST_CLI_TRAINING_ROWS_H

#include "lagebus/tlp.h"
#include "proto/training.pb-c.h"
#include "tests/unit/cli/fake_agent.h"

#define EVENT_MS INT64_C(4099766400000) /* 2099-12-01T00:00:00Z */
#define EVENT_UID "018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d@bund-bsi"
#define OTHER_UID "018f3c2a-7b1f-7c55-9a41-0c3d1a2b3caa@de-he"

struct event_sample {
	const char *uid, *origin;
	unsigned status;
	int64_t begins;
	bool exercise;
};

static const struct event_sample event_samples[] = {
	{ EVENT_UID, "bund-bsi", LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED, EVENT_MS, false },
	{ OTHER_UID, "de-he", LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED, EVENT_MS, true },
	{ "cancelled@de-he", "de-he", LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED, EVENT_MS, false },
	{ "begun@de-he", "de-he", LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED, 1000, false },
};
#define EVENT_SAMPLES (sizeof(event_samples) / sizeof(event_samples[0]))

static inline size_t pack_event(const struct event_sample *s, uint8_t to[500])
{
	Lagebus__TrainingEvent t = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__Contact c = LAGEBUS__CONTACT__INIT;

	c.function = (char *)"CERT";
	c.email = (char *)"cert@x.example";
	t.uid = (char *)s->uid;
	t.sequence = 4;
	t.kind = LAGEBUS__TRAINING_KIND__TRAINING_KIND_WORKSHOP;
	t.audience = LAGEBUS__TRAINING_AUDIENCE__TRAINING_AUDIENCE_STAFF;
	t.status = (Lagebus__TrainingStatus)s->status;
	t.title = (char *)"Phishing\xe2\x80\xae";
	t.begins = s->begins;
	t.ends = s->begins + 3600000;
	t.place = (char *)"Bonn";
	t.seats = 5;
	t.organiser = &c;
	return lagebus__training_event__pack(&t, to);
}

static inline size_t pack_event_header(const struct event_sample *s, uint8_t tail, struct lb_buf *to)
{
	struct lb_header h = sample_header(tail);

	h.type = LB_TYPE_TRAINING_EVENT;
	h.area = LB_AREA_PUBLIC_SECTOR_TRAINING;
	h.tlp = LB_TLP_GREEN;
	h.level = 0;
	h.lane = lb_header_lane(h.type, 0);
	h.origin = lb_text_of(s->origin);
	h.exercise = s->exercise;
	if (s->exercise)
		h.exercise_name = lb_text_of("LÜKEX");
	assert_int_equal(lb_header_encode(&h, to), LB_OK);
	return lb_buf_len(to);
}

static inline void answer_sent_training(struct fake *f)
{
	struct lb_uuid id = { { 1 } };

	fake_sent(f, &id, true);
}

static inline void answer_training(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__TrainingReply body = LAGEBUS__TRAINING_REPLY__INIT;
	Lagebus__TrainingRow rows[EVENT_SAMPLES], *list[EVENT_SAMPLES];
	Lagebus__RegistrationRow registration = LAGEBUS__REGISTRATION_ROW__INIT, *registrations = &registration;
	Lagebus__TrainingRegistration r = LAGEBUS__TRAINING_REGISTRATION__INIT;
	struct lb_buf headers[EVENT_SAMPLES];
	uint8_t events[EVENT_SAMPLES][500], packed[100];

	if (request->body_case == LAGEBUS__REQUEST__BODY_SEND) {
		answer_sent_training(f);
		return;
	}
	if (request->body_case != LAGEBUS__REQUEST__BODY_TRAINING) {
		fake_error(f, LB_NOT_FOUND, "not there");
		return;
	}
	r.seats = 3;
	r.note = (char *)"zu dritt";
	registration.origin = (char *)"de-hb";
	registration.waiting = true;
	registration.registration = (ProtobufCBinaryData){ lagebus__training_registration__pack(&r, packed), packed };
	for (size_t i = 0; i < EVENT_SAMPLES; i++) {
		headers[i] = (struct lb_buf)LB_BUF_INIT;
		lagebus__training_row__init(&rows[i]);
		pack_event_header(&event_samples[i], (uint8_t)i, &headers[i]);
		rows[i].header = (ProtobufCBinaryData){ lb_buf_len(&headers[i]), lb_buf_data(&headers[i]) };
		rows[i].event = (ProtobufCBinaryData){ pack_event(&event_samples[i], events[i]), events[i] };
		rows[i].taken = 4;
		rows[i].waiting = 3;
		rows[i].registered = 2;
		rows[i].registrations = &registrations;
		rows[i].n_registrations = 1;
		list[i] = &rows[i];
	}
	body.rows = list;
	body.n_rows = EVENT_SAMPLES;
	reply.body_case = LAGEBUS__REPLY__BODY_TRAINING;
	reply.training = &body;
	fake_reply(f, &reply);
	for (size_t i = 0; i < EVENT_SAMPLES; i++)
		lb_buf_fini(&headers[i]);
}

#endif
