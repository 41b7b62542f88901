/* CSAF 2.0 and 2.1 security advisories (OASIS): what a warning takes from one. */
#include "agents/cli/csaf.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "agents/cli/advice.h"
#include "lagebus/classified.h"
#include "proto/host/words.h"

#define SHARING_GROUP_PUBLIC "ffffffff-ffff-ffff-ffff-ffffffffffff"
#define SHARING_GROUP_NONE "00000000-0000-0000-0000-000000000000"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* ISO 639-1, which CSAF's mandatory test 6.1.12 asks for. */
static const char languages[] =
	" aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es"
	" et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj"
	" kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv"
	" ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th"
	" ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

/* The value at a path of object keys, "document/tracking/id"; NULL if there is none. */
static const json_t *at(const json_t *from, const char *path)
{
	char key[64];

	while (from && *path) {
		size_t n = strcspn(path, "/");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		from = json_object_get(from, key);
		path += n + (path[n] == '/');
	}
	return from;
}

static lb_err required(const json_t *doc, const char *path, const char **out, struct why *why)
{
	const json_t *value = at(doc, path);
	const char *text = json_string_value(value);

	if (!value)
		return why_set(why, LB_INVALID, "/%s is missing: it is mandatory in CSAF; get the advisory from its publisher again", path);
	if (!text || !*text)
		return why_set(why, LB_INVALID, "/%s is not a text, or is empty: CSAF requires one", path);
	*out = text;
	return LB_OK;
}

static lb_err read_document(const json_t *doc, struct csaf *c, struct why *why)
{
	const char *category;
	lb_err e;

	if (!json_is_object(json_object_get(doc, "document")))
		return why_set(why, LB_INVALID, "/document is missing: this is JSON, but not a CSAF advisory%s",
			json_object_get(doc, "metadata_version") ?
			_(" (it describes a CSAF provider; its distributions lead to the advisories)") : "");
	e = required(doc, "document/category", &category, why);
	if (!e)
		e = required(doc, "document/csaf_version", &c->version, why);
	if (!e)
		e = required(doc, "document/title", &c->title, why);
	if (!e)
		e = required(doc, "document/tracking/id", &c->tracking_id, why);
	if (!e)
		e = required(doc, "document/publisher/name", &c->publisher, why);
	if (!e && strcmp(c->version, "2.0") != 0 && strcmp(c->version, "2.1") != 0)
		e = why_set(why, LB_INVALID, "/document/csaf_version is '%.16s': 2.0 and 2.1 are read", c->version);
	return e;
}

static lb_err read_language(const json_t *doc, struct csaf *c, struct why *why)
{
	const json_t *value = at(doc, "document/lang");
	const char *text = json_string_value(value);
	char needle[5] = "    ";
	size_t n;

	if (!value)
		return LB_OK;
	n = text ? strcspn(text, "-") : 0;
	if (n == 2) {
		needle[1] = (char)tolower((unsigned char)text[0]);
		needle[2] = (char)tolower((unsigned char)text[1]);
		needle[3] = ' ';
		needle[4] = 0;
	}
	if (!text || n == 0 || n > 8 || strlen(text) > 35 || (n == 2 && !strstr(languages, needle)))
		return why_set(why, LB_INVALID, "/document/lang '%.20s' is not a language tag (BCP 47, as de or en-US)", text ? text : "");
	c->language = text;
	return LB_OK;
}

static void add(const char **list, unsigned max, unsigned *n, const char *text)
{
	if (!text || !*text || *n == max)
		return;
	for (unsigned i = 0; i < *n; i++)
		if (strcmp(list[i], text) == 0)
			return;
	list[(*n)++] = text;
}

static void note(struct csaf *c, const char *text)
{
	add(c->notes, CSAF_NOTES_MAX, &c->notes_n, text);
}

