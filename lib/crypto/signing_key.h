/* SPDX-License-Identifier: BSD-2-Clause */
/* signing_key.h - a private key, from a file or a store
 *
 * The secret goes from the file to OpenSSL through memory that is wiped; it
 * shows in no diag.  A signing key belongs to one thread. */
#ifndef SIGNING_KEY_H
#define SIGNING_KEY_H

#include <stdbool.h>

#include "base/diag.h"
#include "crypto/key.h"

struct signing_key;

enum {
	SIGNING_KEY_MAX_FILE = LIMIT_KEY_FILE
};

/* Load the private key at where: the path of a PEM file (PKCS #8 or PKCS #1,
 * RSA or Ed25519, not encrypted: there is nobody to ask for a passphrase), or
 * a URI for OpenSSL's stores ("file:...", "pkcs11:..."), which is anything
 * that begins with a scheme and a colon; a path like that is written "./a:b".
 * Of several keys in a file the first counts.  On 0 *out is the caller's, to
 * end with signing_key_free().  On -1 *out is NULL, and why is
 *
 *	DIAG_PRIVATE_KEY_READ  it cannot be read
 *	DIAG_PRIVATE_KEY       it is no such key, encrypted, or RSA of less than
 *	                       KEY_MIN_RSA_BITS or more than KEY_MAX_RSA_BITS
 *	DIAG_MEMORY, DIAG_INTERNAL */
int signing_key_load(
    const char *where, struct signing_key **out, struct diag *why);

/* The same from the text of a PEM file. */
int signing_key_parse(
    struct slice pem, struct signing_key **out, struct diag *why);

/* Whether where is a URI to signing_key_load(). */
bool signing_key_is_uri(const char *where);

/* Accepts NULL. */
void signing_key_free(struct signing_key *);

/* Whether others can read or write the file, or its group can write it: worth a
 * word of warning.  A group that can read is how mail systems share keys.
 * False for a key from a store. */
bool signing_key_is_exposed(const struct signing_key *);

/* The public half, to verify what was signed.  Lives as long as the private. */
const struct key *signing_key_public(const struct signing_key *);

/* For signature.c alone: OpenSSL's form, or NULL once the key was spoiled; and
 * that it is not to be used again. */
struct evp_pkey_st *signing_key_pkey(const struct signing_key *);
void signing_key_spoil(struct signing_key *);

#endif
