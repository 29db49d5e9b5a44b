/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "arc/chain.h"
#include "arc/lint.h"
#include "arc/validate.h"
#include "base/arena.h"
#include "base/shortage.h"
#include "embed/arc.h"
#include "keys/keystore.h"
#include "mail/authres.h"
#include "mail/message.h"
#include "report/report.h"
#include "why/why.h"

#ifndef VERSION
#define VERSION "unknown"
#endif

enum {
	DEFAULT_TIMEOUT = 10 * 1000, /* milliseconds */
	MAX_TIMEOUT = 3600 * 1000,
	MAX_ID = 255, /* bytes of an authserv-id */
};

struct arc_keys {
	struct keystore *store;
};

/* A verdict with what it points to. */
struct owned_verdict {
	struct arc_verdict public;
	struct arena *arena; /* of all else, and of this */
	struct buf json, results;
};

/* A message on its way to a verdict. */
struct work {
	struct message *m;
	struct input in;
	struct slice whole;
	struct sigcheck check;
	struct chain chain;
	struct verdict verdict;
	struct remarks remarks;
	struct explanation reasons;
};

/* ---- Failures. */

static void
tell(struct arc_problem *out, const struct diag *d)
{
	const struct diag_info *info = diag_info(d->code);

	*out = (struct arc_problem){ .code = info->word,
		.clause = info->clause,
		.sentence = info->sentence,
		.field = d->field.p != NULL ? d->field.p : "",
		.instance = d->instance };
	memcpy(out->detail, d->detail, sizeof out->detail);
}

/* The return value for d, which *why tells. */
static enum arc_error
failed(struct arc_problem *why, const struct diag *d)
{
	static const struct {
		int exit;
		enum arc_error error;
	} errors[] = {
		{ EX_USAGE, ARC_ERROR_ARGUMENT },
		{ EX_DATAERR, ARC_ERROR_MESSAGE },
		{ EX_NOINPUT, ARC_ERROR_OPEN },
		{ EX_OSERR, ARC_ERROR_SYSTEM },
		{ EX_IOERR, ARC_ERROR_READ },
		{ EX_CONFIG, ARC_ERROR_KEYS },
	};

	tell(why, d);
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (errors[i].exit == diag_info(d->code)->exit)
			return errors[i].error;
	return ARC_ERROR_INTERNAL;
}

static enum arc_error
bad_argument(struct arc_problem *why, const char *sentence, const char *detail)
{
	*why = (struct arc_problem){ .code = "argument",
		.clause = "",
		.sentence = sentence,
		.field = "" };
	snprintf(why->detail, sizeof why->detail, "%s", detail);
	return ARC_ERROR_ARGUMENT;
}

/* ---- Keys. */

static enum arc_error
open_files(const struct arc_keys_options *o, struct keysource **out,
    struct arc_problem *why)
{
	struct diag d;

	*out = NULL;
	if (o->nfiles == 0)
		return ARC_OK;
	*out = keyfile_new();
	if (*out == NULL) {
		diag_memory(&d);
		return failed(why, &d);
	}
	for (size_t i = 0; i < o->nfiles; i++)
		if (keyfile_add(*out, o->file[i], &d) != 0)
			return failed(why, &d);
	return ARC_OK;
}

static enum arc_error
open_dns(const struct arc_keys_options *o, struct keysource **out,
    struct arc_problem *why)
{
	/* The list is read and not kept; nothing writes through it. */
	const char **resolvers = calloc(o->nresolvers + 1, sizeof *resolvers);
	struct dns_options dns = { .resolvers = resolvers,
		.nresolvers = o->nresolvers,
		.trust_ad = o->trust_ad };
	struct diag d;

	*out = NULL;
	for (size_t i = 0; i < o->nresolvers && resolvers != NULL; i++)
		resolvers[i] = o->resolver[i];
	if (resolvers == NULL)
		diag_memory(&d);
	else
		*out = dns_new(&dns, &d);
	free(resolvers);
	if (*out != NULL)
		return ARC_OK;
	return d.code == DIAG_MEMORY
		   ? failed(why, &d)
		   : bad_argument(why, "Invalid name server.", d.detail);
}

enum arc_error
arc_keys_new(const struct arc_keys_options *options, struct arc_keys **out,
    struct arc_problem *why)
{
	static const struct arc_keys_options usual;
	const struct arc_keys_options *o = options != NULL ? options : &usual;
	struct keysource *files, *dns = NULL;
	struct arc_keys *k = NULL;
	enum arc_error error = open_files(o, &files, why);

