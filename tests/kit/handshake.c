/* Two links that shook hands in memory. */
#include "tests/kit/handshake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kit/credentials.h"

static lb_err load(const struct handshake *h, enum lb_link_side side, const char *name, struct lb_tls **out)
{
	char certificate[128], key[128], ca[128], why[512];
	const struct lb_tls_files files = { .certificate = certificate, .key = key, .ca = ca };

	snprintf(certificate, sizeof certificate, "%s/%s.pem", h->folder, name);
	snprintf(key, sizeof key, "%s/%s.key", h->folder, name);
	snprintf(ca, sizeof ca, "%s/ca.pem", h->folder);
	return lb_tls_load(side, &files, out, why, sizeof why);
}

bool handshake_begin(struct handshake *h, const char *partner)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	const struct credential agent = { "agent", "ca", uri, NULL, 2 };

	memset(h, 0, sizeof *h);
	strcpy(h->folder, "/tmp/lagebus-handshake-XXXXXX");
	snprintf(uri, sizeof uri, "spiffe://lagebus.example/partner/%s/agent/main", partner);
	return mkdtemp(h->folder) && credentials_make(h->folder, "lagebus.example") && credentials_issue(h->folder, &agent) &&
	       load(h, LB_LINK_CLIENT, "agent", &h->agent_tls) == LB_OK && load(h, LB_LINK_SERVER, "broker", &h->broker_tls) == LB_OK;
}

/* What one has to send goes to the other, which takes all of it: tickets come behind the handshake. */
static lb_err pass(struct lb_link *from, struct lb_link *to)
{
	struct lb_buf *out = lb_link_output(from);
	uint8_t byte;
	size_t got;
	lb_err e;

	lb_link_feed(to, lb_buf_data(out), lb_buf_len(out));
	e = lb_link_handshake(to);
	if (e == LB_OK && lb_link_read(to, &byte, sizeof byte, &got) != LB_AGAIN)
		e = LB_UNEXPECTED;
	lb_link_output_sent(from, lb_buf_len(out));
	return e;
}

static void free_links(struct handshake *h)
{
	if (h->agent)
		lb_link_free(h->agent);
	if (h->broker)
		lb_link_free(h->broker);
	h->agent = h->broker = NULL;
}

bool handshake_shake(struct handshake *h)
{
	lb_err agent, broker = LB_AGAIN;

	free_links(h);
	h->agent = lb_link_new(h->agent_tls, NULL);
	h->broker = lb_link_new(h->broker_tls, NULL);
	if (!h->agent || !h->broker)
		return false;
	agent = lb_link_handshake(h->agent);
	while ((agent == LB_AGAIN || broker == LB_AGAIN) && lb_buf_len(lb_link_output(h->agent)) + lb_buf_len(lb_link_output(h->broker)) > 0) {
		broker = pass(h->agent, h->broker);
		agent = pass(h->broker, h->agent);
	}
	return agent == LB_OK && broker == LB_OK;
}

void handshake_end(struct handshake *h)
{
	free_links(h);
	if (h->agent_tls)
		lb_tls_unref(h->agent_tls);
	if (h->broker_tls)
		lb_tls_unref(h->broker_tls);
	credentials_remove(h->folder);
}
