/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>

#include "keys.h"
#include "crypto/signing_key.h"

static struct diag why;

static char *
slurp(const char *path)
{
	static char text[8192];
	FILE *f = NEED(fopen(path, "r"));
	size_t n = fread(text, 1, sizeof text - 1, f);

	fclose(f);
	text[n] = '\0';
	return text;
}

/* Every form of file that OpenSSL writes for a key gives that key. */
static void
forms(void)
{
	static const struct {
		const char *pem;
		enum key_type type;
		unsigned bits;
	} cases[] = {
		{ "unit-rsa1024.pem", KEY_RSA, 1024 },	   /* PKCS #1 */
		{ "unit-rfc8463-rsa.pem", KEY_RSA, 1024 }, /* PKCS #1 */
		{ "unit-rsa2048.pem", KEY_RSA, 2048 },	   /* PKCS #8 */
		{ "unit-rsa4096.pem", KEY_RSA, 4096 },
		{ "unit-ed25519.pem", KEY_ED25519, 256 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct signing_key *private = NULL;
		struct key key = keys_public(cases[i].pem);
		EVP_PKEY *pkey = keys_private(cases[i].pem);

		CHECK_CODE(
		    signing_key_load(keys_path(cases[i].pem), &private, &why),
		    DIAG_NONE, why);
		const struct key *public = signing_key_public(NEED(private));

		CHECK(public->type == cases[i].type);
		CHECK(public->bits == cases[i].bits);
		CHECK(key_same(public, &key));
		CHECK(EVP_PKEY_eq(signing_key_pkey(private), pkey) == 1);
		signing_key_free(private);
		key_release(&key);
		EVP_PKEY_free(pkey);
	}
	signing_key_free(NULL);
}

/* What the numbers in the file are, not only the public two. */
static void
all_numbers(void)
{
	static const char *const names[] = { OSSL_PKEY_PARAM_RSA_N,
		OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1 };
	EVP_PKEY *pkey = keys_private("unit-rsa2048.pem");
	struct signing_key *private = NULL;

	CHECK(signing_key_load(keys_path("unit-rsa2048.pem"), &private, &why) ==
	      0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		BIGNUM *theirs = NULL, *ours = NULL;

		CHECK(EVP_PKEY_get_bn_param(pkey, names[i], &theirs) == 1);
		CHECK(EVP_PKEY_get_bn_param(
			  signing_key_pkey(private), names[i], &ours) == 1);
		CHECK(theirs != NULL && BN_cmp(theirs, ours) == 0);
		BN_free(theirs);
		BN_free(ours);
	}
	signing_key_free(private);
	EVP_PKEY_free(pkey);
}

static void
refused(const char *pem, enum diag_code code, const char *hint)
{
	struct signing_key *private = (void *)&why;

	CHECK_CODE(signing_key_load(keys_path(pem), &private, &why), code, why);
	CHECK(private == NULL);
	if (strstr(why.detail, hint) == NULL) {
		printf("# \"%s\" lacks \"%s\"\n", why.detail, hint);
		unit_failures++;
	}
	/* The file is named: a table has many. */
	CHECK(strstr(why.detail, pem) != NULL);
}

static void
no_keys_to_sign_with(void)
{
	refused("unit-encrypted-pkcs8.pem", DIAG_PRIVATE_KEY, "encrypted");
	refused("unit-encrypted-pkcs1.pem", DIAG_PRIVATE_KEY, "encrypted");
	refused("unit-ec.pem", DIAG_PRIVATE_KEY, "neither");
	refused("unit-x25519.pem", DIAG_PRIVATE_KEY, "neither");
	refused("unit-rsa-pss.pem", DIAG_PRIVATE_KEY, "neither");
	refused("unit-rsa512.pem", DIAG_PRIVATE_KEY, "512 bits");
	refused("unit-rsa1023.pem", DIAG_PRIVATE_KEY, "1023 bits");
	refused("unit-none.pem", DIAG_PRIVATE_KEY_READ, "No such file");
	CHECK(why.errnum == ENOENT);
	refused("", DIAG_PRIVATE_KEY_READ, "Is a directory");
	CHECK(diag_info(DIAG_PRIVATE_KEY_READ)->exit == 77);
	CHECK(diag_info(DIAG_PRIVATE_KEY)->exit == 78);
}

static void
parses(struct slice pem, enum diag_code code, const char *hint)
{
	struct signing_key *private = NULL;

	CHECK_CODE(signing_key_parse(pem, &private, &why), code, why);
	CHECK((private != NULL) == (code == DIAG_NONE));
	CHECK(code == DIAG_NONE || strstr(why.detail, hint) != NULL);
	signing_key_free(private);
}

static void
texts(void)
{
	char *pem = slurp(keys_path("unit-ed25519.pem")), *line;
	size_t n = strlen(pem);
	struct buf b = { .max = 0 };

	/* With what others put around keys, and with CRLF. */
	buf_text(&b, "subject=x\n-----BEGIN CERTIFICATE-----\nAAAA\n"
		     "-----END CERTIFICATE-----\n");
	for (size_t i = 0; i < n; i++) {
		if (pem[i] == '\n')
			buf_char(&b, '\r');
		buf_char(&b, pem[i]);
	}
	buf_text(&b, "more\n-----BEGIN RSA PRIVATE KEY-----\n");
	parses(buf_view(&b), DIAG_NONE, "");
	parses((struct slice){ pem, n - 1 }, DIAG_NONE, "");
	/* Cut behind each line, and within the last. */
	line = strchr(pem, '\n') + 1;
	parses((struct slice){ pem, (size_t)(line - pem) }, DIAG_PRIVATE_KEY,
	    "truncated");
	line = strchr(line, '\n') + 1;
	parses((struct slice){ pem, (size_t)(line - pem) }, DIAG_PRIVATE_KEY,
	    "truncated");
	parses((struct slice){ pem, (size_t)(line - pem) + 5 },
	    DIAG_PRIVATE_KEY, "truncated");
	parses(SLICE(""), DIAG_PRIVATE_KEY, "no private key");
	parses(SLICE("\0\0"), DIAG_PRIVATE_KEY, "no private key");
	parses(SLICE("-----BEGIN PUBLIC KEY-----\nAAAA\n"
		     "-----END PUBLIC KEY-----\n"),
	    DIAG_PRIVATE_KEY, "no private key");
	parses(SLICE("-----BEGIN PRIVATE KEY-----\n"
		     "-----END PRIVATE KEY-----\n"),
	    DIAG_PRIVATE_KEY, "truncated");
	parses(SLICE("-----BEGIN PRIVATE KEY-----\nA!AA\n"
		     "-----END PRIVATE KEY-----\n"),
	    DIAG_PRIVATE_KEY, "base64");
	parses(SLICE("-----BEGIN PRIVATE KEY-----\nAAAA\n"
		     "-----END PRIVATE KEY-----\n"),
	    DIAG_PRIVATE_KEY, "not contain a key");
	parses(SLICE("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
		     "-----END OPENSSH PRIVATE KEY-----\n"),
	    DIAG_PRIVATE_KEY, "neither");
	buf_release(&b);
}

/* Every octet of the DER changed, and the DER cut everywhere: a key or an
 * error, and nothing worse. */
static void
damaged(const char *name)
{
	EVP_PKEY *pkey = keys_private(name);
	unsigned char *der = NULL;
	size_t n = (size_t)i2d_PrivateKey(pkey, &der);
	struct buf b = { .max = 0 };
	struct signing_key *private;
	unsigned good = 0;

	for (size_t i = 0; i < 2 * n; i++) {
		der[i % n] ^= 0x55;
		buf_clear(&b);
		buf_text(&b, "-----BEGIN RSA PRIVATE KEY-----\n");
		base64_encode(&b, octets(der, i < n ? n : i - n));
		buf_text(&b, "\n-----END RSA PRIVATE KEY-----\n");
		if (signing_key_parse(buf_view(&b), &private, &why) == 0)
			good++;
		else
			CHECK(why.code == DIAG_PRIVATE_KEY);
		signing_key_free(private);
		der[i % n] ^= 0x55;
	}
	/* Wrong primes make no key that cannot be read. */
	CHECK(good < n);
	buf_release(&b);
	OPENSSL_free(der);
	EVP_PKEY_free(pkey);
}

static void
damage(void)
{
	damaged("unit-rsa1024.pem");
}

/* Threat 44: o+rw and g+w are worth a warning, g+r is not. */
static void
exposure(void)
{
	static const struct {
		mode_t mode;
		bool exposed;
	} cases[] = {
		{ 0400, false },
		{ 0600, false },
		{ 0640, false },
		{ 0650, false },
		{ 0660, true },
		{ 0620, true },
		{ 0604, true },
		{ 0602, true },
		{ 0644, true },
		{ 0601, false },
	};
	char path[] = "/tmp/unit-signing-key-XXXXXX";
	int fd = mkstemp(path);
	char *pem = slurp(keys_path("unit-ed25519.pem"));
	size_t n = strlen(pem);

	CHECK(fd >= 0 && write(fd, pem, n) == (ssize_t)n);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct signing_key *private = NULL;

		CHECK(fchmod(fd, cases[i].mode) == 0);
		CHECK(signing_key_load(path, &private, &why) == 0);
		CHECK(
		    signing_key_is_exposed(NEED(private)) == cases[i].exposed);
		signing_key_free(private);
	}
	/* Longer than any key. */
	CHECK(ftruncate(fd, SIGNING_KEY_MAX_FILE + 1) == 0);
	struct signing_key *private = NULL;

	CHECK_CODE(
	    signing_key_load(path, &private, &why), DIAG_PRIVATE_KEY, why);
	CHECK(strstr(why.detail, "too large") != NULL);
	close(fd);
	unlink(path);
}

