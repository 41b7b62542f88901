/* What this process logs, kept instead of shown. */
#ifndef LAGEBUS_TESTS_KIT_LOGGED_H
#define LAGEBUS_TESTS_KIT_LOGGED_H

/* From here on stderr goes to a file of no name. Before threads that log begin, as the level may be set then, too. */
void logged_begin(void);
/* How many lines it has of this event so far; "": how many lines. */
unsigned logged(const char *event);
/* stderr is what it was. */
void logged_end(void);

#endif
