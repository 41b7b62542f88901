/* lagebus send */
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/message_type.h"
#include "proto/warning.pb-c.h"

const struct option_row cmd_send_options[] = {
	{ "type", "TYPE", "indicator, sighting, incident-report, situation-report, ...; required", 0 },
	DRAFT_OPTIONS,
	{ "level", "N", "1 grey, 2 yellow, 3 orange or 4 red", 0 },
	{ "file", "FILE", "attach this file; - is standard input", 0 },
	{ "media-type", "TYPE", "the file's media type (default application/octet-stream)", 0 },
	{ "raw", NULL, "the file is the payload itself, encoded by the type's schema", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_send_examples[] = {
	"lagebus send --type indicator --area threat-intelligence --tlp amber --to de-sn,de-he --title 'C2 server' --text 192.0.2.66",
	"lagebus send --type situation-report --area cyber-defence --to all --title 'Lage, 47. Woche' --file lage.pdf",
	"lagebus send --as de-sn/leipzig --type incident-report --area incident-response --to de-sn --title 'Mailserver' --text -",
	"lagebus send --dry-run --type indicator --area threat-intelligence --tlp red --to all --title test --text test",
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

static lb_err read_content(const struct args *args, struct content *c, struct why *why)
{
	const char *file = args_value(args, "file", NULL), *text = args_value(args, "text", NULL);
	lb_err e = LB_OK;

	if (file)
		e = file_read(file, LB_PAYLOAD_MAX, &c->file, &c->file_n, why);
	if (!e && text && strcmp(text, "-") == 0)
		e = file_read("-", LB_PAYLOAD_MAX, &c->text, &c->text_n, why);
	return e;
}

/* Only a file that is text can be looked into. */
static bool is_marked_file(const struct content *c)
{
	const char *text = (const char *)c->file;

	return text && lb_utf8_is_valid(text, c->file_n) && lb_text_is_classified(text, c->file_n);
}

static lb_err pack_note(const struct args *args, struct content *c, struct why *why)
{
	Lagebus__Note note = LAGEBUS__NOTE__INIT;
	const char *file = args_value(args, "file", NULL);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", file ? file : "");
	note.text = c->text ? (char *)c->text : (char *)args_value(args, "text", "");
	note.title = (char *)args_value(args, "title", file && strcmp(file, "-") != 0 ? basename(path) : "");
	if (!lb_utf8_is_valid(note.title, strlen(note.title)) || !lb_utf8_is_valid(note.text, strlen(note.text)))
		return why_set(why, LB_INVALID, "title and text must be UTF-8; convert them first (iconv -t utf-8)");
	if (draft_is_marked(note.title) || draft_is_marked(note.text))
		return advice_why(why, LB_CLASSIFIED, draft_is_marked(note.title) ? "the title" : "the text");
	if (is_marked_file(c))
		return advice_why(why, LB_CLASSIFIED, "the file");
	if (file) {
		note.attachment = (ProtobufCBinaryData){ c->file_n, c->file };
		note.media_type = (char *)args_value(args, "media-type", "application/octet-stream");
	}
	c->packed = malloc(lagebus__note__get_packed_size(&note) + 1);
	if (!c->packed)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	c->packed_n = lagebus__note__pack(&note, c->packed);
	return LB_OK;
}

/* What is wrong with the options that say what is sent, or NULL. */
static const char *wrong_content(const struct args *args)
{
	bool file = args_has(args, "file"), text = args_has(args, "text"), title = args_has(args, "title");

	if (!file && !text && !title)
		return "what? --title and --text, or --file";
	if (args_has(args, "raw") && (!file || text || title))
		return "--raw goes with --file alone: the file is the whole payload";
	return NULL;
}

/* Why this type is not sent here, or NULL. */
static const char *wrong_type(unsigned type)
{
	if (type == LB_TYPE_WARNING)
		return "a warning goes out with lagebus warn";
	return type == LB_TYPE_RECEIPT ? "a receipt goes out with lagebus ack" : NULL;
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
	e = read_content(args, &content, &why);
	if (!e && !args_has(args, "raw"))
		e = pack_note(args, &content, &why);
	if (e)
		code = cli_fail_why(cli, e, &why);
	else if (args_has(args, "raw"))
		code = draft_send(cli, &draft, content.file, content.file_n);
	else
		code = draft_send(cli, &draft, content.packed, content.packed_n);
	content_fini(&content);
	draft_fini(&draft);
	return code;
}
