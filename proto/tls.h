/* The inside of lb_tls, for the link. */
#ifndef LAGEBUS_PROTO_TLS_H
#define LAGEBUS_PROTO_TLS_H

#include <openssl/ssl.h>

#include "lagebus/link.h"
#include "proto/certificate.h"

SSL_CTX *tls_context(struct lb_tls *tls);
enum lb_link_side tls_side(const struct lb_tls *tls);
/* Would a peer whose certificate was good still be let in, now? LB_OK or LB_TLS_*. Remembers what it has verified. */
lb_err tls_recheck(struct lb_tls *tls, const struct certificate *peer) LB_MUST_CHECK;
/* Takes the session to resume with, once; NULL if there is none. */
SSL_SESSION *tls_take_session(struct lb_tls *tls);
/* A context in which a leaf can be verified for a use ("ssl_client"). NULL if memory is out. */
X509_STORE_CTX *tls_begin_verification(struct lb_tls *tls, X509 *leaf, STACK_OF(X509) *untrusted, const char *use);
/* The chain, and the strength of the leaf's key. X509_V_OK, or why not. */
int tls_verify_chain(X509_STORE_CTX *c);
/* Has it an identity (c is not NULL), and is that of our trust domain? */
bool tls_is_ours(const struct lb_tls *tls, const struct certificate *c);
/* What a verification error of OpenSSL is to us. */
lb_err tls_error(int x509_error);
/* The callbacks of the context find what is the link's here. The peer, once it is known; NULL before. */
struct certificate *link_peer_of(SSL *ssl);
const char *link_expected_of(SSL *ssl);
/* The peer's certificate is good; the reference becomes the link's. */
void link_take_peer(SSL *ssl, struct certificate *peer);
/* The same of a session that is resumed if its binder is right; the ticket is used up by it. */
void link_resume(SSL *ssl, struct certificate *peer, const uint8_t *ticket);
/* OpenSSL's key log callback. */
void link_take_secret(const SSL *ssl, const char *line);

#endif
