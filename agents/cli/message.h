/* A stored message as the agent gives it, decoded once, and shown as text or JSON. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <jansson.h>

#include "agents/cli/client.h"
#include "lagebus/header.h"
#include "lagebus/payload.h"

struct message {
	const Lagebus__StoredMessage *stored; /* borrowed */
	struct lb_header header;              /* points into stored */
	char id[LB_UUID_TEXT];
	ProtobufCMessage *payload;            /* set if it is there and keeps to its schema's rules */
	char unreadable[LB_PAYLOAD_WHY];      /* why it does not */
};

/* LB_OK, or LB_BAD_HEADER and its kin where the agent's answer is not a message. *m is to be finished in either case. */
lb_err message_init(struct message *m, const Lagebus__StoredMessage *stored) LB_MUST_CHECK;
void message_fini(struct message *m);

/* Does it wait for us to do what it asks, and is it too late for that? What has expired waits for nobody. */
bool message_is_open(const struct message *m);
bool message_is_overdue(const struct message *m, int64_t now_ms);
/* Every field of the header, and of the payload where it is there. NULL if memory is out. */
json_t *message_json(const struct message *m);
/* The audience with spaces between, as it stands in the header, cut at n bytes. */
void message_audience(const struct lb_header *h, char *out, size_t n);
/* Likewise on a terminal in words, with commas between: "the bodies of de-sn, the group cert". */
#define MESSAGE_AUDIENCE_SHOWN (LB_HEADER_MAX + 32 * LB_AUDIENCE_MAX)
void message_audience_show(const struct cli *cli, const struct lb_header *h, char *out, size_t n);
/* The same as a list. NULL if memory is out. */
json_t *message_audience_json(const struct lb_header *h);
const char *message_type(const struct message *m);
const char *message_area(const struct message *m);
/* A file that stands in the payload's field of this name; NULL if there is none. */
const ProtobufCBinaryData *message_file(const struct message *m, const char *field);
/* The payload's text of this field ("title"), which of something encrypted only its recipient can read; "" if there is none. */
const char *message_text(const struct message *m, const char *field);
/* The whole message for a reader. */
void message_print(const struct message *m, struct cli *cli);
/* The banner that every display of an exercise message begins and ends with; nothing for a real one. */
void message_banner(const struct message *m, struct cli *cli);

#endif
