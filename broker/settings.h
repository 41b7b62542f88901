/* The broker's configuration as lagebusd.conf gives it: a row a key, and a struct that the rows fill. */
#ifndef LAGEBUS_BROKER_SETTINGS_H
#define LAGEBUS_BROKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

/* X(field, key, kind, default, reloadable, text). Kinds: STRING, NUMBER (int64), BYTES ("64 MiB" or a number), SECONDS, BOOL. */
/* clang-format off */
#define SETTINGS_TABLE(X) \
	X(listen,            "listen",             STRING,  "127.0.0.1:7700",   false, "address and port for agents; port 0 picks a free one") \
	X(data,              "data",               STRING,  "/var/lib/lagebus", false, "folder of the log") \
	X(certificate,       "certificate",        STRING,  "",                 true,  "the broker's certificate chain, PEM") \
	X(key,               "key",                STRING,  "",                 true,  "its private key, PEM") \
	X(ca,                "ca",                 STRING,  "",                 true,  "the federation's CA certificates, PEM") \
	X(crl,               "crl",                STRING,  "",                 true,  "revocation lists, PEM; empty: none") \
	X(require_hybrid,    "require_hybrid",     BOOL,    "false",            true,  "only key exchange with ML-KEM; refuses to start where OpenSSL has none") \
	X(federation,        "federation",         STRING,  "",                 true,  "the federation file") \
	X(metrics,           "metrics",            STRING,  "",                 false, "local address and port for OpenMetrics; empty: none") \
	X(log_level,         "log_level",          STRING,  "info",             false, "what is logged: error, warn, info or debug") \
	X(workers,           "workers",            NUMBER,  "0",                false, "threads that serve sessions; 0: one per core, less one for the log writer") \
	X(door_threads,      "door_threads",       NUMBER,  "1",                false, "threads that do TLS handshakes") \
	X(max_connections,   "max_connections",    NUMBER,  "10000",            false, "connections in all") \
	X(max_per_partner,   "max_per_partner",    NUMBER,  "1000",             false, "connections of one partner's agents") \
	X(max_handshakes,    "max_handshakes",     NUMBER,  "1000",             false, "TLS handshakes under way at once") \
	X(handshake_s,       "handshake_timeout",  SECONDS, "10",               false, "time for a connection to become a session") \
	X(heartbeat_s,       "heartbeat",          SECONDS, "30",               false, "silence after which a session is closed") \
	X(drain_s,           "drain_timeout",      SECONDS, "10",               false, "time for sessions to take what is under way on SIGTERM") \
	X(publish_rate,      "publish_rate",       NUMBER,  "0",                false, "publishes a second of one session; 0: as fast as the disk") \
	X(session_in_flight, "session_in_flight",  BYTES,   "8 MiB",            false, "bytes of one session's publishes that wait for the disk") \
	X(in_flight,         "in_flight",          BYTES,   "64 MiB",           false, "bytes of all publishes that wait for the disk") \
	X(tail_bytes,        "tail",               BYTES,   "64 MiB",           false, "newest messages kept in memory for sessions that are up to date") \
	X(commit_bytes,      "commit",             BYTES,   "512 KiB",            false, "routine bytes in one commit at most") \
	X(map_bytes,         "log_size",           BYTES,   "256 GiB",          false, "the most the log may grow to") \
	X(low_water_bytes,   "low_water",          BYTES,   "256 MiB",          false, "free disk below which publishes are refused") \
	X(retention_s,       "retention",          SECONDS, "157680000",        false, "how long messages are kept (5 years)") \
	X(audit_retention_s, "audit_retention",    SECONDS, "315360000",        false, "how long the audit is kept (10 years)") \
	X(approval_wait_s,   "approval_wait",      SECONDS, "3600",             false, "how long a warning of level 4 waits for a second person")
/* clang-format on */

#define SETTINGS_KIND_STRING char *
#define SETTINGS_KIND_NUMBER int64_t
#define SETTINGS_KIND_BYTES int64_t
#define SETTINGS_KIND_SECONDS int64_t
#define SETTINGS_KIND_BOOL bool

struct settings {
#define X(field, key, kind, value, reloadable, text) SETTINGS_KIND_##kind field;
	SETTINGS_TABLE(X)
#undef X
};

/* A value as the file has it. A text for BYTES ("64 MiB") or SECONDS ("5 min") may have a unit: B, KiB, MiB, GiB, TiB; s, min, h, d. */
enum setting_form { SETTING_TEXT, SETTING_NUMBER, SETTING_BOOL };
struct setting_value {
	enum setting_form form;
	const char *text;
	int64_t number; /* SETTING_NUMBER; SETTING_BOOL: 0 or 1 */
};

/* Every key at its default. LB_OK or LB_NO_MEMORY. */
lb_err settings_init(struct settings *out) LB_MUST_CHECK;
void settings_fini(struct settings *s);
/* Sets one key (the value is copied) after checking it on its own. LB_OK, LB_NO_MEMORY, LB_CONFIG (s unchanged): `why` says what is
 * wrong in one clause that begins with the key. */
lb_err settings_set(struct settings *s, const char *key, const struct setting_value *v, char *why, size_t why_n) LB_MUST_CHECK;
/* Checks what several keys have to do with each other, and that what has no default is there. LB_OK or LB_CONFIG. */
lb_err settings_check(const struct settings *s, char *why, size_t why_n) LB_MUST_CHECK;
/* The next key, from *at on (0 first), that differs between the two and is read at start only; NULL if there is no more. */
const char *settings_changed(const struct settings *a, const struct settings *b, size_t *at);

#endif
