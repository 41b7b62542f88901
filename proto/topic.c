/* Message types, cooperation areas and patterns over both. */
#include "lagebus/topic.h"

#include <stdio.h>
#include <string.h>

static const char *const types[LB_TYPE_MAX + 1] = {
#define X(name, number, text) [number] = text,
	LB_TYPE_TABLE(X)
#undef X
};
static const char *const areas[LB_AREA_MAX + 1] = {
#define X(name, number, text) [number] = text,
	LB_AREA_TABLE(X)
#undef X
};

const char *lb_type_name(unsigned type)
{
	return type <= LB_TYPE_MAX ? types[type] : NULL;
}

const char *lb_area_name(unsigned area)
{
	return area <= LB_AREA_MAX ? areas[area] : NULL;
}

static unsigned find(const char *const *names, unsigned max, const char *name, size_t n)
{
	for (unsigned i = 1; i <= max; i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
			return i;
	return 0;
}

unsigned lb_type_from_name(const char *name)
{
	return find(types, LB_TYPE_MAX, name, strlen(name));
}

unsigned lb_area_from_name(const char *name)
{
	return find(areas, LB_AREA_MAX, name, strlen(name));
}

lb_err lb_topic_format(unsigned type, unsigned area, char text[LB_TOPIC_TEXT])
{
	const char *t = lb_type_name(type), *a = lb_area_name(area);

	if (!t || !a)
		return LB_INVALID;
	snprintf(text, LB_TOPIC_TEXT, "%s/%s", t, a);
	return LB_OK;
}

/* Reads "<type or *>/<area or *>"; 0 stands for any. */
static bool read_pattern(const char *pattern, unsigned *type, unsigned *area)
{
	const char *slash = strchr(pattern, '/');

	if (!slash)
		return false;
	*type = find(types, LB_TYPE_MAX, pattern, (size_t)(slash - pattern));
	*area = lb_area_from_name(slash + 1);
	return (*type != 0 || (slash == pattern + 1 && *pattern == '*')) && (*area != 0 || strcmp(slash + 1, "*") == 0);
}

bool lb_topic_pattern_is_valid(const char *pattern)
{
	unsigned type, area;

	return read_pattern(pattern, &type, &area);
}

bool lb_topic_matches(const char *pattern, unsigned type, unsigned area)
{
	unsigned t, a;

	return read_pattern(pattern, &t, &a) && (t == 0 || t == type) && (a == 0 || a == area);
}
