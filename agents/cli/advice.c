/* What to do about an error. */
#include "agents/cli/advice.h"

#include <stddef.h>

static const struct {
	lb_err error;
	const char *text;
} advice[] = {
	{ LB_NEEDS_APPROVAL, "have a second person with a certificate of their own approve it, or send it with --level 3 now" },
	{ LB_SAME_PERSON, "have another agent of yours, with its own certificate and key, approve it" },
	{ LB_OTHER_CONTENT, "show it again (lagebus approve) and decide on what is there now" },
	{ LB_AREA_NOT_AGREED, "choose an area of your agreement with --area, or ask the coordinator to extend the agreement" },
	{ LB_ROLE_MAY_NOT_SEND, "ask the coordinator to send it, or narrow --to to the bodies below you" },
	{ LB_NOT_A_MEMBER, "ask the coordinator whether your partner id is in the federation file" },
	{ LB_WRONG_ORIGIN, "the agent's certificate and its configured partner differ; lagebus check shows both" },
	{ LB_BAD_AUDIENCE, "--to takes partner ids (de-sn), their bodies (de-sn/*), groups (group:cert) and all" },
	{ LB_TLP_RED_NAMED_ONLY, "name each recipient with --to; all, groups and de-sn/* cannot get TLP:RED" },
	{ LB_TLP_WIDENED, "give it the label of the message that it refers to (lagebus show) with --tlp, or a stricter one" },
	{ LB_EXERCISE_UNNAMED, "name the exercise with --exercise-name" },
	{ LB_EXERCISE_UNKNOWN, "lagebus exercise list shows which run; a coordinator begins one for everyone, a Land for its own bodies" },
	{ LB_EXERCISE_OUTSIDE, "narrow --to to those who take part; whoever began the exercise may begin it again, for more" },
	{ LB_EXERCISE_RED, "leave --tlp out; send what only some of the players may know with lagebus send --tlp red --exercise" },
	{ LB_EXERCISE_MIXED, "give it the --exercise-name of the message that it refers to, or leave out --thread and --supersedes" },
	{ LB_RED_NOT_ENCRYPTED, "lagebus send and warn encrypt it; a receipt or recall of it goes without a note or reason" },
	{ LB_CASE_NOT_RED, "send it with lagebus case report" },
	{ LB_NO_RECIPIENT, "ask the office to start its agent once, with a certificate of today's lagebus ca issue (an EC key, the use keyAgreement)" },
	{ LB_NOT_A_RECIPIENT, "open it with the agent that it was encrypted to; where the agent's certificate was renewed since, ask for it once more" },
	{ LB_BAD_ENVELOPE, "ask the office that sent it to send it again" },
	{ LB_NEEDS_CONSENT, "lagebus case ack asks whether that is meant, and does it" },
	{ LB_CLASSIFIED, "use a system that is approved for it; what only names a marking may not stand as one on a line of its own" },
	{ LB_ACK_TOO_WEAK, "give it --ack acknowledged or --ack implemented, or leave --ack out: lagebus warn knows each level's" },
	{ LB_ACK_TOO_LATE, "give an earlier --ack-deadline, or leave it out: lagebus warn knows each level's" },
	{ LB_DISK_FULL, "nothing is lost, the agent sends it again; tell the broker's operator" },
	{ LB_STORE_FULL, "nothing was sent; make room where the agent keeps its data, and send it again" },
	{ LB_LIMIT, "try again in a while" },
	{ LB_EXPIRED, "give a later --expires" },
	{ LB_ZMTP_TOO_BIG, "a message carries at most 4 MiB; send a link to the document instead" },
	{ LB_NOT_FOUND, "lagebus inbox lists what is there; a message that was deleted after its retention is gone" },
	{ LB_TLS_REVOKED, "ask the coordinator for a new certificate" },
	{ LB_TLS_EXPIRED, "renew the agent's certificate; lagebus check shows its dates" },
};

const char *advice_for(lb_err e)
{
	for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++)
		if (advice[i].error == e)
			return advice[i].text;
	return "";
}

lb_err advice_why(struct why *why, lb_err e, const char *where)
{
	const char *what = advice_for(e);

	return why_set(why, e, "%s: %s (%s)%s%s", where, lb_err_text(e), lb_err_token(e), *what ? ": " : "", what);
}
