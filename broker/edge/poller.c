/* epoll, edge-triggered. */
#include "broker/edge/poller.h"

#include <sys/epoll.h>

#define EVENTS_MAX 256

int poller_new(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

static lb_err add(int poller, int fd, uint64_t tag, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.u64 = tag };

	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) == 0 ? LB_OK : LB_LIMIT;
}

lb_err poller_add(int poller, int fd, uint64_t tag)
{
	return add(poller, fd, tag, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

lb_err poller_add_listening(int poller, int fd, uint64_t tag)
{
	return add(poller, fd, tag, EPOLLIN | EPOLLEXCLUSIVE);
}

void poller_remove(int poller, int fd)
{
	epoll_ctl(poller, EPOLL_CTL_DEL, fd, &(struct epoll_event){ 0 });
}

unsigned poller_wait(int poller, struct poller_event *out, unsigned max, int timeout_ms)
{
	struct epoll_event e[EVENTS_MAX];
	int n = epoll_wait(poller, e, (int)(max < EVENTS_MAX ? max : EVENTS_MAX), timeout_ms);

	for (int i = 0; i < n; i++) {
		out[i].tag = e[i].data.u64;
		out[i].readable = e[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
		out[i].ended = e[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
		out[i].writable = e[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR);
	}
	return n > 0 ? (unsigned)n : 0;
}
