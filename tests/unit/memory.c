/* SPDX-License-Identifier: BSD-2-Clause */
/* Threat 41: every allocation fails once, and then all from one on.  What comes
 * out is the right answer, or DIAG_MEMORY: never another one.  The linker puts
 * the functions below in the place of malloc(), calloc() and realloc() for the
 * library's objects, through which OpenSSL allocates too. */
#include <openssl/err.h>

#include "crypto/digest.h"
#include "keys/keyname.h"
#include "keys.h"

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the
 * linker's names. */
void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);

/* Allocations to go before the first that fails; below 0: none fails. */
static long left = -1;
static bool for_good; /* all after it fail as well */
static bool failed;

static bool
fails(void)
{
	if (left < 0)
		return false;
	if (left > 0) {
		left--;
		return false;
	}
	failed = true;
	if (!for_good)
		left = -1;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

struct scene {
	struct key rsa, ed25519;
	unsigned char digest[DIGEST_SIZE];
	struct slice rsa_good, rsa_bad, ed25519_good, ed25519_bad;
	struct slice rsa_record, ed25519_record, rsa_pem, ed25519_pem;
};

static struct scene *scene;

/* Each does one thing and returns its code. */
static enum diag_code
code(int result, const struct diag *why)
{
	return result == 0 ? DIAG_NONE : why->code;
}

static enum diag_code
verify(struct key *key, struct slice sig)
{
	struct diag why;

	return code(signature_verify(key, signature_for(key->type), 0,
			scene->digest, sig, &why),
	    &why);
}

static enum diag_code
verify_rsa(void)
{
	return verify(&scene->rsa, scene->rsa_good);
}

static enum diag_code
verify_rsa_bad(void)
{
	return verify(&scene->rsa, scene->rsa_bad);
}

static enum diag_code
verify_ed25519(void)
{
	return verify(&scene->ed25519, scene->ed25519_good);
}

static enum diag_code
verify_ed25519_bad(void)
{
	return verify(&scene->ed25519, scene->ed25519_bad);
}

static enum diag_code
parse(struct slice record)
{
	struct key key;
	struct diag why;
	int result = key_parse(record, &key, &why);

	CHECK((result == 0) == (key.octets != NULL));
	key_release(&key);
	return code(result, &why);
}

static enum diag_code
parse_rsa(void)
{
	return parse(scene->rsa_record);
}

static enum diag_code
parse_ed25519(void)
{
	return parse(scene->ed25519_record);
}

static enum diag_code
parse_weak(void)
{
	return parse(SLICE("k=ed25519; p=AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			   "AAAAA="));
}

static enum diag_code
load(struct slice pem)
{
	struct signing_key *private;
	struct diag why;
	int result = signing_key_parse(pem, &private, &why);

	CHECK((result == 0) == (private != NULL));
	signing_key_free(private);
	return code(result, &why);
}

static enum diag_code
load_rsa(void)
{
	return load(scene->rsa_pem);
}

static enum diag_code
load_ed25519(void)
{
	return load(scene->ed25519_pem);
}

static enum diag_code
load_file(void)
{
	struct signing_key *private;
	struct diag why;
	int result =
	    signing_key_load(keys_path("unit-ed25519.pem"), &private, &why);

	signing_key_free(private);
	return code(result, &why);
}

/* OpenSSL makes a new blinding factor for the first signature of an RSA key,
 * and for the 33rd.  That is where memory is short here: one half made would
 * spoil all signatures to come. */
static enum diag_code
sign(struct slice pem, struct slice wanted, unsigned before)
{
	struct buf b = { .max = 0 };
	struct signing_key *private;
	struct diag why, again;
	long then = left;

	left = -1;
	CHECK(signing_key_parse(pem, &private, &why) == 0);
	for (unsigned i = 0; i < before; i++) {
		buf_clear(&b);
		CHECK(signature_make(private, scene->digest, &b, &why) == 0);
	}
	buf_release(&b);
	left = then;
	int result = signature_make(private, scene->digest, &b, &why);

	left = -1;
	CHECK(result == 0 ? slice_eq(buf_view(&b), wanted) : b.len == 0);
	buf_clear(&b);
	CHECK(signature_make(private, scene->digest, &b, &again) == 0
		  ? slice_eq(buf_view(&b), wanted)
		  : result != 0 && again.code == DIAG_MEMORY);
	signing_key_free(private);
	buf_release(&b);
	return code(result, &why);
}

static enum diag_code
sign_rsa(void)
{
	return sign(scene->rsa_pem, scene->rsa_good, 0);
}

static enum diag_code
sign_rsa_again(void)
{
	return sign(scene->rsa_pem, scene->rsa_good, 1);
}

static enum diag_code
sign_rsa_33(void)
{
	return sign(scene->rsa_pem, scene->rsa_good, 32);
}

static enum diag_code
sign_ed25519(void)
{
	return sign(scene->ed25519_pem, scene->ed25519_good, 1);
}

static enum diag_code
hash(void)
{
	static const unsigned char wanted[] = { 0xba, 0x78, 0x16, 0xbf };
	struct digest d, copy;
	unsigned char out[DIGEST_SIZE];
	struct diag why;

	digest_init(&d);
	digest_put(&d, "ab", 2);
	digest_copy(&copy, &d);
	digest_put(&copy, "c", 1);
	int result = digest_final(&copy, out, &why);

	CHECK(result != 0 || memcmp(out, wanted, sizeof wanted) == 0);
	digest_release(&d);
	digest_release(&copy);
	return code(result, &why);
}

static enum diag_code
name(void)
{
	struct arena *arena = arena_new();
	struct slice out;
	struct diag why;

	if (arena == NULL)
		return DIAG_MEMORY;
	int result = keyname_make(SLICE("s"),
	    SLICE("b\xc3\xbc"
		  "cher.example"),
	    arena, &out, &why);

	arena_free(arena);
	return code(result, &why);
}

static enum diag_code
decode(void)
{
	struct arena *arena = arena_new();
	struct slice out;

	if (arena == NULL)
		return DIAG_MEMORY;
	enum base64_result result =
	    base64_decode(SLICE("Zm9vYmFy"), arena, &out);

	arena_free(arena);
	return result == BASE64_OK	 ? DIAG_NONE
	       : result == BASE64_MEMORY ? DIAG_MEMORY
					 : DIAG_SIGNATURE;
}

static void
starve(const char *what, enum diag_code (*act)(void), enum diag_code right)
{
	/* With all it wants, and OpenSSL's first-time work done. */
	enum diag_code found = act();

	if (found != right) {
		printf("# %s: %s\n", what, diag_info(found)->word);
		unit_failures++;
	}
	for (unsigned persist = 0; persist < 2; persist++) {
		unsigned memory = 0;
		long n = 0;

		do {
			left = n;
			for_good = persist != 0;
			failed = false;
			found = act();
			left = -1;
			if (found != right && found != DIAG_MEMORY) {
				printf("# %s, allocation %ld%s: %s\n", what, n,
				    persist ? " and all after it" : "",
				    diag_info(found)->word);
				unit_failures++;
			}
			memory += found == DIAG_MEMORY;
			CHECK(ERR_peek_error() == 0);
			n++;
		} while (failed && n < 10000);
		/* The last round had no failure; some before it told. */
		CHECK(!failed && found == right);
		CHECK(memory > 0 || n == 1); /* what needs none never fails */
	}
}

#define STARVE(act, right) starve(#act, (act), (right))

static void
verifying(void)
{
	STARVE(verify_rsa, DIAG_NONE);
	STARVE(verify_rsa_bad, DIAG_SIGNATURE);
	STARVE(verify_ed25519, DIAG_NONE);
	STARVE(verify_ed25519_bad, DIAG_SIGNATURE);
}

static void
reading_keys(void)
{
	STARVE(parse_rsa, DIAG_NONE);
	STARVE(parse_ed25519, DIAG_NONE);
	STARVE(parse_weak, DIAG_KEY_WEAK_POINT);
}

static void
signing(void)
{
	STARVE(load_rsa, DIAG_NONE);
	STARVE(load_ed25519, DIAG_NONE);
	STARVE(load_file, DIAG_NONE);
	STARVE(sign_rsa, DIAG_NONE);
	STARVE(sign_rsa_again, DIAG_NONE);
	STARVE(sign_rsa_33, DIAG_NONE);
	STARVE(sign_ed25519, DIAG_NONE);
}

static void
the_rest(void)
{
	STARVE(hash, DIAG_NONE);
	STARVE(name, DIAG_NONE);
	STARVE(decode, DIAG_NONE);
}

static struct slice
keep(const void *p, size_t n)
{
	char *copy = NEED(malloc(n));

	memcpy(copy, p, n);
	return (struct slice){ copy, n };
}

static struct slice
file(const char *pem)
{
	static char text[8192];
	FILE *f = NEED(fopen(keys_path(pem), "r"));
	size_t n = fread(text, 1, sizeof text, f);

	fclose(f);
	return keep(text, n);
}

static void
prepare(void)
{
	static struct scene s;
	EVP_PKEY *rsa = keys_private("unit-rsa1024.pem");
	EVP_PKEY *ed25519 = keys_private("unit-ed25519.pem");
	unsigned char sig[2048];
	size_t n;

	scene = &s;
	s.rsa = keys_public("unit-rsa1024.pem");
	s.ed25519 = keys_public("unit-ed25519.pem");
	s.rsa_record = slice_of(keys_record(rsa));
	s.ed25519_record = slice_of(keys_record(ed25519));
	s.rsa_pem = file("unit-rsa1024.pem");
	s.ed25519_pem = file("unit-ed25519.pem");
	n = keys_sign_rsa(rsa, RSA_PKCS1_PADDING, EVP_sha256(), s.digest,
	    sizeof s.digest, sig);
	s.rsa_good = keep(sig, n);
	sig[n - 3] ^= 1;
	s.rsa_bad = keep(sig, n);
	n = keys_sign_ed25519(ed25519, s.digest, sizeof s.digest, sig);
	s.ed25519_good = keep(sig, n);
	sig[n - 3] ^= 1;
	s.ed25519_bad = keep(sig, n);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed25519);
}

static void
clear(void)
{
	struct slice *kept[] = { &scene->rsa_good, &scene->rsa_bad,
		&scene->ed25519_good, &scene->ed25519_bad, &scene->rsa_record,
		&scene->ed25519_record, &scene->rsa_pem, &scene->ed25519_pem };

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		free((void *)kept[i]->p);
	key_release(&scene->rsa);
	key_release(&scene->ed25519);
}

static const struct unit_test tests[] = {
	{ "keys and signatures to starve", prepare },
	{ "a check without memory is no verdict", verifying },
	{ "a key record read without memory is no bad record", reading_keys },
	{ "a private key without memory is no bad key", signing },
	{ "digests, names and base64 without memory", the_rest },
	{ "nothing is left behind", clear },
};

UNIT_MAIN(tests)
