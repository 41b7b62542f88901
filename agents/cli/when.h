/* Points in time: for people in local time, for programs in ISO 8601 UTC. */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/cli/why.h"

#define WHEN_TEXT 32

int64_t when_now_ms(void);
/* "2026-11-23T14:02:00Z"; "" for 0. */
void when_iso(int64_t ms, char text[WHEN_TEXT]);
/* The same with ms where there are any: "2026-11-23T14:02:00.250Z". The year 1970 has its 0. */
void when_iso_ms(int64_t ms, char text[WHEN_TEXT]);
/* Reads RFC 3339, with an offset, too; what is below a ms is cut off. False if it is none. */
bool when_from_iso(const char *text, int64_t *ms);
/* "14:02" if it is on the same local day as now, else "2026-11-23 14:02", or in German "23.11.2026 14:02"; "" for 0. */
void when_short(int64_t ms, int64_t now_ms, char text[WHEN_TEXT]);
/* "2026-12-01" (its local midnight), "2026-12-01 14:00" or with a T (local time), "01.12.2026" and "01.12.2026 14:00" likewise, or "2026-12-01T13:00:00Z". LB_OK or
 * LB_INVALID. */
lb_err when_date_s(const char *text, int64_t *seconds, struct why *why) LB_MUST_CHECK;
/* "90m", "4h", "2d" in ms, or a date as above; both give a point in time after now. LB_OK or LB_INVALID. */
lb_err when_deadline_ms(const char *text, int64_t now_ms, int64_t *out, struct why *why) LB_MUST_CHECK;
/* A point in time before now: "now" or "jetzt", "14:20" (the last time it was that), "3h" ago, "2026-11-23 14:20", or a date as elsewhere. LB_OK or LB_INVALID. */
lb_err when_past_ms(const char *text, int64_t now_ms, int64_t *out, struct why *why) LB_MUST_CHECK;

#endif
