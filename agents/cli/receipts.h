/* The receipts of a message: who has it, who did what, who is silent. */
#ifndef CLI_RECEIPTS_H
#define CLI_RECEIPTS_H

#include "agents/cli/cli.h"
#include "proto/control.pb-c.h"

/* Shows the broker's answer as table or JSON; with `all` also those who are no recipients. */
enum cli_exit receipts_show(struct cli *cli, const Lagebus__Receipts *r, bool all);
/* The same whenever something has changed: a terminal is cleared first, a document is one line, and in a pipe an empty line follows. */
enum cli_exit receipts_redraw(struct cli *cli, const Lagebus__Receipts *r, bool all);
/* As CSV with heads; texts that are missing are empty. */
enum cli_exit receipts_csv(struct cli *cli, const Lagebus__Receipts *r, bool all);
/* How many recipients are overdue. */
unsigned receipts_overdue(const Lagebus__Receipts *r);
/* Has every recipient done what the message asks, or will never have it? */
bool receipts_are_complete(const Lagebus__Receipts *r);
/* "6 of 8 have it, 3 acknowledged, expired before they had it: de-rp, silent: de-hb (offline since 14:02)"; the caller frees it. NULL if
 * memory is out. */
char *receipts_summary(const Lagebus__Receipts *r);

#endif
