/* lagebusd: reads its configuration, starts its parts, serves until it is told to stop, lets its sessions go, ends. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "broker/audit_export.h"
#include "broker/configuration.h"
#include "proto/host/log.h"
#include "proto/host/notify.h"
#include "broker/parts.h"

#define DEFAULT_CONFIG "/etc/lagebus/lagebusd.conf"
#define DRAIN_LOOK_MS 20

enum exit_code { EXIT_ENDED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 3 };

static const char usage[] =
	"usage: lagebusd [options]\n"
	"The broker of the federation: takes messages from agents, keeps them, delivers them.\n"
	"\n"
	"  -c, --config FILE    its configuration (" DEFAULT_CONFIG ")\n"
	"  -t, --check-config   check the configuration and the files it names, say what is wrong, end\n"
	"      --export-audit FILE\n"
	"                       write the audit to a new file (- is standard output) for lagebus audit, end; a broker may be running\n"
	"  -V, --version        print the version, end\n"
	"  -h, --help           print this, end\n"
	"\n"
	"Signals: SIGHUP reads the configuration again; SIGTERM and SIGINT let the sessions go and end; twice: at once.\n"
	"Exit: 0 ended as told, 1 it could not start or go on, 2 usage, 3 the configuration is not valid.\n";

static const char try_help[] = "lagebusd --help lists the options\n";

struct options {
	const char *config, *export_audit;
	bool check;
};

/* Returns the code to exit with, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, 't' },
		{ "export-audit", required_argument, NULL, 'x' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .config = DEFAULT_CONFIG };
	while ((c = getopt_long(argc, argv, "c:tVh", table, NULL)) != -1) {
		switch (c) {
		case 'c': o->config = optarg; break;
		case 't': o->check = true; break;
		case 'x': o->export_audit = optarg; break;
		case 'V': puts("lagebusd " LAGEBUS_VERSION); return EXIT_ENDED;
		case 'h': fputs(usage, stdout); return EXIT_ENDED;
		default:  fputs(try_help, stderr); return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "lagebusd: \"%s\" is not an option\n%s", argv[optind], try_help);
	return EXIT_USAGE;
}

static int refuse_configuration(const struct config_problem *problem)
{
	char text[sizeof problem->file + sizeof problem->reason + 32];

	config_problem_text(problem, text, sizeof text);
	fprintf(stderr, "lagebusd: %s\n", text);
	return EXIT_CONFIGURATION;
}

static int approve_configuration(const char *path, struct configuration *c)
{
	if (!lb_tls_is_valid_at(c->tls, (int64_t)time(NULL) * 1000)) {
		fprintf(stderr, "lagebusd: %s: the certificate is not valid at this time, so no agent would take it; lagebus ca issue makes a new one\n",
		        c->settings.certificate);
		configuration_fini(c);
		return EXIT_CONFIGURATION;
	}
	printf("%s: valid; %zu partners in %s\n", path, federation_count(c->federation), c->settings.federation);
	configuration_fini(c);
	return EXIT_ENDED;
}

static int export_audit(const char *path, struct configuration *c)
{
	uint64_t rows;
	char why[512];
	lb_err e = audit_export(c->settings.data, path, &rows, why, sizeof why);

	configuration_fini(c);
	if (e != LB_OK) {
		fprintf(stderr, "lagebusd: %s\n", why);
		return EXIT_FAILED;
	}
	fprintf(stderr, "%s: %llu rows of the audit; lagebus audit verify checks them\n", path, (unsigned long long)rows);
	return EXIT_ENDED;
}

/* Signals come through a descriptor, in the main thread only; every thread made after this inherits the mask. -1 on error. */
static int take_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* The next signal, or 0 if timeout_ms (-1: for ever) passed without one. */
static int next_signal(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&p, 1, timeout_ms) <= 0)
		return 0;
	return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Every connection is a descriptor; the shell's usual 1024 are for programs with fewer friends. */
static void raise_file_limit(const struct settings *s)
{
	rlim_t wanted = (rlim_t)s->max_connections + 256;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		log_event(LOG_WARN, "few_descriptors", "have=%llu wanted=%llu", (unsigned long long)limit.rlim_cur,
		          (unsigned long long)wanted);
}

/* Bytes before the port of an address that was checked to have one. */
static int host_n(const char *address)
{
	return (int)(strrchr(address, ':') - address);
}

