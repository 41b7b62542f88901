/* Addresses, networks and names within the values of indicators. Pure. */
#ifndef LAGEBUS_PROTO_INDICATOR_NET_H
#define LAGEBUS_PROTO_INDICATOR_NET_H

#include <stddef.h>

#include "lagebus/indicator.h"

/* Writes an address or a network in its one form, in place. LB_OK or LB_INVALID. */
lb_err indicator_net_normalise(unsigned kind, char s[LB_INDICATOR_VALUE_MAX + 1]) LB_MUST_CHECK;
/* Where a URL's host stands (an IPv6 address without its brackets) and its length; 0: it has none. */
char *indicator_url_host(const char *url, size_t *n);

#endif
