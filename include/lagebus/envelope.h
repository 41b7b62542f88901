/* Encryption end to end: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), its key agreed by ephemeral-static ECDH with each
 * recipient's certificate (RFC 5753; X9.63 KDF with the curve's SHA-2, AES-256 key wrap). DER, and exactly this form: what the sender could
 * choose otherwise is refused. RSA certificates are no recipients.
 * The content is padded to a multiple of LB_ENVELOPE_PAD (0x80 and zeros, ISO/IEC 7816-4), so that its length says little. */
#ifndef LAGEBUS_ENVELOPE_H
#define LAGEBUS_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/limits.h"
#include "lagebus/zmtp.h"

#define LB_ENVELOPE_PAD 1024
#define LB_ENVELOPE_RECIPIENTS_MAX 32
#define LB_ENVELOPE_PLAIN_MAX (LB_PAYLOAD_MAX - 64 * 1024) /* bytes of content: the rest is for the recipients */

#define LB_OPENER_KEYS 4 /* of an opener */
struct lb_opener; /* certificates and their private keys; one thread at a time */

/* Can somebody with this certificate (DER) be a recipient? An EC key of 256 bits or more whose use includes keyAgreement. Its trust is the
 * caller's to check (lb_tls_check_signer). LB_OK or LB_NO_RECIPIENT. Any thread. */
lb_err lb_envelope_check_recipient(struct lb_frame certificate) LB_MUST_CHECK;
/* Appends the envelope of `plain` for these 1 to LB_ENVELOPE_RECIPIENTS_MAX certificates (DER), whose trust the caller has checked. LB_OK,
 * LB_NO_RECIPIENT (none, too many, or one that cannot be one), LB_LIMIT (too large), LB_NO_MEMORY. On error `out` is as it was. Any thread. */
lb_err lb_envelope_seal(const struct lb_frame *certificates, unsigned n, struct lb_frame plain, struct lb_buf *out) LB_MUST_CHECK;
/* Has it an envelope's form, from the first byte to the last? Pure, and knows no key. */
bool lb_envelope_is_plausible(struct lb_frame envelope);

/* Loads a PEM certificate and its key; `why` says what is wrong. LB_OK, LB_CONFIG, LB_NO_MEMORY. Blocks on files. */
lb_err lb_opener_load(const char *certificate, const char *key, struct lb_opener **out, char *why, size_t why_n) LB_MUST_CHECK;
/* It opens what is for this one, too: a key that was renewed is kept for what was encrypted to it before. LB_OK, LB_CONFIG, LB_LIMIT (it has
 * LB_OPENER_KEYS): it is as it was. Blocks on files. */
lb_err lb_opener_add(struct lb_opener *o, const char *certificate, const char *key, char *why, size_t why_n) LB_MUST_CHECK;
void lb_opener_free(struct lb_opener *o);
/* Puts the content into the empty buffer `out`, which the caller wipes (lb_buf_wipe) when it is done. LB_OK, LB_NOT_A_RECIPIENT (it is for
 * other certificates), LB_BAD_ENVELOPE (not of this form, damaged or forged), LB_NO_MEMORY. */
lb_err lb_envelope_open(struct lb_opener *o, struct lb_frame envelope, struct lb_buf *out) LB_MUST_CHECK;

#endif
