/* What is published: messages signed and encoded before the clock starts, and when each was sent. */
#ifndef LAGEBUS_TESTS_BENCH_LOAD_H
#define LAGEBUS_TESTS_BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct load {
	struct lb_buf bytes; /* all messages */
	size_t *at;          /* n + 1 offsets */
	double *sent_s;
	uint64_t n, next;
	uint64_t base; /* number of the first: it stands in the payload */
};

/* n messages of `size` bytes of payload in a lane, from bund-bsi to all, signed by the key in folder/name. `sign` false: all carry
 * the first one's signature (where only the broker is loaded, which does not look). */
void load_make(struct load *l, const char *folder, const char *name, uint64_t n, size_t size, enum lb_lane lane, int sign, uint64_t base);
void load_free(struct load *l);
/* The number in a payload. */
uint64_t load_number(struct lb_frame payload);

/* Latencies in seconds, and their percentiles in microseconds. */
struct sample {
	double *s;
	size_t n, cap;
};
void sample_add(struct sample *s, double seconds);
double sample_us(struct sample *s, double percent);
void sample_free(struct sample *s);

#endif
