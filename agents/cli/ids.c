/* Message ids as people write them: whole, the beginning or the end of one, or "last". */
#include "agents/cli/ids.h"

#include <ctype.h>
#include <string.h>

#include "agents/cli/message.h"

#define FIRST_PAGE 10 /* mostly enough for the last message */
#define PAGE 500
#define PAGES_MAX 40
#define SHORTEST 4

static size_t digits_of(const char *text, char *out, size_t n)
{
	size_t at = 0;

	for (; *text && at + 1 < n; text++)
		if (*text != '-')
			out[at++] = (char)tolower((unsigned char)*text);
	out[at] = 0;
	return at;
}

bool id_matches(const struct lb_uuid *id, const char *written)
{
	char text[LB_UUID_TEXT], whole[LB_UUID_TEXT], part[LB_UUID_TEXT];
	size_t whole_n, part_n = digits_of(written, part, sizeof(part));

	lb_uuid_format(id, text);
	whole_n = digits_of(text, whole, sizeof(whole));
	return part_n <= whole_n && (strncmp(whole, part, part_n) == 0 || strcmp(whole + whole_n - part_n, part) == 0);
}

static enum cli_exit page(struct client *client, uint64_t before, uint32_t limit, Lagebus__Reply **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__InboxRequest inbox = LAGEBUS__INBOX_REQUEST__INIT;

	inbox.before = before;
	inbox.limit = limit;
	request.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	request.inbox = &inbox;
	return client_ask(client, &request, "looking for the message", out);
}

/* Goes through one page: counts what matches, keeps the first, and where the next page begins (0: this one was empty). */
static unsigned search(const Lagebus__InboxReply *inbox, const char *written, struct lb_uuid *out, uint64_t *before)
{
	unsigned found = 0;

	*before = 0;
	for (size_t i = 0; inbox && i < inbox->n_messages; i++) {
		struct message m;

		if (message_init(&m, inbox->messages[i]) == LB_OK && id_matches(&m.header.id, written)) {
			if (found++ == 0)
				*out = m.header.id;
		}
		message_fini(&m);
		*before = inbox->messages[i]->row;
	}
	return found;
}

/* The first of a page that is no receipt: others' receipts come between, and nobody means them. */
static bool newest(const Lagebus__InboxReply *inbox, struct lb_uuid *out, uint64_t *before)
{
	bool found = false;

	*before = 0;
	for (size_t i = 0; inbox && !found && i < inbox->n_messages; i++) {
		struct message m;

		found = message_init(&m, inbox->messages[i]) == LB_OK && m.header.type != LB_TYPE_RECEIPT;
		if (found)
			*out = m.header.id;
		message_fini(&m);
		*before = inbox->messages[i]->row;
	}
	return found;
}

static enum cli_exit resolve_last(struct client *client, struct lb_uuid *out)
{
	uint64_t before = 0;
	bool found = false;

	for (unsigned pages = 0; !found && pages < PAGES_MAX && (pages == 0 || before); pages++) {
		Lagebus__Reply *reply = NULL;
		enum cli_exit code = page(client, before, pages == 0 ? FIRST_PAGE : PAGE, &reply);

		if (code)
			return code;
		found = newest(reply->body_case == LAGEBUS__REPLY__BODY_INBOX ? reply->inbox : NULL, out, &before);
		lagebus__reply__free_unpacked(reply, NULL);
	}
	return found ? CLI_OK : cli_fail(client->cli, CLI_NOT_FOUND, "the inbox has nothing but receipts, so there is no last message");
}

/* Goes through the inbox page by page until all is seen or the answer is plain. */
static enum cli_exit search_all(struct client *client, const char *written, struct lb_uuid *out, unsigned *found)
{
	uint64_t before = 0;

	for (unsigned pages = 0; pages < PAGES_MAX && (pages == 0 || before) && *found < 2; pages++) {
		struct lb_uuid id = { { 0 } };
		Lagebus__Reply *reply = NULL;
		enum cli_exit code = page(client, before, PAGE, &reply);
		unsigned here;

		if (code)
			return code;
		here = search(reply->body_case == LAGEBUS__REPLY__BODY_INBOX ? reply->inbox : NULL, written, &id, &before);
		lagebus__reply__free_unpacked(reply, NULL);
		if (here && !*found)
			*out = id;
		*found += here;
	}
	return CLI_OK;
}

enum cli_exit id_resolve(struct client *client, const char *written, struct lb_uuid *out)
{
	size_t n = strlen(written);
	unsigned found = 0;
	enum cli_exit code;

	if (lb_uuid_parse(written, out) == LB_OK)
		return CLI_OK;
	if (strcmp(written, "last") == 0)
		return resolve_last(client, out);
	if (n < SHORTEST || n >= LB_UUID_TEXT || strspn(written, "0123456789abcdefABCDEF-") != n)
		return cli_fail(client->cli, CLI_USAGE, "'%s' is not a message id: give it whole, at least its first or last %d digits, "
			"or the word last", written, SHORTEST);
	code = search_all(client, written, out, &found);
	if (code || found == 1)
		return code;
	if (found > 1)
		return cli_fail(client->cli, CLI_NOT_FOUND, "'%s' is the beginning or end of more than one message's id; give more of it",
			written);
	return cli_fail(client->cli, CLI_NOT_FOUND, "no message in the inbox has an id with '%s' at its beginning or end "
		"(lagebus inbox lists them; of a sent message give the whole id)", written);
}
