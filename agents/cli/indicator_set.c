/* Indicators that are collected to be sent. */
#include "agents/cli/indicator_set.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/header.h"
#include "lagebus/uuid.h"

#define LIST_MAX 50
#define SLOTS_FIRST 1024

/* FNV-1a; what an attacker could make collide costs the one who imports it time, not more than a quadratic of 2 million. */
static uint64_t hash_of(unsigned kind, const char *value)
{
	uint64_t h = 14695981039346656037u ^ kind;

	for (; *value; value++)
		h = (h ^ (unsigned char)*value) * 1099511628211u;
	return h ^ h >> 32;
}

/* Where the value stands, or the free slot where it would. */
static uint32_t *slot_of(const struct indicator_set *s, unsigned kind, const char *value)
{
	size_t at = hash_of(kind, value) & (s->slots_n - 1);

	for (; s->slots[at]; at = (at + 1) & (s->slots_n - 1)) {
		const Lagebus__Indicator *i = s->items[s->slots[at] - 1];

		if ((unsigned)i->kind == kind && strcmp(i->value, value) == 0)
			break;
	}
	return &s->slots[at];
}

static lb_err grow_slots(struct indicator_set *s)
{
	uint32_t *old = s->slots;
	size_t n = s->slots_n ? s->slots_n * 2 : SLOTS_FIRST;

	s->slots = calloc(n, sizeof(*s->slots));
	if (!s->slots) {
		s->slots = old;
		return LB_NO_MEMORY;
	}
	free(old);
	s->slots_n = n;
	for (size_t i = 0; i < s->n; i++)
		*slot_of(s, (unsigned)s->items[i]->kind, s->items[i]->value) = (uint32_t)i + 1;
	return LB_OK;
}

static lb_err make_room(struct indicator_set *s)
{
	size_t cap = s->cap ? s->cap * 2 : 256;
	Lagebus__Indicator **items;

	if (s->n < s->cap)
		return LB_OK;
	items = realloc(s->items, cap * sizeof(*items));
	if (!items)
		return LB_NO_MEMORY;
	s->items = items;
	s->cap = cap;
	return LB_OK;
}

static Lagebus__Indicator *new_indicator(unsigned kind, const char *value)
{
	Lagebus__Indicator *i = malloc(sizeof(*i));

	if (!i)
		return NULL;
	lagebus__indicator__init(i);
	i->kind = (Lagebus__IndicatorKind)kind;
	i->value = strdup(value);
	if (!i->value) {
		free(i);
		return NULL;
	}
	return i;
}

lb_err indicator_set_add(struct indicator_set *s, unsigned kind, const char *value, Lagebus__Indicator **out)
{
	uint32_t *slot;
	lb_err e = s->n >= INDICATOR_SET_MAX ? LB_LIMIT : make_room(s);

	if (!e && 2 * (s->n + 1) >= s->slots_n)
		e = grow_slots(s);
	if (e)
		return e;
	slot = slot_of(s, kind, value);
	*out = NULL;
	if (*slot) {
		s->duplicates++;
		return LB_OK;
	}
	*out = s->items[s->n] = new_indicator(kind, value);
	if (!*out)
		return LB_NO_MEMORY;
	*slot = (uint32_t)++s->n;
	return LB_OK;
}

lb_err indicator_set_text(char **field, const char *text)
{
	char *copy;

	if (!text || !*text || !lb_utf8_is_valid(text, strlen(text)))
		return LB_OK;
	copy = strdup(text);
	if (!copy)
		return LB_NO_MEMORY;
	*field = copy;
	return LB_OK;
}

lb_err indicator_set_append(char ***list, size_t *n, const char *text)
{
	char **more, *copy = NULL;
	lb_err e;

	if (*n >= LIST_MAX)
		return LB_OK;
	e = indicator_set_text(&copy, text);
	if (e || !copy)
		return e;
	more = realloc(*list, (*n + 1) * sizeof(*more));
	if (!more) {
		free(copy);
		return LB_NO_MEMORY;
	}
	*list = more;
	more[(*n)++] = copy;
	return LB_OK;
}

lb_err indicator_set_identify(struct indicator_set *s, const char *origin)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char name[LB_PARTNER_ID_MAX + LB_INDICATOR_VALUE_MAX + 32];

	for (size_t i = 0; i < s->n; i++) {
		Lagebus__Indicator *one = s->items[i];
		int n = snprintf(name, sizeof(name), "lagebus indicator\n%s\n%u\n%s", origin, (unsigned)one->kind, one->value);

		SHA256((const unsigned char *)name, (size_t)n < sizeof(name) ? (size_t)n : sizeof(name) - 1, digest);
		digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x80);
		digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
		if (!one->id.data)
			one->id.data = malloc(sizeof(struct lb_uuid));
		if (!one->id.data)
			return LB_NO_MEMORY;
		one->id.len = sizeof(struct lb_uuid);
		memcpy(one->id.data, digest, one->id.len);
	}
	return LB_OK;
}

void indicator_set_cut(struct indicator_set *s, size_t n)
{
	s->n = n;
	free(s->slots);
	s->slots = NULL;
	s->slots_n = 0;
}

void indicator_set_fini(struct indicator_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		lagebus__indicator__free_unpacked(s->items[i], NULL);
	free(s->items);
	free(s->slots);
	*s = (struct indicator_set)INDICATOR_SET_INIT;
}