static void announce(const struct parts *p)
{
	const struct settings *s = &p->configuration.settings;

	if (p->scrape != NULL)
		log_event(LOG_INFO, "metrics_listening", "address=%.*s port=%u", host_n(s->metrics), s->metrics, scrape_port(p->scrape));
	log_event(LOG_INFO, "listening", "address=%.*s port=%u workers=%u partners=%zu version=%s", host_n(s->listen), s->listen,
	          door_port(p->door), p->workers_n, federation_count(p->configuration.federation), LAGEBUS_VERSION);
}

static void refuse_reload(struct parts *p, const struct config_problem *problem)
{
	atomic_fetch_add(&p->reloads_refused, 1);
	log_event(LOG_ERROR, "reload_refused", "file=%s line=%u reason=%s", problem->file, problem->line, problem->reason);
	parts_reload_refused(p, problem->reason);
}

static void tell_what_waits(const struct parts *p, const struct configuration *c)
{
	const char *key;
	size_t at = 0;

	while ((key = settings_changed(&p->configuration.settings, &c->settings, &at)) != NULL)
		log_event(LOG_WARN, "reload_ignored", "key=%s reason=%s", key, "it is read at start only");
}

/* All that checks is put in force; if anything does not, everything stays as it was. */
static void reload(struct parts *p, const char *path)
{
	struct configuration c = { .federation = NULL };
	struct config_problem problem = { .line = 0 };

	notify_reloading();
	if (configuration_load(path, &c, &problem) != LB_OK) {
		refuse_reload(p, &problem);
	} else if (parts_reload(p, &c) != LB_OK) {
		config_problem_set(&problem, path, 0, "%s", lb_err_text(LB_NO_MEMORY));
		refuse_reload(p, &problem);
	} else {
		tell_what_waits(p, &c);
		atomic_fetch_add(&p->reloads, 1);
		log_event(LOG_INFO, "reloaded", "file=%s partners=%zu generation=%u", path, federation_count(c.federation),
		          federation_generation(c.federation));
	}
	configuration_fini(&c);
	notify_ready();
}

/* Until SIGTERM or SIGINT, which it returns. */
static int serve(struct parts *p, const char *path, int signals)
{
	for (;;) {
		int s = next_signal(signals, notify_alive_ms());
		if (s == SIGTERM || s == SIGINT)
			return s;
		if (s == SIGHUP)
			reload(p, path);
		notify_alive();
	}
}

/* Gives the sessions time to take what is under way; a second signal cuts it short. */
static void drain(struct parts *p, int signals)
{
	int64_t until = clock_ms() + p->configuration.settings.drain_s * 1000;

	notify_stopping();
	log_event(LOG_INFO, "draining", "sessions=%u", parts_sessions(p));
	parts_drain(p);
	while (parts_sessions(p) != 0 && clock_ms() < until) {
		int s = next_signal(signals, DRAIN_LOOK_MS);
		if (s == SIGTERM || s == SIGINT)
			break;
		notify_alive();
	}
	log_event(LOG_INFO, "drained", "sessions_left=%u", parts_sessions(p));
}

static int run(const char *path, struct configuration *c)
{
	static struct parts parts;
	enum log_level level = LOG_INFO;
	char why[512];
	int signals = take_signals();

	if (signals < 0) {
		fprintf(stderr, "lagebusd: signals cannot be taken: %s\n", strerror(errno));
		configuration_fini(c);
		return EXIT_FAILED;
	}
	if (log_level_from_name(c->settings.log_level, &level))
		log_set_level(level);
	raise_file_limit(&c->settings);
	if (parts_start(&parts, c, why, sizeof why) != LB_OK) {
		log_event(LOG_ERROR, "start_failed", "reason=%s", why);
		parts_end(&parts);
		return EXIT_FAILED;
	}
	announce(&parts);
	notify_ready();
	log_event(LOG_INFO, "stopping", "signal=%d", serve(&parts, path, signals));
	drain(&parts, signals);
	parts_end(&parts);
	log_event(LOG_INFO, "stopped", NULL);
	close(signals);
	return EXIT_ENDED;
}

int main(int argc, char **argv)
{
	struct options options;
	struct configuration configuration;
	struct config_problem problem = { .line = 0 };
	int code = read_options(argc, argv, &options);

	if (code >= 0)
		return code;
	if (configuration_load(options.config, &configuration, &problem) != LB_OK)
		return refuse_configuration(&problem);
	if (options.export_audit)
		return export_audit(options.export_audit, &configuration);
	if (options.check)
		return approve_configuration(options.config, &configuration);
	return run(options.config, &configuration);
}
