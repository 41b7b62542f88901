/* The agent's configuration file. */
#include "agents/agent/settings.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident_clock.h"
#include "lagebus/identity.h"
#include "proto/host/log.h"

static const struct {
	const char *key;
	size_t at;
	bool required, reloadable;
	const char *value;
} rows[] = {
#define X(field, key, required, reloadable, value, text) { key, offsetof(struct settings, field), required, reloadable, value },
	SETTINGS_TABLE(X)
#undef X
};

#define ROWS (sizeof rows / sizeof rows[0])

static char **field_of(struct settings *s, size_t row)
{
	return (char **)((char *)s + rows[row].at);
}

void settings_fini(struct settings *s)
{
	for (unsigned i = 0; i < s->brokers_n; i++)
		free(s->brokers[i]);
	for (unsigned i = 0; i < s->coordinators_n; i++)
		free(s->coordinators[i]);
	for (size_t i = 0; i < ROWS; i++)
		free(*field_of(s, i));
	memset(s, 0, sizeof *s);
}

static lb_err set(char **field, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return LB_NO_MEMORY;
	free(*field);
	*field = copy;
	return LB_OK;
}

static lb_err refuse(const char *file, const struct config_node *n, struct config_problem *problem, const char *what)
{
	config_problem_set(problem, file, n ? config_node_line(n) : 0, "%s%s%s", n ? config_node_key(n) : "", n ? ": " : "", what);
	return LB_CONFIG;
}

static const char *wrong_level(const char *text)
{
	enum log_level level;

	return log_level_from_name(text, &level) ? NULL : "is none of error, warn, info, debug";
}

static const char *wrong_route(const char *text)
{
	return strcmp(text, "confirm") == 0 || strcmp(text, "forward") == 0 ? NULL : "is neither confirm nor forward";
}

static const char *wrong_retention(const char *text)
{
	return strcmp(text, "federation") == 0 || strcmp(text, "own") == 0 ? NULL : "is neither federation nor own";
}

static const char *wrong_partner(const char *text)
{
	return lb_partner_is_valid(text, strlen(text)) ? NULL : "is no partner id";
}

static const char *wrong_broker(const char *text)
{
	return strchr(text, ':') ? NULL : "each broker is a text \"host:port\"";
}

static const char *wrong_time(const char *text)
{
	int64_t ms;

	return incident_time_parse(text, &ms) == LB_OK ? NULL : "is no time; write \"24 h\", \"30 d\" or \"90 min\"";
}

/* NULL: nothing is wrong. */
static const char *wrong_text(const char *key, const char *text)
{
	static const struct {
		const char *key, *(*wrong)(const char *text);
	} checks[] = {
		{ "log_level", wrong_level },       { "retention", wrong_retention },  { "incident_route", wrong_route }, { "incident_to", wrong_partner },  { "incident_first", wrong_time },
		{ "incident_update", wrong_time },  { "incident_final", wrong_time },  { "incident_warn", wrong_time },
		{ "incident_idle", wrong_time },    { "quarantine", wrong_time },
	};

	if (!text)
		return "must be a text in quotes";
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (strcmp(key, checks[i].key) == 0)
			return checks[i].wrong(text);
	return NULL;
}

struct list {
	const char *key, *what;
	char **field;
	unsigned *n, most;
	const char *(*wrong)(const char *text);
};

/* The fields are still empty: no key stands in a file twice. */
static lb_err take_list(const char *file, const struct config_node *n, const struct list *list, struct config_problem *problem)
{
	unsigned count = config_node_count(n);

	if (config_node_kind(n) != CONFIG_LIST || count == 0 || count > list->most)
		return refuse(file, n, problem, list->what);
	for (unsigned i = 0; i < count; i++) {
		const char *text = config_node_text(config_node_at(n, i)), *wrong = text ? list->wrong(text) : list->what;

		if (wrong)
			return refuse(file, n, problem, wrong);
		if (set(&list->field[i], text) != LB_OK)
			return LB_NO_MEMORY;
		*list->n = i + 1;
	}
	return LB_OK;
}

