/* Keeps each federation file under which a message was accepted for as long as a message of its era is kept. The log writer's alone. */
#ifndef LAGEBUS_BROKER_ERAS_H
#define LAGEBUS_BROKER_ERAS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/core/era.h"
#include "broker/core/route.h"
#include "broker/edge/journal.h"

struct eras {
	struct journal_reader *reader;
	struct era {
		uint32_t generation; /* of the federation that the lane's last messages were accepted under; 0: to be looked up */
		bool known;
		uint8_t digest[ERA_DIGEST_SIZE];
		uint64_t oldest; /* of the lane when it was tidied last */
	} lane[JOURNAL_LANES];
};

/* LB_OK or what journal_reader_new says. */
lb_err eras_init(struct eras *e, struct journal *j) LB_MUST_CHECK;
void eras_fini(struct eras *e);
/* In a transaction: messages of this route stand from a position on. Constant time where the federation is the lane's last. LB_OK or the log's error. */
lb_err eras_note(struct eras *e, struct journal *j, unsigned lane, uint64_t first, const struct route *r) LB_MUST_CHECK;
/* The transaction was aborted. */
void eras_abort(struct eras *e);
/* Between transactions: drops the eras, and the files, that no kept message needs. LB_OK or the log's error. */
lb_err eras_tidy(struct eras *e, struct journal *j) LB_MUST_CHECK;

#endif
