/* What each message type is like where its sender says nothing: the table of DOMAIN's message types. The broker's federation file may say
 * other retention; everything else a sender may choose, within policy. */
#ifndef LAGEBUS_MESSAGE_TYPE_H
#define LAGEBUS_MESSAGE_TYPE_H

#include <stdint.h>

#include "lagebus/header.h"

#define LB_DAY_MS ((int64_t)24 * 60 * 60 * 1000)

struct lb_message_type {
	enum lb_tlp tlp;               /* the label where there is none on the command line */
	enum lb_ack_policy ack_policy; /* what recipients are asked for, by level 0 */
	int64_t ack_ms;                /* until when, from creation on; 0: no deadline */
	int64_t keep_ms;               /* from creation on, where the header says no expiry */
};

/* The row of a type; that of an unknown number asks for nothing, is AMBER+STRICT and kept as long as anything is. Static storage. */
const struct lb_message_type *lb_message_type(unsigned type);
/* When a message is to be gone: its expiry, or the end of its type's retention. ms since 1970. */
int64_t lb_header_keep_until(const struct lb_header *h);

#endif
