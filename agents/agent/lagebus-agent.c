/* lagebus-agent: the program. */
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "agents/agent/agent.h"
#include "proto/host/log.h"
#include "proto/host/notify.h"
#include "proto/host/words.h"

#define CONFIG_DEFAULT "/etc/lagebus/agent.conf"

enum exit_code { EXIT_ENDED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 3 };

static const char help[] =
	"usage: lagebus-agent [options]\n"
	"A partner's agent: keeps what is sent until the broker has it, and what comes, verified.\n"
	"\n"
	"  -c, --config FILE    its configuration (" CONFIG_DEFAULT ")\n"
	"  -t, --check-config   check the configuration and the files it names, say what is wrong, end\n"
	"  -V, --version        print the version, end\n"
	"  -h, --help           print this, end\n"
	"\n"
	"Signals: SIGHUP reads configuration and certificates again; SIGTERM and SIGINT say goodbye and end.\n"
	"Exit: 0 ended as told, 1 it could not start, 2 usage, 3 the configuration is not valid.\n";

static const char try_help[] = "lagebus-agent --help lists the options\n";

struct options {
	const char *config;
	bool check;
};

/* What to end with, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "config", required_argument, NULL, 'c' }, { "check-config", no_argument, NULL, 't' }, { "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:tVh", names, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 't':
			o->check = true;
			break;
		case 'V':
			puts("lagebus-agent " LAGEBUS_VERSION);
			return EXIT_ENDED;
		case 'h':
			fputs(help, stdout);
			return EXIT_ENDED;
		default:
			fputs(try_help, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "lagebus-agent: \"%s\" is not an option\n%s", argv[optind], try_help);
	return EXIT_USAGE;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void set_log_level(const struct agent *a)
{
	enum log_level level;

	if (log_level_from_name(a->settings.log_level, &level))
		log_set_level(level);
}

/* False: it is time to end. */
static bool take_signals(struct agent *a, int fd)
{
	struct signalfd_siginfo s;

	while (read(fd, &s, sizeof s) == (ssize_t)sizeof s) {
		if (s.ssi_signo != SIGHUP)
			return false;
		notify_reloading();
		agent_reload(a);
		set_log_level(a);
		notify_ready();
	}
	return true;
}

/* No broker lets one in whose certificate is not in its time. */
static lb_err check_time(const struct settings *s, const struct lb_tls *tls, char *why, size_t why_n)
{
	int64_t now = agent_clock_ms(), end = lb_tls_expires_ms(tls);
	time_t end_s = (time_t)(end / 1000);
	char at[32] = "";
	struct tm tm;

	if (lb_tls_is_valid_at(tls, now))
		return LB_OK;
	if (gmtime_r(&end_s, &tm))
		strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end < now)
		snprintf(why, why_n, "%s: the certificate ended at %s; ask the coordinator for a new one", s->certificate, at);
	else
		snprintf(why, why_n, "%s: the certificate is not valid yet; check this machine's clock", s->certificate);
	return LB_CONFIG;
}

/* Loads what an agent would, and says who it would be. */
static lb_err check_config(const char *config, char *why, size_t why_n)
{
	struct config_problem problem = { .line = 0 };
	char uri[LB_SPIFFE_ID_MAX + 1];
	struct settings s;
	struct lb_tls *tls;
	lb_err e = settings_read(config, &s, &problem);

	if (e != LB_OK) {
		config_problem_text(&problem, why, why_n);
		return e;
	}
	e = lb_tls_load(LB_LINK_CLIENT, &(struct lb_tls_files){ s.certificate, s.key, s.ca, s.crl, false }, &tls, why, why_n);
	if (e == LB_OK) {
		e = check_time(&s, tls, why, why_n);
		lb_identity_format(lb_tls_identity(tls), uri);
		if (e == LB_OK)
			printf("%s: valid; it is %s\n", config, uri);
		lb_tls_unref(tls);
	}
	settings_fini(&s);
	return e;
}

static int fail(lb_err e, const char *why)
{
	fprintf(stderr, "lagebus-agent: %s\n", why);
	return e == LB_CONFIG ? EXIT_CONFIGURATION : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	static struct agent agent;
	struct options o = { CONFIG_DEFAULT, false };
	char why[1024] = "";
	int signals, rc = read_options(argc, argv, &o);
	lb_err e;

	if (rc >= 0)
		return rc;
	words_init();
	agent.german = words_speak_german(false);
	/* One thread does the work: a second arena would only cost memory. */
	mallopt(M_ARENA_MAX, 1);
	if (o.check) {
		e = check_config(o.config, why, sizeof why);
		return e == LB_OK ? EXIT_ENDED : fail(e, why);
	}
	signals = open_signals();
	e = agent_open(&agent, o.config, why, sizeof why);
	if (e != LB_OK)
		return fail(e, why);
	set_log_level(&agent);
	log_event(LOG_INFO, "started", "version=%s partner=%s local=%s", LAGEBUS_VERSION, lb_tls_identity(agent.tls)->partner, agent.settings.local);
	notify_ready();
	while (take_signals(&agent, signals))
		agent_turn(&agent, signals);
	notify_stopping();
	agent_close(&agent);
	log_event(LOG_INFO, "ended", "version=%s", LAGEBUS_VERSION);
	return EXIT_ENDED;
}
