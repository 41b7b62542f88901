/* An agent's local socket, played by a thread: it answers the status, and whatever the test's function answers. */
#ifndef TEST_CLI_FAKE_AGENT_H
#define TEST_CLI_FAKE_AGENT_H

#include <pthread.h>
#include <sys/eventfd.h>
#include <zmq.h>

#include "lagebus/header.h"
#include "proto/control.pb-c.h"
#include "proto/header.pb-c.h"
#include "proto/local.pb-c.h"
#include "proto/warning.pb-c.h"
#include "tests/unit/cli/run.h"

/* libzmq is not built for ThreadSanitizer, which then takes its queues for races. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:libzmq.so\ncalled_from_lib:libzmq.so\n";
}

struct fake {
	char *dir;
	char address[128];
	void *zmq, *socket;
	pthread_t thread;
	int stop;
	zmq_msg_t peer;
	uint64_t number;
	const char *_Atomic broker;     /* "" while it plays an agent without link */
	const char *_Atomic last_error; /* why */
	Lagebus__OpenDeadline **open;   /* in the status; set before it is asked */
	size_t open_n;
	/* Called in the agent's thread for all but the status; answers with fake_reply, or not at all. */
	void (*answer)(struct fake *f, const Lagebus__Request *request);
	Lagebus__Request *last; /* of what was not the status; read it between runs */
};

static inline void fake_reply(struct fake *f, Lagebus__Reply *reply)
{
	uint8_t *p = malloc(lagebus__reply__get_packed_size(reply) + 16);
	zmq_msg_t to;
	size_t n;

	reply->number = f->number;
	n = lagebus__reply__pack(reply, p);
	zmq_msg_init(&to);
	zmq_msg_copy(&to, &f->peer);
	zmq_msg_send(&to, f->socket, ZMQ_SNDMORE);
	zmq_send(f->socket, p, n, 0);
	free(p);
}

static inline void fake_error(struct fake *f, lb_err e, const char *text)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	reply.error = (char *)lb_err_token(e);
	reply.error_text = (char *)text;
	fake_reply(f, &reply);
}

/* What was sent has this id. */
static inline void fake_sent(struct fake *f, const struct lb_uuid *id, bool accepted)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;

	sent.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	sent.accepted = accepted;
	reply.body_case = LAGEBUS__REPLY__BODY_SEND;
	reply.send = &sent;
	fake_reply(f, &reply);
}

static inline void fake_status(struct fake *f)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__StatusReply status = LAGEBUS__STATUS_REPLY__INIT;
	const char *broker = f->broker, *last_error = *broker ? "" : f->last_error;
	char *acts_for[] = { (char *)"de-sl", (char *)"de-sn/leipzig" };

	status.open = f->open;
	status.n_open = f->open_n;
	status.acts_for = acts_for;
	status.n_acts_for = 2;
	status.agent = (char *)"spiffe://lagebus.example/partner/bund-bsi/agent/main";
	status.partner = (char *)"bund-bsi";
	status.broker = (char *)broker;
	status.link = (char *)(*broker ? "TLS_AES_128_GCM_SHA256 secp256r1" : "");
	status.last_error = (char *)last_error;
	status.last_error_text = (char *)(*last_error ? lb_err_text(lb_err_from_token(last_error)) : "");
	status.inbox = 7;
	status.urgent = 5;
	status.urgent_last = 9;
	status.version = (char *)"0.1.0";
	reply.body_case = LAGEBUS__REPLY__BODY_STATUS;
	reply.status = &status;
	fake_reply(f, &reply);
}

static inline void fake_serve(struct fake *f)
{
	Lagebus__Request *request;
	zmq_msg_t body;

	zmq_msg_init(&f->peer);
	zmq_msg_init(&body);
	zmq_msg_recv(&f->peer, f->socket, 0);
	zmq_msg_recv(&body, f->socket, 0);
	request = lagebus__request__unpack(NULL, zmq_msg_size(&body), zmq_msg_data(&body));
	f->number = request ? request->number : 0;
	if (request && request->body_case == LAGEBUS__REQUEST__BODY_STATUS) {
		fake_status(f);
		lagebus__request__free_unpacked(request, NULL);
	} else if (request) {
		if (f->last)
			lagebus__request__free_unpacked(f->last, NULL);
		f->last = request;
		if (f->answer)
			f->answer(f, request);
	}
	zmq_msg_close(&body);
	zmq_msg_close(&f->peer);
}

