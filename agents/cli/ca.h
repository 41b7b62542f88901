/* A small certificate authority in a folder: for a federation that has no PKI of its own yet, for the demo and for tests. */
#ifndef CLI_CA_H
#define CLI_CA_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/cli/why.h"
#include "lagebus/identity.h"

#define CA_NAMES_MAX 32  /* DNS names, addresses or mandates of one certificate */
#define CA_PATH_MAX 1024
#define CA_SERIAL_TEXT 33 /* 32 hexadecimal digits and a NUL */

struct ca_request {
	const char *partner, *name;
	bool broker;             /* serverAuth besides clientAuth, and the names below */
	const char *curve;       /* "p256", "p384" */
	int64_t from_s;          /* since 1970; 0: now */
	long days;
	const char *dns[CA_NAMES_MAX], *ip[CA_NAMES_MAX];
	unsigned dns_n, ip_n;
	const char *acts_for[CA_NAMES_MAX]; /* further partners, as mandates (lagebus/mandate.h) */
	unsigned acts_for_n;
};

struct ca_issued {
	char serial[CA_SERIAL_TEXT];
	char spiffe_id[LB_SPIFFE_ID_MAX + 1];
	char certificate[CA_PATH_MAX], key[CA_PATH_MAX];
	int64_t until_s;
};

/* All of them block on files, hold the folder's lock meanwhile and say in why what is wrong:
 * LB_INVALID (a bad value, or a file that is there already), LB_NOT_FOUND, LB_IO, LB_NO_MEMORY. */
lb_err ca_init(const char *dir, const char *trust_domain, const char *curve, long days, struct why *why) LB_MUST_CHECK;
lb_err ca_issue(const char *dir, const struct ca_request *request, struct ca_issued *out, struct why *why) LB_MUST_CHECK;
/* By serial number or certificate file; writes the revocation list anew. */
lb_err ca_revoke(const char *dir, const char *what, long crl_days, struct ca_issued *out, struct why *why) LB_MUST_CHECK;
/* *revoked_n: how many certificates the new list has. */
lb_err ca_crl(const char *dir, long days, unsigned *revoked_n, struct why *why) LB_MUST_CHECK;

#endif
