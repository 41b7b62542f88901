/* More connections than there may be: crowd PORT CA_FOLDER MAX_CONNECTIONS. Sessions of bund-bsi, de-sn and de-he and silent strangers fill the
 * broker; SURPLUS more are closed at once, nobody else is touched, and whenever one leaves, one may come. Leaves SURPLUS + 2 refusals in the log. */
#include "tests/hostile/hostile.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SURPLUS 10
#define CROWD_MAX 256

static unsigned port;
static const char *ca;

/* Waits until the broker has closed it. */
static bool is_refused(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, CALLER_MS) > 0 && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

static bool is_open(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static int knock(void)
{
	int fd = caller_connect(port);

	must(fd >= 0, "connecting");
	return fd;
}

static void be_refused(unsigned n)
{
	int fd[SURPLUS];

	for (unsigned i = 0; i < n; i++)
		fd[i] = knock();
	for (unsigned i = 0; i < n; i++) {
		must(is_refused(fd[i]), "one too many was let in");
		close(fd[i]);
	}
}

/* It has left when another may come; the broker hears of it in its own time. */
static void come_in(struct caller *c, const char *name)
{
	int64_t until = clock_ms() + CALLER_MS;
	struct lb_tls *tls = load(ca, name);

	while (!caller_dial(c, port, tls)) {
		must(clock_ms() < until, "one left, and nobody may come");
		caller_fini(c);
	}
	lb_tls_unref(tls);
	must(caller_open(c, NULL), "Hello");
}

int main(int argc, char **argv)
{
	struct caller from, to, he, next;
	int silent[CROWD_MAX];
	unsigned n;

	must(argc == 4, "usage: crowd PORT CA_FOLDER MAX_CONNECTIONS");
	port = (unsigned)atoi(argv[1]);
	ca = argv[2];
	n = (unsigned)atoi(argv[3]) - 3;
	must(n > 0 && n <= CROWD_MAX, "MAX_CONNECTIONS");
	dial_open(&from, port, ca, "bund-bsi.main");
	dial_open(&to, port, ca, "de-sn.main");
	dial_open(&he, port, ca, "de-he.main");
	for (unsigned i = 0; i < n; i++)
		silent[i] = knock();
	be_refused(SURPLUS);
	for (unsigned i = 0; i < n; i++)
		must(is_open(silent[i]), "one who was there before the crowd was closed");
	ask_witness(&from, &to);
	must(caller_is_answered(&he), "a session suffered from the crowd");
	close(silent[--n]); /* at the door */
	come_in(&next, "de-he.second");
	be_refused(1);
	caller_fini(&he); /* a session */
	come_in(&he, "de-he.main");
	be_refused(1);
	ask_witness(&from, &to);
	must(caller_is_answered(&next) && caller_is_answered(&he), "a session suffered from the crowd");
	caller_fini(&from);
	caller_fini(&to);
	caller_fini(&he);
	caller_fini(&next);
	while (n > 0)
		close(silent[--n]);
	return 0;
}
