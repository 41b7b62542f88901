/* An agent's end of a link as a test plays it: it says what it is told to, well formed or not, and hears what the broker says, with a
 * deadline. Saying never blocks: what the socket does not take goes out while it hears or flushes. One thread. */
#ifndef LAGEBUS_TESTS_KIT_CALLER_H
#define LAGEBUS_TESTS_KIT_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/delivery.h"
#include "lagebus/header.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"

#define CALLER_MS 20000 /* the deadline of everything that waits */

/* What was heard; NOTHING came within the deadline, or what came is no part of the protocol. */
enum heard { HEARD_NOTHING, HEARD_CLOSED, HEARD_GREETING, HEARD_COMMAND, HEARD_CONTROL, HEARD_DELIVERY };

struct caller {
	int fd; /* non-blocking; -1: none */
	struct lb_tls *tls;
	struct lb_link *link;
	struct lb_buf plain; /* decrypted; at its front stands what was heard last */
	size_t used;         /* bytes of that */
	bool greeted, closed;
	/* What was heard last, valid until the next is. */
	struct lb_zmtp_message message; /* whatever it was but a greeting */
	struct lb_zmtp_command command;
	Lagebus__Control *control; /* NULL if it was none */
	struct lb_delivery place;
	struct lb_header header;
	struct lb_frame payload;
	char reason[64];
};

/* A caller over a connected socket, which it takes; the link's handshake has not begun. Memory that is out ends the program, here and below. */
void caller_init(struct caller *c, int fd, struct lb_tls *tls);
/* Closes the socket without a word and frees everything. Callable twice. */
void caller_fini(struct caller *c);
/* Connects to 127.0.0.1 and shakes hands. False: the broker closed, refused, or did not answer; caller_fini it all the same. */
bool caller_dial(struct caller *c, unsigned port, struct lb_tls *tls);
/* The same; n bytes follow its Finished in one piece. */
bool caller_dial_early(struct caller *c, unsigned port, struct lb_tls *tls, const void *early, size_t n);
/* A socket that is connected to 127.0.0.1 and says nothing; -1: it cannot be. */
int caller_connect(unsigned port);

void caller_say(struct caller *c, const void *p, size_t n);
void caller_say_frames(struct caller *c, const struct lb_frame *frames, unsigned n);
void caller_say_control(struct caller *c, const Lagebus__Control *control);
void caller_say_greeting(struct caller *c);
void caller_say_ready(struct caller *c, enum lb_zmtp_socket as);
void caller_say_ping(struct caller *c, const void *context, size_t n);
/* A new agent's Hello, with what the test changes in it; NULL: nothing. */
void caller_say_hello(struct caller *c, const Lagebus__Hello *hello);
void caller_say_received(struct caller *c, uint64_t urgent, uint64_t routine);
/* Bytes that the socket has not taken yet. */
size_t caller_unsent(const struct caller *c);
/* Sends what the socket takes now. */
void caller_push(struct caller *c);
/* Waits at most this long until the socket takes some more, and sends that. False: it did not. */
bool caller_await_room(struct caller *c, int ms);
/* Waits until the socket has taken everything. */
bool caller_flush(struct caller *c);

/* A header that is good from a coordinator or a state: an Indicator, TLP:GREEN, to one entry of the audience; a new id. */
void caller_header(const struct caller *c, const char *to, struct lb_header *out);
/* The same as a Warning of level 3, which is urgent and to be acknowledged in 4 h. */
void caller_warning(const struct caller *c, const char *to, struct lb_header *out);
/* Publishes n bytes under a header, with a signature that is none; the broker does not open it. */
void caller_publish(struct caller *c, const struct lb_header *h, const void *payload, size_t n);

/* Waits at most this long for something to hear; false: nothing came. */
bool caller_wait(struct caller *c, int ms);
enum heard caller_hear(struct caller *c);
/* The next control; commands before it are passed over. NULL: something else came, or it is not of this case. */
const Lagebus__Control *caller_hear_control(struct caller *c, Lagebus__Control__BodyCase body);
/* Hears until the broker gives a reason (Goodbye, Refused, ERROR) and returns its token; "closed" or "nothing" if it never does. */
const char *caller_hear_reason(struct caller *c);
/* PING and its PONG: everything that was said before has been taken in. False: something else came instead. */
bool caller_is_answered(struct caller *c);
/* Greeting, READY and Hello, up to Welcome, which is in c->control. */
bool caller_open(struct caller *c, const Lagebus__Hello *hello);

#endif
