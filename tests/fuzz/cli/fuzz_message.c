/* Feeds bytes to the command line as a message that the agent gives; nothing of it that a terminal would obey comes out, as text or JSON. */
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "tests/fuzz/cli/shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void show(struct cli *cli, const void *message)
{
	if (cli->json)
		assert(out_json(cli, message_json(message)) == CLI_OK);
	else
		message_print(message, cli);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	Lagebus__StoredMessage *stored = lagebus__stored_message__unpack(NULL, n, data);
	struct message m;

	if (!stored)
		return 0;
	if (message_init(&m, stored) == LB_OK) {
		shown(show, &m, false, 80);
		shown(show, &m, true, 80);
	}
	message_fini(&m);
	lagebus__stored_message__free_unpacked(stored, NULL);
	return 0;
}
