/* What to do about an error. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "agents/cli/why.h"
#include "lagebus/err.h"

/* A sentence without its full stop, or "" where the error says it all. Static storage. */
const char *advice_for(lb_err e);
/* The same of a message of this type that was refused; 0: of what is no message. */
const char *advice_to_sender(lb_err e, unsigned type);

/* "WHERE: what it is (token): what to do"; returns e. */
lb_err advice_why(struct why *why, lb_err e, const char *where);

#endif