static inline void *fake_run(void *context)
{
	struct fake *f = context;
	zmq_pollitem_t items[2] = { { f->socket, 0, ZMQ_POLLIN, 0 }, { NULL, f->stop, ZMQ_POLLIN, 0 } };

	while (zmq_poll(items, 2, -1) >= 0) {
		if (items[0].revents) {
			pthread_mutex_lock(&run_world);
			fake_serve(f);
			pthread_mutex_unlock(&run_world);
		} else if (items[1].revents) {
			break;
		}
	}
	return NULL;
}

static inline void fake_start(struct fake *f, void (*answer)(struct fake *f, const Lagebus__Request *request))
{
	*f = (struct fake){ .dir = scratch_make(), .answer = answer, .broker = "broker.example:7700", .last_error = "timeout" };
	snprintf(f->address, sizeof(f->address), "ipc://%s/agent.sock", f->dir);
	f->stop = eventfd(0, EFD_CLOEXEC);
	f->zmq = zmq_ctx_new();
	f->socket = zmq_socket(f->zmq, ZMQ_ROUTER);
	assert_int_equal(zmq_bind(f->socket, f->address), 0);
	setenv("LAGEBUS_AGENT", f->address, 1);
	setenv("TZ", "UTC", 1);
	assert_int_equal(pthread_create(&f->thread, NULL, fake_run, f), 0);
}

/* Ends the thread; f->last can be read from then on. */
static inline void fake_stop(struct fake *f)
{
	uint64_t one = 1;
	int zero = 0;

	assert_int_equal(write(f->stop, &one, sizeof(one)), sizeof(one));
	pthread_join(f->thread, NULL);
	zmq_setsockopt(f->socket, ZMQ_LINGER, &zero, sizeof(zero));
	zmq_close(f->socket);
	zmq_ctx_term(f->zmq);
	close(f->stop);
	scratch_remove(f->dir);
	unsetenv("LAGEBUS_AGENT");
}

static inline void fake_forget(struct fake *f)
{
	if (f->last)
		lagebus__request__free_unpacked(f->last, NULL);
	f->last = NULL;
}

/* A stored warning whose id ends with `tail`, and what it needs. */
struct sample {
	Lagebus__StoredMessage stored;
	struct lb_buf header;
	uint8_t *payload;
};

static inline struct lb_header sample_header(uint8_t tail)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_AMBER, .level = 3,
		.schema_version = 1, .created_ms = 1795424400000, .audience_n = 2, .ack_policy = LB_ACK_ACKNOWLEDGED };
	uint8_t random[10] = { 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x17, 0x28, 0x39, tail };

	h.id = lb_uuid7(h.created_ms, random);
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("de-sn");
	h.audience[1] = lb_text_of("de-he");
	h.language = lb_text_of("de");
	h.lane = lb_header_lane(h.type, h.level);
	return h;
}

static inline void sample_init_header(struct sample *s, const struct lb_header *h, const char *title)
{
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;

	memset(s, 0, sizeof(*s));
	lagebus__stored_message__init(&s->stored);
	assert_int_equal(lb_header_encode(h, &s->header), LB_OK);
	w.title = (char *)title;
	w.summary = (char *)"Summary\xe2\x80\xae of it";
	w.advisory = (ProtobufCBinaryData){ 4, (uint8_t *)"{\"a\"" };
	w.url = (char *)"https://beispiel.example/a";
	s->payload = malloc(lagebus__warning__get_packed_size(&w));
	assert_non_null(s->payload);
	s->stored.payload = (ProtobufCBinaryData){ lagebus__warning__pack(&w, s->payload), s->payload };
	s->stored.header = (ProtobufCBinaryData){ lb_buf_len(&s->header), lb_buf_data(&s->header) };
	s->stored.title = (char *)title;
	s->stored.tracking_id = (char *)"LB-2026-0001";
	s->stored.received = h->created_ms + 1000;
	s->stored.row = h->id.b[15];
	s->stored.signer = (char *)"spiffe://lagebus.example/partner/bund-bsi/agent/main";
}

static inline void sample_init(struct sample *s, uint8_t tail, const char *title)
{
	struct lb_header h = sample_header(tail);

	sample_init_header(s, &h, title);
}

static inline void sample_fini(struct sample *s)
{
	lb_buf_fini(&s->header);
	free(s->payload);
}

static inline void sample_id(uint8_t tail, char text[LB_UUID_TEXT])
{
	struct lb_header h = sample_header(tail);

	lb_uuid_format(&h.id, text);
}

#endif
