/* The shipped broker under load: started with its shipped settings in a folder of its own. */
#ifndef LAGEBUS_TESTS_BENCH_BROKER_H
#define LAGEBUS_TESTS_BENCH_BROKER_H

#include <sys/types.h>

#define BROKER_PARTNERS 8 /* de-p0 to de-p7, besides bund-bsi */

struct broker {
	pid_t pid;
	unsigned port;
	char folder[200]; /* with the PKI, the log and what the broker says */
	struct pki *pki;
};

/* bin: folder of the programs. Ends the program if the broker does not come up. */
void broker_start(struct broker *b, const char *bin);
/* Ends it and removes the folder. */
void broker_stop(struct broker *b);
double broker_cpu_s(const struct broker *b);
/* Anonymous memory of a process, in KiB; and all of its resident memory. */
long process_anon_kib(pid_t pid);
long process_rss_kib(pid_t pid);
/* Starts a program with one argument pair, its standard error in a file. */
pid_t process_start(const char *program, const char *option, const char *value, const char *log);
void process_stop(pid_t pid);
double clock_s(void);

#endif
