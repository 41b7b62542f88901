/* An agent that answers with rows of indicators, for the tests of the commands. */
#ifndef TEST_CLI_INDICATOR_ROWS_H
#define TEST_CLI_INDICATOR_ROWS_H

#include "lagebus/indicator.h"
#include "proto/indicator.pb-c.h"
#include "tests/unit/cli/fake_agent.h"

#define ROW_MS INT64_C(1795424400000) /* 2026-11-23T09:00:00Z */

struct row_sample {
	const char *value;
	unsigned kind, tlp;
	bool exercise, to_ids;
	const char *origin;
	const char *title;
};

static inline void pack_row(const struct row_sample *s, uint8_t tail, uint8_t *to, size_t *n)
{
	Lagebus__IndicatorRow row = LAGEBUS__INDICATOR_ROW__INIT;
	Lagebus__IndicatorEntry entry = LAGEBUS__INDICATOR_ENTRY__INIT, *entries = &entry;
	Lagebus__SightingRow sighting = LAGEBUS__SIGHTING_ROW__INIT, *sightings = &sighting;
	Lagebus__Indicator more = LAGEBUS__INDICATOR__INIT;
	uint8_t id[16] = { 0x01, 0x8f, 0x3c, 0x2a, 0x7b, 0x1e, 0x8c, 0x55, 0x9a, 0x41, 0, 0, 0, 0, 0, tail }, texts[300];

	more.title = (char *)s->title;
	entry.id = (ProtobufCBinaryData){ 16, id };
	entry.message = (ProtobufCBinaryData){ 16, id };
	entry.origin = (char *)s->origin;
	entry.tlp = s->tlp;
	entry.area = LB_AREA_THREAT_INTELLIGENCE;
	entry.first_received = ROW_MS;
	entry.more = (ProtobufCBinaryData){ lagebus__indicator__pack(&more, texts), texts };
	sighting.origin = (char *)"de-he";
	sighting.count = 7;
	sighting.source = (char *)"gateway";
	row.value = (char *)s->value;
	row.kind = s->kind;
	row.tlp = s->tlp;
	row.exercise = s->exercise;
	row.to_ids = s->to_ids;
	row.confidence = 60;
	row.valid_from = ROW_MS;
	row.valid_until = INT64_C(4102444800000);
	row.sighted = 7;
	row.entries = &entries;
	row.n_entries = 1;
	row.sightings = &sightings;
	row.n_sightings = 1;
	*n = lagebus__indicator_row__pack(&row, to);
}

/* What the agent has; more than one page if there is a second part. */
static const struct row_sample row_samples[] = {
	{ "192.0.2.7", LB_INDICATOR_IPV4_ADDR, LB_TLP_GREEN, false, true, "bund-bsi", "C2\033[31m server" },
	{ "evil.example", LB_INDICATOR_DOMAIN_NAME, LB_TLP_AMBER, false, false, "de-he", "=cmd()" },
	{ "run.exe", LB_INDICATOR_FILE_NAME, LB_TLP_RED, false, false, "de-he", "" },
	{ "drill.example", LB_INDICATOR_DOMAIN_NAME, LB_TLP_GREEN, true, true, "bund-bsi", "" },
};
#define ROW_SAMPLES (sizeof(row_samples) / sizeof(row_samples[0]))

/* Two rows a page. */
static inline void answer_rows(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__IndicatorsReply body = LAGEBUS__INDICATORS_REPLY__INIT;
	ProtobufCBinaryData rows[2];
	uint8_t bytes[2][1000];
	size_t at = 0;

	if (request->body_case != LAGEBUS__REQUEST__BODY_INDICATORS) {
		fake_error(f, LB_UNEXPECTED, "not asked for indicators");
		return;
	}
	while (*request->indicators->after_value && at < ROW_SAMPLES && strcmp(row_samples[at++].value, request->indicators->after_value) != 0)
		continue;
	for (; body.n_rows < 2 && at < ROW_SAMPLES; at++, body.n_rows++) {
		pack_row(&row_samples[at], (uint8_t)at, bytes[body.n_rows], &rows[body.n_rows].len);
		rows[body.n_rows].data = bytes[body.n_rows];
	}
	body.rows = rows;
	body.more = at < ROW_SAMPLES;
	reply.body_case = LAGEBUS__REPLY__BODY_INDICATORS;
	reply.indicators = &body;
	fake_reply(f, &reply);
}

#endif
