/* What to do about an error. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "lagebus/err.h"

/* A sentence without its full stop, or "" where the error says it all. Static storage. */
const char *advice_for(lb_err e);

#endif
