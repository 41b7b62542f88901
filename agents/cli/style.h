/* The escape sequences of the styles: empty where no colour is wanted. */
#ifndef CLI_STYLE_H
#define CLI_STYLE_H

#include "agents/cli/out.h"

const char *style_on(const struct cli *cli, enum out_style style);
const char *style_off(const struct cli *cli, enum out_style style);

#endif
