/* SPDX-License-Identifier: BSD-2-Clause */
/* A library to be preloaded: of all calls of one kind that a program makes, it
 * counts each and lets the n-th fail.  tests/torture/faults drives it.
 *
 *	FAULT=KIND:N:EFFECT   the N-th call of KIND (from 1) fails so; N 0: none
 *	FAULT=KIND:N+:EFFECT  all from the N-th on do
 *	FAULT_LOG=FILE        "struct fault_log" lies in it, mapped: it survives
 *	FAULT_TRACE=1         say on stderr who made the call that fails
 *
 * EFFECT is the name of an error (EIO, ENOMEM ...), "short" for half of what
 * was asked for, or "fails" where a function has no errno. */
/* Calls of others bear their names, with parameters of our own; and FAULT is
 * what a script of ours wrote.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,
 * bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cert-err34-c) */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init() and its kin */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/store.h>

enum kind {
	ALLOC,
	READ,
	WRITE,
	OPEN,
	CLOSE,
	FILES, /* stat, seek, rename ... */
	SOCKET,
	SEND,
	RECEIVE,
	POLL,
	RANDOM,
	THREAD,
	LOAD,
	OPENSSL,
	OWN, /* memory that the program itself asks for */
	KINDS
};

static const char *const kinds[KINDS] = { "alloc", "read", "write", "open",
	"close", "files", "socket", "send", "receive", "poll", "random",
	"thread", "load", "openssl", "own" };

static const struct {
	const char *name;
	int number;
} effects[] = {
	{ "fails", 0 },
	{ "short", -1 },
	{ "ENOMEM", ENOMEM },
	{ "EIO", EIO },
	{ "ENOSPC", ENOSPC },
	{ "EINTR", EINTR },
	{ "EAGAIN", EAGAIN },
	{ "EMFILE", EMFILE },
	{ "EACCES", EACCES },
	{ "EPIPE", EPIPE },
	{ "ENOBUFS", ENOBUFS },
	{ "ENETUNREACH", ENETUNREACH },
	{ "ECONNREFUSED", ECONNREFUSED },
	{ "ECONNRESET", ECONNRESET },
	{ "ENOSYS", ENOSYS },
};

enum {
	SHORT = -1
};

/* Read by tests/torture/faults: keep both in step. */
struct fault_log {
	atomic_uint_fast64_t calls[KINDS];
	atomic_uint_fast64_t injected;
};

static struct fault_log nowhere, *note = &nowhere;
static bool awake;
static enum kind kind = KINDS;
static unsigned long nth;
static bool for_good, trace;
static int effect;
static uintptr_t program_from, program_to; /* where its code lies */

static bool
set_effect(const char *name)
{
	for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
		if (strcmp(name, effects[i].name) == 0) {
			effect = effects[i].number;
			return true;
		}
	return false;
}

/* Of all that is loaded the program comes first. */
static int
find_program(struct dl_phdr_info *info, size_t n, void *ctx)
{
	(void)n;
	(void)ctx;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && (p->p_flags & PF_X) != 0) {
			program_from = info->dlpi_addr + p->p_vaddr;
			program_to = program_from + p->p_memsz;
		}
	}
	return 1;
}

static void __attribute__((constructor)) begin(void)
{
	const char *what = getenv("FAULT"), *log = getenv("FAULT_LOG");
	char word[16], name[16], plus[2] = "";

	if (what == NULL || log == NULL)
		return;
	int fd = open(log, O_RDWR | O_CLOEXEC);
	void *map =
	    mmap(NULL, sizeof *note, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED ||
	    (sscanf(what, "%15[^:]:%lu:%15s", word, &nth, name) != 3 &&
		sscanf(what, "%15[^:]:%lu%1[+]:%15s", word, &nth, plus, name) !=
		    4) ||
	    !set_effect(name))
		_exit(99);
	close(fd);
	for_good = plus[0] == '+';
	for (kind = ALLOC; kind < KINDS; kind++)
		if (strcmp(kinds[kind], word) == 0)
			break;
	trace = getenv("FAULT_TRACE") != NULL;
	dl_iterate_phdr(find_program, NULL);
	note = map;
	awake = true;
}

static void
tell(void)
{
	void *frame[32];

	awake = false;
	backtrace_symbols_fd(
	    frame, backtrace(frame, sizeof frame / sizeof *frame), 2);
	awake = true;
}

/* Whether this call is the one; if so errno is set. */
static bool
fails(enum kind k)
{
	if (!awake)
		return false;
	unsigned long n = atomic_fetch_add(&note->calls[k], 1) + 1;

	if (k != kind || nth == 0 || (for_good ? n < nth : n != nth))
		return false;
	atomic_fetch_add(&note->injected, 1);
	if (trace)
		tell();
	if (effect > 0)
		errno = effect;
	return true;
}

