/* What to do about an error. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "agents/cli/why.h"
#include "lagebus/err.h"

/* A sentence without its full stop, or "" where the error says it all. Static storage. */
const char *advice_for(lb_err e);

/* "WHERE: what it is (token): what to do"; returns e. */
lb_err advice_why(struct why *why, lb_err e, const char *where);

#endif