static void
stores(void)
{
	static const char *const good[] = { "unit-rsa2048.pem",
		"unit-ed25519.pem", "unit-rsa1024.pem" };
	struct signing_key *private = NULL;
	char uri[4200], *dir = realpath(keys_path(""), NULL);

	NEED(dir);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct key key = keys_public(good[i]);

		snprintf(uri, sizeof uri, "file:%s/%s", dir, good[i]);
		CHECK_CODE(
		    signing_key_load(uri, &private, &why), DIAG_NONE, why);
		CHECK(key_same(signing_key_public(NEED(private)), &key));
		CHECK(!signing_key_is_exposed(private));
		signing_key_free(private);
		key_release(&key);
	}
	static const struct {
		const char *rest;
		enum diag_code code;
	} bad[] = {
		{ "unit-rsa512.pem", DIAG_PRIVATE_KEY },
		{ "unit-ec.pem", DIAG_PRIVATE_KEY },
		{ "unit-rsa-pss.pem", DIAG_PRIVATE_KEY },
		{ "unit-encrypted-pkcs8.pem", DIAG_PRIVATE_KEY },
		{ "unit-encrypted-pkcs1.pem", DIAG_PRIVATE_KEY },
		{ "unit-none.pem", DIAG_PRIVATE_KEY_READ },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(uri, sizeof uri, "file:%s/%s", dir, bad[i].rest);
		CHECK_CODE(
		    signing_key_load(uri, &private, &why), bad[i].code, why);
		CHECK(private == NULL);
	}
	free(dir);
	/* No such store; and no PIN in what is said about it. */
	CHECK_CODE(signing_key_load("no-such-scheme:x", &private, &why),
	    DIAG_PRIVATE_KEY_READ, why);
	CHECK(signing_key_load(
		  "pkcs11:object=none;pin-value=8675309", &private, &why) != 0);
	CHECK(
	    why.code == DIAG_PRIVATE_KEY_READ || why.code == DIAG_PRIVATE_KEY);
	CHECK(strstr(why.detail, "\"pkcs11:\"") != NULL);
	CHECK(strstr(why.detail, "8675309") == NULL);
	/* Paths that only look like URIs. */
	CHECK_CODE(signing_key_load("./a:b", &private, &why),
	    DIAG_PRIVATE_KEY_READ, why);
	CHECK(strstr(why.detail, "No such file") != NULL);
	CHECK_CODE(signing_key_load("1a:b", &private, &why),
	    DIAG_PRIVATE_KEY_READ, why);
	CHECK(strstr(why.detail, "No such file") != NULL);
	CHECK_CODE(
	    signing_key_load("", &private, &why), DIAG_PRIVATE_KEY_READ, why);
	/* The error queue is left clean. */
	CHECK(ERR_peek_error() == 0);
}

