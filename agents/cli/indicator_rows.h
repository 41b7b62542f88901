/* The agent's table of indicators, page by page. */
#ifndef CLI_INDICATOR_ROWS_H
#define CLI_INDICATOR_ROWS_H

#include <jansson.h>

#include "agents/cli/client.h"
#include "proto/indicator.pb-c.h"

/* Asks for all that fits, in pages, until `visit` returns false or `most` rows were shown (0: all); *more: there were others behind them. CLI_OK or the code of
 * what was said. Blocks. */
enum cli_exit indicator_rows(struct client *client, const Lagebus__IndicatorsRequest *what, size_t most,
	bool (*visit)(void *user, const Lagebus__IndicatorRow *row), void *user, bool *more);
/* Reads --kind. CLI_OK, also if it was not given (0), or the code of what was said. */
enum cli_exit indicator_kind_option(struct cli *cli, uint32_t *kind);
/* The first entry's texts that are not empty; NULL if memory is out. To be freed with lagebus__indicator__free_unpacked. */
Lagebus__Indicator *indicator_texts(const Lagebus__IndicatorRow *row);
/* "ipv4-addr", or the number of a kind that is not known here. */
const char *indicator_kind(uint32_t kind, char number[16]);
/* Everything about it. NULL if memory is out. */
json_t *indicator_json(const Lagebus__IndicatorRow *row);

#endif
