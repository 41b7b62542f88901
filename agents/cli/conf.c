/* What the command line needs of an agent's or a broker's configuration file. */
#include "agents/cli/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/host/words.h"

static lb_err take(const config_t *c, const char *path, const char *key, bool required, char out[CONF_PATH], struct why *why)
{
	const char *value = NULL;

	out[0] = 0;
	if (!config_lookup_string(c, key, &value)) {
		if (!required)
			return LB_OK;
		return why_set(why, LB_CONFIG, "%s: '%s' is missing; write %s = \"/etc/lagebus/...\";", path, key, key);
	}
	if (strlen(value) >= CONF_PATH)
		return why_set(why, LB_CONFIG, "%s: '%s' is too long", path, key);
	strcpy(out, value);
	return LB_OK;
}

static lb_err read_keys(const config_t *c, const char *path, struct conf *out, struct why *why)
{
	lb_err e;

	memset(out, 0, sizeof(*out));
	out->is_federation = config_lookup(c, "partners") != NULL;
	if (out->is_federation)
		return LB_OK;
	e = take(c, path, "certificate", true, out->certificate, why);
	if (!e)
		e = take(c, path, "key", true, out->key, why);
	if (!e)
		e = take(c, path, "ca", true, out->ca, why);
	if (!e)
		e = take(c, path, "crl", false, out->crl, why);
	if (!e)
		e = take(c, path, "local", false, out->local, why);
	if (!e)
		e = take(c, path, "federation", false, out->federation, why);
	return e;
}

lb_err conf_load(const char *path, struct conf *out, struct why *why)
{
	struct conf conf;
	config_t c;
	lb_err e;

	if (access(path, R_OK) < 0)
		return why_set(why, errno == ENOENT ? LB_NOT_FOUND : LB_IO, "%s: cannot be read: %s", path, _(strerror(errno)));
	config_init(&c);
	if (!config_read_file(&c, path))
		e = why_set(why, LB_CONFIG, "%s:%d: %s", path, config_error_line(&c), config_error_text(&c));
	else
		e = read_keys(&c, path, &conf, why);
	config_destroy(&c);
	if (!e)
		*out = conf;
	return e;
}
