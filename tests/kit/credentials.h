/* A throw-away CA and a broker's certificate, made with the openssl command, for tests below the level of real processes. */
#ifndef LAGEBUS_TESTS_KIT_CREDENTIALS_H
#define LAGEBUS_TESTS_KIT_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/link.h"

/* Writes ca.pem, broker.pem (SPIFFE ID spiffe://<trust domain>/partner/bund-bsi/agent/broker) and broker.key into the folder. */
bool credentials_make(const char *folder, const char *trust_domain);
/* A certificate to issue. */
struct credential {
	const char *name; /* of its files: name.pem, name.key */
	const char *ca;   /* of the issuer's files */
	const char *uri;  /* the subject alternative name; NULL: none */
	const char *key;  /* "ec -pkeyopt ec_paramgen_curve:P-384", "rsa:3072"; NULL: P-256 */
	int days;         /* from now; -1: it began ten days ago and ended yesterday */
};
/* Writes name.pem and name.key of one more CA. */
bool credentials_ca(const char *folder, const char *name);
/* The same of a CA below another; `ca` may be itself. `days` as in a credential. */
bool credentials_sub_ca(const char *folder, const char *name, const char *ca, int days);
bool credentials_issue(const char *folder, const struct credential *c);
/* The same with a mandate for a further partner (lagebus/mandate.h). */
bool credentials_issue_mandated(const char *folder, const struct credential *c, const char *partner);
/* Writes a revocation list of the CA under `crl`, which ended long ago if days is 0; with `revoked` (may be NULL) on it, and what was before. */
bool credentials_revoke(const char *folder, const char *ca, const char *revoked, const char *crl, int days);
/* Writes a file of this name into the folder. */
bool credentials_write(const char *folder, const char *name, const char *text);
#define CREDENTIALS_DER_MAX 4096
/* Reads name.pem as DER. How many bytes; 0: it cannot be read. */
size_t credentials_der(const char *folder, const char *name, uint8_t der[CREDENTIALS_DER_MAX]);
/* name.pem and name.key with the CA of this name and the revocation list of this file (NULL: none). NULL, and why is said on stderr; the caller's. */
struct lb_tls *credentials_tls(enum lb_link_side side, const char *folder, const char *name, const char *ca, const char *crl);
/* Removes the folder and everything in it. */
void credentials_remove(const char *folder);

#endif
