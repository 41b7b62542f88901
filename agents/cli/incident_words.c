/* The words of incidents. */
#include "agents/cli/incident_words.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/err.h"

struct word {
	const char *token, *text;
};

static const struct word stages[] = { { "none", "-" }, { "first", "first report" }, { "update", "update" }, { "interim", "interim report" }, { "progress", "progress report" },
	{ "final", "final report" }, { "confirm", "confirmed by the Land" }, { "hand-over", "handed over" } };
static const struct word tiers[] = { { "unknown", "-" }, { "minor", "minor" }, { "significant", "significant" }, { "severe", "severe" }, { "crisis", "IT crisis" } };
static const struct word categories[] = { { "unknown", "-" }, { "abusive-content", "abusive content" }, { "malicious-code", "malicious code" },
	{ "information-gathering", "information gathering" }, { "intrusion-attempts", "intrusion attempts" }, { "intrusions", "intrusion" },
	{ "availability", "availability" }, { "information-content-security", "information content security" }, { "fraud", "fraud" },
	{ "vulnerable", "vulnerability" }, { "other", "other" } };
static const struct word answers[] = { { "unknown", "not known yet" }, { "yes", "yes" }, { "no", "no" } };
static const struct word assistance[] = { { "none", "-" }, { "open", "open" }, { "accepted", "accepted" }, { "done", "done" }, { "withdrawn", "withdrawn" } };
static const struct word clocks[] = { { "none", "-" }, { "runs", "runs" }, { "soon", "runs out soon" }, { "overdue", "OVERDUE" }, { "met", "in time" },
	{ "late", "late" }, { "stopped", "closed before" } };

static const struct {
	const struct word *words;
	unsigned n;
} scales[WORDS_SCALES] = {
#define SCALE(words) { words, sizeof(words) / sizeof((words)[0]) }
	[WORDS_STAGE] = SCALE(stages), [WORDS_TIER] = SCALE(tiers), [WORDS_CATEGORY] = SCALE(categories), [WORDS_ANSWER] = SCALE(answers),
	[WORDS_ASSISTANCE] = SCALE(assistance), [WORDS_CLOCK] = SCALE(clocks),
#undef SCALE
};

static const struct word faults[] = { { "unreadable", "cannot be read" }, { "superseded", "was corrected later" }, { "not-the-origin", "corrects what somebody else said" },
	{ "forward", "passed on by the Land" }, { "exercise", "an exercise and the real thing do not mix" }, { "after-closing", "came after the closing" },
	{ "not-above", "confirms what is not below it" }, { "not-leading", "does not lead" }, { "no-such-request", "no such request" },
	{ "no-such-offer", "no such offer" }, { "not-the-asker", "did not ask" }, { "not-the-offerer", "did not offer" }, { "settled", "was settled before" },
	{ "unknown-stage", "is not understood" } };

const char *incident_token(enum incident_scale scale, unsigned number)
{
	return number < scales[scale].n ? scales[scale].words[number].token : "?";
}

const char *incident_word(enum incident_scale scale, unsigned number)
{
	return number < scales[scale].n ? scales[scale].words[number].text : "?";
}

bool incident_number(enum incident_scale scale, const char *token, unsigned *out)
{
	for (unsigned i = 0; i < scales[scale].n; i++)
		if (strcmp(scales[scale].words[i].token, token) == 0) {
			*out = i;
			return true;
		}
	return false;
}

unsigned incident_numbers(enum incident_scale scale)
{
	return scales[scale].n - 1;
}

const char *incident_fault_word(const char *token)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strcmp(faults[i].token, token) == 0)
			return faults[i].text;
	return token;
}

static const struct word doubts[] = { { "bad-signature", "the body's signature is wrong" }, { "wrong-origin", "somebody else's certificate signed it" },
	{ "unknown-signer", "the broker does not know the body's certificate" }, { "tls-expired", "the body's certificate was not valid when it was signed" },
	{ "tls-revoked", "the body's certificate is revoked" }, { "tls-untrusted", "the body's certificate is not of the federation's CA" },
	{ "not-its-body", "it is of somebody who is not below that Land" }, { "other-incident", "it is a report of something else" },
	{ "exercise-mixed", "an exercise and the real thing do not mix" }, { "tlp-widened", "it was reported under a stricter label" },
	{ "invalid", "the Land says something else than was signed" }, { "not-found", "what the body signed is not in it" } };

void incident_verified_words(const char *token, char *out, size_t n)
{
	const char *why = token;

	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (strcmp(doubts[i].token, token) == 0)
			why = doubts[i].text;
	if (strcmp(token, lb_err_token(LB_OK)) == 0)
		snprintf(out, n, "%s", "verified");
	else if (strcmp(token, lb_err_token(LB_AGAIN)) == 0)
		snprintf(out, n, "%s", "not verified yet: the body's certificate was asked for");
	else
		snprintf(out, n, "%s: %s", "NOT VERIFIED", why);
}
