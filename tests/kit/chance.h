/* Numbers that are the same in each run: what a random test finds it finds again. */
#ifndef LAGEBUS_TESTS_KIT_CHANCE_H
#define LAGEBUS_TESTS_KIT_CHANCE_H

#include <stdint.h>

/* From 0 on, below n. */
static inline unsigned chance(unsigned n)
{
	static uint64_t state = 88172645463325252u; /* xorshift64 (Marsaglia, 2003) */

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state % n);
}

#endif
