/* libmicrohttpd, with one thread and small bounds: what asks here is one collector a few times a minute. */
#include "broker/edge/scrape.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define STACK_BYTES (128 * 1024)
#define CONNECTIONS 8
#define CONNECTION_BYTES (16 * 1024)
#define TIMEOUT_S 10
#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct scrape {
	struct MHD_Daemon *daemon;
	scrape_render *render;
	void *user;
};

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
};

static bool read_port(const char *text, in_port_t *out)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || port > 65535)
		return false;
	*out = htons((uint16_t)port);
	return true;
}

static bool read_host(const char *host, in_port_t port, struct address *out)
{
	*out = (struct address){ 0 };
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = port;
		return ntohl(out->v4.sin_addr.s_addr) >> 24 == 127;
	}
	if (strcmp(host, "[::1]") != 0)
		return false;
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = port;
	out->v6.sin6_addr = in6addr_loopback;
	return true;
}

static lb_err read_address(const char *text, struct address *out, char *why, size_t why_n)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	in_port_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof host || !read_port(colon + 1, &port)) {
		snprintf(why, why_n, "\"%.100s\" is no address and port, as in \"127.0.0.1:9700\"", text);
		return LB_CONFIG;
	}
	snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	if (!read_host(host, port, out)) {
		snprintf(why, why_n, "\"%s\" is not an address of this machine alone (127.0.0.1, [::1]); who may read the metrics "
		         "from elsewhere is for a proxy to decide", host);
		return LB_CONFIG;
	}
	return LB_OK;
}

lb_err scrape_check_address(const char *address, char *why, size_t why_n)
{
	struct address a;

	return read_address(address, &a, why, why_n);
}

static enum MHD_Result answer(struct MHD_Connection *c, unsigned status, const char *type, void *body, size_t n,
                              enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(n, body, mode);
	enum MHD_Result result;

	if (r == NULL) {
		if (mode == MHD_RESPMEM_MUST_FREE)
			free(body);
		return MHD_NO;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *c, unsigned status, char *text)
{
	return answer(c, status, "text/plain; charset=utf-8", text, strlen(text), MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer_metrics(struct MHD_Connection *c, const struct scrape *s)
{
	static char failed[] = "the metrics could not be rendered\n";
	struct lb_buf text = LB_BUF_INIT;
	lb_err e = s->render(s->user, &text);
	enum MHD_Result result;

	if (e == LB_OK)
		e = lb_buf_append(&text, "# EOF\n", 6);
	if (e == LB_OK)
		result = answer(c, MHD_HTTP_OK, OPENMETRICS, lb_buf_data(&text), lb_buf_len(&text), MHD_RESPMEM_MUST_COPY);
	else
		result = answer_text(c, MHD_HTTP_INTERNAL_SERVER_ERROR, failed);
	lb_buf_fini(&text);
	return result;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                                  const char *upload, size_t *upload_n, void **request)
{
	static char not_found[] = "there is only /metrics\n", not_allowed[] = "only GET and HEAD\n";

	(void)version, (void)upload, (void)request;
	if (*upload_n != 0) {
		*upload_n = 0;
		return MHD_YES;
	}
	if (strcmp(url, "/metrics") != 0)
		return answer_text(c, MHD_HTTP_NOT_FOUND, not_found);
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, not_allowed);
	return answer_metrics(c, user);
}

lb_err scrape_start(const char *address, scrape_render *render, void *user, struct scrape **out, char *why, size_t why_n)
{
	struct address a;
	struct scrape *s;
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD;
	lb_err e = read_address(address, &a, why, why_n);

	if (e != LB_OK)
		return e;
	s = calloc(1, sizeof *s);
	if (s == NULL) {
		snprintf(why, why_n, "%s", lb_err_text(LB_NO_MEMORY));
		return LB_NO_MEMORY;
	}
	s->render = render;
	s->user = user;
	flags |= a.any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &a.any,
	                             MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
	                             MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
	if (s->daemon == NULL) {
		snprintf(why, why_n, "cannot listen on %.100s: %s", address, strerror(errno));
		free(s);
		return LB_IO;
	}
	*out = s;
	return LB_OK;
}

unsigned scrape_port(const struct scrape *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info != NULL ? info->port : 0;
}

void scrape_stop(struct scrape *s)
{
	if (s == NULL)
		return;
	MHD_stop_daemon(s->daemon);
	free(s);
}
