/* From a federation file's nodes to the federation's verbs. */
#include "proto/host/federation_file.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/limits.h"
#include "lagebus/topic.h"

/* The federation being loaded, and where its problems go. */
struct loading {
	const struct config_file *file;
	const char *name;
	struct config_problem *problem;
	struct federation *federation;
	const char *groups[LB_GROUPS_MAX];
	const char *areas[2 * LB_AREA_MAX];
	const char *agents[LB_MANDATES_MAX];
	const char *holidays[LB_HOLIDAYS_MAX];
};

static lb_err refuse(struct loading *l, const struct config_node *n, const char *partner, const char *why)
{
	unsigned line = n != NULL ? config_node_line(n) : 0;

	if (partner != NULL)
		config_problem_set(l->problem, l->name, line, "partner \"%.*s\": %s", LB_PARTNER_ID_MAX, partner, why);
	else
		config_problem_set(l->problem, l->name, line, "%s", why);
	return LB_CONFIG;
}

static const struct config_node *member(const struct config_node *group, const char *key)
{
	for (unsigned i = 0; i < config_node_count(group); i++)
		if (strcmp(config_node_key(config_node_at(group, i)), key) == 0)
			return config_node_at(group, i);
	return NULL;
}

/* A key that nobody reads is a slip of the pen, and could be the one that takes a right away. */
static lb_err check_keys(struct loading *l, const struct config_node *group, const char *const *known, const char *partner)
{
	char why[128];

	for (unsigned i = 0; i < config_node_count(group); i++) {
		const struct config_node *n = config_node_at(group, i);
		size_t k = 0;
		while (known[k] != NULL && strcmp(known[k], config_node_key(n)) != 0)
			k++;
		if (known[k] == NULL) {
			snprintf(why, sizeof why, "there is no key \"%.60s\" here", config_node_key(n));
			return refuse(l, n, partner, why);
		}
	}
	return LB_OK;
}

/* The texts of a list, at most `most`. No list: none. */
static lb_err read_names(struct loading *l, const struct config_node *n, const char *partner, const char **names, size_t most,
                         size_t *out)
{
	char why[128];

	*out = 0;
	if (n == NULL)
		return LB_OK;
	snprintf(why, sizeof why, "%s: is not a list of at most %zu names, as in [ \"one\", \"two\" ]", config_node_key(n), most);
	if (config_node_kind(n) != CONFIG_LIST || config_node_count(n) > most)
		return refuse(l, n, partner, why);
	for (unsigned i = 0; i < config_node_count(n); i++) {
		names[i] = config_node_text(config_node_at(n, i));
		if (names[i] == NULL)
			return refuse(l, config_node_at(n, i), partner, why);
	}
	*out = config_node_count(n);
	return LB_OK;
}

/* The text of a key; `fallback` where the key is not there, which must be if that is NULL. */
static lb_err read_text(struct loading *l, const struct config_node *group, const char *key, const char *fallback,
                        const char *partner, const char **out)
{
	const struct config_node *n = member(group, key);
	char why[64];

	*out = n != NULL ? config_node_text(n) : fallback;
	if (*out != NULL)
		return LB_OK;
	snprintf(why, sizeof why, n != NULL ? "%s: is not a text in quotes" : "%s: is missing", key);
	return refuse(l, n != NULL ? n : group, partner, why);
}

/* The line that a verb's complaint is about: that of the key it begins with, or of the partner. */
static const struct config_node *blamed(const struct config_node *group, const char *why)
{
	static const char *const lists[] = { "groups", "areas", "agents", "holidays" };
	char word[16];
	const struct config_node *n = NULL;

	if (sscanf(why, "%15[a-z]", word) == 1) {
		n = member(group, word);
		for (size_t i = 0; n == NULL && i < sizeof lists / sizeof lists[0]; i++)
			if (strncmp(lists[i], word, strlen(lists[i]) - 1) == 0)
				n = member(group, lists[i]);
	}
	return n != NULL ? n : group;
}

