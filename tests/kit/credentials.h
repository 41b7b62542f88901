/* A throw-away CA and a broker's certificate, made with the openssl command, for tests below the level of real processes. */
#ifndef LAGEBUS_TESTS_KIT_CREDENTIALS_H
#define LAGEBUS_TESTS_KIT_CREDENTIALS_H

#include <stdbool.h>

/* Writes ca.pem, broker.pem (SPIFFE ID spiffe://<trust domain>/partner/bund-bsi/agent/broker) and broker.key into the folder. */
bool credentials_make(const char *folder, const char *trust_domain);
/* Writes a file of this name into the folder. */
bool credentials_write(const char *folder, const char *name, const char *text);
/* Removes the folder and everything in it. */
void credentials_remove(const char *folder);

#endif