/* CSAF 2.1: for whom it is. Two ids are no group: nobody, and everybody. */
static lb_err read_sharing_group(const json_t *doc, struct csaf *c, struct why *why)
{
	const char *group = json_string_value(at(doc, "document/distribution/sharing_group/id"));

	if (!group)
		return LB_OK;
	if (strcmp(group, SHARING_GROUP_NONE) == 0)
		return why_set(why, LB_INVALID, "/document/distribution/sharing_group/id says that no sharing is allowed: wait until the publisher "
			"has released the advisory");
	if ((strcasecmp(group, SHARING_GROUP_PUBLIC) == 0) != (c->tlp == LB_TLP_CLEAR))
		return why_set(why, LB_INVALID, "/document/distribution/sharing_group/id says %s, but the TLP label is %s: ask the publisher "
			"which of them holds", c->tlp == LB_TLP_CLEAR ? _("a group") : _("public"), lb_tlp_name(c->tlp));
	if (c->tlp != LB_TLP_CLEAR)
		note(c, N_("/document/distribution/sharing_group: it is for the members of a group; see that --to names nobody else"));
	return LB_OK;
}

/* CSAF 2.0 leaves the label to its publisher, 2.1 requires it. */
static lb_err read_distribution(const json_t *doc, struct csaf *c, struct why *why)
{
	static const char path[] = "document/distribution/tlp/label";
	const char *text = NULL;
	lb_err e = LB_OK;

	if (at(doc, path) || strcmp(c->version, "2.1") == 0)
		e = required(doc, path, &text, why);
	if (e)
		return e;
	c->tlp = text ? lb_tlp_from_name(text) : LB_TLP_UNSET;
	if (text && c->tlp == LB_TLP_UNSET)
		return why_set(why, LB_INVALID, "/%s '%.20s' is not a TLP label", path, text);
	if (!text)
		note(c, N_("/document/distribution/tlp/label is missing: it goes out with a warning's default, TLP:GREEN, or what --tlp says"));
	return read_sharing_group(doc, c, why);
}

static void read_status(const json_t *doc, struct csaf *c)
{
	const char *status = json_string_value(at(doc, "document/tracking/status"));

	if (status && strcmp(status, "draft") == 0)
		note(c, N_("/document/tracking/status is draft: its publisher has not released it"));
}

/* Of the document's notes, then of the first vulnerability's: a summary goes before a description. */
static const char *note_of(const json_t *notes, const char *category)
{
	const json_t *note;
	size_t i;

	json_array_foreach(notes, i, note) {
		const char *is = json_string_value(json_object_get(note, "category"));
		const char *text = json_string_value(json_object_get(note, "text"));

		if (is && text && strcmp(is, category) == 0)
			return text;
	}
	return NULL;
}

static const char *summary_of(const json_t *doc)
{
	const json_t *vulnerability = json_array_get(json_object_get(doc, "vulnerabilities"), 0);
	const json_t *places[] = { at(doc, "document/notes"), json_object_get(vulnerability, "notes") };

	for (unsigned i = 0; i < 2; i++) {
		const char *text = note_of(places[i], "summary");

		if (!text)
			text = note_of(places[i], "description");
		if (text)
			return text;
	}
	return "";
}

/* A marking anywhere in what a person is to read of it. */
static lb_err refuse_classified(const json_t *doc, const struct csaf *c, struct why *why)
{
	const char *label = json_string_value(at(doc, "document/distribution/tlp/label"));
	const char *terms = json_string_value(at(doc, "document/distribution/text"));
	const struct {
		const char *path, *text;
	} places[] = {
		{ "/document/distribution/tlp/label", label }, { "/document/distribution/text", terms },
		{ "/document/title", c->title },               { _("the summary"), summary_of(doc) },
	};

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].text && lb_text_is_classified(places[i].text, strlen(places[i].text)))
			return advice_why(why, LB_CLASSIFIED, places[i].path);
	return LB_OK;
}

static const char *self_url(const json_t *doc)
{
	const json_t *reference;
	size_t i;

	json_array_foreach(at(doc, "document/references"), i, reference) {
		const char *category = json_string_value(json_object_get(reference, "category"));
		const char *url = json_string_value(json_object_get(reference, "url"));

		if (category && url && strcmp(category, "self") == 0 &&
		    (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0))
			return url;
	}
	return "";
}

static void note_status(json_t *set, const json_t *status, const char *const *names)
{
	for (; *names; names++) {
		const json_t *ids = json_object_get(status, *names), *id;
		size_t i;

		json_array_foreach(ids, i, id)
			if (json_is_string(id))
				json_object_set_new(set, json_string_value(id), json_true());
	}
}