	if (error == ARC_OK && (o->dns || files == NULL))
		error = open_dns(o, &dns, why);
	if (error == ARC_OK) {
		k = calloc(1, sizeof *k);
		if (k != NULL)
			k->store = keystore_new(files, dns);
		if (k == NULL || k->store == NULL) {
			struct diag d;

			diag_memory(&d);
			error = failed(why, &d);
		}
	}
	*out = k;
	if (error == ARC_OK)
		return ARC_OK;
	if (files != NULL)
		files->free(files);
	if (dns != NULL)
		dns->free(dns);
	free(k);
	*out = NULL;
	return error;
}

void
arc_keys_free(struct arc_keys *k)
{
	if (k != NULL)
		keystore_free(k->store);
	free(k);
}

/* ---- A verdict. */

static const char *
keep(struct arena *arena, struct slice s)
{
	return arena_copy(arena, s).p;
}

static bool
keep_signature(struct arena *arena, const struct sigfield *f,
    const struct sigresult *r, struct arc_signature *out)
{
	static const enum arc_check checks[] = {
		[STATUS_UNCHECKED] = ARC_UNCHECKED,
		[STATUS_PASS] = ARC_VERIFIED,
		[STATUS_FAIL] = ARC_FAILED,
	};

	*out = (struct arc_signature){
		.domain = "", .selector = "", .algorithm = "", .time = -1
	};
	if (f == NULL)
		return true;
	out->check = checks[r->status];
	if (r->status == STATUS_FAIL)
		tell(&out->why, &r->why);
	out->domain = keep(arena, f->tags.domain);
	out->selector = keep(arena, f->tags.selector);
	out->algorithm = keep(arena, f->tags.algorithm);
	if (f->tags.has_time)
		out->time = (int64_t)f->tags.time;
	return out->domain != NULL && out->selector != NULL &&
	       out->algorithm != NULL;
}

static bool
keep_verdict(const struct work *w, struct owned_verdict *o)
{
	const struct verdict *v = &w->verdict;
	struct arc_verdict *out = &o->public;
	struct arc_instance *set =
	    arena_array(o->arena, w->chain.n + 1, sizeof *set);

	if (set == NULL)
		return false;
	out->status = v->cv == CV_PASS	 ? ARC_PASS
		      : v->cv == CV_NONE ? ARC_NONE
		      : v->temporary	 ? ARC_TEMPFAIL
					 : ARC_FAIL;
	if (v->cv == CV_FAIL)
		tell(&out->why, &v->why);
	out->nsets = w->chain.n;
	out->set = set;
	out->oldest_pass =
	    v->cv == CV_PASS && v->has_oldest_pass ? (int)v->oldest_pass : -1;
	for (unsigned i = 1; i <= w->chain.n; i++) {
		struct sigfield *const *part = w->chain.set[i].part;

		if (!keep_signature(o->arena, part[ARC_AMS], &v->ams[i],
			&set[i - 1].message) ||
		    !keep_signature(o->arena, part[ARC_SEAL], &v->seal[i],
			&set[i - 1].seal))
			return false;
	}
	return true;
}

/* Write what a caller asked for beside the verdict. */
static int
write_reports(struct work *w, struct keystore *keys, struct slice body,
    const struct arc_options *o, const struct validate_options *validating,
    struct owned_verdict *out, struct diag *why)
{
	static const struct auth_methods arc = { { METHOD_ARC }, 1 };
	struct explain_options explaining = { .validate = validating };
	struct report r = { .file = "-",
		.message = w->m,
		.chain = &w->chain,
		.verdict = &w->verdict,
		.methods = &arc,
		.remarks = &w->remarks };

	if (o->json && o->explain) {
		if (explain(w->m, body, &w->chain, &w->verdict, NULL, keys,
			&explaining, &w->reasons, why) != 0)
			return -1;
		r.why = &w->reasons;
	}
	if (o->json) {
		if (lint_collect(w->m, &w->chain, &w->verdict,
			validating->sig.now, &w->remarks) != 0)
			return diag_memory(why);
		if (report_json(&out->json, &r, why) != 0)
			return -1;
		buf_char(&out->json, '\0');
	}
	if (o->authserv_id != NULL) {
		report_ar(&out->results, &r, slice_of(o->authserv_id), "\r\n");
		buf_char(&out->results, '\0');
	}
	if (out->json.failure != BUF_OK || out->results.failure != BUF_OK)
		return diag_memory(why);
	out->public.json = out->json.p;
	out->public.results = out->results.p;
	return 0;
}

