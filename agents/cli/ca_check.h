/* Checks of the certificate files that an agent or a broker uses. */
#ifndef CLI_CA_CHECK_H
#define CLI_CA_CHECK_H

#include <stdint.h>

#include "agents/cli/findings.h"

struct ca_files {
	const char *certificate, *key, *ca;
	const char *crl; /* "": none */
};

/* Adds a finding for each: identity, dates, key, CA, revocation list, chain. Blocks on files. */
void ca_check(const struct ca_files *files, int64_t now_s, struct findings *f);

#endif
