/* The rules, in one place and from tables, deny by default: may this partner send this, and who gets it? Pure. Each refusal
 * is an lb_err whose token is the rule's name. Asked when a message comes in and again when it goes out. */
#ifndef LAGEBUS_PROTO_HOST_POLICY_H
#define LAGEBUS_PROTO_HOST_POLICY_H

#include "proto/host/federation.h"
#include "lagebus/err.h"
#include "lagebus/header.h"

/* Whom an agent of the partner `home`, with mandates (NULL: none) for others, speaks for in this header: the origin if it may, else its own
 * partner, as which policy_admit refuses it (LB_WRONG_ORIGIN). */
uint16_t policy_sender(const struct federation *f, uint16_t home, const struct partner_set *mandates, const struct lb_header *h);
/* May `sender` publish a message of this header? LB_OK or the rule: LB_WRONG_ORIGIN, LB_UNKNOWN_TYPE, LB_BAD_AUDIENCE,
 * LB_ROLE_MAY_NOT_SEND, LB_AREA_NOT_AGREED, LB_TLP_RED_NAMED_ONLY, LB_BAD_HEADER (not the type's lane). LB_NEEDS_APPROVAL: it may, but not
 * alone; whoever cannot see to that refuses it. */
lb_err policy_admit(const struct federation *f, uint16_t sender, const struct lb_header *h) LB_MUST_CHECK;
/* May `partner` be the second person for a message of this header: a coordinator for a coordinator's, a state for its own? That it is another
 * certificate is the caller's to check. */
bool policy_may_approve(const struct federation *f, uint16_t partner, const struct lb_header *h);
/* The label of a Recall of a message of this header, with the same audience: with it the Recall reaches those who were to have the message, and
 * nobody else. A Recall spreads below the named partners as its label says; where the message does not, its label must not let it. */
unsigned policy_recall_label(const struct lb_header *about);
#define POLICY_TEXT 300
/* What people are told of a refusal: lb_err_text(e), and of LB_BAD_AUDIENCE also whom the federation does not know, as many as fit. */
void policy_explain(const struct federation *f, const struct lb_header *h, lb_err e, char out[POLICY_TEXT]);
/* May `partner` have it? LB_OK or the rule. The origin does not get its own message (LB_NOT_IN_AUDIENCE) unless the audience
 * names it. Does not look at `expires`: the caller has the clock. */
lb_err policy_deliver(const struct federation *f, uint16_t partner, const struct lb_header *h) LB_MUST_CHECK;
/* The same of every partner, with the audience worked out once: rules[i] is partner i's answer. */
void policy_rules(const struct federation *f, const struct lb_header *h, lb_err *rules);
/* Every partner that policy_deliver allows. */
void policy_recipients(const struct federation *f, const struct lb_header *h, struct partner_set *out);

#endif
