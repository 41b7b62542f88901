/* Working days in Germany: Monday to Friday, without the public holidays that all Länder have and those that somebody names besides; and when such a day
 * ends by German legal time, wherever the machine is. Days are counted from 1 January 1970. Pure. */
#ifndef LAGEBUS_WORKING_DAY_H
#define LAGEBUS_WORKING_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is the day one of the nine public holidays that every Land has by its law? Easter is computed (Gregorian). */
bool working_day_is_holiday(int64_t day);

/* Says of a day whether it is off besides. */
typedef bool working_day_off(const void *user, int64_t day);

/* 17:00 German legal time of the first working day after the day (there) of `ms`; off: NULL, no further holidays. At most 60 days on, whatever is off. */
int64_t working_day_end_ms(int64_t ms, working_day_off *off, const void *user);
/* 17:00 German legal time, so many days after the day of `ms`, whatever days these are. */
int64_t working_day_later_ms(int64_t ms, unsigned days);

/* "2026-10-31", a date that there is. False: it is none. */
bool working_day_read(const char *text, int32_t *day);

#endif