/* The function that stands behind ours. */
#define REAL(name)                                                             \
	static __typeof__(&(name)) real;                                       \
	if (real == NULL)                                                      \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

/* ------------------------------------------------------------------------
 * Memory. */

/* What OpenSSL asks for may go through the program, which is not the program's
 * own wish. */
static CRYPTO_malloc_fn for_openssl;
static CRYPTO_realloc_fn more_for_openssl;
/* Memory for it would be asked for within malloc() otherwise. */
static _Thread_local bool within __attribute__((tls_model("initial-exec")));

static void *
give_openssl(size_t n, const char *file, int line)
{
	within = true;
	void *p = for_openssl(n, file, line);

	within = false;
	return p;
}

static void *
give_openssl_more(void *p, size_t n, const char *file, int line)
{
	within = true;
	p = more_for_openssl(p, n, file, line);
	within = false;
	return p;
}

int
CRYPTO_set_mem_functions(
    CRYPTO_malloc_fn get, CRYPTO_realloc_fn more, CRYPTO_free_fn release)
{
	REAL(CRYPTO_set_mem_functions);
	/* Leaks are told apart by who called whom: no more in between than
	 * needs be. */
	if (kind != OWN)
		return real(get, more, release);
	for_openssl = get;
	more_for_openssl = more;
	return real(give_openssl, give_openssl_more, release);
}

/* Whether this call for memory fails: it is of one kind, and of two where the
 * program itself asks. */
static bool
memory_fails(const void *caller)
{
	bool own = !within && (uintptr_t)caller >= program_from &&
		   (uintptr_t)caller < program_to;

	return fails(ALLOC) || (own && fails(OWN));
}

void *
malloc(size_t n)
{
	REAL(malloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(n);
}

void *
calloc(size_t n, size_t size)
{
	REAL(calloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(n, size);
}

void *
realloc(void *p, size_t n)
{
	REAL(realloc);
	return memory_fails(__builtin_return_address(0)) ? NULL : real(p, n);
}

/* ------------------------------------------------------------------------
 * Files. */

static size_t
half(size_t n)
{
	return effect == SHORT && n > 1 ? n / 2 : n;
}

ssize_t
read(int fd, void *p, size_t n)
{
	REAL(read);
	if (!fails(READ))
		return real(fd, p, n);
	return effect == SHORT ? real(fd, p, half(n)) : -1;
}

ssize_t
pread(int fd, void *p, size_t n, off_t at)
{
	REAL(pread);
	/* What has places does not make one wait. */
	if (!fails(READ) || effect == EAGAIN)
		return real(fd, p, n, at);
	return effect == SHORT ? real(fd, p, half(n), at) : -1;
}

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(write);
	/* What is said on stderr is nobody's mail; it may fail as well, but
	 * then there is nothing to look at. */
	if (fd == STDERR_FILENO || !fails(WRITE))
		return real(fd, p, n);
	return effect == SHORT ? real(fd, p, half(n)) : -1;
}

int
open(const char *path, int flags, ...)
{
	REAL(open);
	va_list ap;

	va_start(ap, flags);
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;

	va_end(ap);
	return fails(OPEN) ? -1 : real(path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	REAL(openat);
	va_list ap;

	va_start(ap, flags);
	mode_t mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;

	va_end(ap);
	return fails(OPEN) ? -1 : real(dir, path, flags, mode);
}

int __open_2(const char *, int);

int
__open_2(const char *path, int flags)
{
	REAL(__open_2);
	return fails(OPEN) ? -1 : real(path, flags);
}

FILE *
fopen(const char *path, const char *mode)
{
	REAL(fopen);
	return fails(OPEN) ? NULL : real(path, mode);
}

int
mkostemp(char *path, int flags)
{
	REAL(mkostemp);
	return fails(OPEN) ? -1 : real(path, flags);
}

int
close(int fd)
{
	REAL(close);
	/* The descriptor is gone all the same, as on Linux. */
	if (!fails(CLOSE))
		return real(fd);
	real(fd);
	errno = effect;
	return -1;
}

int
stat(const char *path, struct stat *st)
{
	REAL(stat);
	return fails(FILES) ? -1 : real(path, st);
}

int
fstat(int fd, struct stat *st)
{
	REAL(fstat);
	return fails(FILES) ? -1 : real(fd, st);
}

off_t
lseek(int fd, off_t at, int from)
{
	REAL(lseek);
	return fails(FILES) ? -1 : real(fd, at, from);
}

int
fchmod(int fd, mode_t mode)
{
	REAL(fchmod);
	return fails(FILES) ? -1 : real(fd, mode);
}

int
fsync(int fd)
{
	REAL(fsync);
	return fails(FILES) ? -1 : real(fd);
}

int
rename(const char *from, const char *to)
{
	REAL(rename);
	return fails(FILES) ? -1 : real(from, to);
}

/* ------------------------------------------------------------------------
 * The network, chance, threads, libraries. */

int
socket(int domain, int type, int protocol)
{
	REAL(socket);
	return fails(SOCKET) ? -1 : real(domain, type, protocol);
}

int
connect(int fd, const struct sockaddr *a, socklen_t n)
{
	REAL(connect);
	return fails(SOCKET) ? -1 : real(fd, a, n);
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	REAL(send);
	if (!fails(SEND))
		return real(fd, p, n, flags);
	return effect == SHORT ? real(fd, p, half(n), flags) : -1;
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	REAL(recv);
	if (!fails(RECEIVE))
		return real(fd, p, n, flags);
	/* Of a datagram the rest is lost; of a stream it comes later. */
	return effect == SHORT ? real(fd, p, n < 24 ? half(n) : 24, flags) : -1;
}

int
poll(struct pollfd *p, nfds_t n, int timeout)
{
	REAL(poll);
	return fails(POLL) ? -1 : real(p, n, timeout);
}

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	REAL(getrandom);
	if (!fails(RANDOM))
		return real(p, n, flags);
	return effect == SHORT ? real(p, half(n), flags) : -1;
}

int
pthread_create(
    pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg)
{
	REAL(pthread_create);
	return fails(THREAD) ? effect : real(t, a, f, arg);
}

int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	REAL(pthread_mutex_init);
	return fails(THREAD) ? effect : real(m, a);
}

