/* An agent written from docs/wire.md alone: Debian's libzmq, protobuf-c and OpenSSL, none of our own code.
 * dealer ENDPOINT PARTNER CERTIFICATE KEY publish TEXT     publishes an indicator to all, and waits until it is accepted
 * dealer ENDPOINT PARTNER CERTIFICATE KEY receive TEXT     waits for it, checks chain and signature, acknowledges, and comes back */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <zmq.h>

#include "proto/control.pb-c.h"
#include "proto/frames.pb-c.h"
#include "proto/header.pb-c.h"

#define WAIT_MS 10000
#define SIGNED_MAX 70000

struct agent {
	void *context, *socket;
	uint8_t log[16];
	uint64_t urgent, routine;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "dealer: %s\n", what);
	exit(1);
}

/* One message of at most four frames. */
struct message {
	zmq_msg_t frame[4];
	int n;
};

static bool receive(struct agent *a, struct message *m, int wait_ms)
{
	int more = 1;

	zmq_setsockopt(a->socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
	for (m->n = 0; more; m->n++) {
		must(m->n < 4, "a message has more than four frames");
		zmq_msg_init(&m->frame[m->n]);
		if (zmq_msg_recv(&m->frame[m->n], a->socket, 0) < 0)
			return false;
		more = zmq_msg_more(&m->frame[m->n]);
	}
	return true;
}

static void done(struct message *m)
{
	for (int i = 0; i < m->n; i++)
		zmq_msg_close(&m->frame[i]);
}

static void send_control(struct agent *a, const Lagebus__Control *c)
{
	uint8_t bytes[1024];
	size_t n = lagebus__control__pack(c, bytes);

	must(zmq_send(a->socket, bytes, n, 0) == (int)n, "a control cannot be sent");
}

/* The next control; deliveries are not expected meanwhile. */
static Lagebus__Control *receive_control(struct agent *a)
{
	struct message m;
	Lagebus__Control *c;

	must(receive(a, &m, WAIT_MS) && m.n == 1, "a control was expected");
	c = lagebus__control__unpack(NULL, zmq_msg_size(&m.frame[0]), zmq_msg_data(&m.frame[0]));
	must(c != NULL, "a control cannot be decoded");
	if (c->body_case == LAGEBUS__CONTROL__BODY_GOODBYE)
		fprintf(stderr, "dealer: goodbye %s\n", c->goodbye->reason);
	done(&m);
	return c;
}

static void open_session(struct agent *a, const char *endpoint, bool publish_only)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT, *answer;
	int none = 0;

	a->context = zmq_ctx_new();
	a->socket = zmq_socket(a->context, ZMQ_DEALER);
	zmq_setsockopt(a->socket, ZMQ_LINGER, &none, sizeof none);
	must(zmq_connect(a->socket, endpoint) == 0, "connect");
	hello.version = 1;
	hello.software = "dealer";
	hello.publish_only = publish_only;
	hello.urgent = a->urgent;
	hello.routine = a->routine;
	if (a->routine || a->urgent)
		hello.log = (ProtobufCBinaryData){ sizeof a->log, a->log };
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	send_control(a, &control);
	answer = receive_control(a);
	must(answer->body_case == LAGEBUS__CONTROL__BODY_WELCOME && answer->welcome->log.len == sizeof a->log, "Welcome was expected");
	memcpy(a->log, answer->welcome->log.data, sizeof a->log);
	a->urgent = answer->welcome->urgent;
	a->routine = answer->welcome->routine;
	lagebus__control__free_unpacked(answer, NULL);
}

static void close_session(struct agent *a)
{
	zmq_close(a->socket);
	zmq_ctx_term(a->context);
}

/* What is signed: a name, a NUL, the header's length, header, payload. */
static size_t signed_bytes(const void *header, size_t header_n, const void *payload, size_t payload_n, uint8_t out[SIGNED_MAX])
{
	size_t n = sizeof "lagebus-1";

	must(n + 4 + header_n + payload_n <= SIGNED_MAX, "too much to sign");
	memcpy(out, "lagebus-1", n);
	for (int i = 3; i >= 0; i--)
		out[n++] = (uint8_t)(header_n >> (8 * i));
	memcpy(out + n, header, header_n);
	memcpy(out + n + header_n, payload, payload_n);
	return n + header_n + payload_n;
}

static X509 *read_certificate(const char *path)
{
	FILE *f = fopen(path, "re");
	X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

	must(x != NULL, path);
	fclose(f);
	return x;
}

static EVP_PKEY *read_key(const char *path)
{
	FILE *f = fopen(path, "re");
	EVP_PKEY *k = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

	must(k != NULL, path);
	fclose(f);
	return k;
}

static size_t make_header(const char *partner, uint8_t id[16], uint8_t out[512])
{
	Lagebus__Header h = LAGEBUS__HEADER__INIT;
	char *all = "all";
	struct timespec t;
	int64_t ms;

	clock_gettime(CLOCK_REALTIME, &t);
	ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	must(getrandom(id, 16, 0) == 16, "randomness");
	for (int i = 0; i < 6; i++)
		id[i] = (uint8_t)(ms >> (8 * (5 - i)));
	id[6] = (uint8_t)(0x70 | (id[6] & 15));
	id[8] = (uint8_t)(0x80 | (id[8] & 63));
	h.id = (ProtobufCBinaryData){ 16, id };
	h.type = 1;
	h.origin = (char *)partner;
	h.area = 5;
	h.tlp = 2;
	h.audience = &all;
	h.n_audience = 1;
	h.lane = 1;
	h.created = ms;
	return lagebus__header__pack(&h, out);
}

