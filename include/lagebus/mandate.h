/* Mandates: the further partners that an agent may speak for. The federation's CA wrote them into the agent's certificate, which names
 * its own partner in the SPIFFE ID as any other: a non-critical extension LB_MANDATE_OID whose value is a SEQUENCE OF IA5String, a
 * partner id each. So whoever verifies a message needs nobody's word but the CA's. */
#ifndef LAGEBUS_MANDATE_H
#define LAGEBUS_MANDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a UUID (ITU-T X.667), which needs no registration. */
#define LB_MANDATE_OID "2.25.100520952256143285516033535710931408041"

/* Does this certificate (DER), whose trust the caller has checked, name the partner? False also where the extension is malformed. Any thread. */
bool lb_mandate_names(const uint8_t *der, size_t der_n, const char *partner, size_t partner_n);

#endif
