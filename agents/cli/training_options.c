/* An event and a contact from the command line. */
#include "agents/cli/training_options.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/when.h"
#include "proto/host/words.h"

static lb_err read_time(const struct args *args, const char *option, int64_t *out, struct why *why)
{
	const char *text = args_value(args, option, NULL);
	int64_t seconds = 0;
	struct why ignored;
	lb_err e;

	if (!text)
		return LB_OK;
	e = when_date_s(text, &seconds, &ignored);
	if (e)
		return why_set(why, e, "--%s %.40s: 2026-12-01 14:00 (local time) or 2026-12-01T13:00:00Z is expected", option, text);
	if (seconds <= 0)
		return why_set(why, LB_INVALID, "--%s %.40s: is no time that can be", option, text);
	*out = seconds * 1000;
	return LB_OK;
}

static lb_err read_word(const struct args *args, const char *option, const char *const *names, size_t n, unsigned *out, struct why *why)
{
	const char *word = args_value(args, option, NULL);
	char all[100] = "";

	if (!word)
		return LB_OK;
	for (unsigned i = 1; i < n; i++) {
		if (strcmp(word, names[i]) == 0) {
			*out = i;
			return LB_OK;
		}
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i > 1 ? _(" or ") : "", names[i]);
	}
	return why_set(why, LB_INVALID, "--%s %.40s: %s is expected", option, word, all);
}

bool training_read_contact(const struct args *args, Lagebus__Contact *c)
{
	c->function = (char *)args_value(args, "contact", c->function);
	c->name = (char *)args_value(args, "contact-name", c->name);
	c->phone = (char *)args_value(args, "contact-phone", c->phone);
	c->email = (char *)args_value(args, "contact-email", c->email);
	return *c->function || *c->name || *c->phone || *c->email;
}

static lb_err read_times(const struct args *args, Lagebus__TrainingEvent *e, struct why *why)
{
	int64_t lasts = e->ends - e->begins, before = e->begins;
	lb_err err = read_time(args, "begins", &e->begins, why);

	/* What is moved lasts as long as before, and is registered for until it begins. */
	if (!err && e->begins != before && before > 0) {
		e->ends = e->begins + lasts;
		if (e->register_until > e->begins)
			e->register_until = 0;
	}
	if (!err)
		err = read_time(args, "ends", &e->ends, why);
	return err ? err : read_time(args, "register-until", &e->register_until, why);
}

lb_err training_read_event(const struct args *args, Lagebus__TrainingEvent *e, Lagebus__Contact *contact, struct why *why)
{
	static const char *const kinds[] = { "", "lecture", "workshop", "event" }, *const audiences[] = { "", "staff", "citizens" };
	unsigned kind = (unsigned)e->kind, audience = (unsigned)e->audience;
	long seats = e->seats;
	lb_err err = read_word(args, "kind", kinds, 4, &kind, why);

	if (!err)
		err = read_word(args, "for", audiences, 3, &audience, why);
	if (!err)
		err = args_number(args, "seats", 0, 1000000, &seats, why);
	if (!err)
		err = read_times(args, e, why);
	if (err)
		return err;
	e->kind = (Lagebus__TrainingKind)kind;
	e->audience = (Lagebus__TrainingAudience)audience;
	e->seats = (uint32_t)seats;
	e->title = (char *)args_value(args, "title", e->title);
	e->description = (char *)args_value(args, "text", e->description);
	e->place = (char *)args_value(args, "place", e->place);
	e->accessibility = (char *)args_value(args, "accessibility", e->accessibility);
	e->url = (char *)args_value(args, "url", e->url);
	e->status = args_has(args, "tentative") ? LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_TENTATIVE : LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED;
	if (e->organiser)
		*contact = *e->organiser;
	if (training_read_contact(args, contact))
		e->organiser = contact;
	return LB_OK;
}

lb_err training_check_event(const Lagebus__TrainingEvent *e, struct why *why)
{
	if (!*e->title)
		return why_set(why, LB_INVALID, "what is it called? --title");
	if (!e->kind)
		return why_set(why, LB_INVALID, "what is it? --kind lecture, workshop or event");
	if (!e->audience)
		return why_set(why, LB_INVALID, "whom is it for? --for citizens or staff");
	if (!e->begins)
		return why_set(why, LB_INVALID, "when? --begins 2026-12-01T14:00");
	if (e->ends && e->ends < e->begins)
		return why_set(why, LB_INVALID, "it ends before it begins: --ends");
	return LB_OK;
}
