/*
 * Names of TLS cipher suites and alerts.
 */
#ifndef OT_PROTO_TLS_SUITE_H
#define OT_PROTO_TLS_SUITE_H

#include <stdint.h>

/* The name in the IANA registry "TLS Cipher Suites", or NULL. */
const char *ot_tls_suite(uint16_t suite);

/* The name in the IANA registry "TLS Alerts", or NULL. */
const char *ot_tls_alert(uint8_t description);

#endif