static size_t make_signature(const char *certificate, const char *key, const uint8_t *bytes, size_t n, uint8_t out[512])
{
	Lagebus__Signature s = LAGEBUS__SIGNATURE__INIT;
	X509 *x = read_certificate(certificate);
	EVP_PKEY *k = read_key(key);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE], value[256];
	size_t value_n = sizeof value;

	must(X509_digest(x, EVP_sha256(), digest, NULL) == 1, "digest");
	must(EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, k) == 1 && EVP_DigestSign(c, value, &value_n, bytes, n) == 1, "signing");
	s.signer = (ProtobufCBinaryData){ 8, digest };
	s.value = (ProtobufCBinaryData){ value_n, value };
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(k);
	X509_free(x);
	return lagebus__signature__pack(&s, out);
}

static void publish(struct agent *a, const char *partner, const char *certificate, const char *key, const char *text)
{
	uint8_t id[16], header[512], signature[512], bytes[SIGNED_MAX];
	size_t header_n = make_header(partner, id, header), n = signed_bytes(header, header_n, text, strlen(text), bytes);
	size_t signature_n = make_signature(certificate, key, bytes, n, signature);
	Lagebus__Control *c;

	must(zmq_send(a->socket, header, header_n, ZMQ_SNDMORE) >= 0 && zmq_send(a->socket, text, strlen(text), ZMQ_SNDMORE) >= 0 &&
	             zmq_send(a->socket, signature, signature_n, 0) >= 0,
	     "publishing");
	c = receive_control(a);
	if (c->body_case == LAGEBUS__CONTROL__BODY_REFUSED)
		fprintf(stderr, "dealer: refused %s\n", c->refused->reason);
	must(c->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED && c->accepted->n_ids == 1 && memcmp(c->accepted->ids[0].data, id, 16) == 0, "Accepted was expected");
	lagebus__control__free_unpacked(c, NULL);
}

/* Asks for the signer's certificate and verifies with it. */
static void verify(struct agent *a, struct message *m)
{
	Lagebus__Signature *s = lagebus__signature__unpack(NULL, zmq_msg_size(&m->frame[3]), zmq_msg_data(&m->frame[3]));
	Lagebus__SignerQuery query = LAGEBUS__SIGNER_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT, *answer;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t bytes[SIGNED_MAX], digest[EVP_MAX_MD_SIZE];
	const unsigned char *der;
	X509 *x;
	size_t n = signed_bytes(zmq_msg_data(&m->frame[1]), zmq_msg_size(&m->frame[1]), zmq_msg_data(&m->frame[2]), zmq_msg_size(&m->frame[2]), bytes);

	must(s && s->signer.len == 8, "a signature frame");
	query.signer = s->signer;
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNER_QUERY;
	control.signer_query = &query;
	send_control(a, &control);
	answer = receive_control(a);
	must(answer->body_case == LAGEBUS__CONTROL__BODY_SIGNERS && answer->signers->n_certificates == 1, "Signers was expected");
	der = answer->signers->certificates[0].data;
	x = d2i_X509(NULL, &der, (long)answer->signers->certificates[0].len);
	must(x && X509_digest(x, EVP_sha256(), digest, NULL) == 1 && memcmp(digest, s->signer.data, 8) == 0, "the signer's certificate");
	must(EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, X509_get0_pubkey(x)) == 1 &&
	             EVP_DigestVerify(c, s->value.data, s->value.len, bytes, n) == 1,
	     "the signature does not verify");
	EVP_MD_CTX_free(c);
	X509_free(x);
	lagebus__control__free_unpacked(answer, NULL);
	lagebus__signature__free_unpacked(s, NULL);
}

static void acknowledge(struct agent *a)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	received.urgent = a->urgent;
	received.routine = a->routine;
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	send_control(a, &control);
}

static void take_one(struct agent *a, const char *text)
{
	struct message m;
	Lagebus__Delivery *d;

	must(receive(a, &m, WAIT_MS) && m.n == 4, "a delivery was expected");
	must(zmq_msg_size(&m.frame[0]) == 20, "a delivery frame has 20 bytes");
	d = lagebus__delivery__unpack(NULL, zmq_msg_size(&m.frame[0]), zmq_msg_data(&m.frame[0]));
	must(d && d->lane == 1 && d->previous == a->routine, "the chain is broken");
	a->routine = d->position;
	must(zmq_msg_size(&m.frame[2]) == strlen(text) && memcmp(zmq_msg_data(&m.frame[2]), text, strlen(text)) == 0, "another payload");
	verify(a, &m);
	lagebus__delivery__free_unpacked(d, NULL);
	done(&m);
}

int main(int argc, char **argv)
{
	struct agent a = { .context = NULL };
	struct message m;

	must(argc == 7, "usage: dealer ENDPOINT PARTNER CERTIFICATE KEY publish|receive TEXT");
	if (strcmp(argv[5], "publish") == 0) {
		open_session(&a, argv[1], true);
		publish(&a, argv[2], argv[3], argv[4], argv[6]);
	} else {
		open_session(&a, argv[1], false);
		take_one(&a, argv[6]);
		acknowledge(&a);
		close_session(&a);
		/* With its cursor, it gets nothing twice. */
		open_session(&a, argv[1], false);
		must(!receive(&a, &m, 500), "something was delivered twice");
	}
	close_session(&a);
	return 0;
}
