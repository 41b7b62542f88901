/* Feeds bytes to the command line as the receipts that a broker gives; they are shown whatever stands in them, and obeyed by no terminal. */
#include "agents/cli/receipts.h"
#include "tests/fuzz/cli/shown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void show(struct cli *cli, const void *receipts)
{
	assert(receipts_show(cli, receipts, true) == CLI_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	Lagebus__Receipts *r = lagebus__receipts__unpack(NULL, n, data);

	if (!r)
		return 0;
	shown(show, r, false, 40);
	shown(show, r, false, 200);
	shown(show, r, true, 80);
	lagebus__receipts__free_unpacked(r, NULL);
	return 0;
}
