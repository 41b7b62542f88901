/* sd_notify(3). */
#include "proto/host/notify.h"

#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>
#include <time.h>

/* What systemd does not hear it finds out by its own time limits, so no result is looked at. */
static void tell(const char *state)
{
	(void)sd_notify(0, state);
}

void notify_ready(void)
{
	tell("READY=1\nSTATUS=serving");
}

void notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nSTATUS=reloading\nMONOTONIC_USEC=%" PRId64,
	                 (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void notify_stopping(void)
{
	tell("STOPPING=1\nSTATUS=draining");
}

int notify_alive_ms(void)
{
	uint64_t us;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return -1;
	us /= 2000;
	return us == 0 ? 1 : us > INT_MAX ? INT_MAX : (int)us;
}

void notify_alive(void)
{
	tell("WATCHDOG=1");
}
