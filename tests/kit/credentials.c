/* The openssl command, run. */
#include "tests/kit/credentials.h"

#include <stdio.h>
#include <stdlib.h>

bool credentials_make(const char *folder, const char *trust_domain)
{
	char command[2048];

	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && "
	         "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test CA' "
	         "-addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem && "
	         "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=broker' -keyout broker.key -out broker.csr && "
	         "printf 'subjectAltName=URI:spiffe://%s/partner/bund-bsi/agent/broker,IP:127.0.0.1\\nkeyUsage=critical,digitalSignature\\n"
	         "extendedKeyUsage=serverAuth,clientAuth\\nbasicConstraints=critical,CA:FALSE\\n' >broker.ext && "
	         "openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile broker.ext -out broker.pem",
	         folder, trust_domain);
	return system(command) == 0;
}

bool credentials_write(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *out;
	bool ok;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	out = fopen(path, "w");
	if (out == NULL)
		return false;
	ok = fputs(text, out) >= 0;
	return fclose(out) == 0 && ok;
}

void credentials_remove(const char *folder)
{
	char command[512];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", folder);
}