int
pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	REAL(pthread_cond_init);
	return fails(THREAD) ? effect : real(c, a);
}

void *
dlopen(const char *path, int flags)
{
	REAL(dlopen);
	return fails(LOAD) ? NULL : real(path, flags);
}

/* ------------------------------------------------------------------------
 * OpenSSL, as the tools call it: what each returns when it fails.  Its own
 * calls are left alone: but for memory, which fails above, they do not. */

static bool
crypto_fails(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	return at >= program_from && at < program_to && fails(OPENSSL);
}

#define CRYPTO(type, name, bad, parameters, arguments)                         \
	type name parameters                                                   \
	{                                                                      \
		REAL(name);                                                    \
		return crypto_fails(__builtin_return_address(0))               \
			   ? (bad)                                             \
			   : real arguments;                                   \
	}

typedef const unsigned char *octets;

CRYPTO(BN_CTX *, BN_CTX_new, NULL, (void), ())
CRYPTO(BIGNUM *, BN_new, NULL, (void), ())
CRYPTO(BIGNUM *, BN_bin2bn, NULL, (octets a, int b, BIGNUM *c), (a, b, c))
CRYPTO(BIGNUM *, BN_lebin2bn, NULL, (octets a, int b, BIGNUM *c), (a, b, c))
CRYPTO(int, BN_bn2nativepad, -1, (const BIGNUM *a, unsigned char *b, int c),
    (a, b, c))
CRYPTO(BIGNUM *, BN_copy, NULL, (BIGNUM * a, const BIGNUM *b), (a, b))
CRYPTO(int, BN_kronecker, -2, (const BIGNUM *a, const BIGNUM *b, BN_CTX *c),
    (a, b, c))
CRYPTO(int, BN_mod_mul, 0,
    (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e),
    (a, b, c, d, e))
CRYPTO(int, BN_mod_sqr, 0,
    (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, BN_CTX *d), (a, b, c, d))
CRYPTO(int, BN_mod_sub, 0,
    (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e),
    (a, b, c, d, e))
CRYPTO(int, BN_set_bit, 0, (BIGNUM * a, int b), (a, b))
CRYPTO(int, BN_set_word, 0, (BIGNUM * a, BN_ULONG b), (a, b))
CRYPTO(int, BN_sub_word, 0, (BIGNUM * a, BN_ULONG b), (a, b))
CRYPTO(int, BN_mul_word, 0, (BIGNUM * a, BN_ULONG b), (a, b))
CRYPTO(BN_MONT_CTX *, BN_MONT_CTX_new, NULL, (void), ())
CRYPTO(int, BN_MONT_CTX_set, 0, (BN_MONT_CTX * a, const BIGNUM *b, BN_CTX *c),
    (a, b, c))
CRYPTO(int, BN_mod_exp_mont, 0,
    (BIGNUM * a, const BIGNUM *b, const BIGNUM *c, const BIGNUM *d, BN_CTX *e,
	BN_MONT_CTX *f),
    (a, b, c, d, e, f))
CRYPTO(int, BN_bn2binpad, -1, (const BIGNUM *a, unsigned char *b, int c),
    (a, b, c))
