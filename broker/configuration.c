/* Settings, federation and TLS, loaded together. */
#include "broker/configuration.h"

#include <string.h>

#include "broker/edge/scrape.h"
#include "broker/load.h"
#include "proto/host/federation_file.h"

static lb_err load_tls(const char *path, struct configuration *c, struct config_problem *problem)
{
	const struct settings *s = &c->settings;
	const struct lb_tls_files files = {
		.certificate = s->certificate,
		.key = s->key,
		.ca = s->ca,
		.crl = s->crl[0] != '\0' ? s->crl : NULL,
		.require_hybrid = s->require_hybrid,
	};
	char why[sizeof problem->reason] = "";
	lb_err e = lb_tls_load(LB_LINK_SERVER, &files, &c->tls, why, sizeof why);

	if (e != LB_OK)
		config_problem_set(problem, path, 0, "%s", why[0] != '\0' ? why : lb_err_text(e));
	return e;
}

static lb_err load_signer(const char *path, struct configuration *c, struct config_problem *problem)
{
	char why[sizeof problem->reason] = "";
	lb_err e = lb_signer_load(c->settings.certificate, c->settings.key, &c->signer, why, sizeof why);

	if (e != LB_OK)
		config_problem_set(problem, path, 0, "%s", why[0] != '\0' ? why : lb_err_text(e));
	return e;
}

/* A federation of another trust domain than the broker's certificate would refuse every agent, one by one. */
static lb_err check_together(const char *path, const struct configuration *c, struct config_problem *problem)
{
	const char *ours = lb_tls_identity(c->tls)->trust_domain;
	const char *theirs = federation_trust_domain(c->federation);
	char why[sizeof problem->reason];

	if (strcmp(ours, theirs) != 0) {
		config_problem_set(problem, path, 0, "the trust domain of %s is \"%s\", that of %s is \"%s\"", c->settings.certificate,
		                   ours, c->settings.federation, theirs);
		return LB_CONFIG;
	}
	if (c->settings.metrics[0] != '\0' && scrape_check_address(c->settings.metrics, why, sizeof why) != LB_OK) {
		config_problem_set(problem, path, 0, "metrics: %s", why);
		return LB_CONFIG;
	}
	return LB_OK;
}

lb_err configuration_load(const char *path, struct configuration *out, struct config_problem *problem)
{
	struct configuration c = { .federation = NULL };
	lb_err e = load_settings(path, &c.settings, problem);

	if (e != LB_OK)
		return e;
	e = federation_file_read(c.settings.federation, &c.federation, problem);
	if (e == LB_OK)
		e = load_tls(path, &c, problem);
	if (e == LB_OK)
		e = load_signer(path, &c, problem);
	if (e == LB_OK)
		e = check_together(path, &c, problem);
	if (e == LB_OK)
		*out = c;
	else
		configuration_fini(&c);
	return e;
}

void configuration_fini(struct configuration *c)
{
	if (c->tls != NULL)
		lb_tls_unref(c->tls);
	if (c->signer != NULL)
		lb_signer_free(c->signer);
	federation_unref(c->federation);
	settings_fini(&c->settings);
	*c = (struct configuration){ .federation = NULL };
}