static lb_err take_node(const char *file, const struct config_node *n, struct settings *s, struct config_problem *problem)
{
	const struct list lists[] = {
		{ "brokers", "must be a list of one to eight \"host:port\"", s->brokers, &s->brokers_n, SETTINGS_BROKERS_MAX, wrong_broker },
		{ "coordinators", "must be a list of one to eight partner ids, (\"bund-bsi\")", s->coordinators, &s->coordinators_n, SETTINGS_COORDINATORS_MAX, wrong_partner },
	};
	const char *text = config_node_text(n), *wrong = wrong_text(config_node_key(n), text);

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (strcmp(config_node_key(n), lists[i].key) == 0)
			return take_list(file, n, &lists[i], problem);
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(config_node_key(n), rows[i].key) == 0)
			return wrong ? refuse(file, n, problem, wrong) : set(field_of(s, i), text);
	return refuse(file, n, problem, "there is no such setting; the manual lists them");
}

static lb_err check(const char *file, const struct settings *s, struct config_problem *problem)
{
	if (s->brokers_n == 0) {
		config_problem_set(problem, file, 0, "brokers is missing: write brokers = (\"host:port\");");
		return LB_CONFIG;
	}
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].required && (*field_of((struct settings *)s, i))[0] == '\0') {
			config_problem_set(problem, file, 0, "%s is missing: write %s = \"...\";", rows[i].key, rows[i].key);
			return LB_CONFIG;
		}
	if ((s->previous_certificate[0] == '\0') != (s->previous_key[0] == '\0')) {
		config_problem_set(problem, file, 0, "previous_certificate and previous_key: both or neither");
		return LB_CONFIG;
	}
	return LB_OK;
}

static lb_err take(struct config_file *f, struct settings *out, struct config_problem *problem)
{
	const struct config_node *root = config_file_root(f);
	struct settings s = { .brokers_n = 0 };
	lb_err e = LB_OK;

	for (size_t i = 0; e == LB_OK && i < ROWS; i++)
		e = set(field_of(&s, i), rows[i].value);
	for (unsigned i = 0; e == LB_OK && i < config_node_count(root); i++)
		e = take_node(config_file_name(f), config_node_at(root, i), &s, problem);
	if (e == LB_OK && s.coordinators_n == 0 && (e = set(&s.coordinators[0], SETTINGS_COORDINATOR)) == LB_OK)
		s.coordinators_n = 1;
	if (e == LB_OK)
		e = check(config_file_name(f), &s, problem);
	config_file_free(f);
	if (e != LB_OK)
		settings_fini(&s);
	else
		*out = s;
	return e;
}

lb_err settings_read(const char *path, struct settings *out, struct config_problem *problem)
{
	struct config_file *f;
	lb_err e = config_file_read(path, &f, problem);

	return e == LB_OK ? take(f, out, problem) : e;
}

lb_err settings_parse(const char *name, const char *text, size_t n, struct settings *out, struct config_problem *problem)
{
	struct config_file *f;
	lb_err e = config_file_parse(name, text, n, &f, problem);

	return e == LB_OK ? take(f, out, problem) : e;
}

void settings_swap(struct settings *in_force, struct settings *s)
{
	struct settings before = *in_force;

	*in_force = *s;
	*s = before;
	for (size_t i = 0; i < ROWS; i++)
		if (!rows[i].reloadable) {
			char *kept = *field_of(s, i);

			*field_of(s, i) = *field_of(in_force, i);
			*field_of(in_force, i) = kept;
		}
}

const char *settings_changed(const struct settings *a, const struct settings *b, size_t *at)
{
	while (*at < ROWS) {
		size_t row = (*at)++;

		if (!rows[row].reloadable && strcmp(*field_of((struct settings *)a, row), *field_of((struct settings *)b, row)) != 0)
			return rows[row].key;
	}
	return NULL;
}
