/* A first report, from options, a file, a draft and, for what is then still missing, the person at the terminal. What is known is kept as a
 * draft from the first moment on, so that an interruption costs nothing. */
#ifndef CLI_INCIDENT_FORM_H
#define CLI_INCIDENT_FORM_H

#include <stdio.h>

#include <jansson.h>

#include "agents/cli/cli.h"
#include "proto/incident.pb-c.h"

#define INCIDENT_FORM_OPTIONS \
	{ "title", "TEXT", "what it is, in a line", 0 }, \
	{ "text", "TEXT", "what happened; - reads it from standard input", 0 }, \
	{ "known", "TIME", "since when it is known: now, 14:20, 3h (ago), 2026-11-23 14:20; the clocks run from here", 0 }, \
	{ "category", "CATEGORY", "malicious-code, intrusions, availability, ... (lagebus help incident report lists them)", 0 }, \
	{ "malicious", "ANSWER", "is it probably malicious? yes, no or unknown", 0 }, \
	{ "cross-border", "ANSWER", "does it reach beyond the border? yes, no or unknown", 0 }, \
	{ "impact", "TEXT", "what it does to whom", 0 }, \
	{ "contact", "TEXT", "whom to ask, as 'IT-Leitung, +49 341 1230, it@leipzig.example'; remembered", 0 }, \
	{ "tier", "TIER", "minor, significant, severe or crisis", 0 }, \
	{ "service", "TEXT", "what is affected; repeated for more", 0 }, \
	{ "measure", "TEXT", "what was done; repeated for more", 0 }

struct incident_form {
	json_t *values; /* option: text */
	Lagebus__Contact contact;
	char *texts[64]; /* of the report, to be freed */
	unsigned texts_n;
};

/* Takes what stands in the options. CLI_OK, or the exit code of what was said. incident_form_fini in any case. */
enum cli_exit incident_form_init(struct incident_form *f, struct cli *cli);
void incident_form_fini(struct incident_form *f);
/* Takes from a file (- is standard input) what the options do not say: a JSON object of the options' names and texts, as a draft is. */
enum cli_exit incident_form_read(struct incident_form *f, struct cli *cli, const char *path);
/* Asks for the fields that are missing and those only, one after the other; `keep` is called after each answer. CLI_OK, or CLI_IO: the input ended. */
enum cli_exit incident_form_ask(struct incident_form *f, struct cli *cli, FILE *in, FILE *out, enum cli_exit (*keep)(void *user), void *user);
/* Is everything there that a first report needs? Otherwise what is missing was said. */
enum cli_exit incident_form_check(const struct incident_form *f, struct cli *cli);
/* Fills a report with what is known; where a field is not, it stays as it is. It points into the form. */
enum cli_exit incident_form_fill(struct incident_form *f, struct cli *cli, Lagebus__IncidentReport *out);

#endif
