/* A throw-away PKI, made fast: thousands of agents' certificates as files. */
#ifndef LAGEBUS_TESTS_BENCH_PKI_H
#define LAGEBUS_TESTS_BENCH_PKI_H

#define PKI_TRUST_DOMAIN "bench.example"

struct pki;

/* A CA in a folder: writes ca.pem. Ends the program if it cannot. */
struct pki *pki_new(const char *folder);
/* Writes <name>.pem and <name>.key for partner and agent; `server`: a broker's. */
void pki_issue(struct pki *p, const char *name, const char *partner, const char *agent, int server);
void pki_free(struct pki *p);

#endif
