/* From a configuration file's nodes to settings. */
#include "broker/load.h"

#include <stdio.h>

static lb_err setting_from(struct settings *s, const struct config_node *n, char *why, size_t why_n)
{
	struct setting_value v = { .text = config_node_text(n), .number = config_node_number(n) };

	switch (config_node_kind(n)) {
	case CONFIG_TEXT:   v.form = SETTING_TEXT; break;
	case CONFIG_NUMBER: v.form = SETTING_NUMBER; break;
	case CONFIG_BOOL:   v.form = SETTING_BOOL; break;
	case CONFIG_GROUP:
	case CONFIG_LIST:
	case CONFIG_OTHER:
		snprintf(why, why_n, "%.60s: it is neither a text, nor a whole number, nor true or false", config_node_key(n));
		return LB_CONFIG;
	}
	return settings_set(s, config_node_key(n), &v, why, why_n);
}

static lb_err settings_from(struct config_file *file, struct settings *out, struct config_problem *problem)
{
	const struct config_node *root = config_file_root(file);
	struct settings s = { 0 };
	char why[sizeof problem->reason] = "";
	unsigned line = 0;
	lb_err e = settings_init(&s);

	for (unsigned i = 0; e == LB_OK && i < config_node_count(root); i++) {
		e = setting_from(&s, config_node_at(root, i), why, sizeof why);
		line = config_node_line(config_node_at(root, i));
	}
	if (e == LB_OK) {
		line = 0;
		e = settings_check(&s, why, sizeof why);
	}
	if (e == LB_OK) {
		*out = s;
	} else {
		config_problem_set(problem, config_file_name(file), line, "%s", why[0] != '\0' ? why : lb_err_text(e));
		settings_fini(&s);
	}
	config_file_free(file);
	return e;
}

lb_err load_settings(const char *path, struct settings *out, struct config_problem *problem)
{
	struct config_file *file = NULL;
	lb_err e = config_file_read(path, &file, problem);

	return e == LB_OK ? settings_from(file, out, problem) : e;
}

lb_err load_settings_text(const char *name, const char *text, size_t n, struct settings *out, struct config_problem *problem)
{
	struct config_file *file = NULL;
	lb_err e = config_file_parse(name, text, n, &file, problem);

	return e == LB_OK ? settings_from(file, out, problem) : e;
}
