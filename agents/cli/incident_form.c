/* A first report, from options, a file, a draft and the person at the terminal. */
#include "agents/cli/incident_form.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/file.h"
#include "agents/cli/incident_state.h"
#include "agents/cli/incident_words.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/header.h"
#include "proto/host/words.h"

#define TEXT_MAX 65536
#define LINE_MAX_BYTES 500

enum kind { LINE, TEXT, TIME, CHOICE, ANSWER, CONTACT };

/* The fields in the order in which they are asked for. */
static const struct field {
	const char *key;
	enum kind kind;
	bool needed; /* a first report has it */
	bool asked;
	enum incident_scale scale; /* CHOICE, ANSWER */
	const char *question;
} fields[] = {
	{ "title", LINE, true, true, 0, N_("What is it, in a line?") },
	{ "text", TEXT, true, true, 0, N_("What happened?") },
	{ "known", TIME, true, true, 0, N_("Since when is it known? (now, 14:20, 3h, 2026-11-23 14:20)") },
	{ "category", CHOICE, true, true, WORDS_CATEGORY, N_("What kind of incident?") },
	{ "malicious", ANSWER, false, true, WORDS_ANSWER, N_("Is it probably malicious? (yes, no; Enter: not known yet)") },
	{ "cross-border", ANSWER, false, true, WORDS_ANSWER, N_("Does it reach beyond the border? (yes, no; Enter: not known yet)") },
	{ "impact", TEXT, false, true, 0, N_("What does it do, to whom? (Enter: not known yet)") },
	{ "contact", CONTACT, true, true, 0, N_("Whom may one ask? (function, phone, e-mail)") },
	{ "tier", CHOICE, false, false, WORDS_TIER, "" },
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const char *value_of(const struct incident_form *f, const char *key)
{
	const char *text = json_string_value(json_object_get(f->values, key));

	return text ? text : "";
}

/* Three choices are enough to be asked for a letter. */
static bool read_choice(const struct field *field, const char *text, unsigned *out)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (field->kind == CHOICE && end != text && !*end && n >= 1 && n <= incident_numbers(field->scale)) {
		*out = (unsigned)n;
		return true;
	}
	if (field->kind == ANSWER && (strcmp(text, "y") == 0 || strcmp(text, "j") == 0 || strcmp(text, "ja") == 0))
		text = "yes";
	if (field->kind == ANSWER && (strcmp(text, "n") == 0 || strcmp(text, "nein") == 0))
		text = "no";
	return incident_number(field->scale, text, out) && (field->kind == ANSWER || *out > 0);
}

static void list_choices(const struct field *field, char *out, size_t n)
{
	size_t at = 0;

	for (unsigned i = field->kind == ANSWER ? 0 : 1; i <= incident_numbers(field->scale) && at < n; i++)
		at += (size_t)snprintf(out + at, n - at, "%s%s", at ? ", " : "", incident_token(field->scale, i));
}

/* Reads a value as it was typed; *out is as it is kept. LB_OK or LB_INVALID, LB_CLASSIFIED. */
static lb_err read_value(const struct field *field, const char *typed, char **out, struct why *why)
{
	char choices[300], iso[WHEN_TEXT];
	int64_t ms;
	unsigned number;
	size_t n = strlen(typed);

	if (!lb_utf8_is_valid(typed, n) || n > (field->kind == TEXT ? TEXT_MAX : LINE_MAX_BYTES))
		return why_set(why, LB_INVALID, _("--%s: at most %d bytes of UTF-8 are expected"), field->key, field->kind == TEXT ? TEXT_MAX : LINE_MAX_BYTES);
	if (lb_text_is_classified(typed, n))
		return why_set(why, LB_CLASSIFIED, "%s", _(lb_err_text(LB_CLASSIFIED)));
	if (field->kind == TIME) {
		if (when_past_ms(typed, when_now_ms(), &ms, why))
			return LB_INVALID;
		when_iso(ms, iso);
		typed = iso;
	} else if (field->kind == CHOICE || field->kind == ANSWER) {
		list_choices(field, choices, sizeof(choices));
		if (!read_choice(field, typed, &number))
			return why_set(why, LB_INVALID, _("--%s %.40s: is none of %s"), field->key, typed, choices);
		typed = incident_token(field->scale, number);
	}
	*out = strdup(typed);
	return *out ? LB_OK : why_set(why, LB_NO_MEMORY, "out of memory");
}

