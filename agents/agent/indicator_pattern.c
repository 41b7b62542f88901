/* What people search indicators by. */
#include "agents/agent/indicator_pattern.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/header.h"

/* Adds a text to the array; it is free of control characters. */
static lb_err add_value(struct indicator_pattern *p, const char *value)
{
	char quoted[2 * LB_INDICATOR_VALUE_MAX + 4];
	size_t n = 0;

	quoted[n++] = lb_buf_len(&p->values) > 0 ? ',' : '[';
	quoted[n++] = '"';
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			quoted[n++] = '\\';
		quoted[n++] = *value;
	}
	quoted[n++] = '"';
	return lb_buf_append(&p->values, quoted, n);
}

static void add_range(struct indicator_pattern *p, size_t first_n, size_t last_n)
{
	p->last[last_n] = 0xff; /* keys that begin so are within */
	p->first_n = first_n;
	p->last_n = last_n + 1;
}

/* The domain, all that is below it, and, exactly, the domains above it. */
static lb_err around_domain(struct indicator_pattern *p, const char *domain, bool above)
{
	size_t n = lb_indicator_key(LB_INDICATOR_DOMAIN_NAME, domain, p->first);
	lb_err e = LB_OK;

	memcpy(p->last, p->first, n);
	add_range(p, n, n);
	while (above && e == LB_OK && (domain = strchr(domain, '.')) != NULL)
		e = add_value(p, ++domain);
	return e;
}

/* What lies in the network or on the address, and the networks around it. */
static lb_err around_net(struct indicator_pattern *p, unsigned kind, const char *value)
{
	char network[LB_INDICATOR_VALUE_MAX + 1];
	size_t n = 0;
	lb_err e = lb_indicator_range(kind, value, p->first, p->last, &n);

	if (e == LB_OK)
		add_range(p, n, n);
	for (unsigned bits = 0; e == LB_OK && lb_indicator_network(kind, value, bits, network) == LB_OK; bits++)
		e = add_value(p, network);
	return e;
}

static lb_err read_star(struct indicator_pattern *p, const char *text)
{
	char domain[LB_INDICATOR_VALUE_MAX + 1];
	size_t n = strlen(text);

	if (text[0] == '*' && text[1] == '.') {
		if (lb_indicator_normalise(LB_INDICATOR_DOMAIN_NAME, text + 2, domain) == LB_OK)
			return around_domain(p, domain, false);
		/* A whole top-level domain is no domain name, but can be asked for. */
		return lb_indicator_normalise(0, text + 2, domain) == LB_OK && !strpbrk(domain, "*. ") && strlen(domain) < LB_INDICATOR_KEY_MAX / 2
		               ? around_domain(p, domain, false)
		               : LB_INVALID;
	}
	if (strchr(text, '*') != text + n - 1 || n < 2 || n > LB_INDICATOR_VALUE_MAX)
		return LB_INVALID;
	memcpy(p->prefix, text, n - 1);
	return LB_OK;
}

lb_err indicator_pattern_read(const char *text, struct indicator_pattern *out)
{
	char value[LB_INDICATOR_VALUE_MAX + 1];
	unsigned kind;
	lb_err e;

	memset(out, 0, sizeof *out);
	out->all = text[0] == '\0';
	if (out->all)
		return LB_OK;
	if (!lb_utf8_is_valid(text, strlen(text)))
		return LB_INVALID;
	if (strchr(text, '*') && text[0] != '[' && !strstr(text, "://"))
		return read_star(out, text);
	kind = lb_indicator_detect(text, value);
	if (kind == 0 && lb_indicator_normalise(0, text, value) != LB_OK)
		return LB_INVALID;
	e = add_value(out, value);
	if (e == LB_OK && kind == LB_INDICATOR_DOMAIN_NAME)
		e = around_domain(out, value, true);
	else if (e == LB_OK && (kind == LB_INDICATOR_IPV4_ADDR || kind == LB_INDICATOR_IPV6_ADDR))
		e = around_net(out, kind, value);
	return e;
}

void indicator_pattern_fini(struct indicator_pattern *p)
{
	lb_buf_fini(&p->values);
}
