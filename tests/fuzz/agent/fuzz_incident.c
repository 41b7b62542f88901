/* Feeds messages (each a length byte and a header, two length bytes and a payload) to the derivation of an incident: whatever they are, the other
 * way round they make the same, and what comes out is texts and whole ids. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident.h"
#include "agents/agent/incident_clock.h"

#define MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static size_t split(const uint8_t *p, size_t n, struct incident_message *m)
{
	size_t count = 0;

	while (count < MOST && n >= 3) {
		size_t header = p[0], payload;

		if (n < 3 + header)
			break;
		m[count].header = (struct lb_frame){ p + 1, header };
		payload = (size_t)p[1 + header] << 8 | p[2 + header];
		p += 3 + header;
		n -= 3 + header;
		payload = payload < n ? payload : n;
		m[count++].payload = (struct lb_frame){ p, payload };
		p += payload;
		n -= payload;
	}
	return count;
}

static uint8_t *derive(const struct lb_uuid *id, const struct incident_message *m, size_t n, size_t *size)
{
	static const struct incident_times law = { 1000, 2000, 3000, 500 };
	Lagebus__Incident *i = NULL;
	uint8_t *packed;

	*size = 0;
	if (incident_derive(id, m, n, &i) != LB_OK)
		return NULL;
	incident_clocks_set(i, &law, 1);
	assert(lb_utf8_is_valid(i->report->title, strlen(i->report->title)));
	for (size_t k = 0; k < i->n_entries; k++)
		assert(i->entries[k]->id.len == 16 && lb_utf8_is_valid(i->entries[k]->text, strlen(i->entries[k]->text)));
	*size = lagebus__incident__get_packed_size(i);
	packed = malloc(*size);
	assert(packed);
	lagebus__incident__pack(i, packed);
	lagebus__incident__free_unpacked(i, NULL);
	return packed;
}

/* An id in a feed is not one message's for sure: only the first of each counts. */
static size_t each_once(struct incident_message *m, size_t n, struct lb_uuid *id)
{
	struct lb_uuid ids[MOST];
	size_t kept = 0;

	for (size_t k = 0; k < n; k++) {
		struct lb_header h;
		size_t other = 0;

		if (lb_header_decode(m[k].header.p, m[k].header.n, &h) != LB_OK)
			continue;
		while (other < kept && memcmp(&ids[other], &h.id, sizeof h.id) != 0)
			other++;
		if (other < kept)
			continue;
		if (kept == 0)
			*id = h.has_thread ? h.thread : h.id;
		ids[kept] = h.id;
		m[kept++] = m[k];
	}
	return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct incident_message m[MOST], back[MOST];
	struct lb_uuid id = { { 0 } };
	size_t count = each_once(m, split(data, n, m), &id), size, back_size;
	uint8_t *one, *other;

	for (size_t k = 0; k < count; k++)
		back[k] = m[count - 1 - k];
	one = derive(&id, m, count, &size);
	other = derive(&id, back, count, &back_size);
	assert(size == back_size && (size == 0 || memcmp(one, other, size) == 0));
	free(one);
	free(other);
	return 0;
}
