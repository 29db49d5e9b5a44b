/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/store.h>

#include "base/base64.h"
#include "crypto/crypto.h"
#include "crypto/der.h"
#include "base/input.h"
#include "crypto/signing_key.h"

/* Things in a store that are looked at for one that is a key. */
enum {
	MAX_STORED = 1000
};

struct signing_key {
	EVP_PKEY *pkey; /* NULL once spoiled */
	struct key public;
	bool exposed;
};

/* 1.2.840.113549.1.1.1 and 1.3.101.112. */
static const char rsa_oid[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
static const char ed25519_oid[] = "\x2b\x65\x70";

static const struct slice nowhere = { NULL, 0 };

static int
bad(struct diag *why, const char *what)
{
	return diag_set(why, DIAG_PRIVATE_KEY, nowhere, "%s", what);
}

/* OpenSSL would not take it: memory, or something wrong with it. */
static int
refused(struct diag *why)
{
	crypto_trouble(why, "private key");
	if (why->code == DIAG_INTERNAL)
		why->code = DIAG_PRIVATE_KEY;
	return -1;
}

/* Put a big-endian number in this machine's order, where it stands: a copy of
 * a secret would be one more to wipe. */
static void
to_native(char *p, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	for (size_t i = 0; i < n / 2; i++) {
		char c = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = c;
	}
#else
	(void)p;
	(void)n;
#endif
}

/* RSAPrivateKey (RFC 8017 appendix A.1.2), its outer element taken off.  der is
 * what body looks into; the numbers in it are turned round. */
static int
make_rsa(struct slice body, char *der, EVP_PKEY **out, struct diag *why)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D,
		OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	enum {
		NUMBERS = ARRAY_LEN(names)
	};
	OSSL_PARAM params[NUMBERS + 1];
	struct slice version, number;

	if (!der_take(&body, DER_INTEGER, &version) ||
	    der_unsigned(version).len != 0)
		return bad(why, "not an RSA key with two primes");
	for (size_t i = 0; i < NUMBERS; i++) {
		if (!der_take(&body, DER_INTEGER, &number) ||
		    (number = der_unsigned(number)).len == 0 ||
		    number.len > KEY_MAX_RSA_BITS / 8)
			return bad(why, "an RSA key of unusable size");
		char *p = der + (number.p - der);

		to_native(p, number.len);
		params[i] = OSSL_PARAM_construct_BN(
		    names[i], (unsigned char *)p, number.len);
	}
	params[NUMBERS] = OSSL_PARAM_construct_end();
	if (body.len != 0)
		return bad(why, "there are bytes after the RSA key");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	bool done = ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
		    EVP_PKEY_fromdata(ctx, out, EVP_PKEY_KEYPAIR, params) == 1;

	EVP_PKEY_CTX_free(ctx);
	return done && !crypto_memory_failed() ? 0 : refused(why);
}

/* What a PKCS #8 file holds for Ed25519 (RFC 8410 section 7). */
static int
make_ed25519(struct slice octets, EVP_PKEY **out, struct diag *why)
{
	struct slice seed;

	if (!der_take(&octets, DER_OCTET_STRING, &seed) || octets.len != 0 ||
	    seed.len != KEY_ED25519_SIZE)
		return bad(why, "not an Ed25519 key of 32 bytes");
	*out = EVP_PKEY_new_raw_private_key_ex(
	    NULL, "ED25519", NULL, (const unsigned char *)seed.p, seed.len);
	return *out != NULL && !crypto_memory_failed() ? 0 : refused(why);
}

/* PrivateKeyInfo (PKCS #8; RFC 5958 section 2), its outer element taken off.
 * Attributes and a public half that may follow the key are not used. */
