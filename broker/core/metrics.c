/* The statistics as OpenMetrics 1.0 text. */
#include "broker/core/metrics.h"

#include <stdio.h>
#include <string.h>

/* A family's four lines: two texts of the table, the name five times, and a number. */
#define FAMILY_MAX 1024

static const char *type_name(enum metric_type type)
{
	return type == METRIC_COUNTER ? "counter" : "gauge";
}

static lb_err put_family(struct lb_buf *out, const char *name, enum metric_type type, const char *unit, const char *text, const char *value)
{
	char unit_line[256] = "", lines[FAMILY_MAX];
	int n;

	if (unit[0] != '\0')
		snprintf(unit_line, sizeof unit_line, "# UNIT lagebus_%s %s\n", name, unit);
	n = snprintf(lines, sizeof lines, "# TYPE lagebus_%s %s\n%s# HELP lagebus_%s %s\nlagebus_%s%s %s\n", name,
	             type_name(type), unit_line, name, text, name, type == METRIC_COUNTER ? "_total" : "", value);
	if (n < 0 || (size_t)n >= sizeof lines)
		return LB_NO_MEMORY;
	return lb_buf_append(out, lines, (size_t)n);
}

lb_err metrics_put(struct lb_buf *out, const char *name, enum metric_type type, const char *unit, const char *text,
                   unsigned long long value)
{
	char digits[32];

	snprintf(digits, sizeof digits, "%llu", value);
	return put_family(out, name, type, unit, text, digits);
}

lb_err metrics_put_us(struct lb_buf *out, const char *name, enum metric_type type, const char *text, unsigned long long us)
{
	char digits[32];

	snprintf(digits, sizeof digits, "%llu.%06llu", us / 1000000, us % 1000000);
	return put_family(out, name, type, "seconds", text, digits);
}

lb_err metrics_render(const struct metrics *const *sets, size_t n, struct lb_buf *out)
{
	lb_err e;

#define X(name, type, unit, text)                                                         \
	{                                                                                 \
		unsigned long long sum = 0;                                               \
		for (size_t i = 0; i < n; i++)                                            \
			sum += atomic_load_explicit(&sets[i]->name, memory_order_relaxed); \
		e = metrics_put(out, #name, METRIC_##type, unit, text, sum);              \
		if (e != LB_OK)                                                           \
			return e;                                                         \
	}
	METRICS_TABLE(X)
#undef X
	return LB_OK;
}
