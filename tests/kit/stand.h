/* The broker's parts in this process, with a certificate authority of their own, and callers that come in as the door lets them in:
 * through their handshake, over a socket pair, by WORKER_ARRIVAL. What goes wrong here fails the test. */
#ifndef LAGEBUS_TESTS_KIT_STAND_H
#define LAGEBUS_TESTS_KIT_STAND_H

#include "tests/kit/unit.h"

#include "broker/core/block.h"
#include "broker/parts.h"
#include "lagebus/signature.h"
#include "tests/kit/caller.h"
#include "tests/kit/credentials.h"

#define STAND_CALLERS 16

struct stand {
	struct parts parts;
	const char *federation; /* the text of the next start's; stand_set_up sets the one below */
	struct channel *urgent, *routine; /* after stand_start_held: what workers give the log writer; otherwise NULL */
	unsigned tick_ms; /* of the next start's workers; stand_set_up sets it to few, so that nothing waits for them; 0: as many as the broker's */
	atomic_llong ahead_ms; /* how far the broker's clock is ahead where deadlines are concerned; stand_set_up sets it back */
	struct caller callers[STAND_CALLERS];
	unsigned callers_n;
};
extern struct stand stand;

/* bund-bsi (coordinator), de-sn (state, group "cert"), de-sn/leipzig, de-he (state, two areas only), uni (observer). */
extern const char stand_federation[];
/* Their agents, as the functions below name them: "bsi" and "bsi2" (two of bund-bsi), "sn" and "sn2" (two of de-sn), "leipzig", "he", "uni"; "by"
 * is of no member, and "acting" is one of de-sn whose certificate names de-he, for a federation that lets it act for it. */

/* For cmocka: once a program, and around each test. A test begins with defaults, one worker and an empty log, and starts the parts itself. */
int stand_make(void **state);
int stand_remove(void **state);
int stand_set_up(void **state);
int stand_tear_down(void **state);
#define STAND_TEST(f) cmocka_unit_test_setup_teardown(f, stand_set_up, stand_tear_down)

/* Sets a key for every start of this test from now on. */
void stand_set(const char *key, int64_t number);
/* The pace has a place more than there are workers: a test may tell of one that is behind. */
void stand_start(void);
/* Without the log writer: the test is that. */
void stand_start_held(void);
/* A door, for callers that dial: see door_port. */
void stand_open_door(void);
/* Ends callers and parts. The log stays, for another start. */
void stand_stop(void);
/* Another federation (NULL: as it is) and another CRL of the folder (NULL: none) are in force for whatever is said after this. */
void stand_reload(const char *federation, const char *crl);
/* Puts an agent's certificate on the list that the folder has under this name. */
void stand_revoke(const char *who, const char *crl);

/* The client's side of an agent's links. Borrowed. */
struct lb_tls *stand_tls(const char *who);
/* The hint that names an agent's certificate, when the parts have started. */
void stand_signer(const char *who, uint8_t hint[LB_SIGNER_SIZE]);
/* An agent's certificate as DER; how many bytes. "old" is one of de-sn whose certificate ended yesterday: it never gets in. */
size_t stand_certificate(const char *who, uint8_t der[CREDENTIALS_DER_MAX]);
/* Puts a row into a table of the log, after stand_start_held: there is nobody else who writes. */
void stand_put_row(enum journal_table t, const void *key, size_t key_n, const void *value, size_t value_n);
/* One that the worker has a session of, and that has not said anything; the workers take turns. It ends with stand_stop. */
struct caller *stand_call(const char *who);
/* The same, and n bytes come with its handshake. */
struct caller *stand_call_early(const char *who, const void *early, size_t n);
/* One whose session is open. */
struct caller *stand_agent(const char *who);
struct caller *stand_agent_from(const char *who, const Lagebus__Hello *hello);

/* Publishes an Indicator of `size` zero bytes to one entry of the audience, or a Warning, and waits until it is accepted. Its id. */
struct lb_uuid stand_send(struct caller *c, const char *to, size_t size);
struct lb_uuid stand_warn(struct caller *c, const char *to, size_t size);
/* Publishes n bytes under a header, signed with the key of an agent (caller_publish does not sign). Says nothing of the answer. */
void stand_publish(struct caller *c, const char *who, const struct lb_header *h, const void *payload, size_t n);
/* The same with another content than the one that was signed, of the same length. */
void stand_publish_forged(struct caller *c, const char *who, const struct lb_header *h, const void *payload, const void *was_signed, size_t n);
/* The next thing the caller hears is a delivery of such a message: of this id, at this position of its lane, after that one. */
void stand_assert_delivered(struct caller *c, const struct lb_uuid *id, uint64_t position, uint64_t previous);
/* The next thing that it hears is the broker's answer to its publish. */
void stand_assert_accepted(struct caller *c, const struct lb_uuid *id);
void stand_assert_refused(struct caller *c, const struct lb_uuid *id, const char *reason);
/* What the receipts of a message say to it; deliveries that come before the answer are passed over. Valid until it hears again. */
const Lagebus__Receipts *stand_receipts(struct caller *c, const void *id, size_t n);
/* Waits until a number that another thread counts is at least this much. */
void stand_wait(const atomic_ullong *number, unsigned long long least);
/* The numbers of a worker. */
const struct metrics *stand_metrics(unsigned worker);

/* After stand_start_held: the next block that a worker gives the writer. */
struct block *stand_next_block(enum lb_lane lane);
/* Numbers it and hands it to every worker; with an error it is emptied and its publishes are refused for that. Takes the reference. */
void stand_commit(struct block *b, lb_err result);

#endif
