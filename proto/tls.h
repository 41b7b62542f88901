/* The inside of lb_tls, for the link. */
#ifndef LAGEBUS_PROTO_TLS_H
#define LAGEBUS_PROTO_TLS_H

#include <openssl/ssl.h>

#include "lagebus/link.h"

SSL_CTX *tls_context(struct lb_tls *tls);
enum lb_link_side tls_side(const struct lb_tls *tls);
/* Is a peer's certificate good now, and who is it? `untrusted` is the rest of its chain, or NULL. Remembers what it has verified.
 * *x509_error gets OpenSSL's reason, for the alert. */
lb_err tls_check(struct lb_tls *tls, X509 *leaf, STACK_OF(X509) *untrusted, struct lb_identity *out, int *x509_error) LB_MUST_CHECK;
/* Takes the session to resume with, once; NULL if there is none. */
SSL_SESSION *tls_take_session(struct lb_tls *tls);
/* What a verification error of OpenSSL is to us. */
lb_err tls_error(int x509_error);
/* The callbacks of the context find what is the link's here. */
struct lb_identity *link_peer_of(SSL *ssl);
const char *link_expected_of(SSL *ssl);
/* OpenSSL's key log callback. */
void link_take_secret(const SSL *ssl, const char *line);

#endif
