/* Messages about a message. */
#include "agents/cli/about.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/identity.h"
#include "proto/host/words.h"

/* A copy with a NUL, behind the ones before it. */
static char *put(char **at, struct lb_text t)
{
	char *p = *at;

	if (t.n > 0)
		memcpy(p, t.p, t.n);
	p[t.n] = 0;
	*at += t.n + 1;
	return p;
}

enum cli_exit about_init(struct about *a, struct cli *cli, unsigned type, const struct lb_header *h, bool to_origin)
{
	const char *as = args_value(&cli->args, "as", "");
	size_t n = h->exercise_name.n + h->origin.n + 2;
	char *at;

	memset(a, 0, sizeof(*a));
	lagebus__header__init(&a->header);
	if (*as && !lb_partner_is_valid(as, strlen(as)))
		return cli_fail(cli, CLI_USAGE, "--as %.80s: is no partner id; write de-sn/leipzig, for example", as);
	for (unsigned i = 0; i < h->audience_n; i++)
		n += h->audience[i].n + 1;
	at = a->texts = malloc(n);
	if (!at)
		return cli_fail(cli, CLI_IO, "out of memory");
	a->header.type = type;
	a->header.origin = (char *)as;
	a->header.area = h->area;
	a->header.tlp = lb_tlp_effective(h->tlp);
	a->header.schema_version = 1;
	a->header.language = "de";
	a->header.exercise = h->exercise;
	a->header.exercise_name = put(&at, h->exercise_name);
	memcpy(a->thread, h->id.b, sizeof(a->thread));
	a->header.thread = (ProtobufCBinaryData){ sizeof(a->thread), a->thread };
	a->header.audience = a->audience;
	a->header.n_audience = to_origin ? 1 : h->audience_n;
	for (unsigned i = 0; i < a->header.n_audience; i++)
		a->audience[i] = put(&at, to_origin ? h->origin : h->audience[i]);
	return CLI_OK;
}

void about_fini(struct about *a)
{
	free(a->texts);
	a->texts = NULL;
}

enum cli_exit about_send(struct client *client, const struct about *a, const uint8_t *payload, size_t n, struct lb_uuid *id, bool *accepted)
{
	uint8_t *header = malloc(lagebus__header__get_packed_size(&a->header) + 1);
	enum cli_exit code;

	if (!header)
		return cli_fail(client->cli, CLI_IO, "out of memory");
	code = client_send(client, (ProtobufCBinaryData){ lagebus__header__pack(&a->header, header), header }, (ProtobufCBinaryData){ n, (uint8_t *)payload },
		!args_has(&client->cli->args, "no-wait"), _("waiting for the broker to accept it"), id, accepted);
	free(header);
	return code;
}
