/* The SPIFFE ID in a certificate. */
#include "proto/certificate.h"

#include <openssl/x509v3.h>

lb_err certificate_identity(const X509 *x, struct lb_identity *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const ASN1_IA5STRING *uri = NULL;
	int uris = 0;
	lb_err e = LB_BAD_IDENTITY;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_URI) {
			uri = name->d.uniformResourceIdentifier;
			uris++;
		}
	}
	if (uris == 1)
		e = lb_identity_parse((const char *)ASN1_STRING_get0_data(uri), (size_t)ASN1_STRING_length(uri), out);
	GENERAL_NAMES_free(names);
	return e;
}