/* On a terminal of its own, where a prompt would show and wait. */
static void
no_prompt(void)
{
	static const char *const pems[] = { "unit-encrypted-pkcs8.pem",
		"unit-encrypted-pkcs1.pem" };
	char uri[4200], seen[256], *dir = realpath(keys_path(""), NULL);

	NEED(dir);
	for (size_t i = 0; i < 4; i++) {
		struct signing_key *private;
		int terminal, status = -1;

		snprintf(uri, sizeof uri, "%s%s/%s", i < 2 ? "file:" : "", dir,
		    pems[i % 2]);
		pid_t child = forkpty(&terminal, NULL, NULL, NULL);

		if (child == 0)
			_exit(signing_key_load(uri, &private, &why) == 0 ||
			      why.code != DIAG_PRIVATE_KEY);
		CHECK(child > 0);
		/* Ends when the child does (EIO), or with what it asks. */
		ssize_t n = read(terminal, seen, sizeof seen);

		CHECK(n <= 0);
		if (n > 0)
			kill(child, SIGKILL);
		CHECK(waitpid(child, &status, 0) == child && status == 0);
		close(terminal);
	}
	free(dir);
}

static const struct unit_test tests[] = {
	{ "PKCS #1 and PKCS #8, RSA and Ed25519", forms },
	{ "every number of an RSA key gets there", all_numbers },
	{ "encrypted, short or other keys, and no keys, are refused",
	    no_keys_to_sign_with },
	{ "PEM texts, whole and cut", texts },
	{ "a damaged key is a key or an error", damage },
	{ "a file that others can read or its group write is noted", exposure },
	{ "keys from OpenSSL's stores", stores },
	{ "a passphrase is not asked for, on a terminal either", no_prompt },
};

UNIT_MAIN(tests)
