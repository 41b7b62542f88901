/* A certificate and its private key, from PEM files. */
#ifndef LAGEBUS_PROTO_CREDENTIAL_H
#define LAGEBUS_PROTO_CREDENTIAL_H

#include <stddef.h>

#include <openssl/x509.h>

#include "lagebus/err.h"

struct credential_pair {
	X509 *certificate;
	EVP_PKEY *key;
};

/* Both, which belong together; the caller's. `why` has the file's name. LB_OK or LB_CONFIG. Blocks on files. */
lb_err credential_load(const char *certificate, const char *key, struct credential_pair *out, char *why, size_t why_n) LB_MUST_CHECK;
void credential_fini(struct credential_pair *p);

#endif
