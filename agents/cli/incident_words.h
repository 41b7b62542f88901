/* The words of incidents, for the command line and for people: every text that is shown of them stands here. */
#ifndef CLI_INCIDENT_WORDS_H
#define CLI_INCIDENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum incident_scale {
	WORDS_STAGE,
	WORDS_TIER,
	WORDS_CATEGORY,
	WORDS_ANSWER,
	WORDS_ASSISTANCE,
	WORDS_CLOCK,
	WORDS_SCALES,
};

/* What is typed for a number ("malicious-code") and what is shown of it ("malicious code"), in English and to be translated; "?" for one that is not known.
 * Static storage. */
const char *incident_token(enum incident_scale scale, unsigned number);
const char *incident_word(enum incident_scale scale, unsigned number);
/* The number of what was typed. False: it is none. */
bool incident_number(enum incident_scale scale, const char *token, unsigned *out);
/* How many numbers from 1 on the scale has. */
unsigned incident_numbers(enum incident_scale scale);
/* Why a message does not count, for people; likewise. */
const char *incident_fault_word(const char *token);
/* "verified", or that what a body signed is not, from the agent's token; *why: the reason, "" where there is none. Both likewise. */
const char *incident_verified_word(const char *token, const char **why);

#endif