static lb_err load_partner(struct loading *l, const struct config_node *n)
{
	static const char *const known[] = { "id", "name", "role", "groups", "areas", "agents", "holidays", NULL };
	struct partner_line line = { .groups = l->groups, .areas = l->areas };
	size_t agents_n = 0, holidays_n = 0;
	char why[256] = "";
	lb_err e;

	if (config_node_kind(n) != CONFIG_GROUP)
		return refuse(l, n, NULL, "a partner is a group in braces, as in { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }");
	e = read_text(l, n, "id", NULL, NULL, &line.id);
	if (e == LB_OK)
		e = check_keys(l, n, known, line.id);
	if (e == LB_OK)
		e = read_text(l, n, "name", line.id, line.id, &line.name);
	if (e == LB_OK)
		e = read_text(l, n, "role", NULL, line.id, &line.role);
	if (e == LB_OK)
		e = read_names(l, member(n, "groups"), line.id, l->groups, LB_GROUPS_MAX, &line.groups_n);
	if (e == LB_OK)
		e = read_names(l, member(n, "areas"), line.id, l->areas, sizeof l->areas / sizeof l->areas[0], &line.areas_n);
	if (e == LB_OK)
		e = read_names(l, member(n, "agents"), line.id, l->agents, LB_MANDATES_MAX, &agents_n);
	if (e == LB_OK)
		e = read_names(l, member(n, "holidays"), line.id, l->holidays, LB_HOLIDAYS_MAX, &holidays_n);
	if (e == LB_OK && member(n, "areas") == NULL)
		return refuse(l, n, line.id, "areas: is missing; [ ] is an agreement about nothing");
	if (e != LB_OK)
		return e;
	e = federation_partner(l->federation, &line, why, sizeof why);
	for (size_t i = 0; e == LB_OK && i < agents_n; i++)
		e = federation_mandate(l->federation, l->agents[i], why, sizeof why);
	for (size_t i = 0; e == LB_OK && i < holidays_n; i++)
		e = federation_holiday(l->federation, l->holidays[i], why, sizeof why);
	if (e == LB_OK || e == LB_NO_MEMORY)
		return e;
	return refuse(l, blamed(n, why), line.id, why);
}

/* The line that federation_finish complains about: that of the partner it names, or of the list. */
static const struct config_node *blamed_partner(const struct config_node *list, const char *why)
{
	char id[LB_PARTNER_ID_MAX + 1];

	if (sscanf(why, "partner \"%63[^\"]\"", id) != 1)
		return list;
	for (unsigned i = 0; i < config_node_count(list); i++) {
		const struct config_node *n = member(config_node_at(list, i), "id");
		if (strcmp(config_node_text(n), id) == 0)
			return n;
	}
	return list;
}

static lb_err load_partners(struct loading *l, const struct config_node *list)
{
	char why[256] = "";
	lb_err e = LB_OK;

	if (list == NULL || config_node_kind(list) != CONFIG_LIST)
		return refuse(l, list, NULL, "partners is missing, or is not a list, as in partners = ( { id = \"bund-bsi\"; ... } );");
	for (unsigned i = 0; e == LB_OK && i < config_node_count(list); i++)
		e = load_partner(l, config_node_at(list, i));
	if (e != LB_OK)
		return e;
	e = federation_finish(l->federation, why, sizeof why);
	return e == LB_OK || e == LB_NO_MEMORY ? e : refuse(l, blamed_partner(list, why), NULL, why);
}

static lb_err load_retention(struct loading *l, const struct config_node *group)
{
	char why[256] = "";
	lb_err e = LB_OK;

	if (group == NULL)
		return LB_OK;
	if (config_node_kind(group) != CONFIG_GROUP)
		return refuse(l, group, NULL, "retention is not a group in braces, as in retention = { indicator = \"12 months\"; };");
	for (unsigned i = 0; e == LB_OK && i < config_node_count(group); i++) {
		const struct config_node *n = config_node_at(group, i);
		const char *period = config_node_text(n);

		e = federation_keep(l->federation, config_node_key(n), period != NULL ? period : "", why, sizeof why);
		if (e != LB_OK)
			return refuse(l, n, NULL, why);
	}
	return e;
}

static lb_err load_root(struct loading *l, const struct config_node *root)
{
	static const char *const known[] = { "trust_domain", "retention", "partners", NULL };
	const char *domain = NULL, *text;
	size_t n;
	lb_err e = check_keys(l, root, known, NULL);

	if (e == LB_OK)
		e = read_text(l, root, "trust_domain", NULL, NULL, &domain);
	if (e != LB_OK)
		return e;
	e = federation_begin(domain, &l->federation);
	if (e == LB_INVALID)
		return refuse(l, member(root, "trust_domain"), NULL, "trust_domain is not one of SPIFFE, as in \"lagebus.example\"");
	text = config_file_text(l->file, &n);
	if (e == LB_OK)
		e = federation_keep_text(l->federation, text, n);
	if (e == LB_OK)
		e = load_retention(l, member(root, "retention"));
	return e == LB_OK ? load_partners(l, member(root, "partners")) : e;
}

static lb_err load_from(struct config_file *file, struct federation **out, struct config_problem *problem)
{
	struct loading l = { .file = file, .name = config_file_name(file), .problem = problem };
	lb_err e = load_root(&l, config_file_root(file));

	if (e == LB_NO_MEMORY)
		config_problem_set(problem, l.name, 0, "%s", lb_err_text(e));
	if (e == LB_OK)
		*out = l.federation;
	else
		federation_unref(l.federation);
	config_file_free(file);
	return e;
}

lb_err federation_file_read(const char *path, struct federation **out, struct config_problem *problem)
{
	struct config_file *file = NULL;
	lb_err e = config_file_read(path, &file, problem);

	return e == LB_OK ? load_from(file, out, problem) : e;
}

lb_err federation_file_parse(const char *name, const char *text, size_t n, struct federation **out, struct config_problem *problem)
{
	struct config_file *file = NULL;
	lb_err e = config_file_parse(name, text, n, &file, problem);

	return e == LB_OK ? load_from(file, out, problem) : e;
}
