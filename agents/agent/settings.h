/* The agent's configuration file. */
#ifndef LAGEBUS_AGENT_SETTINGS_H
#define LAGEBUS_AGENT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/err.h"
#include "proto/host/config_file.h"

#define SETTINGS_BROKERS_MAX 8
#define SETTINGS_COORDINATORS_MAX 8
#define SETTINGS_COORDINATOR "bund-bsi" /* where none are given */

/* A row a key: X(field, key, required, read again on SIGHUP, default, text). `brokers` and `coordinators` are lists, and read again. */
/* clang-format off */
#define SETTINGS_TABLE(X) \
	X(certificate, "certificate", true, true,  "", "the agent's certificate chain, PEM") \
	X(key,         "key",         true, true,  "", "its private key, PEM; it signs what the agent sends, too") \
	X(previous_certificate, "previous_certificate", false, true, "", "the certificate before the last renewal, PEM; what was encrypted to it is opened still") \
	X(previous_key, "previous_key", false, true, "", "its private key, PEM; neither need be there yet") \
	X(ca,          "ca",          true, true,  "", "the federation's CA certificates, PEM") \
	X(crl,         "crl",         false, true, "", "revocation lists, PEM; empty: none") \
	X(data,        "data",        true, false,  "", "folder of outbox and inbox") \
	X(local,       "local",       false, false, "ipc:///run/lagebus/agent/agent.sock", "socket for the command line and plugins; who may enter its folder may use it") \
	X(proxy,       "proxy",       false, true, "", "host:port of an HTTP proxy that allows CONNECT; empty: none") \
	X(retention,   "retention",   false, true, "federation", "for how long messages are kept: as the federation file says, or by the defaults (own)") \
	X(quarantine,  "quarantine",  false, true, "90 d", "for how long what did not verify is kept") \
	X(log_level,   "log_level",   false, true, "info", "error, warn, info or debug") \
	X(incident_route,  "incident_route",  false, true, "confirm", "what a body below reports goes up when somebody here has confirmed it (confirm), or by itself (forward)") \
	X(incident_to,     "incident_to",     false, true, "bund-bsi", "whom a partner without another above it reports incidents to") \
	X(incident_first,  "incident_first",  false, true, "24 h", "an incident's first report is due so long after it was known") \
	X(incident_update, "incident_update", false, true, "72 h", "its update, likewise") \
	X(incident_final,  "incident_final",  false, true, "30 d", "its final report, or a progress report instead, so long after the update or the last of those") \
	X(incident_warn,   "incident_warn",   false, true, "6 h", "so long before a clock runs out it is said") \
	X(incident_idle,   "incident_idle",   false, true, "365 d", "an open incident for which nothing has come for so long is said to be idle, and goes with the closed ones")
/* clang-format on */

struct settings {
	char *brokers[SETTINGS_BROKERS_MAX]; /* "host:port", tried in turn */
	unsigned brokers_n;
	char *coordinators[SETTINGS_COORDINATORS_MAX]; /* partner ids: who may warn everyone (second_person.h) */
	unsigned coordinators_n;
#define X(field, key, required, reloadable, value, text) char *field;
	SETTINGS_TABLE(X)
#undef X
};

/* Reads a file; blocks. LB_OK, LB_NO_MEMORY, or LB_CONFIG and *problem says where and why. */
lb_err settings_read(const char *path, struct settings *out, struct config_problem *problem) LB_MUST_CHECK;
/* The same from n bytes in memory. */
lb_err settings_parse(const char *name, const char *text, size_t n, struct settings *out, struct config_problem *problem) LB_MUST_CHECK;
void settings_fini(struct settings *s);
/* Puts what was read anew into force, but for what is read at start only, which stays. What was in force is in *s afterwards. */
void settings_swap(struct settings *in_force, struct settings *s);
/* The next key, from *at on (0 first), that differs between the two and is read at start only; NULL if there is no more. */
const char *settings_changed(const struct settings *a, const struct settings *b, size_t *at);

#endif
