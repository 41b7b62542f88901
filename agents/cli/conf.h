/* What the command line needs of an agent's or a broker's configuration file. */
#ifndef CLI_CONF_H
#define CLI_CONF_H

#include <stdbool.h>

#include "agents/cli/why.h"

#define CONF_PATH 512

struct conf {
	char certificate[CONF_PATH], key[CONF_PATH], ca[CONF_PATH];
	char crl[CONF_PATH];   /* "": none */
	char local[CONF_PATH]; /* the agent's local socket; "": the default */
	char federation[CONF_PATH]; /* the federation file that a broker's names; "": it is an agent's */
	bool is_federation;         /* it is the federation file itself, and has nothing of the above */
};

/* Reads the file (libconfig). LB_OK, LB_NOT_FOUND, LB_CONFIG: why has file and line. Blocks. */
lb_err conf_load(const char *path, struct conf *out, struct why *why) LB_MUST_CHECK;

#endif
