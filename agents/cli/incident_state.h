/* What is kept for the person at the command line: drafts of reports, and whom to ask, as it was said last. In $XDG_STATE_HOME/lagebus. */
#ifndef CLI_INCIDENT_STATE_H
#define CLI_INCIDENT_STATE_H

#include <jansson.h>
#include <limits.h>
#include <stdint.h>

#include "agents/cli/why.h"

struct incident_draft {
	char name[40]; /* "20261124-131502" */
	char path[PATH_MAX];
};

/* A new draft's name, after the time; or of one that there is: its name, or last. LB_OK, LB_NOT_FOUND, LB_IO. */
lb_err incident_draft_new(int64_t now_ms, struct incident_draft *out, struct why *why) LB_MUST_CHECK;
lb_err incident_draft_find(const char *name, struct incident_draft *out, struct why *why) LB_MUST_CHECK;
/* Writes it so that it is there whole or not at all. LB_OK, LB_IO, LB_NO_MEMORY. Blocks. */
lb_err incident_draft_save(const struct incident_draft *d, const json_t *values, struct why *why) LB_MUST_CHECK;
void incident_draft_remove(const struct incident_draft *d);

/* NULL: nobody was named yet. The caller frees it. */
char *incident_contact_load(void);
/* What cannot be remembered is asked for again. */
void incident_contact_save(const char *contact);


#endif