/* The ids of products that no vulnerability affects as far as the advisory says: fixed versions and the like. */
static json_t *unaffected(const json_t *doc, struct csaf *c)
{
	static const char *const out_of_danger[] = { "fixed", "first_fixed", "known_not_affected", NULL };
	static const char *const in_danger[] = { "known_affected", "first_affected", "last_affected", "under_investigation", NULL };
	json_t *safe = json_object(), *affected = json_object();
	const json_t *vulnerability;
	const char *id;
	json_t *value;
	size_t i;

	json_array_foreach(json_object_get(doc, "vulnerabilities"), i, vulnerability) {
		const json_t *status = json_object_get(vulnerability, "product_status");

		note_status(safe, status, out_of_danger);
		note_status(affected, status, in_danger);
	}
	if (json_object_size(safe) > 0 && json_object_size(affected) == 0)
		note(c, N_("/vulnerabilities: it says of no product that it is affected; is it to alarm anyone?"));
	json_object_foreach(affected, id, value)
		json_object_del(safe, id);
	json_decref(affected);
	return safe;
}

static void add_product(struct csaf *c, const json_t *product, const json_t *safe)
{
	const char *id = json_string_value(json_object_get(product, "product_id"));

	if (!id || !json_object_get(safe, id))
		add(c->products, CSAF_PRODUCTS_MAX, &c->products_n, json_string_value(json_object_get(product, "name")));
}

static void walk_branches(struct csaf *c, const json_t *branches, const json_t *safe, unsigned depth)
{
	const json_t *branch;
	size_t i;

	if (depth == CSAF_DEPTH_MAX)
		return;
	json_array_foreach(branches, i, branch) {
		add_product(c, json_object_get(branch, "product"), safe);
		walk_branches(c, json_object_get(branch, "branches"), safe, depth + 1);
	}
}

static void read_products(const json_t *doc, struct csaf *c)
{
	const json_t *tree = json_object_get(doc, "product_tree"), *one;
	json_t *safe = unaffected(doc, c);
	size_t i;

	json_array_foreach(json_object_get(tree, "full_product_names"), i, one)
		add_product(c, one, safe);
	walk_branches(c, json_object_get(tree, "branches"), safe, 0);
	json_array_foreach(json_object_get(tree, "relationships"), i, one)
		add_product(c, json_object_get(one, "full_product_name"), safe);
	json_decref(safe);
}

static bool is_measure(const char *category)
{
	return category && (strcmp(category, "vendor_fix") == 0 || strcmp(category, "mitigation") == 0 ||
		strcmp(category, "workaround") == 0);
}

static void read_vulnerabilities(const json_t *doc, struct csaf *c)
{
	const json_t *vulnerability, *remedy;
	size_t i, j;

	json_array_foreach(json_object_get(doc, "vulnerabilities"), i, vulnerability) {
		add(c->cves, CSAF_CVES_MAX, &c->cves_n, json_string_value(json_object_get(vulnerability, "cve")));
		json_array_foreach(json_object_get(vulnerability, "remediations"), j, remedy)
			if (is_measure(json_string_value(json_object_get(remedy, "category"))))
				add(c->measures, CSAF_MEASURES_MAX, &c->measures_n, json_string_value(json_object_get(remedy, "details")));
	}
}

lb_err csaf_parse(const uint8_t *p, size_t n, struct csaf *out, struct why *why)
{
	struct csaf c = { .tlp = LB_TLP_UNSET };
	size_t mark = n >= 3 && memcmp(p, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;
	json_error_t at_error;
	json_t *doc = json_loadb((const char *)p + mark, n - mark, JSON_REJECT_DUPLICATES, &at_error);
	lb_err e;

	if (!doc)
		return why_set(why, LB_INVALID, "line %d, column %d: is not JSON: %s", at_error.line, at_error.column, at_error.text);
	e = read_document(doc, &c, why);
	if (!e)
		e = read_language(doc, &c, why);
	if (!e)
		e = refuse_classified(doc, &c, why);
	if (!e)
		e = read_distribution(doc, &c, why);
	if (e) {
		json_decref(doc);
		return e;
	}
	c.document = doc;
	c.summary = summary_of(doc);
	c.url = self_url(doc);
	read_status(doc, &c);
	read_products(doc, &c);
	read_vulnerabilities(doc, &c);
	*out = c;
	return LB_OK;
}

void csaf_fini(struct csaf *c)
{
	json_decref(c->document);
	c->document = NULL;
}
