/* Everything that the broker reads at start and again on SIGHUP, as one: it is all there and fits together, or none of it counts. */
#ifndef LAGEBUS_BROKER_CONFIGURATION_H
#define LAGEBUS_BROKER_CONFIGURATION_H

#include "proto/host/federation.h"
#include "proto/host/config_file.h"
#include "broker/settings.h"
#include "lagebus/err.h"
#include "lagebus/link.h"
#include "lagebus/signature.h"

struct configuration {
	struct settings settings;
	struct federation *federation; /* a reference */
	struct lb_tls *tls;            /* a reference */
	struct lb_signer *signer;      /* of the audit's checkpoints: the broker's key; NULL when somebody has taken it */
};

/* Loads the settings, the files they name, and checks that they belong together. Blocks on files. LB_OK; LB_CONFIG,
 * LB_NO_MEMORY: *problem says what is wrong and where, *out is untouched. */
lb_err configuration_load(const char *path, struct configuration *out, struct config_problem *problem) LB_MUST_CHECK;
void configuration_fini(struct configuration *c);

#endif
