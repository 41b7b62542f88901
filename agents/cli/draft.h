/* A message on its way out: its header from the command line, then to the broker or into a dry run. */
#ifndef CLI_DRAFT_H
#define CLI_DRAFT_H

#include "agents/cli/client.h"
#include "lagebus/header.h"
#include "lagebus/sealed.h"
#include "proto/header.pb-c.h"

/* The options of every message: whom it goes to and under which label, its texts, and the rest; rows of an option table. */
#define DRAFT_ADDRESS_OPTIONS \
	{ "to", "AUDIENCE", "partners (de-sn), their bodies (de-sn/*), groups (group:cert) or all; commas or repeated; required", 0 }, \
	DRAFT_ORIGIN_OPTIONS
/* Of what goes to those whom it concerns, if nobody is named. */
#define DRAFT_READDRESS_OPTIONS \
	{ "to", "AUDIENCE", "to whom, instead of those whom it concerns; commas or repeated", 0 }, \
	DRAFT_ORIGIN_OPTIONS
#define DRAFT_ORIGIN_OPTIONS \
	{ "as", "PARTNER", "in whose name: a partner that this agent may act for (default: its own)", 0 }, \
	{ "area", "AREA", "the cooperation area; send needs it, the other commands have their own", 0 }, \
	{ "tlp", "LABEL", "clear, green, amber, amber+strict or red", 0 }
#define DRAFT_TEXT_OPTIONS \
	{ "title", "TEXT", "the title", 0 }, \
	{ "text", "TEXT", "the text; - reads it from standard input", 0 }
#define DRAFT_OTHER_OPTIONS \
	{ "ack", "STATE", "what recipients are asked for: none, displayed, acknowledged or implemented", 0 }, \
	{ "ack-deadline", "TIME", "until when, as 4h, 2d or 2026-12-01 14:00", 0 }, \
	{ "expires", "TIME", "when the message stops to matter; likewise", 0 }, \
	{ "thread", "ID", "the message that it belongs to", 0 }, \
	{ "supersedes", "ID", "the message that it replaces", 0 }, \
	{ "exercise", NULL, "it belongs to the exercise that runs, if there is one only", 0 }, \
	{ "exercise-name", "NAME", "it belongs to the exercise of this name; it is shown as such everywhere", 0 }, \
	{ "language", "TAG", "the language of the text (default de)", 0 }, \
	{ "personal-data", NULL, "the message has personal data", 0 }, \
	{ "dry-run", NULL, "send nothing; ask the broker who would get it, who not, and by which rule", 0 }, \
	{ "no-wait", NULL, "do not wait for the broker's acceptance; the agent's outbox is enough", 0 }
/* Those that send and warn share. */
#define DRAFT_OPTIONS DRAFT_ADDRESS_OPTIONS, DRAFT_TEXT_OPTIONS, DRAFT_OTHER_OPTIONS

struct draft {
	Lagebus__Header header;          /* points into the draft, the command line and what the caller set */
	char *audience[LB_AUDIENCE_MAX];
	char *audience_text;
	uint8_t thread[16], supersedes[16];
	uint8_t pseudonym[LB_PSEUDONYM_SIZE];
	bool dry_run, no_wait, has_tlp, has_pseudonym; /* has_tlp: the label was given, and is not followed by another */
};

/* What holds where the command line does not say. */
struct draft_defaults {
	unsigned type, area, tlp, level, ack_policy;
	int64_t ack_deadline_ms;
	const char *language;
	const char *to; /* the audience; NULL: it must be said */
};

/* Reads the shared options. LB_OK, LB_INVALID, or LB_CLASSIFIED (--tlp names a classification) with why, for draft_fail. draft_fini in either case. */
lb_err draft_init(struct draft *d, const struct args *args, const struct draft_defaults *defaults, int64_t now_ms,
	struct why *why) LB_MUST_CHECK;
void draft_fini(struct draft *d);
/* What draft_init said. */
enum cli_exit draft_fail(struct cli *cli, lb_err e, const struct why *why);
/* "cyber-defence, joint-incident-work, ..." of lb_area_name or lb_type_name. */
void draft_names(const char *(*name)(unsigned number), unsigned last, char *out, size_t n);
/* The name of the exercise that the draft belongs to, "" if it is real: the one that was given, or the one that runs, where there is one only. It stands
 * in the draft or the client. CLI_OK, or what was said. */
enum cli_exit draft_exercise(struct client *client, const struct draft *d, const char **name);
/* Sends it as one of several over an open client; `waiting` labels the progress bar. *accepted: the broker has it, not only the outbox. Blocks. */
enum cli_exit draft_publish(struct client *client, const struct draft *d, const uint8_t *payload, size_t payload_n, const char *waiting,
	struct lb_uuid *id, bool *accepted);
/* Sends it, or asks who would get it, and shows the answer. A payload that breaks its schema's rules or carries a classification marking goes
 * nowhere. Without --tlp it takes the strictest label of what it belongs to or replaces, as far as the agent's inbox has that. Blocks. */
enum cli_exit draft_send(struct cli *cli, struct draft *d, const uint8_t *payload, size_t payload_n);

#endif
