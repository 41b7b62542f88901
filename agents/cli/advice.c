/* What to do about an error. */
#include "agents/cli/advice.h"

#include <stddef.h>

#include "lagebus/topic.h"
#include "proto/host/words.h"

static const struct {
	lb_err error;
	const char *text;
} advice[] = {
	{ LB_NEEDS_APPROVAL, N_("have a second person with a certificate of their own approve it, or send it with --level 3 now") },
	{ LB_SAME_PERSON, N_("have another agent of yours, with its own certificate and key, approve it") },
	{ LB_OTHER_CONTENT, N_("show it again (lagebus approve) and decide on what is there now") },
	{ LB_AREA_NOT_AGREED, N_("choose an area of your agreement with --area, or ask the coordinator to extend the agreement") },
	{ LB_ROLE_MAY_NOT_SEND, N_("ask the coordinator what your partner's role may do") },
	{ LB_NOT_A_MEMBER, N_("ask the coordinator whether your partner id is in the federation file") },
	{ LB_WRONG_ORIGIN, N_("--as names only partners that this agent may act for: its certificate and the federation file say which (lagebus status)") },
	{ LB_BAD_AUDIENCE, N_("--to takes partner ids (de-sn), their bodies (de-sn/*), groups (group:cert) and all") },
	{ LB_TLP_RED_NAMED_ONLY, N_("name each recipient with --to; all, groups and de-sn/* cannot get TLP:RED") },
	{ LB_TLP_WIDENED, N_("give it the label of the message that it refers to (lagebus show) with --tlp, or a stricter one") },
	{ LB_EXERCISE_UNNAMED, N_("name the exercise with --exercise-name") },
	{ LB_EXERCISE_UNKNOWN, N_("lagebus exercise list shows which run; a coordinator begins one for everyone, a Land for its own bodies") },
	{ LB_EXERCISE_OUTSIDE, N_("narrow --to to those who take part; whoever began the exercise may begin it again, for more") },
	{ LB_EXERCISE_RED, N_("leave --tlp out; send what only some of the players may know with lagebus send --tlp red --exercise") },
	{ LB_EXERCISE_MIXED, N_("give it the --exercise-name of the message that it refers to, or leave out --thread and --supersedes") },
	{ LB_RED_NOT_ENCRYPTED, N_("lagebus send and warn encrypt it; a receipt or recall of it goes without a note or reason") },
	{ LB_CASE_NOT_RED, N_("send it with lagebus case report") },
	{ LB_NO_RECIPIENT, N_("ask the office to start its agent once, with a certificate of today's lagebus ca issue (an EC key, the use keyAgreement)") },
	{ LB_NOT_A_RECIPIENT, N_("open it with the agent that it was encrypted to; where the agent's certificate was renewed since, ask for it once more") },
	{ LB_BAD_ENVELOPE, N_("ask the office that sent it to send it again") },
	{ LB_NEEDS_CONSENT, N_("lagebus case ack asks whether that is meant, and does it") },
	{ LB_CLASSIFIED, N_("use a system that is approved for it; what only names a marking may not stand as one on a line of its own") },
	{ LB_ACK_TOO_WEAK, N_("give it --ack acknowledged or --ack implemented, or leave --ack out: lagebus warn knows each level's") },
	{ LB_ACK_TOO_LATE, N_("give an earlier --ack-deadline, or leave it out: lagebus warn knows each level's") },
	{ LB_DISK_FULL, N_("nothing is lost, the agent sends it again; tell the broker's operator") },
	{ LB_STORE_FULL, N_("nothing was sent; make room where the agent keeps its data, and send it again") },
	{ LB_LIMIT, N_("try again in a while") },
	{ LB_EXPIRED, N_("give a later --expires") },
	{ LB_ZMTP_TOO_BIG, N_("a message carries at most 4 MiB; send a link to the document instead") },
	{ LB_NOT_FOUND, N_("lagebus inbox lists what is there; a message that was deleted after its retention is gone") },
	{ LB_TLS_REVOKED, N_("ask the coordinator for a new certificate") },
	{ LB_TLS_EXPIRED, N_("renew the agent's certificate; lagebus check shows its dates") },
};

#define TO_OFFICE_ABOVE N_("send it to the office above yours, or ask that office to send it")
#define BY_LAENDER N_("assistance is between the Länder and the federal office; ask your Land")
#define TO_ONE_OFFICE N_("--to takes the one office that it is for")

/* Of LB_ROLE_MAY_NOT_SEND, as to whom a type goes depends on it (docs/policy.md). */
static const char *const to_whom[LB_TYPE_MAX + 1] = {
	[LB_TYPE_INDICATOR] = TO_OFFICE_ABOVE,
	[LB_TYPE_SIGHTING] = TO_OFFICE_ABOVE,
	[LB_TYPE_WARNING] = N_("ask the coordinator to send it, or narrow --to to the bodies below you"),
	[LB_TYPE_INCIDENT_REPORT] = N_("an incident is reported to the office above one's own: leave --to out; who was reported it answers with "
				       "lagebus incident update"),
	[LB_TYPE_ASSISTANCE_REQUEST] = BY_LAENDER,
	[LB_TYPE_ASSISTANCE_OFFER] = BY_LAENDER,
	[LB_TYPE_SITUATION_REPORT] = TO_OFFICE_ABOVE,
	[LB_TYPE_TRAINING_EVENT] = TO_OFFICE_ABOVE,
	[LB_TYPE_DIGITAL_VIOLENCE_CASE] = TO_ONE_OFFICE,
	[LB_TYPE_TRAINING_REGISTRATION] = TO_ONE_OFFICE,
	[LB_TYPE_EXERCISE] = N_("ask the coordinator to begin it, or narrow --to to the bodies below you"),
};

const char *advice_for(lb_err e)
{
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (advice[i].error == e)
			return _(advice[i].text);
	return "";
}

const char *advice_to_sender(lb_err e, unsigned type)
{
	const char *special = e == LB_ROLE_MAY_NOT_SEND && type <= LB_TYPE_MAX ? to_whom[type] : NULL;

	return special ? _(special) : advice_for(e);
}

lb_err advice_why(struct why *why, lb_err e, const char *where)
{
	const char *what = advice_for(e);

	return why_set(why, e, "%s: %s (%s)%s%s", where, _(lb_err_text(e)), lb_err_token(e), *what ? ": " : "", what);
}