static int
unwrap(struct slice body, char *der, EVP_PKEY **out, struct diag *why)
{
	struct slice version, algorithm, oid, octets, rsa;

	if (!der_take(&body, DER_INTEGER, &version) ||
	    !der_take(&body, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm, DER_OBJECT, &oid) ||
	    !der_take(&body, DER_OCTET_STRING, &octets))
		return bad(why, "not a PKCS #8 key");
	if (slice_eq(oid, SLICE(ed25519_oid)))
		return make_ed25519(octets, out, why);
	if (!slice_eq(oid, SLICE(rsa_oid)))
		return bad(why, "neither an RSA nor an Ed25519 key");
	if (!der_take(&octets, DER_SEQUENCE, &rsa) || octets.len != 0)
		return bad(why, "not an RSA key");
	return make_rsa(rsa, der, out, why);
}

/* PEM (RFC 7468). */
enum pem_kind {
	PEM_NONE,
	PEM_PKCS8,
	PEM_PKCS1,
	PEM_ENCRYPTED,
	PEM_OTHER, /* a private key of a kind that signs no mail */
};

/* What a "-----BEGIN ...-----" line announces. */
static enum pem_kind
pem_kind(struct slice line)
{
	static const struct {
		const char *line;
		enum pem_kind kind;
	} kinds[] = {
		{ "-----BEGIN PRIVATE KEY-----", PEM_PKCS8 },
		{ "-----BEGIN RSA PRIVATE KEY-----", PEM_PKCS1 },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----", PEM_ENCRYPTED },
		{ "-----BEGIN EC PRIVATE KEY-----", PEM_OTHER },
		{ "-----BEGIN DSA PRIVATE KEY-----", PEM_OTHER },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", PEM_OTHER },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (slice_eq(line, slice_of(kinds[i].line)))
			return kinds[i].kind;
	return PEM_NONE;
}

/* The first private key in pem, and the base64 between its two lines. */
static int
pem_find(
    struct slice pem, enum pem_kind *kind, struct slice *text, struct diag *why)
{
	struct slice line;

	for (*kind = PEM_NONE; *kind == PEM_NONE;) {
		if (!slice_cut(&pem, '\n', &line))
			return bad(why, "no private key in PEM");
		*kind = pem_kind(slice_trim(line));
	}
	if (*kind == PEM_OTHER)
		return bad(why, "neither an RSA nor an Ed25519 key");
	*text = (struct slice){ pem.p, 0 };
	while (slice_cut(&pem, '\n', &line)) {
		if (slice_starts(line, SLICE("Proc-Type: 4,ENCRYPTED")))
			*kind = PEM_ENCRYPTED;
		if (slice_starts(line, SLICE("-----END "))) {
			text->len = (size_t)(line.p - text->p);
			break;
		}
	}
	if (*kind == PEM_ENCRYPTED)
		return bad(
		    why, "it is encrypted; decrypt it with \"openssl pkey\"");
	return text->len > 0 ? 0 : bad(why, "the PEM text is truncated");
}

static int
read_der(enum pem_kind kind, struct slice der, EVP_PKEY **out, struct diag *why)
{
	struct slice rest = der, body;
	char *octets = (char *)der.p; /* an arena's, so it may be written */

	if (!der_take(&rest, DER_SEQUENCE, &body) || rest.len != 0)
		return bad(why, "the PEM text does not contain a key");
	return (kind == PEM_PKCS8 ? unwrap : make_rsa)(body, octets, out, why);
}

/* A number of a key; for a key in a token too, as it is a public one. */
static bool
number_of(
    EVP_PKEY *pkey, const char *name, char *p, size_t max, struct slice *out)
{
	BIGNUM *bn = NULL;
	bool done = EVP_PKEY_get_bn_param(pkey, name, &bn) == 1 &&
		    (size_t)BN_num_bytes(bn) <= max;

	if (done)
		*out = (struct slice){ p,
			(size_t)BN_bn2bin(bn, (unsigned char *)p) };
	BN_free(bn);
	return done;
}

static int
find_public(EVP_PKEY *pkey, struct key *out, struct diag *why)
{
	/* One octet more than is allowed, for key_from_rsa() to say so. */
	char n[KEY_MAX_RSA_BITS / 8 + 1], e[KEY_MAX_RSA_BITS / 8 + 1];
	struct slice modulus, exponent, point = { n, KEY_ED25519_SIZE };

	if (EVP_PKEY_is_a(pkey, "ED25519")) {
		if (EVP_PKEY_get_raw_public_key(
			pkey, (unsigned char *)n, &point.len) != 1)
			return refused(why);
		return key_from_ed25519(point, out, why);
	}
	if (!EVP_PKEY_is_a(pkey, "RSA"))
		return crypto_memory_failed()
			   ? refused(why)
			   : bad(why, "neither an RSA nor an Ed25519 key");
	if (!number_of(pkey, OSSL_PKEY_PARAM_RSA_N, n, sizeof n, &modulus) ||
	    !number_of(pkey, OSSL_PKEY_PARAM_RSA_E, e, sizeof e, &exponent))
		return refused(why);
	if (key_from_rsa(modulus, exponent, out, why) != 0)
		return -1;
	if (out->bits < KEY_MIN_RSA_BITS)
		return diag_set(why, DIAG_PRIVATE_KEY, nowhere,
		    "an RSA key of %u bits; at least %d are required",
		    out->bits, KEY_MIN_RSA_BITS);
	return 0;
}

/* Make *out of pkey, which is its own from here on. */
static int
finish(EVP_PKEY *pkey, struct signing_key **out, struct diag *why)
{
	struct signing_key *key = calloc(1, sizeof *key);

	if (key == NULL) {
		EVP_PKEY_free(pkey);
		return diag_memory(why);
	}
	key->pkey = pkey;
	if (find_public(pkey, &key->public, why) != 0) {
		/* What is wrong with the public half is so with the whole. */
		if (diag_info(why->code)->class == DIAG_CLASS_FAIL)
			why->code = DIAG_PRIVATE_KEY;
		signing_key_free(key);
		return -1;
	}
	*out = key;
	return 0;
}

int
signing_key_parse(struct slice pem, struct signing_key **out, struct diag *why)
{
	struct arena *arena = arena_new();
	struct slice text, der = { NULL, 0 };
	EVP_PKEY *pkey = NULL;
	enum pem_kind kind;
	int result = -1;

	*out = NULL;
	if (!crypto_begin() || arena == NULL) {
		arena_free(arena);
		return diag_memory(why);
	}
	if (pem_find(pem, &kind, &text, why) != 0)
		goto out;
	switch (base64_decode(text, arena, &der)) {
	case BASE64_OK: break;
	case BASE64_INVALID: bad(why, "the PEM text is not base64"); goto out;
	case BASE64_MEMORY: diag_memory(why); goto out;
	}
	if (read_der(kind, der, &pkey, why) == 0)
		result = finish(pkey, out, why);
	else
		EVP_PKEY_free(pkey);
out:
	if (der.len > 0)
		OPENSSL_cleanse((char *)der.p, der.len);
	arena_free(arena);
	return result;
}

/* Read the file at path to p, at most max octets.  -1 with
 * DIAG_PRIVATE_KEY_READ. */
static int
read_file(const char *path, char *p, size_t max, size_t *len, bool *exposed,
    struct diag *why)
{
	struct input in;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;
	size_t got;

	if (fd < 0)
		return diag_errno(why, DIAG_PRIVATE_KEY_READ, "open");
	*exposed = fstat(fd, &st) == 0 &&
		   (st.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0;
	*len = 0;
	input_from_fd(&in, fd);
	in.owned = true;
	do {
		result = input_read(&in, p + *len, max - *len, &got, why);
		*len += result == 0 ? got : 0;
	} while (result == 0 && got > 0 && *len < max);
	input_release(&in);
	if (result != 0)
		why->code = DIAG_PRIVATE_KEY_READ;
	return result;
}

static int
load_file(const char *path, struct signing_key **out, struct diag *why)
{
	size_t max = SIGNING_KEY_MAX_FILE + 1, len = 0;
	char *p = malloc(max);
	bool exposed = false;
	int result = -1;

	if (p == NULL)
		return diag_memory(why);
	if (read_file(path, p, max, &len, &exposed, why) != 0)
		;
	else if (len == max)
		bad(why, "the file is too large for a key");
	else
		result = signing_key_parse((struct slice){ p, len }, out, why);
	if (result == 0)
		(*out)->exposed = exposed;
	OPENSSL_cleanse(p, len);
	free(p);
	return result;
}

/* The first private key that the store at uri gives.  Without a method to ask
 * for a passphrase there is no prompt. */
static int
load_store(const char *uri, struct signing_key **out, struct diag *why)
{
	EVP_PKEY *pkey = NULL;

	if (!crypto_begin())
		return diag_memory(why);
	/* No configuration file names this one, so the URI has to. */
	if (slice_starts(slice_of(uri), SLICE("pkcs11:")))
		OSSL_PROVIDER_try_load(NULL, "pkcs11", 1);
	OSSL_STORE_CTX *store =
	    OSSL_STORE_open_ex(uri, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

	if (store != NULL &&
	    OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) == 1)
		for (unsigned n = 0;
		     n < MAX_STORED && pkey == NULL && !OSSL_STORE_eof(store);
		     n++) {
			OSSL_STORE_INFO *info = OSSL_STORE_load(store);

			if (info == NULL && OSSL_STORE_error(store))
				break;
			if (info == NULL)
				continue;
			pkey = OSSL_STORE_INFO_get1_PKEY(info);
			OSSL_STORE_INFO_free(info);
		}
	if (pkey == NULL) {
		refused(why);
		if (store == NULL && why->code == DIAG_PRIVATE_KEY)
			why->code = DIAG_PRIVATE_KEY_READ;
	}
	OSSL_STORE_close(store);
	ERR_clear_error();
	return pkey != NULL ? finish(pkey, out, why) : -1;
}

/* Length of the scheme at the front of where, its colon included; 0 if there
 * is none (RFC 3986 section 3.1). */
static size_t
scheme(struct slice where)
{
	size_t colon = slice_find(where, ':');

	if (colon == where.len || !ascii_is_alpha(where.p[0]))
		return 0;
	for (size_t i = 1; i < colon; i++)
		if (!ascii_is_alnum(where.p[i]) &&
		    slice_find(SLICE("+-."), where.p[i]) == 3)
			return 0;
	return colon + 1;
}

bool
signing_key_is_uri(const char *where)
{
	return scheme(slice_of(where)) > 0;
}

/* Say in why which key it was.  Of a URI other than a file's only the scheme: a
 * PIN may stand in what follows. */
static int
name_it(struct diag *why, struct slice where)
{
	struct diag was = *why;
	char q[DIAG_QUOTED];

	if (was.code == DIAG_MEMORY)
		return -1;
	diag_set(why, was.code, nowhere, "\"%s\": %s", diag_quote(where, q),
	    was.detail);
	why->errnum = was.errnum;
	return -1;
}

int
signing_key_load(const char *where, struct signing_key **out, struct diag *why)
{
	struct slice name = slice_of(where);
	size_t uri = scheme(name);

	*out = NULL;
	if ((uri > 0 ? load_store : load_file)(where, out, why) == 0)
		return 0;
	if (uri > 0 &&
	    !slice_eq_nocase(slice_sub(name, 0, uri), SLICE("file:")))
		name.len = uri;
	return name_it(why, name);
}

void
signing_key_free(struct signing_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	key_release(&key->public);
	free(key);
}

bool
signing_key_is_exposed(const struct signing_key *key)
{
	return key->exposed;
}

const struct key *
signing_key_public(const struct signing_key *key)
{
	return &key->public;
}

struct evp_pkey_st *
signing_key_pkey(const struct signing_key *key)
{
	return key->pkey;
}

void
signing_key_spoil(struct signing_key *key)
{
	EVP_PKEY_free(key->pkey);
	key->pkey = NULL;
}
