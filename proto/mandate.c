/* Mandates in a certificate. */
#include "lagebus/mandate.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

/* The extension's value; NULL: there is none, or more than one. */
static const ASN1_OCTET_STRING *find(const X509 *x)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(LB_MANDATE_OID, 1);
	int at = oid ? X509_get_ext_by_OBJ(x, oid, -1) : -1;
	bool once = at >= 0 && X509_get_ext_by_OBJ(x, oid, at) < 0;

	ASN1_OBJECT_free(oid);
	return once ? X509_EXTENSION_get_data(X509_get_ext(x, at)) : NULL;
}

static bool is_partner(const ASN1_TYPE *t, const char *partner, size_t n)
{
	return t->type == V_ASN1_IA5STRING && (size_t)ASN1_STRING_length(t->value.ia5string) == n &&
	       memcmp(ASN1_STRING_get0_data(t->value.ia5string), partner, n) == 0;
}

static bool value_names(const ASN1_OCTET_STRING *value, const char *partner, size_t n)
{
	const unsigned char *p = ASN1_STRING_get0_data(value), *end = p + ASN1_STRING_length(value);
	ASN1_SEQUENCE_ANY *list = d2i_ASN1_SEQUENCE_ANY(NULL, &p, ASN1_STRING_length(value));
	bool found = false;

	for (int i = 0; p == end && !found && i < sk_ASN1_TYPE_num(list); i++)
		found = is_partner(sk_ASN1_TYPE_value(list, i), partner, n);
	sk_ASN1_TYPE_pop_free(list, ASN1_TYPE_free);
	return found;
}

bool lb_mandate_names(const uint8_t *der, size_t der_n, const char *partner, size_t partner_n)
{
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)der_n);
	const ASN1_OCTET_STRING *value = x ? find(x) : NULL;
	bool names = value && value_names(value, partner, partner_n);

	X509_free(x);
	ERR_clear_error();
	return names;
}
