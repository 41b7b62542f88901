/* The inbox: every verified message once, the quarantine beside it, and what is held until its signer is known. Everything is
 * written within the caller's transaction; results are LB_OK or a store error. */
#ifndef LAGEBUS_AGENT_INBOX_H
#define LAGEBUS_AGENT_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

/* A message as it was delivered, and its place: the lane's position in the broker's log of this id. */
struct inbox_message {
	struct lb_uuid log;
	enum lb_lane lane;
	uint64_t position;
	int64_t received_ms;
	struct lb_frame header, payload, signature;
};

/* Stores a message that verified. *stored is false if its id was there before. */
lb_err inbox_add(struct store *s, const struct inbox_message *m, const struct lb_header *h, const char *signer, bool *stored) LB_MUST_CHECK;
/* Stores one that did not, once for its place: of an id there may be several. `id` is the header's where it has one, or zero. */
lb_err inbox_quarantine(struct store *s, const struct inbox_message *m, const struct lb_uuid *id, lb_err reason) LB_MUST_CHECK;
/* Holds a message until its signer, or one before it, is known. */
lb_err inbox_hold(struct store *s, const struct inbox_message *m) LB_MUST_CHECK;
/* The first that is held; its bytes stay valid until the next call of anything here. LB_NOT_FOUND: none. */
lb_err inbox_held(struct store *s, int64_t *row, struct inbox_message *m) LB_MUST_CHECK;
lb_err inbox_release(struct store *s, int64_t row) LB_MUST_CHECK;

/* A row for people. The texts and bytes stay valid until the next call. */
struct inbox_row {
	int64_t row, received_ms, position;
	int lane, acknowledged;
	const char *title, *title_german; /* "" where it is the same */
	const char *tracking_id, *quarantine, *signer;
	struct lb_frame header, payload, signature;
	const char *gone, *gone_reason; /* "recalled", and why; "expired"; "": it is there */
	int64_t gone_ms; /* of one in quarantine: when it will be; 0: never */
	struct lb_frame superseded; /* the id of the message that replaces it; n is 0: none does */
};

static inline const char *inbox_title(const struct inbox_row *row, bool german) { return german && row->title_german && *row->title_german ? row->title_german : row->title; }

/* By id, in inbox or quarantine; the next one behind a row. LB_NOT_FOUND: none. */
lb_err inbox_get(struct store *s, const struct lb_uuid *id, struct inbox_row *out) LB_MUST_CHECK;
lb_err inbox_after(struct store *s, int64_t row, struct inbox_row *out) LB_MUST_CHECK;
/* The newest row's number; 0: the inbox is empty, or unreadable. */
int64_t inbox_newest(struct store *s);
lb_err inbox_acknowledge(struct store *s, const struct lb_uuid *id, unsigned state) LB_MUST_CHECK;
/* Deletes payload and signature of a message; its row, which says that it was there and what it is called, stays. */
lb_err inbox_erase(struct store *s, const struct lb_uuid *id) LB_MUST_CHECK;
/* The same, and takes out of the row (as inbox_get gave it, not in quarantine) whatever its payload said, the search included; header and place stay. */
lb_err inbox_empty(struct store *s, const struct inbox_row *row, const struct lb_header *h, const char *gone, const char *reason, int64_t at_ms) LB_MUST_CHECK;
/* Empties the message that has been over for longest (retention_until), and says which; of a digital-violence case the name stays. What belongs to an
 * incident (incident_store.h) is kept with it. LB_NOT_FOUND: none is. */
lb_err inbox_expire(struct store *s, int64_t now_ms, struct lb_uuid *id) LB_MUST_CHECK;
/* Deletes what has been in quarantine for as long as it is kept there (store.h), at most `most`; *n is how many. */
lb_err inbox_quarantine_expire(struct store *s, int64_t now_ms, unsigned most, unsigned *n) LB_MUST_CHECK;
/* When the first of it goes; 0: there is nothing. */
lb_err inbox_quarantine_ends(struct store *s, int64_t *out_ms) LB_MUST_CHECK;
lb_err inbox_quarantine_remove(struct store *s, int64_t row) LB_MUST_CHECK;
/* Notes that `by` replaces a message; nothing if that is not there. */
lb_err inbox_supersede(struct store *s, const struct lb_uuid *id, const struct lb_uuid *by) LB_MUST_CHECK;
/* Messages that are real, those of exercises, and those that did not verify. */
lb_err inbox_counts(struct store *s, uint64_t *real, uint64_t *exercises, uint64_t *quarantined) LB_MUST_CHECK;

struct inbox_query {
	const char *search;    /* FTS5; NULL or "": all */
	unsigned type, area;   /* 0: any */
	bool unacknowledged, quarantine;
	const char *exercise;  /* only of this one; NULL or "": all */
	bool real;             /* only of none. Neither is asked of the quarantine, where no header is to be believed */
	int64_t before;        /* 0: from the newest */
	uint32_t limit;
};
/* Shows rows from the newest on until `visit` returns false. LB_INVALID: the search cannot be understood. */
lb_err inbox_find(struct store *s, const struct inbox_query *q, bool (*visit)(void *user, const struct inbox_row *row), void *user) LB_MUST_CHECK;

/* Cursors, the ids of the messages there (zero: not known), and the log they belong to. */
lb_err inbox_load_cursors(struct store *s, struct lb_uuid *log, uint64_t cursor[LB_LANES], struct lb_uuid last[LB_LANES], uint64_t *missed) LB_MUST_CHECK;
lb_err inbox_save_cursors(struct store *s, const struct lb_uuid *log, const uint64_t cursor[LB_LANES], const struct lb_uuid last[LB_LANES],
                          uint64_t missed) LB_MUST_CHECK;

#endif
