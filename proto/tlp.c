/* TLP 2.0 labels: their names and the table of what each allows. */
#include "lagebus/tlp.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum lb_tlp tlp;
} names[] = {
	{ "CLEAR", LB_TLP_CLEAR },
	{ "WHITE", LB_TLP_CLEAR },
	{ "GREEN", LB_TLP_GREEN },
	{ "AMBER", LB_TLP_AMBER },
	{ "AMBER+STRICT", LB_TLP_AMBER_STRICT },
	{ "RED", LB_TLP_RED },
	/* STIX 2.1 marking definitions of TLP 2.0, then of TLP 1.0. */
	{ "94868c89-83c2-464b-929b-a1a8aa3c8487", LB_TLP_CLEAR },
	{ "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", LB_TLP_GREEN },
	{ "55d920b0-5e8b-4f79-9ee9-91f868d9b421", LB_TLP_AMBER },
	{ "939a9414-2ddd-4d32-a0cd-375ea402b003", LB_TLP_AMBER_STRICT },
	{ "e828b379-4e03-4974-9ac4-e53a884c97c1", LB_TLP_RED },
	{ "613f2e26-407d-48c7-9eca-b8e91df99dc9", LB_TLP_CLEAR },
	{ "34098fce-860f-48ae-8e50-ebd3cc5e41da", LB_TLP_GREEN },
	{ "f88d31f6-486f-44da-b317-01333bde0b82", LB_TLP_AMBER },
	{ "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", LB_TLP_RED },
};

static const struct lb_tlp_rule rules[] = {
	[LB_TLP_CLEAR] = { .depth = LB_TLP_ANY_DEPTH, .observers = true },
	[LB_TLP_GREEN] = { .depth = LB_TLP_ANY_DEPTH, .observers = true, .asks_area = true },
	[LB_TLP_AMBER] = { .depth = 1, .stop = LB_TLP_NO_FURTHER_HOP, .asks_area = true },
	[LB_TLP_AMBER_STRICT] = { .depth = 0, .stop = LB_TLP_STRICT_NAMED, .asks_area = true },
	[LB_TLP_RED] = { .by_id_only = true, .depth = 0, .stop = LB_TLP_RED_NAMED_ONLY, .asks_area = true },
};

enum lb_tlp lb_tlp_effective(unsigned tlp)
{
	return tlp >= LB_TLP_CLEAR && tlp <= LB_TLP_RED ? (enum lb_tlp)tlp : LB_TLP_AMBER_STRICT;
}

const char *lb_tlp_name(unsigned tlp)
{
	if (tlp > LB_TLP_RED)
		return NULL;
	switch (lb_tlp_effective(tlp)) {
	case LB_TLP_CLEAR:
		return "TLP:CLEAR";
	case LB_TLP_GREEN:
		return "TLP:GREEN";
	case LB_TLP_AMBER:
		return "TLP:AMBER";
	case LB_TLP_RED:
		return "TLP:RED";
	case LB_TLP_UNSET:
	case LB_TLP_AMBER_STRICT:
		break;
	}
	return "TLP:AMBER+STRICT";
}

enum lb_tlp lb_tlp_from_name(const char *name)
{
	static const char *const prefixes[] = { "TLP:", "marking-definition--" };

	for (unsigned i = 0; i < 2; i++)
		if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
			name += strlen(prefixes[i]);
			break;
		}
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].tlp;
	return LB_TLP_UNSET;
}

enum lb_tlp lb_tlp_strictest(unsigned a, unsigned b)
{
	enum lb_tlp x = lb_tlp_effective(a), y = lb_tlp_effective(b);

	return x > y ? x : y;
}

const struct lb_tlp_rule *lb_tlp_rule(unsigned tlp)
{
	return &rules[lb_tlp_effective(tlp)];
}

lb_err lb_tlp_allows(unsigned tlp, const struct lb_tlp_reader *reader)
{
	const struct lb_tlp_rule *rule = lb_tlp_rule(tlp);

	if (reader->depth > rule->depth || (rule->by_id_only && !reader->by_id))
		return rule->stop;
	if (reader->observer && !rule->observers)
		return LB_TLP_OBSERVER_GREEN;
	return rule->asks_area && !reader->has_area ? LB_AREA_NOT_AGREED : LB_OK;
}
