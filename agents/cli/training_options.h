/* An event and a contact from the command line. */
#ifndef CLI_TRAINING_OPTIONS_H
#define CLI_TRAINING_OPTIONS_H

#include "agents/cli/options.h"
#include "proto/training.pb-c.h"

#define TRAINING_CONTACT_OPTIONS \
	{ "contact", "FUNCTION", "whom to ask: a function, not a person, wherever that is enough", 0 }, \
	{ "contact-name", "NAME", "a person's name, if there has to be one", 0 }, \
	{ "contact-phone", "NUMBER", "the number to call", 0 }, \
	{ "contact-email", "ADDRESS", "the address to write to", 0 }

#define TRAINING_EVENT_OPTIONS \
	{ "kind", "KIND", "lecture, workshop or event", 0 }, \
	{ "for", "AUDIENCE", "citizens or staff", 0 }, \
	{ "begins", "TIME", "2026-12-01 14:00 (local time) or 2026-12-01T13:00:00Z", 0 }, \
	{ "ends", "TIME", "likewise", 0 }, \
	{ "place", "TEXT", "where", 0 }, \
	{ "accessibility", "TEXT", "as 'Gebärdensprache, stufenloser Zugang'", 0 }, \
	{ "url", "URL", "a page about it", 0 }, \
	{ "seats", "N", "how many may come (default: no limit)", 0 }, \
	{ "register-until", "TIME", "until when to register (default: until it begins)", 0 }, \
	{ "tentative", NULL, "it is not certain yet", 0 }, \
	TRAINING_CONTACT_OPTIONS

/* Sets what is given; the rest stays as it is. Pointers go into the command line; `contact` is where the organiser is kept, if one is given. LB_OK, or
 * LB_INVALID: why says which option. */
lb_err training_read_event(const struct args *args, Lagebus__TrainingEvent *e, Lagebus__Contact *contact, struct why *why) LB_MUST_CHECK;
/* What an event cannot do without. LB_OK or LB_INVALID. */
lb_err training_check_event(const Lagebus__TrainingEvent *e, struct why *why) LB_MUST_CHECK;
/* True if any of it is given. */
bool training_read_contact(const struct args *args, Lagebus__Contact *c);

#endif
