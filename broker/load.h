/* Loads the broker's settings. Both block on files only. */
#ifndef LAGEBUS_BROKER_LOAD_H
#define LAGEBUS_BROKER_LOAD_H

#include <stddef.h>

#include "broker/settings.h"
#include "lagebus/err.h"
#include "proto/host/config_file.h"

/* Defaults, then what the file says, then settings_check. LB_OK (settings_fini it), LB_CONFIG, LB_NO_MEMORY; *problem says why. */
lb_err load_settings(const char *path, struct settings *out, struct config_problem *problem) LB_MUST_CHECK;
/* The same from n bytes in memory; `name` stands in problems as the file's. */
lb_err load_settings_text(const char *name, const char *text, size_t n, struct settings *out, struct config_problem *problem) LB_MUST_CHECK;

#endif
