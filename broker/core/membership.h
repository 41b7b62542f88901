/* What another federation file changes, in words: who was added, removed, or has another role, other areas, groups or agents. */
#ifndef LAGEBUS_BROKER_CORE_MEMBERSHIP_H
#define LAGEBUS_BROKER_CORE_MEMBERSHIP_H

#include <stddef.h>

#include "proto/host/federation.h"

#define MEMBERSHIP_TEXT 4096

/* "added de-by, de-by/muenchen; removed de-sl; changed de-sn (areas, groups)"; "" if nothing did. What finds no room is counted at the end. */
void membership_changes(const struct federation *before, const struct federation *after, char out[MEMBERSHIP_TEXT]);

#endif
