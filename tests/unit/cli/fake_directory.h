/* An agent that knows whom to encrypt to: the certificate of de-sn's agent. */
#ifndef TEST_CLI_FAKE_DIRECTORY_H
#define TEST_CLI_FAKE_DIRECTORY_H

#include "agents/cli/ca_x509.h"
#include "tests/unit/cli/fake_agent.h"

static uint8_t certificate[4096];
static int certificate_n;

static int make_certificate(void **state)
{
	static const struct ca_request request = { .partner = "de-sn", .name = "main", .days = 30 };
	struct ca_pair ca = { NULL, NULL };
	unsigned char *p = certificate;
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	struct why why;
	bool made = ca_key_new("p256", &ca.key, &why) == LB_OK && ca_root_new(ca.key, "lagebus.example", 100, &ca.certificate, &why) == LB_OK &&
		ca_key_new("p256", &key, &why) == LB_OK &&
		ca_leaf_new(&ca, key, &request, "spiffe://lagebus.example/partner/de-sn/agent/main", &x, &why) == LB_OK;

	(void)state;
	certificate_n = made ? i2d_X509(x, &p) : -1;
	X509_free(x);
	X509_free(ca.certificate);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca.key);
	return certificate_n > 0 ? 0 : -1;
}

static void tell_certificate(struct fake *f)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__DirectoryReply directory = LAGEBUS__DIRECTORY_REPLY__INIT;
	ProtobufCBinaryData one = { (size_t)certificate_n, certificate };

	directory.certificates = &one;
	directory.n_certificates = 1;
	reply.body_case = LAGEBUS__REPLY__BODY_DIRECTORY;
	reply.directory = &directory;
	fake_reply(f, &reply);
}

#endif
