/* lagebus send */
#include <jansson.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/payload_json.h"
#include "agents/cli/when.h"
#include "lagebus/message_type.h"
#include "lagebus/payload.h"
#include "proto/host/words.h"
#include "proto/payload_field.h"

#define JSON_MAX (4 * LB_PAYLOAD_MAX) /* names and escapes make it longer than the payload */

const struct option_row cmd_send_options[] = {
	{ "type", "TYPE", "indicator, sighting, incident-report, situation-report, ...; required", 0 },
	DRAFT_OPTIONS,
	{ "level", "N", "1 grey, 2 yellow, 3 orange or 4 red", 0 },
	{ "file", "FILE", "attach this file, where the type has an attachment; - is standard input", 0 },
	{ "media-type", "TYPE", "the file's media type (default application/octet-stream)", 0 },
	{ "from-json", "FILE", "the payload as JSON, as show --json has it; - is standard input", 0 },
	{ "raw", NULL, "the file is the payload itself, encoded by the type's schema", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_send_examples[] = {
	"lagebus send --type situation-report --area cyber-defence --to all --title 'Lage, 47. Woche' --text - < lage.txt",
	"lagebus send --type situation-report --area cyber-defence --to all --title 'Lage, 47. Woche' --file lage.pdf",
	"lagebus send --type indicator --area threat-intelligence --tlp amber --to de-sn,de-he --from-json indicators.json",
	"lagebus send --as de-sn/leipzig --type incident-report --area incident-response --to de-sn --from-json incident.json",
	"lagebus send --dry-run --type situation-report --area cyber-defence --tlp red --to all --title test",
	NULL,
};

struct content {
	uint8_t *file, *text;
	size_t file_n, text_n;
	uint8_t *packed;
	size_t packed_n;
};

static void content_fini(struct content *c)
{
	free(c->file);
	free(c->text);
	free(c->packed);
}

static lb_err pack(const ProtobufCMessage *m, struct content *c, struct why *why)
{
	c->packed = malloc(protobuf_c_message_get_packed_size(m) + 1);
	if (!c->packed)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	c->packed_n = protobuf_c_message_pack(m, c->packed);
	return LB_OK;
}

static lb_err pack_json(const char *path, const ProtobufCMessageDescriptor *schema, struct content *c, struct why *why)
{
	ProtobufCMessage *m = NULL;
	json_error_t error;
	struct why inner;
	json_t *doc;
	lb_err e = file_read(path, JSON_MAX, &c->file, &c->file_n, why);

	if (e)
		return e;
	doc = json_loadb((const char *)c->file, c->file_n, JSON_REJECT_DUPLICATES, &error);
	if (!doc)
		return why_set(why, LB_INVALID, "%.200s: line %d, column %d: is not JSON: %.200s", path, error.line, error.column, error.text);
	e = payload_from_json(schema, doc, &m, &inner);
	json_decref(doc);
	if (e)
		return why_set(why, e, "%.200s: %.380s", path, inner.text);
	e = pack(m, c, why);
	protobuf_c_message_free_unpacked(m, NULL);
	return e;
}

/* The field of one of these names, which stands for an option; NULL: a payload of this type has none. */
static void *slot(ProtobufCMessage *m, ProtobufCType type, const char *name, const char *other)
{
	const ProtobufCFieldDescriptor *f = field_find(m->descriptor, name);

	if (!f && other)
		f = field_find(m->descriptor, other);
	return f && f->type == type && f->label != PROTOBUF_C_LABEL_REPEATED ? (char *)m + f->offset : NULL;
}

static lb_err put_text(ProtobufCMessage *m, const char *option, const char *name, const char *other, const char *text, struct why *why)
{
	char **to = slot(m, PROTOBUF_C_TYPE_STRING, name, other);

	if (!text)
		return LB_OK;
	if (!to)
		return why_set(why, LB_INVALID, "--%s: a message of this type has none; write the payload as JSON and give it with --from-json", option);
	*to = (char *)text;
	return LB_OK;
}

/* Of title, text and file; m points into the arguments and the content. */
static lb_err fill(ProtobufCMessage *m, const struct args *args, struct content *c, struct why *why)
{
	const char *text = args_value(args, "text", NULL), *file = args_value(args, "file", NULL), *title = NULL;
	ProtobufCBinaryData *attachment = slot(m, PROTOBUF_C_TYPE_BYTES, "attachment", NULL);
	char path[PATH_MAX];
	lb_err e = LB_OK;

	if (file && !attachment)
		return why_set(why, LB_INVALID, "--file: a message of this type has no attachment; with --raw the file is the payload itself");
	snprintf(path, sizeof(path), "%s", file ? file : "");
	if (file)
		e = file_read(file, LB_PAYLOAD_MAX, &c->file, &c->file_n, why);
	if (!e && text && strcmp(text, "-") == 0) {
		e = file_read("-", LB_PAYLOAD_MAX, &c->text, &c->text_n, why);
		text = (const char *)c->text;
		if (!e && strlen(text) != c->text_n)
			e = why_set(why, LB_INVALID, "--text -: has a NUL, and is no text");
	}
	title = args_value(args, "title", file && strcmp(file, "-") != 0 ? basename(path) : NULL);
	if (!e)
		e = put_text(m, "title", "title", NULL, title, why);
	if (!e)
		e = put_text(m, "text", "text", "description", text, why);
	if (!e && file) {
		*attachment = (ProtobufCBinaryData){ c->file_n, c->file };
		e = put_text(m, "media-type", "media_type", NULL, args_value(args, "media-type", "application/octet-stream"), why);
	}
	return e ? e : pack(m, c, why);
}

static lb_err pack_texts(const struct args *args, const ProtobufCMessageDescriptor *schema, struct content *c, struct why *why)
{
	ProtobufCMessage *m = malloc(schema->sizeof_message);
	lb_err e;

	if (!m)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	protobuf_c_message_init(schema, m);
	e = fill(m, args, c, why);
	free(m);
	return e;
}

static lb_err make(const struct args *args, unsigned type, struct content *c, struct why *why)
{
	const char *json = args_value(args, "from-json", NULL);

	if (args_has(args, "raw"))
		return file_read(args_value(args, "file", NULL), LB_PAYLOAD_MAX, &c->packed, &c->packed_n, why);
	return json ? pack_json(json, lb_payload_schema(type), c, why) : pack_texts(args, lb_payload_schema(type), c, why);
}

/* What is wrong with the options that say what is sent, or NULL. */
static const char *wrong_content(const struct args *args)
{
	bool file = args_has(args, "file"), text = args_has(args, "text") || args_has(args, "title"), json = args_has(args, "from-json");

	if (!file && !text && !json)
		return _("what? --title and --text, --file or --from-json");
	if (args_has(args, "raw") && (!file || text || json))
		return _("--raw goes with --file alone: the file is the whole payload");
	return json && (file || text) ? _("--from-json is the whole payload: without --title, --text and --file") : NULL;
}

/* Why this type is not sent here, or NULL. */
static const char *wrong_type(unsigned type)
{
	if (type == LB_TYPE_WARNING)
		return _("a warning goes out with lagebus warn");
	if (type == LB_TYPE_DIGITAL_VIOLENCE_CASE)
		return _("a case goes out with lagebus case report");
	if (type == LB_TYPE_APPROVAL)
		return _("an approval goes out with lagebus approve");
	if (type == LB_TYPE_RECALL)
		return _("a recall goes out with lagebus recall");
	if (type == LB_TYPE_EXERCISE)
		return _("an exercise begins with lagebus exercise begin");
	return type == LB_TYPE_RECEIPT ? _("a receipt goes out with lagebus ack") : NULL;
}

enum cli_exit cmd_send(struct cli *cli)
{
	const struct args *args = &cli->args;
	const char *type = args_value(args, "type", NULL);
	struct draft_defaults defaults = { .type = type ? lb_type_from_name(type) : 0 };
	struct content content = { .file = NULL };
	struct draft draft;
	const char *wrong = defaults.type ? wrong_type(defaults.type) : NULL;
	enum cli_exit code;
	char names[400];
	struct why why;
	lb_err e;

	draft_names(lb_type_name, LB_TYPE_MAX, names, sizeof(names));
	if (!type)
		return cli_fail(cli, CLI_USAGE, "which type of message? --type with one of %s", names);
	if (!defaults.type)
		return cli_fail(cli, CLI_USAGE, "--type %.40s: is none of %s", type, names);
	if (!wrong)
		wrong = wrong_content(args);
	if (wrong)
		return cli_fail(cli, CLI_USAGE, "%s", wrong);
	defaults.tlp = lb_message_type(defaults.type)->tlp;
	e = draft_init(&draft, args, &defaults, when_now_ms(), &why);
	if (e) {
		draft_fini(&draft);
		return draft_fail(cli, e, &why);
	}
	e = make(args, defaults.type, &content, &why);
	code = e ? cli_fail_why(cli, e, &why) : draft_send(cli, &draft, content.packed, content.packed_n);
	content_fini(&content);
	draft_fini(&draft);
	return code;
}
