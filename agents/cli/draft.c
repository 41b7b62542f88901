/* A message's header from the command line. */
#include "agents/cli/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/identity.h"
#include "proto/host/words.h"

void draft_names(const char *(*name)(unsigned number), unsigned last, char *out, size_t n)
{
	size_t at = 0;

	for (unsigned i = 1; i <= last && at < n; i++)
		at += (size_t)snprintf(out + at, n - at, "%s%s", i > 1 ? ", " : "", name(i));
}

static lb_err add_entry(struct draft *d, char *entry, struct why *why)
{
	if (!lb_audience_entry_is_valid(entry, strlen(entry)))
		return why_set(why, LB_INVALID, "--to %.80s: is no audience; write partner ids (de-sn), their bodies (de-sn/*), "
			"groups (group:cert) or all", entry);
	if (d->header.n_audience == LB_AUDIENCE_MAX)
		return why_set(why, LB_INVALID, "--to names more than %d; use a group", LB_AUDIENCE_MAX);
	d->audience[d->header.n_audience++] = entry;
	return LB_OK;
}

static lb_err read_audience(struct draft *d, const struct args *args, const char *otherwise, struct why *why)
{
	const char *value;
	size_t n = (otherwise ? strlen(otherwise) : 0) + 1;
	unsigned at = 0;
	char *save = NULL;

	while ((value = args_next(args, "to", &at)))
		n += strlen(value) + 1;
	d->audience_text = calloc(n, 1);
	if (!d->audience_text)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	for (at = 0; (value = args_next(args, "to", &at));) {
		strcat(d->audience_text, value);
		strcat(d->audience_text, ",");
	}
	if (otherwise && !args_has(args, "to"))
		strcpy(d->audience_text, otherwise);
	for (char *entry = strtok_r(d->audience_text, ", ", &save); entry; entry = strtok_r(NULL, ", ", &save)) {
		lb_err e = add_entry(d, entry, why);

		if (e)
			return e;
	}
	d->header.audience = d->audience;
	return d->header.n_audience ? LB_OK : why_set(why, LB_INVALID, "to whom? --to de-sn,de-he or --to all");
}

static lb_err read_origin(struct draft *d, const struct args *args, struct why *why)
{
	const char *as = args_value(args, "as", "");

	if (*as && !lb_partner_is_valid(as, strlen(as)))
		return why_set(why, LB_INVALID, "--as %.80s: is no partner id; write de-sn/leipzig, for example", as);
	d->header.origin = (char *)as;
	return LB_OK;
}

/* Somebody takes a classification for a TLP label; GEHEIM is one in small letters, too, where a label is expected. */
static lb_err read_tlp(const char *text, unsigned *out, struct why *why)
{
	char capitals[80], where[60];
	unsigned tlp = lb_tlp_from_name(text);
	size_t n = 0;

	if (tlp != LB_TLP_UNSET) {
		*out = tlp;
		return LB_OK;
	}
	for (; text[n] && n < sizeof(capitals) - 1; n++)
		capitals[n] = (char)toupper((unsigned char)text[n]);
	capitals[n] = '\0';
	snprintf(where, sizeof(where), _("--tlp %.40s"), text);
	if (lb_text_is_classified(capitals, n))
		return advice_why(why, LB_CLASSIFIED, where);
	return why_set(why, LB_INVALID, "%s: clear, green, amber, amber+strict or red is expected", where);
}

static lb_err read_scales(struct draft *d, const struct args *args, struct why *why)
{
	const char *tlp = args_value(args, "tlp", NULL), *area = args_value(args, "area", NULL);
	long level = d->header.level;
	char areas[400];
	lb_err e = args_number(args, "level", 1, 4, &level, why);

	if (e)
		return e;
	d->header.level = (uint32_t)level;
	if (tlp && (e = read_tlp(tlp, &d->header.tlp, why)))
		return e;
	draft_names(lb_area_name, LB_AREA_MAX, areas, sizeof(areas));
	if (area && (d->header.area = lb_area_from_name(area)) == 0)
		return why_set(why, LB_INVALID, "--area %.40s: is none of %s", area, areas);
	if (d->header.area == 0)
		return why_set(why, LB_INVALID, "which cooperation area? --area with one of %s", areas);
	return LB_OK;
}

