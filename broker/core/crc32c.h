/* CRC-32C (RFC 3720, appendix B.4), with the CPU's instruction where there is one. */
#ifndef LAGEBUS_BROKER_CORE_CRC32C_H
#define LAGEBUS_BROKER_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues crc (0 to begin) over n bytes. */
uint32_t crc32c(uint32_t crc, const void *p, size_t n);

#endif