static lb_err set(struct incident_form *f, const struct field *field, const char *typed, struct why *why)
{
	char *value;
	lb_err e = read_value(field, typed, &value, why);

	if (e)
		return e;
	if (json_object_set_new(f->values, field->key, json_string(value)) != 0)
		e = why_set(why, LB_NO_MEMORY, "out of memory");
	free(value);
	return e;
}

static enum cli_exit take_list(struct incident_form *f, struct cli *cli, const char *key)
{
	json_t *list = json_array();
	const char *value;
	unsigned at = 0;

	while ((value = args_next(&cli->args, key, &at))) {
		if (strlen(value) > LINE_MAX_BYTES || !lb_utf8_is_valid(value, strlen(value)) || json_array_append_new(list, json_string(value)) != 0) {
			json_decref(list);
			return cli_fail(cli, CLI_USAGE, "--%s: at most %d bytes of UTF-8 are expected", key, LINE_MAX_BYTES);
		}
		if (json_array_size(list) > 20) {
			json_decref(list);
			return cli_fail(cli, CLI_USAGE, "--%s: at most 20 are expected", key);
		}
	}
	if (json_array_size(list) > 0)
		json_object_set(f->values, key, list);
	json_decref(list);
	return CLI_OK;
}

static enum cli_exit take_option(struct incident_form *f, struct cli *cli, const struct field *field)
{
	const char *typed = args_value(&cli->args, field->key, NULL);
	uint8_t *text = NULL;
	struct why why;
	size_t n;
	lb_err e = LB_OK;

	if (!typed)
		return CLI_OK;
	if (field->kind == TEXT && strcmp(typed, "-") == 0) {
		e = file_read("-", TEXT_MAX, &text, &n, &why);
		typed = (const char *)text;
	}
	if (!e)
		e = set(f, field, typed, &why);
	free(text);
	if (e == LB_INVALID)
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	return e ? cli_fail_why(cli, e, &why) : CLI_OK;
}

enum cli_exit incident_form_init(struct incident_form *f, struct cli *cli)
{
	enum cli_exit code = CLI_OK;

	memset(f, 0, sizeof(*f));
	lagebus__contact__init(&f->contact);
	f->values = json_object();
	if (!f->values)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; !code && i < FIELDS; i++)
		code = take_option(f, cli, &fields[i]);
	if (!code)
		code = take_list(f, cli, "service");
	return code ? code : take_list(f, cli, "measure");
}

void incident_form_fini(struct incident_form *f)
{
	json_decref(f->values);
	for (unsigned i = 0; i < f->texts_n; i++)
		free(f->texts[i]);
	memset(f, 0, sizeof(*f));
}

static bool is_list(const char *key)
{
	return strcmp(key, "service") == 0 || strcmp(key, "measure") == 0;
}

static bool is_list_of_texts(const json_t *value)
{
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)) || json_string_length(json_array_get(value, i)) > LINE_MAX_BYTES)
			return false;
	return json_is_array(value) && json_array_size(value) <= 20;
}

static enum cli_exit take_member(struct incident_form *f, struct cli *cli, const char *path, const char *key, json_t *value)
{
	struct why why;

