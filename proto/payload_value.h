/* Is a text what its field says: an address, a name, a hash, a URL? Each answer is what is wrong, or NULL. */
#ifndef LAGEBUS_PROTO_PAYLOAD_VALUE_H
#define LAGEBUS_PROTO_PAYLOAD_VALUE_H

/* By a kind of lagebus/indicator.h; of one that is not known every text is right. */
const char *value_wrong(unsigned indicator_kind, const char *text);
const char *value_wrong_url(const char *text);   /* with a scheme and a host */
const char *value_wrong_web(const char *text);   /* the same, http or https */
const char *value_wrong_email(const char *text);
const char *value_wrong_cve(const char *text);
const char *value_wrong_partner(const char *text);

#endif
