/* A case of digital violence as a person reports it. */
#include "agents/cli/case_form.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/advice.h"
#include "agents/cli/file.h"
#include "agents/cli/payload_json.h"
#include "lagebus/envelope.h"
#include "lagebus/payload.h"
#include "proto/host/words.h"

#define JSON_MAX (1024 * 1024)

/* The texts of a report, and what they are called. */
enum place { IN_REPORT, IN_CONTACT };
static const struct {
	const char *key, *question;
	enum place place;
	size_t at;
	bool required;
} texts[] = {
	{ "title", N_("Title"), IN_REPORT, offsetof(Lagebus__DigitalViolenceReport, title), true },
	{ "text", N_("What happened"), IN_REPORT, offsetof(Lagebus__DigitalViolenceReport, text), true },
	{ "platform", N_("Platform (where it happens)"), IN_REPORT, offsetof(Lagebus__DigitalViolenceReport, platform), false },
	{ "media_type", NULL, IN_REPORT, offsetof(Lagebus__DigitalViolenceReport, media_type), false },
	{ "function", N_("Contact: function in your office"), IN_CONTACT, offsetof(Lagebus__Contact, function), false },
	{ "name", NULL, IN_CONTACT, offsetof(Lagebus__Contact, name), false },
	{ "phone", N_("Contact: phone"), IN_CONTACT, offsetof(Lagebus__Contact, phone), false },
	{ "email", NULL, IN_CONTACT, offsetof(Lagebus__Contact, email), false },
	{ "exercise", NULL, IN_REPORT, offsetof(Lagebus__DigitalViolenceReport, exercise), false },
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static char **text_of(const Lagebus__DigitalViolenceReport *r, size_t i)
{
	return (char **)((char *)(texts[i].place == IN_CONTACT ? (void *)r->contact : (void *)r) + texts[i].at);
}

/* Takes the copy. */
static void set_text(char **field, char *copy)
{
	if (*field != protobuf_c_empty_string)
		free(*field);
	*field = copy;
}

static void wipe_text(const char *text)
{
	if (text && text != protobuf_c_empty_string)
		explicit_bzero((char *)text, strlen(text));
}

void case_form_free(Lagebus__DigitalViolenceReport *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i].place == IN_REPORT || r->contact)
			wipe_text(*text_of(r, i));
	for (size_t i = 0; i < r->n_urls; i++)
		wipe_text(r->urls[i]);
	if (r->attachment.data)
		explicit_bzero(r->attachment.data, r->attachment.len);
	lagebus__digital_violence_report__free_unpacked(r, NULL);
}

/* Into *out, which is the caller's also where something is wrong. */
static enum cli_exit read_document(struct cli *cli, const json_t *doc, const json_error_t *error, Lagebus__DigitalViolenceReport **out)
{
	ProtobufCMessage *m = NULL;
	struct why why;
	lb_err e;

	if (!doc)
		return cli_fail(cli, CLI_REFUSED, "--file: line %d: is not JSON: %s", error->line, error->text);
	e = payload_from_json(&lagebus__digital_violence_report__descriptor, doc, &m, &why);
	if (e != LB_OK)
		return cli_fail(cli, exit_of(e), "--file: %s (lagebus help case report names the fields)", why.text);
	*out = (Lagebus__DigitalViolenceReport *)m;
	if (*(*out)->exercise)
		return cli_fail(cli, CLI_REFUSED, "--file: exercise: --exercise-name says to which exercise a case belongs");
	return CLI_OK;
}

static enum cli_exit read_file(struct cli *cli, const char *path, Lagebus__DigitalViolenceReport **out)
{
	enum cli_exit code;
	json_error_t error;
	struct why why;
	uint8_t *bytes;
	json_t *doc;
	size_t n;
	lb_err e = file_read(path, JSON_MAX, &bytes, &n, &why);

	if (e)
		return cli_fail_why(cli, e, &why);
	doc = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, &error);
	code = read_document(cli, doc, &error, out);
	json_decref(doc);
	explicit_bzero(bytes, n);
	free(bytes);
	return code;
}

/* What the form writes into. */
static enum cli_exit complete(struct cli *cli, const char *exercise, Lagebus__DigitalViolenceReport **out)
{
	Lagebus__DigitalViolenceReport *r = *out ? *out : malloc(sizeof(*r));
	char *name = *exercise ? strdup(exercise) : NULL;

