/* Is a text what its field says: an address, a name, a hash, a URL? Each answer is what is wrong, or NULL. */
#ifndef LAGEBUS_PROTO_PAYLOAD_VALUE_H
#define LAGEBUS_PROTO_PAYLOAD_VALUE_H

/* By an IndicatorKind; of a kind that is not known every text is right. */
const char *value_wrong(unsigned indicator_kind, const char *text);
const char *value_wrong_url(const char *text);   /* RFC 3986, with a scheme and something behind it */
const char *value_wrong_web(const char *text);   /* the same, http or https */
const char *value_wrong_email(const char *text); /* RFC 5321, without comments and quotes */
const char *value_wrong_cve(const char *text);
const char *value_wrong_partner(const char *text);

#endif
