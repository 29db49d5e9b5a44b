/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/crypto.h"

/* Written by the allocator below, which OpenSSL calls without any context: a
 * variable a thread is the only way for a note to reach the caller. */
static _Thread_local bool memory_failed;

/* OpenSSL 3.5 tells its error queue of memory that failed, and for that sets up
 * its base, once.  Were memory short there as well, it would be told of that,
 * too, and wait for itself.  So the base is set up before anything may fail, by
 * this thread (opening), and what it needs is there: a lock of 56 bytes. */
static alignas(max_align_t) unsigned char reserve[1024];
static size_t reserved;
static _Thread_local bool opening;

static void *
from_reserve(size_t n)
{
	size_t at = reserved, step = alignof(max_align_t);

	if (n > sizeof reserve - at)
		return NULL;
	reserved = at + (n + step - 1) / step * step;
	return reserve + at;
}

static bool
is_reserve(const void *p)
{
	return (uintptr_t)p - (uintptr_t)reserve < sizeof reserve;
}

static void *
noting_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n == 0)
		return NULL;
	void *p = malloc(n);

	if (p == NULL && opening)
		p = from_reserve(n);
	if (p == NULL)
		memory_failed = true;
	return p;
}

static void
plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	if (!is_reserve(p))
		free(p);
}

static void *
noting_realloc(void *old, size_t n, const char *file, int line)
{
	if (n == 0) {
		plain_free(old, file, line);
		return NULL;
	}
	void *p = is_reserve(old) ? NULL : realloc(old, n);

	if (p == NULL)
		memory_failed = true;
	return p;
}

/* No configuration file, no clean-up at exit. */
static bool
init(void)
{
	return OPENSSL_init_crypto(
		   OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT,
		   NULL) == 1;
}

/* Written once each, by the functions that follow them. */
static atomic_bool watching, started;

static void
watch(void)
{
	/* Refused when OpenSSL has allocated before: crypto.h says so. */
	watching = CRYPTO_set_mem_functions(
		       noting_malloc, noting_realloc, plain_free) == 1;
	if (!watching)
		return;
	opening = true;
	(void)init(); /* What fails here fails again when it is needed. */
	opening = false;
}

void
crypto_watch(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, watch);
	memory_failed = false;
}

static void
start(void)
{
	/* OpenSSL does not look whether its own context and locks came to be;
	 * a later step goes through one that is not there, or fails for good
	 * without a word. */
	started = init() && OSSL_LIB_CTX_get0_global_default() != NULL;
	ERR_clear_error();
	started = started && !memory_failed;
}

bool
crypto_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	crypto_watch();
	pthread_once(&once, start);
	if (started)
		ERR_clear_error();
	memory_failed = !started;
	return started;
}

bool
crypto_memory_failed(void)
{
	/* Before the start the queue is empty, and to look costs one. */
	if (memory_failed || (watching && !started))
		return memory_failed;
	/* All of the queue: what fails on top of it is put behind it. */
	bool found = false;

	for (unsigned long e; (e = ERR_get_error()) != 0;)
		found = found || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	memory_failed = found;
	return found;
}

int
crypto_trouble(struct diag *why, const char *what)
{
	if (memory_failed && !started)
		return diag_memory(why);
	unsigned long e = ERR_peek_last_error();
	const char *reason = ERR_SYSTEM_ERROR(e)
				 ? strerror((int)ERR_GET_REASON(e))
				 : ERR_reason_error_string(e);

	if (crypto_memory_failed())
		diag_memory(why);
	else
		diag_set(why, DIAG_INTERNAL, SLICE_NONE, "OpenSSL, %s: %s",
		    what, reason != NULL ? reason : "no reason given");
	ERR_clear_error();
	return -1;
}
