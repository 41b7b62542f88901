/* Addresses, networks and names within the values of indicators. */
#include "proto/indicator_net.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct net {
	uint8_t b[16];
	unsigned size; /* bytes: 4 or 16 */
	unsigned bits;
};

static bool read_bits(const char *s, unsigned most, unsigned *out)
{
	unsigned n = 0;

	if (!*s || strlen(s) > 3)
		return false;
	for (; *s; s++) {
		if (!isdigit((unsigned char)*s))
			return false;
		n = n * 10 + (unsigned)(*s - '0');
	}
	*out = n;
	return n <= most;
}

static void mask(struct net *net)
{
	for (unsigned i = net->bits; i < net->size * 8; i++)
		net->b[i / 8] &= (uint8_t)~(0x80 >> i % 8);
}

static bool read_net(unsigned kind, const char *s, size_t n, struct net *out)
{
	char text[INET6_ADDRSTRLEN + 8], *slash;
	struct net net = { .size = kind == LB_INDICATOR_IPV4_ADDR ? 4 : 16 };

	if (n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	net.bits = net.size * 8;
	slash = strchr(text, '/');
	if (slash) {
		*slash = '\0';
		if (!read_bits(slash + 1, net.size * 8, &net.bits))
			return false;
	}
	if (inet_pton(net.size == 4 ? AF_INET : AF_INET6, text, net.b) != 1)
		return false;
	mask(&net);
	*out = net;
	return true;
}

static void write_net(const struct net *net, char out[LB_INDICATOR_VALUE_MAX + 1])
{
	size_t n;

	inet_ntop(net->size == 4 ? AF_INET : AF_INET6, net->b, out, INET6_ADDRSTRLEN);
	n = strlen(out);
	if (net->bits < net->size * 8)
		snprintf(out + n, 16, "/%u", net->bits);
}

lb_err indicator_net_normalise(unsigned kind, char s[LB_INDICATOR_VALUE_MAX + 1])
{
	struct net net;

	if (!read_net(kind, s, strlen(s), &net))
		return LB_INVALID;
	write_net(&net, s);
	return LB_OK;
}

char *indicator_url_host(const char *url, size_t *n)
{
	const char *host = strstr(url, "://"), *end, *at;

	*n = 0;
	if (!host)
		return (char *)url;
	host += 3;
	end = host + strcspn(host, "/?#\\");
	at = memrchr(host, '@', (size_t)(end - host));
	if (at)
		host = at + 1;
	if (*host == '[') {
		host++;
		*n = strcspn(host, "]");
		if (host + *n >= end)
			*n = 0;
	} else {
		const char *colon = memchr(host, ':', (size_t)(end - host));

		*n = (size_t)((colon ? colon : end) - host);
	}
	return (char *)host;
}

static size_t net_key(const struct net *net, uint8_t key[LB_INDICATOR_KEY_MAX])
{
	key[0] = net->size == 4 ? '4' : '6';
	memcpy(key + 1, net->b, net->size);
	return 1 + net->size;
}

static size_t name_key(const char *name, size_t n, uint8_t key[LB_INDICATOR_KEY_MAX])
{
	if (n == 0 || n + 2 > LB_INDICATOR_KEY_MAX)
		return 0;
	key[0] = 'd';
	for (size_t i = 0; i < n; i++)
		key[1 + i] = (uint8_t)name[n - 1 - i];
	key[1 + n] = '.';
	return n + 2;
}

static size_t host_key(const char *host, size_t n, uint8_t key[LB_INDICATOR_KEY_MAX])
{
	struct net net;

	if (read_net(LB_INDICATOR_IPV4_ADDR, host, n, &net) || read_net(LB_INDICATOR_IPV6_ADDR, host, n, &net))
		return net_key(&net, key);
	return name_key(host, n, key);
}

size_t lb_indicator_key(unsigned kind, const char *value, uint8_t key[LB_INDICATOR_KEY_MAX])
{
	struct net net;
	const char *at;
	size_t n;

	switch (kind) {
	case LB_INDICATOR_IPV4_ADDR:
	case LB_INDICATOR_IPV6_ADDR:
		return read_net(kind, value, strlen(value), &net) ? net_key(&net, key) : 0;
	case LB_INDICATOR_DOMAIN_NAME:
		return name_key(value, strlen(value), key);
	case LB_INDICATOR_URL:
		at = indicator_url_host(value, &n);
		return host_key(at, n, key);
	case LB_INDICATOR_EMAIL_ADDR:
		at = strrchr(value, '@');
		return at ? name_key(at + 1, strlen(at + 1), key) : 0;
	default:
		return 0;
	}
}

lb_err lb_indicator_range(unsigned kind, const char *value, uint8_t first[LB_INDICATOR_KEY_MAX], uint8_t last[LB_INDICATOR_KEY_MAX], size_t *n)
{
	struct net net;

	if ((kind != LB_INDICATOR_IPV4_ADDR && kind != LB_INDICATOR_IPV6_ADDR) || !read_net(kind, value, strlen(value), &net))
		return LB_INVALID;
	*n = net_key(&net, first);
	for (unsigned i = net.bits; i < net.size * 8; i++)
		net.b[i / 8] |= (uint8_t)(0x80 >> i % 8);
	net_key(&net, last);
	return LB_OK;
}

lb_err lb_indicator_network(unsigned kind, const char *value, unsigned bits, char out[LB_INDICATOR_VALUE_MAX + 1])
{
	struct net net;

	if (!read_net(kind, value, strlen(value), &net) || bits > net.bits)
		return LB_INVALID;
	net.bits = bits;
	mask(&net);
	write_net(&net, out);
	return LB_OK;
}
