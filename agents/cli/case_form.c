/* A case of digital violence as a person reports it. */
#include "agents/cli/case_form.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/advice.h"
#include "agents/cli/file.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
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

static Lagebus__DigitalViolenceReport *form_new(void)
{
	Lagebus__DigitalViolenceReport *r = malloc(sizeof(*r));
	Lagebus__Contact *c = malloc(sizeof(*c));

	if (!r || !c) {
		free(r);
		free(c);
		return NULL;
	}
	lagebus__digital_violence_report__init(r);
	lagebus__contact__init(c);
	r->contact = c;
	return r;
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

static enum cli_exit wrong(struct cli *cli, const char *key, const char *what)
{
	return cli_fail(cli, CLI_REFUSED, "--file: %.60s: %s", key, what);
}

static enum cli_exit read_urls(struct cli *cli, const json_t *value, Lagebus__DigitalViolenceReport *r)
{
	if (!json_is_array(value) || json_array_size(value) > 100)
		return wrong(cli, "urls", _("a list of at most 100 texts is expected"));
	r->urls = calloc(json_array_size(value) + 1, sizeof(*r->urls));
	if (!r->urls)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *url = json_string_value(json_array_get(value, i));

		if (!url)
			return wrong(cli, "urls", _("a list of texts is expected"));
		if (!(r->urls[r->n_urls] = strdup(url)))
			return cli_fail(cli, CLI_IO, "out of memory");
		r->n_urls++;
	}
	return CLI_OK;
}

static enum cli_exit read_text(struct cli *cli, const char *key, const json_t *value, enum place place, Lagebus__DigitalViolenceReport *r)
{
	char *copy;

	for (size_t i = 0; i < TEXTS; i++) {
		if (texts[i].place != place || strcmp(texts[i].key, key) != 0)
			continue;
		if (!json_is_string(value))
			return wrong(cli, key, _("a text is expected"));
		if (!(copy = strdup(json_string_value(value))))
			return cli_fail(cli, CLI_IO, "out of memory");
		set_text(text_of(r, i), copy);
		return CLI_OK;
	}
	return wrong(cli, key, _("there is no such field (lagebus help case report names them)"));
}

static enum cli_exit read_field(struct cli *cli, const char *key, json_t *value, Lagebus__DigitalViolenceReport *r)
{
	const char *inner;
	struct why why;
	json_t *v;
	int64_t seconds;

	if (strcmp(key, "urls") == 0)
		return read_urls(cli, value, r);
	if (strcmp(key, "acute") == 0) {
		r->acute = json_is_true(value);
		return json_is_boolean(value) ? CLI_OK : wrong(cli, key, _("true or false is expected"));
	}
	if (strcmp(key, "noticed_at") == 0) {
		if (!json_is_string(value) || when_date_s(json_string_value(value), &seconds, &why))
			return wrong(cli, key, _("a time is expected, as 2026-12-01 or 2026-12-01T14:00:00Z"));
		r->noticed_at = seconds * 1000;
		return CLI_OK;
	}
	if (strcmp(key, "contact") != 0)
		return read_text(cli, key, value, IN_REPORT, r);
	if (!json_is_object(value))
		return wrong(cli, key, _("an object is expected"));
	json_object_foreach(value, inner, v) {
		enum cli_exit code = read_text(cli, inner, v, IN_CONTACT, r);

		if (code)
			return code;
	}
	return CLI_OK;
}

static enum cli_exit read_document(struct cli *cli, json_t *doc, const json_error_t *error, Lagebus__DigitalViolenceReport *r)
{
	enum cli_exit code = CLI_OK;
	const char *key;
	json_t *value;

	if (!json_is_object(doc))
		return doc ? wrong(cli, _("the document"), _("an object is expected")) : cli_fail(cli, CLI_REFUSED, "--file: line %d: %s", error->line, error->text);
	json_object_foreach(doc, key, value) {
		code = read_field(cli, key, value, r);
		if (code)
			break;
	}
	return code;
}

static enum cli_exit read_file(struct cli *cli, const char *path, Lagebus__DigitalViolenceReport *r)
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
	code = read_document(cli, doc, &error, r);
	json_decref(doc);
	explicit_bzero(bytes, n);
	free(bytes);
	return code;
}

static enum cli_exit read_attachment(struct cli *cli, Lagebus__DigitalViolenceReport *r)
{
	const char *path = args_value(&cli->args, "attachment", NULL), *type = args_value(&cli->args, "media-type", "application/octet-stream");
	struct why why;
	char *copy;
	lb_err e;

	if (!path)
		return CLI_OK;
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

enum cli_exit case_form_read(struct cli *cli, Lagebus__DigitalViolenceReport **out)
{
	const char *file = args_value(&cli->args, "file", NULL);
	Lagebus__DigitalViolenceReport *r = form_new();
	enum cli_exit code;

	if (!r)
		return cli_fail(cli, CLI_IO, "out of memory");
	code = file ? read_file(cli, file, r) : CLI_OK;
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

static void put(json_t *doc, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(doc, key, out_json_string(text));
}

json_t *case_form_json(const Lagebus__DigitalViolenceReport *r)
{
	json_t *doc = json_object(), *contact = json_object(), *urls = json_array();

	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i].place == IN_REPORT || r->contact)
			put(texts[i].place == IN_REPORT ? doc : contact, texts[i].key, *text_of(r, i));
	for (size_t i = 0; i < r->n_urls; i++)
		json_array_append_new(urls, out_json_string(r->urls[i]));
	json_object_set_new(doc, "urls", urls);
	json_object_set_new(doc, "acute", json_boolean(r->acute));
	if (r->noticed_at)
		json_object_set_new(doc, "noticed_at", out_json_time(r->noticed_at));
	json_object_set_new(doc, "contact", contact);
	return doc;
}
