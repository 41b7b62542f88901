/* The words of incidents. */
#include "agents/cli/incident_words.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/err.h"
#include "proto/host/words.h"

struct word {
	const char *token, *text;
};

static const struct word stages[] = { { "none", "-" }, { "first", N_("first report") }, { "update", N_("update") }, { "interim", N_("interim report") }, { "progress", N_("progress report") },
	{ "final", N_("final report") }, { "confirm", N_("confirmed by the Land") }, { "hand-over", N_("handed over") } };
static const struct word tiers[] = { { "unknown", "-" }, { "minor", N_("minor") }, { "significant", N_("significant") }, { "severe", N_("severe") }, { "crisis", N_("IT crisis") } };
static const struct word categories[] = { { "unknown", "-" }, { "abusive-content", N_("abusive content") }, { "malicious-code", N_("malicious code") },
	{ "information-gathering", N_("information gathering") }, { "intrusion-attempts", N_("intrusion attempts") }, { "intrusions", N_("intrusion") },
	{ "availability", N_("availability") }, { "information-content-security", N_("information content security") }, { "fraud", N_("fraud") },
	{ "vulnerable", N_("vulnerability") }, { "other", N_("other") } };
static const struct word answers[] = { { "unknown", N_("not known yet") }, { "yes", N_("yes") }, { "no", N_("no") } };
static const struct word assistance[] = { { "none", "-" }, { "open", N_("open") }, { "accepted", N_("accepted") }, { "done", N_("done") }, { "withdrawn", N_("withdrawn") } };
static const struct word clocks[] = { { "none", "-" }, { "runs", N_("runs") }, { "soon", N_("runs out soon") }, { "overdue", N_("OVERDUE") }, { "met", N_("in time") },
	{ "late", N_("late") }, { "stopped", N_("closed before") } };

static const struct {
	const struct word *words;
	unsigned n;
} scales[WORDS_SCALES] = {
#define SCALE(words) { words, sizeof(words) / sizeof((words)[0]) }
	[WORDS_STAGE] = SCALE(stages), [WORDS_TIER] = SCALE(tiers), [WORDS_CATEGORY] = SCALE(categories), [WORDS_ANSWER] = SCALE(answers),
	[WORDS_ASSISTANCE] = SCALE(assistance), [WORDS_CLOCK] = SCALE(clocks),
#undef SCALE
};

static const struct word faults[] = { { "unreadable", N_("cannot be read") }, { "superseded", N_("was corrected later") }, { "not-the-origin", N_("corrects what somebody else said") },
	{ "forward", N_("passed on by the Land") }, { "exercise", N_("an exercise and the real thing do not mix") }, { "after-closing", N_("came after the closing") },
	{ "not-above", N_("confirms what is not below it") }, { "not-leading", N_("does not lead") }, { "no-such-request", N_("no such request") },
	{ "no-such-offer", N_("no such offer") }, { "not-the-asker", N_("did not ask") }, { "not-the-offerer", N_("did not offer") }, { "settled", N_("was settled before") },
	{ "unknown-stage", N_("is not understood") } };

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

static const struct word doubts[] = { { "bad-signature", N_("the body's signature is wrong") }, { "wrong-origin", N_("somebody else's certificate signed it") },
	{ "unknown-signer", N_("the broker does not know the body's certificate") }, { "tls-expired", N_("the body's certificate was not valid when it was signed") },
	{ "tls-revoked", N_("the body's certificate is revoked") }, { "tls-untrusted", N_("the body's certificate is not of the federation's CA") },
	{ "not-its-body", N_("it is of somebody who is not below that Land") }, { "other-incident", N_("it is a report of something else") },
	{ "exercise-mixed", N_("an exercise and the real thing do not mix") }, { "tlp-widened", N_("it was reported under a stricter label") },
	{ "invalid", N_("the Land says something else than was signed") }, { "not-found", N_("what the body signed is not in it") } };

const char *incident_verified_word(const char *token, const char **why)
{
	*why = token;
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (strcmp(doubts[i].token, token) == 0)
			*why = doubts[i].text;
	if (strcmp(token, lb_err_token(LB_OK)) == 0) {
		*why = "";
		return N_("verified");
	}
	if (strcmp(token, lb_err_token(LB_AGAIN)) == 0) {
		*why = N_("the body's certificate was asked for");
		return N_("not verified yet");
	}
	return N_("NOT VERIFIED");
}
