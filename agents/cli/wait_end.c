/* What does not wait for a second person any more. */
#include "agents/cli/wait_end.h"

#include <stdlib.h>

#include "agents/cli/approvals.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/header.h"
#include "proto/control.pb-c.h"
#include "proto/host/words.h"

#define APPROVED 2

struct end {
	Lagebus__WaitEnded *said;
	struct lb_header h;
	char id[LB_UUID_TEXT];
};

static bool open_end(ProtobufCBinaryData packed, struct end *e)
{
	e->said = lagebus__wait_ended__unpack(NULL, packed.len, packed.data);
	if (!e->said)
		return false;
	if (!e->said->approval || lb_header_decode(e->said->header.data, e->said->header.len, &e->h) != LB_OK) {
		lagebus__wait_ended__free_unpacked(e->said, NULL);
		return false;
	}
	lb_uuid_format(&e->h.id, e->id);
	return true;
}

static void close_end(struct end *e)
{
	lagebus__wait_ended__free_unpacked(e->said, NULL);
}

static const char *type_of(const struct end *e)
{
	const char *name = lb_type_name(e->h.type);

	return name ? name : "message";
}

static json_t *json_of(const struct end *e)
{
	const Lagebus__ApprovalStatus *a = e->said->approval;

	return json_pack("{s:s,s:s,s:s,s:o,s:s,s:i,s:b,s:o,s:o,s:o,s:o,s:o,s:o}", "event", "wait-ended", "id", e->id, "state", approvals_state(a->state), "at",
		out_json_time(a->at), "type", type_of(e), "level", (int)e->h.level, "exercise", (int)!lb_header_is_real(&e->h), "origin",
		out_json_text(e->h.origin.p, e->h.origin.n), "until", out_json_time(a->until), "signer", out_json_string(a->signer), "by",
		*a->by ? out_json_string(a->by) : json_null(), "function", *a->function ? out_json_string(a->function) : json_null(), "note",
		*a->note ? out_json_string(a->note) : json_null());
}

json_t *wait_end_json(ProtobufCBinaryData packed)
{
	json_t *doc = NULL;
	struct end e;

	if (open_end(packed, &e)) {
		doc = json_of(&e);
		close_end(&e);
	}
	return doc;
}

/* For people. NULL if memory is out. */
static char *sentence(const struct end *e)
{
	char what[2048], *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	approvals_sentence(e->said->approval, when_now_ms(), what, sizeof(what));
	fprintf(f, _("%s%s: %s%s%s from %.*s, %s"), lb_header_is_real(&e->h) ? "" : OUT_EXERCISE "  ", what, words_type(e->h.type), e->h.level ? " " : "",
		e->h.level ? _(out_level(e->h.level)) : "", (int)e->h.origin.n, e->h.origin.p, e->id);
	return fclose(f) == 0 ? text : NULL;
}

static enum out_style style_of(const struct end *e)
{
	return e->said->approval->state == APPROVED ? OUT_GOOD : OUT_WARN;
}

void wait_end_field(struct cli *cli, ProtobufCBinaryData packed)
{
	char *text = NULL;
	struct end e;

	if (!open_end(packed, &e))
		return;
	text = sentence(&e);
	if (text)
		out_field(cli, style_of(&e), "second person", text);
	free(text);
	close_end(&e);
}

static void event_line(struct cli *cli, const struct end *e)
{
	char now[WHEN_TEXT], at[WHEN_TEXT];

	when_iso(when_now_ms(), now);
	when_iso(e->said->approval->at, at);
	out_line(cli, "%s\twait-ended\t%s\t%s\t%.*s\t%s", now, at, approvals_state(e->said->approval->state), (int)e->h.origin.n, e->h.origin.p, e->id);
}

enum cli_exit wait_end_event(struct cli *cli, ProtobufCBinaryData packed)
{
	enum cli_exit code = CLI_OK;
	struct end e;
	char *text;

	if (!open_end(packed, &e))
		return CLI_OK;
	if (cli->json) {
		code = out_json_line(cli, json_of(&e));
	} else if (cli->terminal) {
		text = sentence(&e);
		if (text)
			out_styled(cli, style_of(&e), "%s\n", text);
		free(text);
	} else {
		event_line(cli, &e);
	}
	fflush(cli->out);
	close_end(&e);
	return code;
}
