/* lagebus send */
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/when.h"
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

	if (!file && !text && !args_has(args, "title"))
		return why_set(why, LB_INVALID, "what? --title and --text, or --file");
	if (args_has(args, "raw") && (!file || text || args_has(args, "title")))
		return why_set(why, LB_INVALID, "--raw goes with --file alone: the file is the whole payload");
	if (file)
		e = file_read(file, LB_PAYLOAD_MAX, &c->file, &c->file_n, why);
	if (!e && text && strcmp(text, "-") == 0)
		e = file_read("-", LB_PAYLOAD_MAX, &c->text, &c->text_n, why);
	return e;
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

enum cli_exit cmd_send(struct cli *cli)
{
	const struct args *args = &cli->args;
	const char *type = args_value(args, "type", NULL);
	struct draft_defaults defaults = { .type = type ? lb_type_from_name(type) : 0 };
	struct content content = { .file = NULL };
	struct draft draft;
	enum cli_exit code;
	struct why why;
	lb_err e;

	if (!type || !defaults.type)
		return cli_fail(cli, CLI_USAGE, "%s%s: which type of message? --type indicator, for example (lagebus(1) lists them)",
			type ? "--type " : "--type is missing", type ? type : "");
	if (defaults.type == LB_TYPE_WARNING)
		return cli_fail(cli, CLI_USAGE, "a warning goes out with lagebus warn");
	if (defaults.type == LB_TYPE_RECEIPT)
		return cli_fail(cli, CLI_USAGE, "a receipt goes out with lagebus ack");
	defaults.tlp = draft_default_tlp(defaults.type);
	if (draft_init(&draft, args, &defaults, when_now_ms(), &why)) {
		draft_fini(&draft);
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
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
