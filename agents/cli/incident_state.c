/* What is kept for the person at the command line. */
#include "agents/cli/incident_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agents/cli/file.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define CONTACT_MAX 1000

/* "<state>/lagebus<below>", its folders made. */
static lb_err path_of(const char *below, char out[PATH_MAX], struct why *why)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	if (state && *state == '/')
		n = snprintf(out, PATH_MAX, "%s/lagebus%s", state, below);
	else if (home && *home == '/')
		n = snprintf(out, PATH_MAX, "%s/.local/state/lagebus%s", home, below);
	else
		return why_set(why, LB_IO, "neither XDG_STATE_HOME nor HOME says where drafts are kept");
	if (n >= PATH_MAX - 64)
		return why_set(why, LB_IO, "the path of the drafts is too long");
	for (char *slash = strchr(out + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(out, 0700) != 0 && errno != EEXIST)
			return why_set(why, LB_IO, "%s: the folder cannot be made: %s", out, _(strerror(errno)));
		*slash = '/';
	}
	return LB_OK;
}

static lb_err draft_path(struct incident_draft *d, struct why *why)
{
	lb_err e = path_of("/drafts/", d->path, why);

	if (!e)
		snprintf(d->path + strlen(d->path), 60, "%s.json", d->name);
	return e;
}

lb_err incident_draft_new(int64_t now_ms, struct incident_draft *out, struct why *why)
{
	time_t t = (time_t)(now_ms / 1000);
	struct tm tm;
	lb_err e = LB_OK;

	if (!localtime_r(&t, &tm))
		return why_set(why, LB_IO, "the time is not a date");
	strftime(out->name, sizeof(out->name), "%Y%m%d-%H%M%S", &tm);
	e = draft_path(out, why);
	for (unsigned i = 2; !e && access(out->path, F_OK) == 0 && i < 100; i++) {
		snprintf(out->name + 15, sizeof(out->name) - 15, "-%u", i);
		e = draft_path(out, why);
	}
	return e;
}

static bool is_draft(const char *file)
{
	size_t n = strlen(file);

	return n > 5 && n - 5 < sizeof(((struct incident_draft *)0)->name) && strcmp(file + n - 5, ".json") == 0;
}

/* The newest is the one whose name comes last. */
static lb_err newest(struct incident_draft *out, struct why *why)
{
	char folder[PATH_MAX];
	struct dirent *one;
	DIR *dir;

	if (path_of("/drafts/", folder, why))
		return LB_IO;
	dir = opendir(folder);
	out->name[0] = 0;
	while (dir && (one = readdir(dir)))
		if (is_draft(one->d_name) && strncmp(one->d_name, out->name, strlen(one->d_name) - 5) > 0)
			snprintf(out->name, sizeof(out->name), "%.*s", (int)(strlen(one->d_name) - 5), one->d_name);
	if (dir)
		closedir(dir);
	return out->name[0] ? draft_path(out, why) : why_set(why, LB_NOT_FOUND, "there is no draft in %s", folder);
}

lb_err incident_draft_find(const char *name, struct incident_draft *out, struct why *why)
{
	lb_err e;

	if (strcmp(name, "last") == 0)
		return newest(out, why);
	if (!*name || strchr(name, '/') || strlen(name) >= sizeof(out->name))
		return why_set(why, LB_NOT_FOUND, "there is no draft '%.40s'; the newest one is last", name);
	snprintf(out->name, sizeof(out->name), "%s", name);
	e = draft_path(out, why);
	if (!e && access(out->path, R_OK) != 0)
		e = why_set(why, LB_NOT_FOUND, "there is no draft '%.40s' (%s); the newest one is last", name, out->path);
	return e;
}

lb_err incident_draft_save(const struct incident_draft *d, const json_t *values, struct why *why)
{
	char *text = json_dumps(values, JSON_INDENT(2) | JSON_SORT_KEYS);
	lb_err e = text ? file_replace(d->path, text, strlen(text), 0600, why) : why_set(why, LB_NO_MEMORY, "out of memory");

	free(text);
	return e;
}

void incident_draft_remove(const struct incident_draft *d)
{
	unlink(d->path);
}

char *incident_contact_load(void)
{
	char path[PATH_MAX];
	uint8_t *text;
	struct why why;
	size_t n;

	if (path_of("/contact", path, &why) || file_read(path, CONTACT_MAX, &text, &n, &why))
		return NULL;
	text[strcspn((char *)text, "\n")] = 0;
	return (char *)text;
}

void incident_contact_save(const char *contact)
{
	char path[PATH_MAX];
	struct why why;

	if (!path_of("/contact", path, &why) && file_replace(path, contact, strlen(contact), 0600, &why))
		path[0] = 0; /* it is asked for again */
}