	if (r && !*out)
		lagebus__digital_violence_report__init(r);
	*out = r;
	if (r && !r->contact) {
		r->contact = malloc(sizeof(*r->contact));
		if (r->contact)
			lagebus__contact__init(r->contact);
	}
	if (r && name)
		set_text(&r->exercise, name);
	else
		free(name);
	return r && r->contact && (name || !*exercise) ? CLI_OK : cli_fail(cli, CLI_IO, "out of memory");
}

static enum cli_exit read_attachment(struct cli *cli, Lagebus__DigitalViolenceReport *r)
{
	const char *path = args_value(&cli->args, "attachment", NULL), *type = args_value(&cli->args, "media-type", "application/octet-stream");
	struct why why;
	char *copy;
	lb_err e;

	if (!path)
		return CLI_OK;
	if (r->attachment.len > 0)
		return cli_fail(cli, CLI_USAGE, "--attachment or the document's, not both");
	e = file_read(path, LB_ENVELOPE_PLAIN_MAX, &r->attachment.data, &r->attachment.len, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	copy = strdup(type);
	if (!copy)
		return cli_fail(cli, CLI_IO, "out of memory");
	set_text(&r->media_type, copy);
	return CLI_OK;
}

/* One line from the terminal, the caller's; NULL: there is no more. */
static char *ask(struct cli *cli, const char *question)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	fprintf(cli->err, "%s: ", _(question));
	fflush(cli->err);
	n = getline(&line, &room, stdin);
	if (n < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

bool case_form_agrees(struct cli *cli, const char *question)
{
	char *answer = ask(cli, question);
	bool yes = answer && (answer[0] == 'y' || answer[0] == 'Y' || answer[0] == 'j' || answer[0] == 'J');

	free(answer);
	return yes;
}

static enum cli_exit ask_for_missing(struct cli *cli, Lagebus__DigitalViolenceReport *r)
{
	bool whole = args_has(&cli->args, "file");

	for (size_t i = 0; i < TEXTS; i++) {
		char **field = text_of(r, i), *line;

		if (**field || !texts[i].question || (whole && !texts[i].required))
			continue;
		do {
			line = ask(cli, texts[i].question);
			if (!line)
				return cli_fail(cli, CLI_USAGE, "ended before everything was said; nothing was sent");
			set_text(field, line);
		} while (texts[i].required && !**field);
	}
	if (!whole)
		r->acute = case_form_agrees(cli, N_("Is somebody in danger now? [y/N]"));
	return CLI_OK;
}

static enum cli_exit check(struct cli *cli, const Lagebus__DigitalViolenceReport *r)
{
	char why[LB_PAYLOAD_WHY], said[LB_PAYLOAD_WHY];

	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i].required && !**text_of(r, i))
			return cli_fail(cli, CLI_USAGE, "what? --file with a \"%s\" is needed, - reads it from standard input; on a terminal it is asked for", texts[i].key);
	if (lb_payload_check_message(&r->base, why, sizeof(why)) != LB_OK) {
		words_parts(why, said, sizeof(said));
		return cli_fail(cli, CLI_REFUSED, "the report is not valid: %s", said);
	}
	if (lb_payload_marked(&r->base))
		return cli_fail(cli, CLI_REFUSED, "%s (%s): %s", _(lb_err_text(LB_CLASSIFIED)), lb_err_token(LB_CLASSIFIED), advice_for(LB_CLASSIFIED));
	return CLI_OK;
}

enum cli_exit case_form_read(struct cli *cli, const char *exercise, Lagebus__DigitalViolenceReport **out)
{
	const char *file = args_value(&cli->args, "file", NULL);
	Lagebus__DigitalViolenceReport *r = NULL;
	enum cli_exit code = file ? read_file(cli, file, &r) : CLI_OK;

	if (!code)
		code = complete(cli, exercise, &r);
	if (!code)
		code = read_attachment(cli, r);
	if (!code && isatty(STDIN_FILENO))
		code = ask_for_missing(cli, r);
	if (!code)
		code = check(cli, r);
	if (code)
		case_form_free(r);
	else
		*out = r;
	return code;
}

json_t *case_form_json(const Lagebus__DigitalViolenceReport *r)
{
	Lagebus__DigitalViolenceReport said = *r;
	json_t *doc;

	said.attachment = (ProtobufCBinaryData){ 0, NULL };
	doc = payload_json(&said.base);
	if (doc)
		json_object_set_new(doc, "acute", json_boolean(r->acute)); /* a no is said, too */
	return doc;
}
