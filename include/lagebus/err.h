/* What can go wrong, once: each row is an enum value, a stable token (wire, logs, metrics) and a text for people. */
#ifndef LAGEBUS_ERR_H
#define LAGEBUS_ERR_H

/* clang-format off */
#define LB_ERR_TABLE(X) \
	X(OK,                 "ok",                    "no error") \
	X(AGAIN,              "again",                 "more bytes are needed, or the other side must read first") \
	X(CLOSED,             "closed",                "the other side closed the connection") \
	X(NO_MEMORY,          "no-memory",             "out of memory") \
	X(IO,                 "io",                    "the operating system refused an operation") \
	X(INVALID,            "invalid",               "the value is not valid") \
	X(NOT_FOUND,          "not-found",             "there is no such thing") \
	X(LIMIT,              "limit",                 "a limit was reached; try again later") \
	X(CORRUPT,            "corrupt",               "a stored record does not match its checksum") \
	X(DISK_FULL,          "disk-full",             "the broker's disk is below its low-water mark; publishes are refused until there is room") \
	X(STORE_FULL,         "store-full",            "the agent's disk is full; it can store nothing until there is room") \
	/* the link */ \
	X(TLS_HANDSHAKE,      "tls-handshake",         "the TLS handshake failed") \
	X(TLS_NO_CERTIFICATE, "tls-no-certificate",    "no certificate was presented; a certificate of the federation is required") \
	X(TLS_UNTRUSTED,      "tls-untrusted",         "the certificate was not issued by the federation's CA") \
	X(TLS_EXPIRED,        "tls-expired",           "the certificate is not valid at this time") \
	X(TLS_REVOKED,        "tls-revoked",           "the certificate was revoked") \
	X(TLS_VERSION,        "tls-version",           "TLS 1.3 is required") \
	X(TLS_BAD_RECORD,     "tls-bad-record",        "a TLS record could not be decrypted") \
	X(BAD_IDENTITY,       "bad-identity",          "the certificate carries no valid SPIFFE ID of this federation") \
	/* ZMTP */ \
	X(ZMTP_BAD_GREETING,  "zmtp-greeting",         "the peer does not speak ZMTP 3.x with the NULL mechanism") \
	X(ZMTP_FRAME,         "zmtp-frame",            "a ZMTP frame is malformed") \
	X(ZMTP_TOO_BIG,       "zmtp-too-big",          "a ZMTP frame or message is larger than allowed") \
	X(ZMTP_BAD_COMMAND,   "zmtp-command",          "a ZMTP command is malformed or unexpected") \
	X(UNEXPECTED,         "unexpected",            "the message is not allowed in this state") \
	X(BAD_CONTROL,        "bad-control",           "a control message could not be decoded") \
	X(VERSION,            "version",               "the protocol version is not supported") \
	X(TIMEOUT,            "timeout",               "the peer was silent for too long") \
	X(TAKEN_OVER,         "taken-over",            "the same agent connected again; its newest connection is kept") \
	X(DRAINING,           "draining",              "the broker is shutting down; reconnect to another") \
	X(TOO_SLOW,           "too-slow",              "the peer did not take what was sent to it in time") \
	/* the header */ \
	X(BAD_HEADER,         "bad-header",            "the header could not be decoded or lacks a required field") \
	X(NOT_UTF8,           "not-utf8",              "a text is not valid UTF-8 or has a NUL") \
	X(BAD_ID,             "bad-id",                "the message id is not a UUIDv7") \
	X(BAD_TIME,           "bad-time",              "created or expires is not plausible") \
	X(EXPIRED,            "expired",               "the message has expired") \
	X(UNKNOWN_TYPE,       "unknown-type",          "the message type is not known") \
	X(BAD_AUDIENCE,       "bad-audience",          "the audience is empty, malformed or names someone unknown") \
	X(BAD_SIGNATURE,      "bad-signature",         "the signature does not verify") \
	X(UNKNOWN_SIGNER,     "unknown-signer",        "the signer's certificate is not known") \
	X(ID_REUSED,          "id-reused",             "the id was used before for a message with other content") \
	/* policy: each is a rule's name */ \
	X(WRONG_ORIGIN,       "wrong-origin",          "the origin is neither the certificate's partner nor one that its agent may act for") \
	X(NOT_A_MEMBER,       "not-a-member",          "the partner is not a member of the federation") \
	X(ROLE_MAY_NOT_SEND,  "role-may-not-send",     "the partner's role may not send this type to this audience") \
	X(NEEDS_APPROVAL,     "needs-approval",        "a warning of level 4 needs the approval of a second person") \
	X(SAME_PERSON,        "same-person",           "a second person has another certificate, with another key, than the one that signed the message") \
	X(OTHER_CONTENT,      "other-content",         "what was approved is not what waits: the digest is another") \
	X(RECALLED,           "recalled",              "the origin has recalled the message") \
	X(AREA_NOT_AGREED,    "area-not-agreed",       "the area is not part of the partner's agreement") \
	X(NOT_IN_AUDIENCE,    "not-in-audience",       "the audience does not name the partner") \
	X(TLP_RED_NAMED_ONLY, "tlp-red-named-only",    "TLP:RED goes to named recipients only") \
	X(TLP_STRICT_NAMED,   "tlp-strict-named-only", "TLP:AMBER+STRICT goes to the named partners, not to the bodies below them") \
	X(TLP_NO_FURTHER_HOP, "tlp-no-further-hop",    "TLP:AMBER goes to the named partners and the bodies directly below them") \
	X(TLP_OBSERVER_GREEN, "tlp-observer-green",    "an observer reads up to TLP:GREEN") \
	X(TLP_WIDENED,        "tlp-widened",           "the message that it belongs to or replaces is stricter, and only its origin may widen the label") \
	X(EXERCISE_UNNAMED,   "exercise-unnamed",      "what belongs to an exercise says so and names it, and nothing else names one") \
	X(EXERCISE_UNKNOWN,   "exercise-unknown",      "no exercise of this name runs for the sender: it has not begun, has ended, or is others'") \
	X(EXERCISE_OUTSIDE,   "exercise-outside",      "it would reach somebody to whom the beginning of the exercise was not sent") \
	X(EXERCISE_MIXED,     "exercise-mixed",        "a real message and one of an exercise, or those of two exercises, may not refer to each other") \
	X(EXERCISE_RED,       "exercise-red",          "the broker reads when an exercise begins and ends, so that cannot be TLP:RED; what is played can") \
	X(ACK_TOO_WEAK,       "ack-too-weak",          "a warning of this level must ask that a named function acknowledges it") \
	X(ACK_TOO_LATE,       "ack-too-late",          "a warning of this level must ask for that sooner: level 2 within a working day, 3 in 4 h, 4 in 1 h") \
	X(CLASSIFIED,         "classified",            "it is marked VS-NfD or higher, which this system may not carry") \
	X(RED_NOT_ENCRYPTED,  "red-not-encrypted",     "what is TLP:RED carries nothing that can be read on the way: its payload is encrypted to the named recipients") \
	X(NOT_ITS_BODY,       "not-its-body",          "the report inside it is not of a body below who passes it on or confirms it") \
	X(OTHER_INCIDENT,     "other-incident",        "the report inside it is none of this incident") \
	X(CASE_NOT_RED,       "case-not-red",          "a digital-violence case is TLP:RED, and ends 14 days after it was created at the latest") \
	/* encryption end to end */ \
	X(NO_RECIPIENT,       "no-recipient",          "the office has no agent with a certificate that one can encrypt to") \
	X(NOT_A_RECIPIENT,    "not-a-recipient",       "it was encrypted to other certificates than the agent's own") \
	X(BAD_ENVELOPE,       "bad-envelope",          "the encrypted payload is malformed, damaged or forged") \
	X(NEEDS_CONSENT,      "needs-consent",         "acknowledging it deletes its content, which was not agreed to") \
	/* the chain */ \
	X(CHAIN_BROKEN,       "chain-broken",          "a delivery does not follow the one before it") \
	X(CONFIG,             "config",                "the configuration is not valid")
/* clang-format on */

typedef enum lb_err {
#define X(name, token, text) LB_##name,
	LB_ERR_TABLE(X)
#undef X
	LB_ERR_COUNT
} lb_err;

#define LB_MUST_CHECK __attribute__((warn_unused_result))

/* The stable token ("wrong-origin") of an error; "unknown" for a value outside the table. Static storage. */
const char *lb_err_token(lb_err e);
/* The sentence for people. Static storage. */
const char *lb_err_text(lb_err e);
/* The error whose token this is; LB_ERR_COUNT if none. */
lb_err lb_err_from_token(const char *token);

#endif
