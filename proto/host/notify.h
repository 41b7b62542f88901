/* Tells systemd how the service is, where systemd started it; elsewhere every function does nothing. None blocks. */
#ifndef LAGEBUS_PROTO_HOST_NOTIFY_H
#define LAGEBUS_PROTO_HOST_NOTIFY_H

/* It serves; also the end of a reload. */
void notify_ready(void);
/* A reload begins (with the time that Type=notify-reload asks for). */
void notify_reloading(void);
/* It is going down. */
void notify_stopping(void);
/* How often notify_alive wants to be called (half of WatchdogSec), in ms; -1: there is no watchdog. */
int notify_alive_ms(void);
void notify_alive(void);

#endif