	if (json_object_get(f->values, key))
		return CLI_OK; /* the command line says it */
	if (is_list(key) && is_list_of_texts(value))
		return json_object_set(f->values, key, value) == 0 ? CLI_OK : cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].key, key) == 0 && json_is_string(value)) {
			if (set(f, &fields[i], json_string_value(value), &why))
				return cli_fail(cli, CLI_REFUSED, "%s: %s", path, why.text);
			return CLI_OK;
		}
	return cli_fail(cli, CLI_REFUSED, "%s: \"%.40s\" is no field of a report, or not a text (lagebus help incident report lists them)", path, key);
}

enum cli_exit incident_form_read(struct incident_form *f, struct cli *cli, const char *path)
{
	enum cli_exit code = CLI_OK;
	json_error_t error;
	uint8_t *text;
	struct why why;
	const char *key;
	json_t *doc, *value;
	size_t n;
	lb_err e = file_read(path, 1 << 20, &text, &n, &why);

	if (e)
		return cli_fail_why(cli, e, &why);
	doc = json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, &error);
	free(text);
	if (!json_is_object(doc)) {
		json_decref(doc);
		return cli_fail(cli, CLI_REFUSED, "%s: a JSON object of fields and texts is expected%s%s", path, doc ? "" : ": ", doc ? "" : error.text);
	}
	json_object_foreach(doc, key, value)
		if (!code)
			code = take_member(f, cli, path, key, value);
	json_decref(doc);
	return code;
}

/* ---- asking ---- */

static void put_question(const struct field *field, const char *remembered, FILE *out)
{
	fprintf(out, "\n%s\n", _(field->question));
	for (unsigned i = 1; field->kind == CHOICE && i <= incident_numbers(field->scale); i++)
		fprintf(out, "  %2u  %s\n", i, _(incident_word(field->scale, i)));
	if (field->kind == CONTACT && *remembered)
		fprintf(out, _("  Enter: %s\n"), remembered);
	fputs("> ", out);
	fflush(out);
}

/* Whoever is asked has seen the choices. */
static void put_wrong(const struct field *field, const struct why *why, FILE *out)
{
	if (field->kind == CHOICE)
		fprintf(out, _("A number from 1 to %u, please.\n"), incident_numbers(field->scale));
	else if (field->kind == ANSWER)
		fprintf(out, "%s\n", _("yes or no, please; Enter: not known yet"));
	else
		fprintf(out, "%s\n", why->text);
}

/* One answer that can be read, or none where none is needed. False: the input has ended. */
static bool ask_one(struct incident_form *f, const struct field *field, FILE *in, FILE *out)
{
	char *remembered = field->kind == CONTACT ? incident_contact_load() : NULL, *line = NULL;
	size_t cap = 0;
	struct why why;
	bool done = false, ended = false;

	while (!done && !ended) {
		ssize_t n;

		put_question(field, remembered ? remembered : "", out);
		n = getline(&line, &cap, in);
		ended = n < 0;
		while (n > 0 && strchr("\r\n ", line[n - 1]))
			line[--n] = 0;
		if (ended)
			break;
		if (n == 0 && remembered && *remembered)
			done = set(f, field, remembered, &why) == LB_OK;
		else if (n == 0 && field->needed)
			fprintf(out, "%s\n", _("This is needed."));
		else if (n == 0)
			done = true;
		else if (set(f, field, line, &why) == LB_OK)
			done = true;
		else
			put_wrong(field, &why, out);
	}
	free(line);
	free(remembered);
	return done;
}

enum cli_exit incident_form_ask(struct incident_form *f, struct cli *cli, FILE *in, FILE *out, enum cli_exit (*keep)(void *user), void *user)
{
	enum cli_exit code = CLI_OK;

	for (size_t i = 0; !code && i < FIELDS; i++) {
		if (!fields[i].asked || *value_of(f, fields[i].key))
			continue;
		if (!ask_one(f, &fields[i], in, out))
			return cli_fail(cli, CLI_IO, "%s", _("the input ended; the draft is kept, lagebus incident report --draft last goes on with it"));
		code = keep(user);
	}
	return code;
}