static int
verify(struct work *w, struct arc_keys *k, const struct arc_options *o,
    const struct validate_options *v, struct owned_verdict *out,
    struct diag *why)
{
	if (message_read(&w->in, v->sig.limits, &w->m, why) != 0)
		return -1;
	size_t rest = w->m->ahead.len + w->in.memory.len;
	struct slice body = slice_sub(w->whole, w->whole.len - rest, rest);

	shortage_watch();
	sigcheck_init(&w->check, w->m, &w->in, k->store, &v->sig);
	if (chain_collect(w->m, w->m->arena, &w->chain, why) != 0 ||
	    validate(&w->check, &w->chain, v, &w->verdict, why) != 0)
		return -1;
	if (!keep_verdict(w, out))
		return diag_memory(why);
	if (write_reports(w, k->store, body, o, v, out, why) != 0)
		return -1;
	return shortage_noted() ? diag_memory(why) : 0;
}

static enum arc_error
check_options(const struct arc_options *o, struct arc_problem *why)
{
	if (o->time < 0 || o->clock_skew < 0)
		return bad_argument(why, "Invalid time.", "below 0");
	if (o->min_rsa_bits != 0 && (o->min_rsa_bits < KEY_MIN_RSA_BITS ||
					o->min_rsa_bits > KEY_MAX_RSA_BITS))
		return bad_argument(
		    why, "Invalid min_rsa_bits.", "not within 1024 to 16384");
	if (o->dns_timeout > MAX_TIMEOUT)
		return bad_argument(
		    why, "Invalid dns_timeout.", "above 3600000");
	if (o->authserv_id != NULL &&
	    (!authres_is_token(slice_of(o->authserv_id)) ||
		strlen(o->authserv_id) > MAX_ID))
		return bad_argument(why, "Invalid authserv_id.",
		    "not a token (RFC 2045) of at most 255 bytes");
	return ARC_OK;
}

enum arc_error
arc_verify(struct arc_keys *k, const void *message, size_t size,
    const struct arc_options *options, struct arc_verdict **out,
    struct arc_problem *why)
{
	static const struct arc_options usual;
	const struct arc_options *o = options != NULL ? options : &usual;
	unsigned ms = o->dns_timeout != 0 ? o->dns_timeout : DEFAULT_TIMEOUT;
	const struct validate_options v = {
		.sig = { .now = o->time != 0 ? o->time : (int64_t)time(NULL),
		    .clock_skew = o->clock_skew,
		    .min_rsa_bits = o->min_rsa_bits != 0 ? o->min_rsa_bits
							 : KEY_MIN_RSA_BITS,
		    .limits = &limits_usual,
		    .dns_timeout = (int64_t)ms * 1000000,
		    .no_partial_body = o->no_partial_body,
		    .require_dnssec = o->require_dnssec },
		.no_oldest_pass = o->no_oldest_pass,
	};
	struct arena *arena = NULL;
	struct owned_verdict *owned = NULL;
	struct work *w = NULL;
	struct diag d;
	int result = -1;

	*out = NULL;
	if (check_options(o, why) != ARC_OK)
		return ARC_ERROR_ARGUMENT;
	arena = arena_new();
	if (arena != NULL)
		owned = arena_alloc(arena, sizeof *owned);
	/* Too large for a stack that is not ours. */
	w = calloc(1, sizeof *w);
	if (owned == NULL || w == NULL) {
		diag_memory(&d);
	} else {
		owned->arena = arena;
		w->whole = (struct slice){ message, size };
		input_from_memory(&w->in, w->whole);
		result = verify(w, k, o, &v, owned, &d);
		message_free(w->m);
		input_release(&w->in);
	}
	free(w);
	if (result == 0) {
		*out = &owned->public;
		return ARC_OK;
	}
	if (owned != NULL)
		arc_verdict_free(&owned->public);
	else
		arena_free(arena);
	return failed(why, &d);
}

void
arc_verdict_free(struct arc_verdict *v)
{
	struct owned_verdict *o = (struct owned_verdict *)v;

	if (o == NULL)
		return;
	struct arena *arena = o->arena;

	buf_release(&o->json);
	buf_release(&o->results);
	arena_free(arena);
}

const char *
arc_status_word(enum arc_status s)
{
	switch (s) {
	case ARC_NONE: return "none";
	case ARC_PASS: return "pass";
	case ARC_FAIL: return "fail";
	case ARC_TEMPFAIL: return "tempfail";
	}
	return "unknown";
}

const char *
arc_version(void)
{
	return VERSION;
}
