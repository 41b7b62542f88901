/* The agent's table of training: what is announced, and one event as people name it. */
#ifndef CLI_TRAINING_ROWS_H
#define CLI_TRAINING_ROWS_H

#include <jansson.h>

#include "agents/cli/client.h"
#include "lagebus/header.h"
#include "proto/training.pb-c.h"

/* A row, decoded. Pointers go into the reply. */
struct training {
	const Lagebus__TrainingRow *row;
	struct lb_header header;
	Lagebus__TrainingEvent *event;
};

struct trainings {
	Lagebus__Reply *reply;
	struct training *list;
	size_t n;
};

/* All that is announced, in the order of when it begins; `past`: also what has ended. trainings_fini in either case. Blocks. */
enum cli_exit trainings_ask(struct client *client, bool past, bool registrations, struct trainings *out);
void trainings_fini(struct trainings *t);
/* The one whose uid is, or whose uid begins with what was written (4 characters at least), or has it before the @; "last" is the one that was
 * announced or changed last. CLI_NOT_FOUND or CLI_USAGE with what was
 * said: there is none, or more than one. */
enum cli_exit training_find(struct cli *cli, const struct trainings *t, const char *written, const struct training **out);

/* "workshop", "citizens", "cancelled"; "" for what is not given or not known. */
const char *training_kind(unsigned kind);
const char *training_audience(unsigned audience);
const char *training_status(unsigned status);
/* Seats that are left; -1: there is no limit. */
long training_seats_left(const struct training *t);
/* Everything about it. NULL if memory is out. */
json_t *training_json(const struct training *t);

#endif
