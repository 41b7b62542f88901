/* A small certificate authority in a folder: its four verbs. */
#include "agents/cli/ca.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agents/cli/ca_index.h"
#include "agents/cli/ca_x509.h"
#include "proto/host/words.h"

static void path_in(char out[CA_PATH_MAX], const char *dir, const char *name)
{
	snprintf(out, CA_PATH_MAX, "%s/%s", dir, name);
}

/* One change of the folder at a time. The lock ends with the descriptor. */
static lb_err lock(const char *dir, int *fd, struct why *why)
{
	if (strlen(dir) > CA_PATH_MAX - 200)
		return why_set(why, LB_INVALID, "the folder's path is too long");
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return why_set(why, errno == ENOENT ? LB_NOT_FOUND : LB_IO, "%s: cannot open the folder: %s; lagebus ca init makes one", dir,
			_(strerror(errno)));
	if (flock(*fd, LOCK_EX) == 0)
		return LB_OK;
	close(*fd);
	return why_set(why, LB_IO, "%s: cannot lock the folder: %s", dir, _(strerror(errno)));
}

static void pair_fini(struct ca_pair *ca)
{
	X509_free(ca->certificate);
	EVP_PKEY_free(ca->key);
}

static lb_err pair_load(const char *dir, struct ca_pair *ca, struct why *why)
{
	char path[CA_PATH_MAX];
	lb_err e;

	path_in(path, dir, "ca.pem");
	e = ca_read_certificate(path, &ca->certificate, why);
	path_in(path, dir, "ca.key");
	if (!e)
		e = ca_read_key(path, &ca->key, why);
	if (!e && X509_check_private_key(ca->certificate, ca->key) != 1)
		e = why_set(why, LB_INVALID, "%s: does not belong to ca.pem beside it", path);
	return e;
}

static lb_err renew_crl(const char *dir, const struct ca_pair *ca, const struct ca_index *index, long days, unsigned *revoked_n,
	struct why *why)
{
	X509_CRL *crl = NULL, *previous = NULL;
	char path[CA_PATH_MAX];
	lb_err e;

	path_in(path, dir, "crl.pem");
	e = ca_read_crl(path, &previous, why);
	if (e == LB_NOT_FOUND)
		e = LB_OK;
	if (!e)
		e = ca_crl_new(ca, index, previous, days, &crl, revoked_n, why);
	if (!e)
		e = ca_write_crl(path, crl, why);
	X509_CRL_free(crl);
	X509_CRL_free(previous);
	return e;
}

static lb_err make_folders(const char *dir, struct why *why)
{
	char issued[CA_PATH_MAX];

	path_in(issued, dir, "issued");
	if ((mkdir(dir, 0755) < 0 && errno != EEXIST) || (mkdir(issued, 0755) < 0 && errno != EEXIST))
		return why_set(why, LB_IO, "%s: cannot make the folder: %s", dir, _(strerror(errno)));
	return LB_OK;
}

static lb_err trust_domain_is_valid(const char *trust_domain, struct why *why)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;

	if (strlen(trust_domain) <= LB_TRUST_DOMAIN_MAX) {
		snprintf(uri, sizeof(uri), "spiffe://%s/partner/a/agent/a", trust_domain);
		if (lb_identity_parse(uri, strlen(uri), &id) == LB_OK)
			return LB_OK;
	}
	return why_usage(why, "--trust-domain %.130s: is not a SPIFFE trust domain (lower case, as lagebus.example)",
		trust_domain);
}

static lb_err init_locked(const char *dir, const char *trust_domain, const char *curve, long days, struct why *why)
{
	struct ca_pair ca = { NULL, NULL };
	struct ca_index index = { NULL, 0 };
	char path[CA_PATH_MAX];
	unsigned revoked_n;
	lb_err e;

	e = ca_key_new(curve, &ca.key, why);
	if (!e)
		e = ca_root_new(ca.key, trust_domain, days, &ca.certificate, why);
	path_in(path, dir, "ca.key");
	if (!e)
		e = ca_write_key(path, ca.key, why);
	path_in(path, dir, "ca.pem");
	if (!e)
		e = ca_write_certificate(path, ca.certificate, why);
	if (!e)
		e = ca_index_save(dir, &index, why);
	if (!e)
		e = renew_crl(dir, &ca, &index, 30, &revoked_n, why);
	pair_fini(&ca);
	return e;
}

