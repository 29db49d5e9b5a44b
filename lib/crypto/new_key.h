/* SPDX-License-Identifier: BSD-2-Clause */
/* new_key.h - a private key made from nothing */
#ifndef NEW_KEY_H
#define NEW_KEY_H

#include <stddef.h>

#include "base/diag.h"
#include "crypto/key.h"

enum {
	NEW_KEY_RSA_BITS = 2048, /* what signers should use (RFC 8301) */
	NEW_KEY_MAX_PEM = 4096,	 /* octets of room that any of them fits in */
};

/* Make a private key of that type, RSA of NEW_KEY_RSA_BITS, with the random
 * numbers of OpenSSL, and put it into pem as PKCS #8 in PEM, unencrypted, *len
 * octets.  The caller wipes pem.  -1 with DIAG_MEMORY or DIAG_INTERNAL, and
 * pem holds nothing. */
int new_key_make(
    enum key_type, char pem[NEW_KEY_MAX_PEM], size_t *len, struct diag *why);

#endif
