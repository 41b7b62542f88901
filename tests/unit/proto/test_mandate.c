/* Mandates in a certificate: whom it names, and what is no mandate at all. */
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "lagebus/mandate.h"
#include "tests/unit/proto/pair.h"

/* The agent's certificate with these bytes as the extension, `times` times; its signature does not matter here. */
static size_t certificate_with(const void *value, size_t n, unsigned times, uint8_t der[4096])
{
	FILE *f = fopen(pair_path("agent", ".pem"), "r");
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(LB_MANDATE_OID, 1);
	unsigned char *p = der;
	X509_EXTENSION *e;
	X509 *x;
	int size;

	assert_non_null(f);
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	assert_non_null(x);
	assert_int_equal(ASN1_OCTET_STRING_set(octets, value, (int)n), 1);
	e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, octets);
	assert_non_null(e);
	while (times-- > 0)
		assert_int_equal(X509_add_ext(x, e, -1), 1);
	i2d_re_X509_tbs(x, NULL); /* encoded anew */
	size = i2d_X509(x, &p);
	assert_in_range(size, 1, 4096);
	X509_EXTENSION_free(e);
	ASN1_OBJECT_free(oid);
	ASN1_OCTET_STRING_free(octets);
	X509_free(x);
	return (size_t)size;
}

static const uint8_t two[] = "\x30\x10\x16\x05" "de-sl" "\x16\x07" "de-sn/x";
#define TWO_N (sizeof two - 1)

static void the_partners_in_it_are_named(void **state)
{
	uint8_t der[4096];
	size_t n = certificate_with(two, TWO_N, 1, der);

	(void)state;
	assert_true(lb_mandate_names(der, n, "de-sl", 5));
	assert_true(lb_mandate_names(der, n, "de-sn/x", 7));
	assert_false(lb_mandate_names(der, n, "de-s", 4));
	assert_false(lb_mandate_names(der, n, "de-sn/xy", 8));
	assert_false(lb_mandate_names(der, n, "", 0));
	assert_false(lb_mandate_names(der, n - 1, "de-sl", 5));
}

static void without_the_extension_nobody_is(void **state)
{
	uint8_t der[4096];
	size_t n = certificate_with("", 0, 0, der);

	(void)state;
	assert_false(lb_mandate_names(der, n, "de-sl", 5));
	assert_false(lb_mandate_names(NULL, 0, "de-sl", 5));
}

static void what_is_malformed_names_nobody(void **state)
{
	static const struct {
		const char *value;
		size_t n;
	} bad[] = {
		{ "", 0 },
		{ "\x30\x80", 2 },
		{ "\x30\x07\x16\x05" "de-sl", 8 },       /* cut off */
		{ "\x30\x07\x16\x05" "de-sl" "\x05\x00", 11 }, /* more behind it */
		{ "\x30\x07\x0c\x05" "de-sl", 9 },       /* another kind of text */
		{ "\x16\x05" "de-sl", 7 },               /* no sequence */
		{ "\x30\x09\x30\x07\x16\x05" "de-sl", 11 }, /* too deep */
	};
	uint8_t der[4096];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		size_t n = certificate_with(bad[i].value, bad[i].n, 1, der);

		assert_false(lb_mandate_names(der, n, "de-sl", 5));
	}
}

/* RFC 5280, 4.2: an extension must not be there twice. */
static void twice_is_not_at_all(void **state)
{
	uint8_t der[4096];
	size_t n = certificate_with(two, TWO_N, 2, der);

	(void)state;
	assert_false(lb_mandate_names(der, n, "de-sl", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_partners_in_it_are_named),
		cmocka_unit_test(without_the_extension_nobody_is),
		cmocka_unit_test(what_is_malformed_names_nobody),
		cmocka_unit_test(twice_is_not_at_all),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