enum cli_exit incident_form_check(const struct incident_form *f, struct cli *cli)
{
	char missing[200] = "";
	size_t at = 0;

	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].needed && !*value_of(f, fields[i].key))
			at += (size_t)snprintf(missing + at, sizeof(missing) - at, " --%s", fields[i].key);
	return at ? cli_fail(cli, CLI_USAGE, "a first report needs%s too (on a terminal it is asked for)", missing) : CLI_OK;
}

/* ---- filling ---- */

static char *keep_text(struct incident_form *f, const char *text, size_t n)
{
	char *copy = f->texts_n < sizeof(f->texts) / sizeof(f->texts[0]) ? strndup(text, n) : NULL;

	if (copy)
		f->texts[f->texts_n++] = copy;
	return copy ? copy : (char *)"";
}

/* Parts between commas: what has an @ is an address, what begins with + or a digit a number, the first of the others a function. */
static void fill_contact(struct incident_form *f, const char *text, Lagebus__IncidentReport *out)
{
	lagebus__contact__init(&f->contact);
	while (*text) {
		size_t n;
		char *part;

		text += strspn(text, ", ");
		n = strcspn(text, ",");
		if (n == 0)
			break;
		part = keep_text(f, text, n);
		if (memchr(text, '@', n))
			f->contact.email = part;
		else if (*text == '+' || (*text >= '0' && *text <= '9'))
			f->contact.phone = part;
		else if (!*f->contact.function)
			f->contact.function = part;
		else
			f->contact.name = part;
		text += n;
	}
	out->contact = &f->contact;
}

static void fill_list(struct incident_form *f, const char *key, size_t *n, char ***out)
{
	json_t *list = json_object_get(f->values, key);
	size_t count = json_array_size(list);
	char **texts = count ? calloc(count, sizeof(*texts)) : NULL;

	if (!texts || f->texts_n == sizeof(f->texts) / sizeof(f->texts[0])) {
		free(texts);
		return;
	}
	f->texts[f->texts_n++] = (char *)texts;
	for (size_t i = 0; i < count; i++)
		texts[i] = (char *)json_string_value(json_array_get(list, i));
	*out = texts;
	*n = count;
}

static unsigned number_of(const struct incident_form *f, const char *key, enum incident_scale scale, unsigned otherwise)
{
	unsigned number;

	return *value_of(f, key) && incident_number(scale, value_of(f, key), &number) ? number : otherwise;
}

enum cli_exit incident_form_fill(struct incident_form *f, struct cli *cli, Lagebus__IncidentReport *out)
{
	struct why why;
	int64_t ms;

	if (*value_of(f, "title"))
		out->title = (char *)value_of(f, "title");
	if (*value_of(f, "text"))
		out->description = (char *)value_of(f, "text");
	if (*value_of(f, "impact"))
		out->impact = (char *)value_of(f, "impact");
	if (*value_of(f, "known")) {
		if (when_past_ms(value_of(f, "known"), when_now_ms(), &ms, &why))
			return cli_fail(cli, CLI_USAGE, "%s", why.text);
		out->known_at = ms;
	}
	out->category = (Lagebus__IncidentCategory)number_of(f, "category", WORDS_CATEGORY, (unsigned)out->category);
	out->tier = (Lagebus__IncidentTier)number_of(f, "tier", WORDS_TIER, (unsigned)out->tier);
	out->malicious = (Lagebus__Answer)number_of(f, "malicious", WORDS_ANSWER, (unsigned)out->malicious);
	out->cross_border = (Lagebus__Answer)number_of(f, "cross-border", WORDS_ANSWER, (unsigned)out->cross_border);
	if (*value_of(f, "contact"))
		fill_contact(f, value_of(f, "contact"), out);
	fill_list(f, "service", &out->n_services, &out->services);
	fill_list(f, "measure", &out->n_measures, &out->measures);
	return CLI_OK;
}
