/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "crypto/crypto.h"

/* Written by the allocator below, which OpenSSL calls without any context: a
 * variable a thread is the only way for a note to reach the caller. */
static _Thread_local bool memory_failed;

static void *
noting_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n == 0)
		return NULL;
	void *p = malloc(n);

	if (p == NULL)
		memory_failed = true;
	return p;
}

static void *
noting_realloc(void *old, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	if (n == 0) {
		free(old);
		return NULL;
	}
	void *p = realloc(old, n);

	if (p == NULL)
		memory_failed = true;
	return p;
}

static void
plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* Written once each, by the functions that follow them. */
static atomic_bool watching, started;

static void
watch(void)
{
	/* Refused when OpenSSL has allocated before: crypto.h says so. */
	watching = CRYPTO_set_mem_functions(
		       noting_malloc, noting_realloc, plain_free) == 1;
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
	started = OPENSSL_init_crypto(
		      OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT,
		      NULL) == 1 &&
		  OSSL_LIB_CTX_get0_global_default() != NULL;
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