static lb_err read_ack(struct draft *d, const struct args *args, int64_t now_ms, struct why *why)
{
	const char *ack = args_value(args, "ack", NULL), *deadline = args_value(args, "ack-deadline", NULL);
	unsigned policy = 0;

	if (ack) {
		while (policy <= LB_ACK_IMPLEMENTED && strcmp(ack, policy ? out_ack(policy) : "none") != 0)
			policy++;
		if (policy > LB_ACK_IMPLEMENTED)
			return why_set(why, LB_INVALID, "--ack %.40s: none, displayed, acknowledged or implemented is expected", ack);
		d->header.ack_policy = policy;
		if (policy == LB_ACK_NONE)
			d->header.ack_deadline = 0;
	}
	return deadline ? when_deadline_ms(deadline, now_ms, &d->header.ack_deadline, why) : LB_OK;
}

static lb_err read_id(const struct args *args, const char *option, uint8_t bytes[16], ProtobufCBinaryData *out, struct why *why)
{
	const char *text = args_value(args, option, NULL);
	struct lb_uuid id;

	if (!text)
		return LB_OK;
	if (lb_uuid_parse(text, &id))
		return why_set(why, LB_INVALID, "--%s %.60s: a whole message id is expected (lagebus show prints it)", option, text);
	memcpy(bytes, id.b, 16);
	*out = (ProtobufCBinaryData){ 16, bytes };
	return LB_OK;
}

static lb_err read_texts(struct draft *d, const struct args *args, struct why *why)
{
	const char *name = args_value(args, "exercise-name", ""), *language = args_value(args, "language", d->header.language);

	if (strlen(name) > LB_TEXT_MAX || !lb_utf8_is_valid(name, strlen(name)))
		return why_set(why, LB_INVALID, "--exercise-name: at most %d bytes of UTF-8 are expected", LB_TEXT_MAX);
	if (strlen(language) > 35 || !lb_utf8_is_valid(language, strlen(language)))
		return why_set(why, LB_INVALID, "--language: a language tag is expected, as de or en-US");
	d->header.exercise = *name || args_has(args, "exercise");
	d->header.exercise_name = (char *)name;
	d->header.language = (char *)language;
	d->header.personal_data = args_has(args, "personal-data");
	return LB_OK;
}

lb_err draft_init(struct draft *d, const struct args *args, const struct draft_defaults *defaults, int64_t now_ms, struct why *why)
{
	const char *expires = args_value(args, "expires", NULL);
	Lagebus__Header *h = &d->header;
	lb_err e;

	memset(d, 0, sizeof(*d));
	lagebus__header__init(h);
	h->type = defaults->type;
	h->area = defaults->area;
	h->tlp = defaults->tlp;
	h->level = defaults->level;
	h->ack_policy = defaults->ack_policy;
	h->ack_deadline = defaults->ack_deadline_ms;
	h->language = (char *)(defaults->language ? defaults->language : "de");
	h->schema_version = 1;
	d->dry_run = args_has(args, "dry-run");
	d->no_wait = args_has(args, "no-wait");
	d->has_tlp = args_has(args, "tlp");
	e = read_audience(d, args, defaults->to, why);
	if (!e)
		e = read_origin(d, args, why);
	if (!e)
		e = read_scales(d, args, why);
	if (!e)
		e = read_ack(d, args, now_ms, why);
	if (!e && expires)
		e = when_deadline_ms(expires, now_ms, &h->expires, why);
	if (!e)
		e = read_id(args, "thread", d->thread, &h->thread, why);
	if (!e)
		e = read_id(args, "supersedes", d->supersedes, &h->supersedes, why);
	return e ? e : read_texts(d, args, why);
}

enum cli_exit draft_fail(struct cli *cli, lb_err e, const struct why *why)
{
	return cli_fail(cli, e == LB_CLASSIFIED ? CLI_REFUSED : CLI_USAGE, "%s", why->text);
}

void draft_fini(struct draft *d)
{
	free(d->audience_text);
	d->audience_text = NULL;
}
