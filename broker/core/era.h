/* Eras: from which position on the messages of a lane were accepted under which federation file. Encoding only; the rows stand in JOURNAL_ERAS, the files
 * themselves, each once, in JOURNAL_FEDERATIONS by their SHA-256. */
#ifndef LAGEBUS_BROKER_CORE_ERA_H
#define LAGEBUS_BROKER_CORE_ERA_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

#define ERA_DIGEST_SIZE 32
/* Lane 1 byte, position 8 bytes big-endian and inverted: the newest of a lane comes first, so that the first one at or behind a position's key is the
 * era that the position is in, if it begins with the same byte. */
#define ERA_KEY_SIZE 9

void era_key(unsigned lane, uint64_t from, uint8_t out[ERA_KEY_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err era_read(const void *key, size_t key_n, const void *value, size_t value_n, uint64_t *from, uint8_t digest[ERA_DIGEST_SIZE]) LB_MUST_CHECK;

#endif
