/* Commands that go on until they are interrupted: SIGINT and SIGTERM end them as they should end. */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdbool.h>

/* From now on the signals are noted instead of ending the program. */
void stop_catch(void);
/* Has one come? */
bool stop_asked(void);

#endif
