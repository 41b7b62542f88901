/* The openssl command, run. */
#include "tests/kit/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lagebus/mandate.h"

bool credentials_make(const char *folder, const char *trust_domain)
{
	char command[2048];

	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && "
	         "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test CA' "
	         "-addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem && "
	         "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=broker' -keyout broker.key -out broker.csr && "
	         "printf 'subjectAltName=URI:spiffe://%s/partner/bund-bsi/agent/broker,IP:127.0.0.1\\nkeyUsage=critical,digitalSignature,keyAgreement\\n"
	         "extendedKeyUsage=serverAuth,clientAuth\\nbasicConstraints=critical,CA:FALSE\\n' >broker.ext && "
	         "openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile broker.ext -out broker.pem",
	         folder, trust_domain);
	return system(command) == 0;
}

bool credentials_ca(const char *folder, const char *name)
{
	char command[1024];

	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=%s' "
	         "-addext keyUsage=critical,keyCertSign,cRLSign -keyout %s.key -out %s.pem",
	         folder, name, name, name);
	return system(command) == 0;
}

/* Writes CA.cnf, with which the openssl command issues and revokes. */
static bool configure(const char *folder, const char *ca)
{
	char command[1024];

	snprintf(command, sizeof command,
	         "cd '%s' && touch %s.index && printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=%s.index\\ncertificate=%s.pem\\nprivate_key=%s.key\\n"
	         "default_md=sha256\\nnew_certs_dir=.\\npolicy=p\\nunique_subject=no\\nrand_serial=yes\\n[p]\\ncommonName=supplied\\n' >%s.cnf",
	         folder, ca, ca, ca, ca, ca);
	return system(command) == 0;
}

/* Issues name.pem for name.csr with the extensions in name.ext. */
static bool issue(const char *folder, const char *name, const char *ca, int days)
{
	const char *ended = "-startdate $(date -u -d '-10 days' +%Y%m%d%H%M%SZ) -enddate $(date -u -d '-1 day' +%Y%m%d%H%M%SZ)";
	char command[1024], valid[40];

	snprintf(valid, sizeof valid, "-days %d", days);
	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && openssl ca -config %s.cnf -batch -notext %s -in %s.csr -extfile %s.ext %s -out %s.pem", folder,
	         ca, strcmp(name, ca) == 0 ? "-selfsign" : "", name, name, days > 0 ? valid : ended, name);
	return configure(folder, ca) && system(command) == 0;
}

bool credentials_sub_ca(const char *folder, const char *name, const char *ca, int days)
{
	char command[1024];

	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=%s' -keyout %s.key "
	         "-out %s.csr && printf 'keyUsage=critical,keyCertSign,cRLSign\\nbasicConstraints=critical,CA:TRUE\\n' >%s.ext",
	         folder, name, name, name, name);
	return system(command) == 0 && issue(folder, name, ca, days);
}

/* `more` are lines for the extensions' file. */
static bool issue_with(const char *folder, const struct credential *c, const char *more)
{
	const char *key = c->key ? c->key : "ec -pkeyopt ec_paramgen_curve:P-256";
	char command[2048];

	snprintf(command, sizeof command,
	         "cd '%s' && exec 2>/dev/null && openssl req -new -newkey %s -nodes -subj '/CN=%s' -keyout %s.key -out %s.csr && "
	         "printf '%s%s%skeyUsage=critical,digitalSignature,keyAgreement\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=critical,CA:FALSE\n%s' "
	         ">%s.ext",
	         folder, key, c->name, c->name, c->name, c->uri ? "subjectAltName=URI:" : "", c->uri ? c->uri : "", c->uri ? "\n" : "", more, c->name);
	return system(command) == 0 && issue(folder, c->name, c->ca, c->days);
}

bool credentials_issue(const char *folder, const struct credential *c)
{
	return issue_with(folder, c, "");
}

bool credentials_issue_mandated(const char *folder, const struct credential *c, const char *partner)
{
	char more[256];

	snprintf(more, sizeof more, LB_MANDATE_OID "=ASN1:SEQUENCE:mandates\n[mandates]\none=IA5:%s\n", partner);
	return issue_with(folder, c, more);
}

bool credentials_revoke(const char *folder, const char *ca, const char *revoked, const char *crl, int days)
{
	char revoke[256] = "true", command[1024];

	if (revoked)
		snprintf(revoke, sizeof revoke, "openssl ca -config %s.cnf -revoke %s.pem", ca, revoked);
	snprintf(command, sizeof command, "cd '%s' && exec 2>/dev/null && %s && openssl ca -config %s.cnf -gencrl %s -out %s", folder, revoke, ca,
	         days > 0 ? "-crldays 2" : "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200102000000Z", crl);
	return configure(folder, ca) && system(command) == 0;
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

size_t credentials_der(const char *folder, const char *name, uint8_t der[CREDENTIALS_DER_MAX])
{
	char command[600];
	size_t n;
	FILE *f;

	snprintf(command, sizeof command, "openssl x509 -in '%s/%s.pem' -outform DER", folder, name);
	f = popen(command, "r");
	if (!f)
		return 0;
	n = fread(der, 1, CREDENTIALS_DER_MAX, f);
	return pclose(f) == 0 ? n : 0;
}

struct lb_tls *credentials_tls(enum lb_link_side side, const char *folder, const char *name, const char *ca, const char *crl)
{
	char paths[4][256], why[400] = "";
	struct lb_tls_files f = { .certificate = paths[0], .key = paths[1], .ca = paths[2], .crl = crl ? paths[3] : NULL };
	struct lb_tls *tls = NULL;

	snprintf(paths[0], sizeof paths[0], "%s/%s.pem", folder, name);
	snprintf(paths[1], sizeof paths[1], "%s/%s.key", folder, name);
	snprintf(paths[2], sizeof paths[2], "%s/%s.pem", folder, ca);
	snprintf(paths[3], sizeof paths[3], "%s/%s", folder, crl ? crl : "");
	if (lb_tls_load(side, &f, &tls, why, sizeof why) != LB_OK)
		fprintf(stderr, "%s\n", why);
	return tls;
}

void credentials_remove(const char *folder)
{
	char command[512];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", folder);
}