lb_err ca_init(const char *dir, const char *trust_domain, const char *curve, long days, struct why *why)
{
	lb_err e = trust_domain_is_valid(trust_domain, why);
	int fd;

	if (!e)
		e = make_folders(dir, why);
	if (!e)
		e = lock(dir, &fd, why);
	if (e)
		return e;
	e = init_locked(dir, trust_domain, curve, days, why);
	close(fd);
	return e;
}

static lb_err names_are_valid(const struct ca_request *r, struct why *why)
{
	uint8_t address[sizeof(struct in6_addr)];

	for (unsigned i = 0; i < r->dns_n; i++)
		if (!*r->dns[i] || strlen(r->dns[i]) > 253 || strspn(r->dns[i],
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.*") != strlen(r->dns[i]))
			return why_usage(why, "--dns %.64s: is not a DNS name", r->dns[i]);
	for (unsigned i = 0; i < r->ip_n; i++)
		if (inet_pton(AF_INET, r->ip[i], address) != 1 && inet_pton(AF_INET6, r->ip[i], address) != 1)
			return why_usage(why, "--ip %.64s: is not an IPv4 or IPv6 address", r->ip[i]);
	return LB_OK;
}

/* The SPIFFE ID of the request in the authority's trust domain. */
static lb_err spiffe_id_of(const struct ca_pair *ca, const struct ca_request *r, char out[LB_SPIFFE_ID_MAX + 1], struct why *why)
{
	char root[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;
	int n;

	if (ca_uri_of(ca->certificate, root, sizeof(root)) || strncmp(root, "spiffe://", 9) != 0)
		return why_set(why, LB_INVALID, "ca.pem names no trust domain (URI SAN spiffe://...); make the CA with lagebus ca init");
	if (!lb_partner_is_valid(r->partner, strlen(r->partner)))
		return why_usage(why, "'%.70s' is not a partner id (as de-sn or de-sn/leipzig, lower case)", r->partner);
	n = snprintf(out, LB_SPIFFE_ID_MAX + 1, "%s/partner/%s/agent/%s", root, r->partner, r->name);
	if (n > LB_SPIFFE_ID_MAX || lb_identity_parse(out, (size_t)n, &id) != LB_OK)
		return why_usage(why, "'%.70s' is not an agent's name (lower-case letters, digits and -)", r->name);
	return LB_OK;
}

static void issued_paths(const char *dir, const struct ca_request *r, struct ca_issued *out)
{
	char partner[LB_PARTNER_ID_MAX + 1];

	snprintf(partner, sizeof(partner), "%s", r->partner);
	for (char *p = partner; *p; p++)
		if (*p == '/')
			*p = '_';
	snprintf(out->certificate, sizeof(out->certificate), "%s/issued/%s.%s.pem", dir, partner, r->name);
	snprintf(out->key, sizeof(out->key), "%s/issued/%s.%s.key", dir, partner, r->name);
}

static lb_err note_issued(const char *dir, const X509 *x, struct ca_issued *out, struct why *why)
{
	struct ca_index index = { NULL, 0 };
	struct ca_index_row row = { .revoked_s = 0 };
	lb_err e = ca_index_load(dir, &index, why);

	ca_serial_text(x, out->serial);
	out->until_s = ca_time_s(X509_get0_notAfter(x));
	memcpy(row.serial, out->serial, sizeof(row.serial));
	memcpy(row.spiffe_id, out->spiffe_id, sizeof(row.spiffe_id));
	row.from_s = ca_time_s(X509_get0_notBefore(x));
	row.until_s = out->until_s;
	if (!e)
		e = ca_index_add(&index, &row, why);
	if (!e)
		e = ca_index_save(dir, &index, why);
	ca_index_fini(&index);
	return e;
}

/* The index first: a certificate that it does not know could not be revoked by its serial number. */
static lb_err issue_locked(const char *dir, const struct ca_request *r, struct ca_issued *out, struct why *why)
{
	struct ca_pair ca = { NULL, NULL };
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	lb_err e = pair_load(dir, &ca, why);

	if (!e)
		e = spiffe_id_of(&ca, r, out->spiffe_id, why);
	if (!e)
		issued_paths(dir, r, out);
	if (!e && (access(out->certificate, F_OK) == 0 || access(out->key, F_OK) == 0))
		e = why_set(why, LB_INVALID, "%s: is there already and is not overwritten; revoke it or move it away first",
			out->certificate);
	if (!e)
		e = ca_key_new(r->curve, &key, why);
	if (!e)
		e = ca_leaf_new(&ca, key, r, out->spiffe_id, &x, why);
	if (!e)
		e = note_issued(dir, x, out, why);
	if (!e)
		e = ca_write_key(out->key, key, why);
	if (!e)
		e = ca_write_certificate(out->certificate, x, why);
	X509_free(x);
	EVP_PKEY_free(key);
	pair_fini(&ca);
	return e;
}

lb_err ca_issue(const char *dir, const struct ca_request *request, struct ca_issued *out, struct why *why)
{
	lb_err e = names_are_valid(request, why);
	int fd;

	if (!e)
		e = lock(dir, &fd, why);
	if (e)
		return e;
	e = issue_locked(dir, request, out, why);
	close(fd);
	return e;
}

static lb_err serial_of(const char *what, char serial[CA_SERIAL_TEXT], struct why *why)
{
	X509 *x = NULL;
	lb_err e;

	if (strlen(what) < CA_SERIAL_TEXT && *what && strspn(what, "0123456789abcdefABCDEF") == strlen(what)) {
		strcpy(serial, what);
		return LB_OK;
	}
	e = ca_read_certificate(what, &x, why);
	if (!e)
		ca_serial_text(x, serial);
	X509_free(x);
	return e;
}

static lb_err revoke_locked(const char *dir, const char *serial, long crl_days, struct ca_issued *out, struct why *why)
{
	struct ca_pair ca = { NULL, NULL };
	struct ca_index index = { NULL, 0 };
	struct ca_index_row *row = NULL;
	unsigned revoked_n;
	lb_err e = pair_load(dir, &ca, why);

	if (!e)
		e = ca_index_load(dir, &index, why);
	if (!e && !(row = ca_index_find(&index, serial)))
		e = why_set(why, LB_NOT_FOUND, "%s/index has no certificate with the serial number %s", dir, serial);
	if (!e && row->revoked_s == 0) {
		row->revoked_s = (int64_t)time(NULL);
		e = ca_index_save(dir, &index, why);
	}
	if (!e) {
		memcpy(out->serial, row->serial, sizeof(out->serial));
		memcpy(out->spiffe_id, row->spiffe_id, sizeof(out->spiffe_id));
		out->until_s = row->until_s;
		e = renew_crl(dir, &ca, &index, crl_days, &revoked_n, why);
	}
	ca_index_fini(&index);
	pair_fini(&ca);
	return e;
}

lb_err ca_revoke(const char *dir, const char *what, long crl_days, struct ca_issued *out, struct why *why)
{
	char serial[CA_SERIAL_TEXT];
	lb_err e = serial_of(what, serial, why);
	int fd;

	if (!e)
		e = lock(dir, &fd, why);
	if (e)
		return e;
	e = revoke_locked(dir, serial, crl_days, out, why);
	close(fd);
	return e;
}

lb_err ca_crl(const char *dir, long days, unsigned *revoked_n, struct why *why)
{
	struct ca_pair ca = { NULL, NULL };
	struct ca_index index = { NULL, 0 };
	int fd;
	lb_err e = lock(dir, &fd, why);

	if (e)
		return e;
	e = pair_load(dir, &ca, why);
	if (!e)
		e = ca_index_load(dir, &index, why);
	if (!e)
		e = renew_crl(dir, &ca, &index, days, revoked_n, why);
	ca_index_fini(&index);
	pair_fini(&ca);
	close(fd);
	return e;
}
