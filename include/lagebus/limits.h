/* Every bound of the protocol in one place: a length is checked against these before anything is allocated. */
#ifndef LAGEBUS_LIMITS_H
#define LAGEBUS_LIMITS_H

#define LB_PROTOCOL_VERSION 1

#define LB_HEADER_MAX 4096               /* bytes of a header frame */
#define LB_PAYLOAD_MAX (4 * 1024 * 1024) /* bytes of a payload frame */
#define LB_SIGNATURE_MAX 1024            /* bytes of a signature frame */
#define LB_DELIVERY_SIZE 20              /* bytes of a delivery frame, always */
#define LB_CONTROL_MAX (256 * 1024)      /* bytes of a control frame */
#define LB_FRAMES_MAX 4                  /* frames of one ZMTP message */
#define LB_COMMAND_MAX 1024              /* bytes of a ZMTP command body */
/* The largest ZMTP message on the wire: four long frames (1 flags + 8 length bytes each). */
#define LB_MESSAGE_MAX (4 * 9 + LB_DELIVERY_SIZE + LB_HEADER_MAX + LB_PAYLOAD_MAX + LB_SIGNATURE_MAX)

#define LB_PARTNER_ID_MAX 63    /* bytes of "de-sn/leipzig", without the NUL */
#define LB_AGENT_NAME_MAX 63    /* bytes of the agent's name in a SPIFFE ID */
#define LB_TRUST_DOMAIN_MAX 127 /* bytes */
#define LB_SPIFFE_ID_MAX 300    /* bytes of spiffe://<trust-domain>/partner/<partner>/agent/<name> */
#define LB_AUDIENCE_MAX 32      /* entries of a header's audience */
#define LB_APPROVALS_MAX 4      /* approvals in a header */
#define LB_TEXT_MAX 255         /* bytes of any short text in a header (exercise name, language) */

#define LB_PARTNERS_MAX 1024 /* partners in a federation */
#define LB_GROUPS_MAX 64     /* groups in a federation */
#define LB_HOLIDAYS_MAX 64   /* further holidays of one partner */
#define LB_MANDATES_MAX 16   /* further agents that may act for one partner */

#endif
