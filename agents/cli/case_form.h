/* A case of digital violence as a person reports it: from a file, or asked for on the terminal. Never from the command line, which others
 * on the machine can see and the shell remembers. */
#ifndef CLI_CASE_FORM_H
#define CLI_CASE_FORM_H

#include <jansson.h>

#include "agents/cli/cli.h"
#include "proto/violence.pb-c.h"

/* From --file (JSON, - is standard input) and --attachment, and, on a terminal, what is missing from questions; `exercise` is the name of the one it
 * belongs to, "": it is real. CLI_OK: *out is the caller's, case_form_free it. Otherwise what is wrong was said. Blocks. */
enum cli_exit case_form_read(struct cli *cli, const char *exercise, Lagebus__DigitalViolenceReport **out);
/* Overwrites what it says, and frees it. */
void case_form_free(Lagebus__DigitalViolenceReport *r);
/* A yes or no on the terminal; no is what everything but a yes means. */
bool case_form_agrees(struct cli *cli, const char *question);
/* The same document that --file takes, without the attachment. NULL if memory is out. */
json_t *case_form_json(const Lagebus__DigitalViolenceReport *r);

#endif
