/* Reading indicators from files of others: texts with a value a line, CSV, MISP events and STIX 2.1 bundles, in a simple reading. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include <stdbool.h>

#include "agents/cli/indicator_set.h"
#include "agents/cli/why.h"

#define IMPORT_FILE_MAX (256 * 1024 * 1024)
#define IMPORT_NOTED 20 /* of what is no indicator, so many are shown */

enum import_format { IMPORT_GUESS, IMPORT_TEXT, IMPORT_CSV, IMPORT_MISP, IMPORT_STIX };

/* What was no indicator, and where it stands. */
struct import_nothing {
	size_t line; /* from 1; of JSON the number of the object or attribute; 0: not known any more */
	char text[64];
};

struct import {
	/* what the caller wants */
	enum import_format format;
	bool from_now;       /* the file's dates do not count */
	int64_t now_ms;
	unsigned confidence; /* where the file says none */
	bool to_ids;         /* likewise */
	int64_t valid_until; /* likewise; 0: none */
	/* what was found */
	struct indicator_set set;
	size_t nothing_n;    /* what was no indicator */
	struct import_nothing nothing[IMPORT_NOTED];
	size_t ended_n;      /* what was not valid any more, and is left out */
	unsigned tlp;        /* the strictest label in the file; 0: none */
	char source[256];    /* the event or bundle that it is */
};

/* LB_TLP_UNSET is what a file without label has. The caller's fields are set, the others zero. import_fini in either case. LB_OK; LB_INVALID: it cannot be read (why
 * says where); LB_NO_MEMORY; LB_LIMIT. */
lb_err import_read(struct import *im, const uint8_t *p, size_t n, struct why *why) LB_MUST_CHECK;
/* Once the ids are there: drops and notes what the schema does not take, as a title that is too long, so that the rest can be sent. */
void import_check(struct import *im);
void import_fini(struct import *im);

/* The readers of one format each; as import_read. */
lb_err import_lines(struct import *im, const char *p, size_t n, struct why *why) LB_MUST_CHECK;
lb_err import_csv(struct import *im, const char *p, size_t n, struct why *why) LB_MUST_CHECK;
lb_err import_json(struct import *im, const char *p, size_t n, struct why *why) LB_MUST_CHECK;

/* What a source says of a value besides it. NULL and 0: nothing. */
struct import_value {
	const char *title, *description, *original_id;
	int confidence; /* -1: nothing */
	int to_ids;     /* -1: nothing */
	int64_t valid_from, valid_until;
};
#define IMPORT_VALUE_INIT { NULL, NULL, NULL, -1, -1, 0, 0 }

/* Adds a value: of this kind, or of the kind that it is told by (0). *out: as indicator_set_add; also NULL where it is no indicator (noted with its line) or
 * has ended (counted). LB_OK, LB_NO_MEMORY, LB_LIMIT. */
lb_err import_add(struct import *im, unsigned kind, const char *value, size_t line, const struct import_value *more, Lagebus__Indicator **out) LB_MUST_CHECK;
/* Adds a reference, if it is a URL. LB_OK or LB_NO_MEMORY. */
lb_err import_reference(Lagebus__Indicator *i, const char *url) LB_MUST_CHECK;
void import_note_nothing(struct import *im, size_t line, const char *text, size_t n);
/* A kind as others name it: ours, MISP's attribute types, usual headings. 0: none. */
unsigned import_kind(const char *name);
/* A point in time as RFC 3339, or a number of seconds since 1970. 0: it is none. ms. */
int64_t import_time(const char *text);

#endif