CRYPTO(int, SHA256_Init, 0, (SHA256_CTX * a), (a))
CRYPTO(
    int, SHA256_Update, 0, (SHA256_CTX * a, const void *b, size_t c), (a, b, c))
CRYPTO(int, SHA256_Final, 0, (unsigned char *a, SHA256_CTX *b), (a, b))
CRYPTO(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
CRYPTO(
    int, EVP_MD_CTX_copy_ex, 0, (EVP_MD_CTX * a, const EVP_MD_CTX *b), (a, b))
CRYPTO(EVP_MD *, EVP_MD_fetch, NULL,
    (OSSL_LIB_CTX * a, const char *b, const char *c), (a, b, c))
CRYPTO(int, EVP_DigestInit_ex2, 0,
    (EVP_MD_CTX * a, const EVP_MD *b, const OSSL_PARAM *c), (a, b, c))
CRYPTO(int, EVP_DigestUpdate, 0, (EVP_MD_CTX * a, const void *b, size_t c),
    (a, b, c))
CRYPTO(int, EVP_DigestFinal_ex, 0,
    (EVP_MD_CTX * a, unsigned char *b, unsigned *c), (a, b, c))
CRYPTO(int, EVP_DigestSignInit_ex, 0,
    (EVP_MD_CTX * a, EVP_PKEY_CTX **b, const char *c, OSSL_LIB_CTX *d,
	const char *e, EVP_PKEY *f, const OSSL_PARAM *g),
    (a, b, c, d, e, f, g))
CRYPTO(int, EVP_DigestSign, 0,
    (EVP_MD_CTX * a, unsigned char *b, size_t *c, octets d, size_t e),
    (a, b, c, d, e))
CRYPTO(int, EVP_DigestVerifyInit_ex, 0,
    (EVP_MD_CTX * a, EVP_PKEY_CTX **b, const char *c, OSSL_LIB_CTX *d,
	const char *e, EVP_PKEY *f, const OSSL_PARAM *g),
    (a, b, c, d, e, f, g))
CRYPTO(int, EVP_DigestVerify, -1,
    (EVP_MD_CTX * a, octets b, size_t c, octets d, size_t e), (a, b, c, d, e))
CRYPTO(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
    (OSSL_LIB_CTX * a, const char *b, const char *c), (a, b, c))
CRYPTO(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, NULL,
    (OSSL_LIB_CTX * a, EVP_PKEY *b, const char *c), (a, b, c))
CRYPTO(int, EVP_PKEY_CTX_set_rsa_padding, 0, (EVP_PKEY_CTX * a, int b), (a, b))
CRYPTO(int, EVP_PKEY_CTX_set_signature_md, 0,
    (EVP_PKEY_CTX * a, const EVP_MD *b), (a, b))
CRYPTO(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX * a), (a))
CRYPTO(int, EVP_PKEY_fromdata, 0,
    (EVP_PKEY_CTX * a, EVP_PKEY **b, int c, OSSL_PARAM *d), (a, b, c, d))
CRYPTO(int, EVP_PKEY_get_bn_param, 0,
    (const EVP_PKEY *a, const char *b, BIGNUM **c), (a, b, c))
CRYPTO(int, EVP_PKEY_get_raw_public_key, 0,
    (const EVP_PKEY *a, unsigned char *b, size_t *c), (a, b, c))
CRYPTO(EVP_PKEY *, EVP_PKEY_new_raw_private_key_ex, NULL,
    (OSSL_LIB_CTX * a, const char *b, const char *c, octets d, size_t e),
    (a, b, c, d, e))
CRYPTO(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex, NULL,
    (OSSL_LIB_CTX * a, const char *b, const char *c, octets d, size_t e),
    (a, b, c, d, e))
CRYPTO(int, EVP_PKEY_sign_init, 0, (EVP_PKEY_CTX * a), (a))
CRYPTO(int, EVP_PKEY_sign, 0,
    (EVP_PKEY_CTX * a, unsigned char *b, size_t *c, octets d, size_t e),
    (a, b, c, d, e))
CRYPTO(int, EVP_PKEY_verify_recover_init, 0, (EVP_PKEY_CTX * a), (a))
CRYPTO(int, EVP_PKEY_verify_recover, 0,
    (EVP_PKEY_CTX * a, unsigned char *b, size_t *c, octets d, size_t e),
    (a, b, c, d, e))
CRYPTO(OSSL_STORE_INFO *, OSSL_STORE_load, NULL, (OSSL_STORE_CTX * a), (a))
CRYPTO(EVP_PKEY *, OSSL_STORE_INFO_get1_PKEY, NULL, (const OSSL_STORE_INFO *a),
    (a))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name,
 * bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cert-err34-c) */
