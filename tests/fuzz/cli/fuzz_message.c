/* Feeds bytes to the command line as a message that the agent gives; nothing of it that a terminal would obey comes out, as text or JSON. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Line breaks and tabs apart: no control (C0, DEL, C1), no override of direction, and UTF-8 throughout. */
static void check(const char *p, size_t n)
{
	while (n > 0) {
		uint32_t code = 0;
		size_t size = text_decode(p, n, &code);

		assert(size > 0 && (code >= 0x20 || code == '\n' || code == '\t') && !(code >= 0x7f && code <= 0x9f));
		assert(!(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069));
		p += size;
		n -= size;
	}
}

static void show(const struct message *m, bool json)
{
	struct cli cli = { .json = json, .terminal = !json, .width = 80 };
	char *text = NULL;
	size_t n;

	cli.out = cli.err = open_memstream(&text, &n);
	assert(cli.out);
	if (json)
		assert(out_json(&cli, message_json(m)) == CLI_OK);
	else
		message_print(m, &cli);
	fclose(cli.out);
	check(text, n);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	Lagebus__StoredMessage *stored = lagebus__stored_message__unpack(NULL, n, data);
	struct message m;

	if (!stored)
		return 0;
	if (message_init(&m, stored) == LB_OK) {
		show(&m, false);
		show(&m, true);
	}
	message_fini(&m);
	lagebus__stored_message__free_unpacked(stored, NULL);
	return 0;
}
