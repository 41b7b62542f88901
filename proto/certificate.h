/* What we read from an X.509 certificate: its SPIFFE ID. */
#ifndef LAGEBUS_PROTO_CERTIFICATE_H
#define LAGEBUS_PROTO_CERTIFICATE_H

#include <openssl/x509.h>

#include "lagebus/err.h"
#include "lagebus/identity.h"

/* The identity in the one URI of the subject alternative name (SPIFFE X.509-SVID, section 2). LB_OK or LB_BAD_IDENTITY. */
lb_err certificate_identity(const X509 *x, struct lb_identity *out) LB_MUST_CHECK;

#endif
