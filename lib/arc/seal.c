/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "crypto/digest.h"
#include "arc/seal.h"
#include "dkim/sigcheck.h"
#include "dkim/select.h"
#include "crypto/signature.h"
#include "mail/fold.h"

enum {
	MOST_WORD = 900, /* octets of a word, which cannot be folded */
};

/* ------------------------------------------------------------------------
 * What our ADMD found. */

static int
results_grow(
    struct seal_results *r, struct arena *arena, size_t more, struct diag *why)
{
	struct authres_result *all;

	if (more <= r->room - r->n)
		return 0;
	/* Twice as much each time: the arena keeps the old ones as well. */
	r->room = 2 * (r->n + more);
	all = arena_array(arena, r->room, sizeof *all);
	if (all == NULL)
		return diag_memory(why);
	if (r->n > 0)
		memcpy(all, r->result, r->n * sizeof *all);
	r->result = all;
	return 0;
}

/* The worst of two: fail over none over pass. */
static enum cv
worse(enum cv a, enum cv b)
{
	static const int rank[] = {
		[CV_MISSING] = 0, [CV_PASS] = 1, [CV_NONE] = 2, [CV_FAIL] = 3
	};

	return rank[a] >= rank[b] ? a : b;
}

static void
leave_out(struct seal_results *r, size_t field, struct slice text,
    struct slice where, const char *why)
{
	if (r->nleft < SEAL_MAX_TOLD)
		r->left[r->nleft] =
		    (struct seal_left){ field, text, { where, why } };
	r->nleft++;
}

/* The longest word, which no fold can divide. */
static void
measure(void *ctx, bool comment, struct slice text)
{
	size_t *most = ctx;

	if (!comment && text.len > *most)
		*most = text.len;
}

static int
results_add(struct seal_results *r, const struct authres *a, size_t field,
    struct arena *arena, struct diag *why)
{
	if (results_grow(r, arena, a->nresults, why) != 0)
		return -1;
	for (size_t i = 0; i < a->nresults; i++) {
		const struct authres_result *one = &a->result[i];
		size_t longest = 0;

		/* For the worse it is believed as far as it goes. */
		if (slice_eq_nocase(one->method, SLICE("arc"))) {
			enum cv cv = cv_parse(one->result);

			r->arc = worse(r->arc, cv == CV_MISSING ? CV_FAIL : cv);
		}
		if (one->fault.why != NULL) {
			leave_out(r, field, one->text, one->fault.where,
			    one->fault.why);
			continue;
		}
		if (authres_put(
			one, &(struct authres_words){ measure, &longest }) != 0)
			return diag_memory(why);
		if (longest > MOST_WORD || r->n >= AUTHRES_MAX_RESULTS)
			leave_out(r, field, one->text, SLICE_NONE,
			    longest > MOST_WORD
				? "a word is longer than a line may be"
				: "too many results");
		else
			r->result[r->n++] = *one;
	}
	for (size_t i = 0; i < a->nunread; i++)
		leave_out(
		    r, field, a->unread[i].where, SLICE_NONE, a->unread[i].why);
	r->none |= a->none;
	return 0;
}

/* A field of another authserv-id, or of none. */
static void
note_other(struct seal_results *r, struct slice id)
{
	for (size_t i = 0; i < r->nothers && i < SEAL_MAX_TOLD; i++)
		if (slice_eq_nocase(r->other[i], id))
			return;
	if (r->nothers < SEAL_MAX_TOLD)
		r->other[r->nothers] = id;
	r->nothers++;
}

static int
take_field(struct seal_results *out, const struct field *f, size_t number,
    struct slice authserv_id, struct arena *arena, struct diag *why)
{
	struct authres a;
	struct slice id;
	bool ours, claims;

	if (authres_is_of(f->value, authserv_id, arena, &id, &ours, why) != 0 ||
	    authres_claims(f->value, authserv_id, arena, &claims, why) != 0)
		return -1;
	if (!ours && claims)
		leave_out(out, number, slice_trim(f->value), SLICE_NONE,
		    "its authserv-id has invalid syntax");
	else if (!ours && id.len > 0)
		note_other(out, id);
	if (!ours)
		return 0;
	if (out->n >= AUTHRES_MAX_RESULTS) {
		leave_out(out, number, slice_trim(f->value), SLICE_NONE,
		    "too many results");
		return 0;
	}
	if (authres_parse(f->value, arena, &a, why) != 0)
		return -1;
	if (a.authserv_id.p == NULL || !authres_knows(a.version)) {
		leave_out(out, number, slice_trim(f->value), a.version,
		    "unknown version");
		return 0;
	}
	out->used[out->nused++] = f;
	return results_add(out, &a, number, arena, why);
}

int
seal_results(const struct message *m, struct slice authserv_id,
    struct seal_results *out, struct diag *why)
{
	size_t number = 0;

	*out = (struct seal_results){ .n = 0 };
	out->used = arena_array(m->arena, m->nfields, sizeof(struct field *));
	if (out->used == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];

		for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
			if (slice_eq_nocase(f->name, sigfield_name(k)))
				return 0;
		if (slice_eq_nocase(f->name, SLICE("Authentication-Results")) &&
		    take_field(out, f, ++number, authserv_id, m->arena, why) !=
			0)
			return -1;
	}
	return 0;
}

int
seal_results_of(struct slice text, struct arena *arena,
    struct seal_results *out, struct diag *why)
{
	struct buf b = { .max = 0 };
	struct slice first = slice_sub(text, 0, slice_find(text, ';'));
	struct authres a;
	char q[DIAG_QUOTED];

	*out = (struct seal_results){ .n = 0 };
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_control(text.p[i]))
			return diag_set(
			    why, DIAG_AAR_SYNTAX, text, "a control character");
	/* Results alone get an id in front, so that they can be parsed. */
	if (slice_find(first, '=') < first.len ||
	    slice_eq_nocase(slice_trim(text), SLICE("none")))
		buf_text(&b, "id;");
	buf_slice(&b, text);
	text = arena_copy(arena, buf_view(&b));
	bool memory = b.failure != BUF_OK || text.p == NULL;

	buf_release(&b);
	if (memory)
		return diag_memory(why);
	if (authres_parse(text, arena, &a, why) != 0)
		return -1;
	if (a.bad.len > 0 || (a.nresults == 0 && !a.none))
		return diag_set(why, DIAG_AAR_SYNTAX, a.bad,
		    "\"%s\" is not a result", diag_quote(a.bad, q));
	if (results_add(out, &a, 0, arena, why) != 0)
		return -1;
	if (out->nleft > 0)
		return diag_set(
		    why, DIAG_AAR_SYNTAX, text, "%s", out->left[0].fault.why);
	return 0;
}

/* ------------------------------------------------------------------------
 * Which header fields. */

/* Signed when they are there (RFC 6376 section 5.4.1); not what is added on
 * the way (Received, Return-Path) or known to be changed. */
static const struct slice signed_names[] = {
	{ "From", 4 },
	{ "Sender", 6 },
	{ "Reply-To", 8 },
	{ "Subject", 7 },
	{ "Date", 4 },
	{ "Message-ID", 10 },
	{ "To", 2 },
	{ "Cc", 2 },
	{ "MIME-Version", 12 },
	{ "Content-Type", 12 },
	{ "Content-Transfer-Encoding", 25 },
	{ "Content-ID", 10 },
	{ "Content-Description", 19 },
	{ "Resent-Date", 11 },
	{ "Resent-From", 11 },
	{ "Resent-Sender", 13 },
	{ "Resent-To", 9 },
	{ "Resent-Cc", 9 },
	{ "Resent-Message-ID", 17 },
	{ "In-Reply-To", 11 },
	{ "References", 10 },
	{ "List-Id", 7 },
	{ "List-Help", 9 },
	{ "List-Unsubscribe", 16 },
	{ "List-Unsubscribe-Post", 21 },
	{ "List-Subscribe", 14 },
	{ "List-Post", 9 },
	{ "List-Owner", 10 },
	{ "List-Archive", 12 },
	{ "DKIM-Signature", 14 },
};

/* What a reader shows: one more of it would deceive. */
static bool
is_oversigned(struct slice name)
{
	return slice_eq(name, SLICE("From")) ||
	       slice_eq(name, SLICE("Subject")) ||
	       slice_eq(name, SLICE("Date")) || slice_eq(name, SLICE("To"));
}

bool
seal_may_sign(struct slice name)
{
	return !slice_eq_nocase(name, SLICE("Authentication-Results")) &&
	       (name.len < 4 ||
		   !slice_eq_nocase(slice_sub(name, 0, 4), SLICE("ARC-")));
}

int
seal_headers(const struct message *m, bool oversign, struct slice **names,
    size_t *n, struct diag *why)
{
	const size_t kinds = ARRAY_LEN(signed_names);

	*n = 0;
	*names =
	    arena_array(m->arena, m->nfields + kinds, sizeof(struct slice));
	if (*names == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < kinds; i++) {
		size_t count = message_count(m, signed_names[i]) +
			       (oversign && is_oversigned(signed_names[i]));

		for (; count > 0; count--)
			(*names)[(*n)++] = signed_names[i];
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * Text. */

static void __attribute__((format(printf, 2, 3)))
put_tag(struct fold *w, const char *format, ...)
{
	char word[600]; /* the longest is a domain */
	va_list ap;

	va_start(ap, format);
	vsnprintf(word, sizeof word, format, ap);
	va_end(ap);
	fold_word(w, slice_of(word));
}

static void
begin(struct fold *w, const struct message *m, enum sigkind kind)
{
	*w = (struct fold){ .text = { .max = SEAL_MAX_FIELD },
		.eol = m->crlf ? "\r\n" : "\n" };
	fold_put(w, sigfield_name(kind));
	fold_put(w, SLICE(":"));
}

/* The end of a field: b= and the signature's base64, in lines. */
static void
put_base64(struct fold *w, struct slice octets)
{
	struct buf b = { .max = 0 };
	struct slice rest;

	base64_encode(&b, octets);
	for (rest = buf_view(&b); rest.len > 0;) {
		size_t room = w->column < FOLD_AT ? FOLD_AT - w->column : 0;
		struct slice line = slice_sub(rest, 0, room);

		fold_put(w, line);
		rest = slice_sub(rest, line.len, rest.len);
		if (rest.len > 0)
			fold_line(w);
	}
	buf_fail_with(&w->text, &b);
	buf_release(&b);
}

static int
written(const struct fold *w, struct diag *why)
{
	if (w->text.failure == BUF_TOO_BIG)
		return diag_set(why, DIAG_LIMIT_FIELD, SLICE_NONE,
		    "the new field would be longer than %d bytes",
		    SEAL_MAX_FIELD);
	return w->text.failure == BUF_OK ? 0 : diag_memory(why);
}

/* What was written, as a field of a message.  The value ends where the text
 * does: no line end yet. */
static struct field
as_field(const struct fold *w, enum sigkind kind)
{
	struct slice all = buf_view(&w->text);

	return (struct field){ .raw = all,
		.name = slice_sub(all, 0, sigfield_name(kind).len),
		.value = slice_sub(all, sigfield_name(kind).len + 1, all.len) };
}

/* ------------------------------------------------------------------------
 * ARC-Authentication-Results. */

/* A result on its way: its last word waits for what separates it from the
 * next. */
struct word_queue {
	struct fold *w;
	struct buf last;
};

static void
words_flush(struct word_queue *words)
{
	if (words->last.len > 0)
		fold_word(words->w, buf_view(&words->last));
	buf_clear(&words->last);
}

static void
words_put(void *ctx, bool comment, struct slice text)
{
	struct word_queue *words = ctx;

	/* No line could hold it. */
	if (comment && text.len > MOST_WORD)
		return;
	words_flush(words);
	buf_slice(&words->last, text);
}

/* One result: words that can be folded apart, the last one ending in what
 * separates it from the next. */
static void
put_result(struct fold *w, const struct authres_result *r, bool last)
{
	struct word_queue words = { .w = w };

	if (authres_put(r, &(struct authres_words){ words_put, &words }) != 0)
		w->text.failure = BUF_NO_MEMORY;
	if (!last)
		buf_char(&words.last, ';');
	words_flush(&words);
	buf_fail_with(&w->text, &words.last);
	buf_release(&words.last);
}

static int
aar_make(const struct message *m, const struct seal_request *q, struct fold *w,
    struct diag *why)
{
	const struct seal_results *r = q->results;
	struct buf id = { .max = 0 };

	begin(w, m, ARC_AAR);
	put_tag(w, "i=%u;", q->instance);
	authres_write_value(&id, q->authserv_id);
	buf_char(&id, ';');
	fold_word(w, buf_view(&id));
	buf_fail_with(&w->text, &id);
	buf_release(&id);
	if (r->n == 0)
		fold_word(w, SLICE("none"));
	for (size_t i = 0; i < r->n; i++) {
		/* Each result begins a line. */
		fold_before_next(w);
		put_result(w, &r->result[i], i + 1 == r->n);
	}
	return written(w, why);
}

/* ------------------------------------------------------------------------
 * The two signatures. */

static void
put_names(struct fold *w, const struct seal_request *q)
{
	fold_word(w, SLICE("h="));
	for (size_t i = 0; i < q->nheaders; i++) {
		bool last = i + 1 == q->nheaders;

		if (w->column + q->headers[i].len + 1 > FOLD_AT && i > 0)
			fold_line(w);
		fold_put(w, q->headers[i]);
		fold_put(w, last ? SLICE(";") : SLICE(":"));
	}
}

static int
sign(struct fold *w, struct digest *d, const struct seal_request *q,
    struct diag *why)
{
	unsigned char octets[DIGEST_SIZE];
	struct buf signature = { .max = 0 };
	int result = digest_final(d, octets, why);

	if (result == 0)
		result = signature_make(q->key, octets, &signature, why);
	if (result == 0)
		put_base64(w, buf_view(&signature));
	buf_release(&signature);
	return result == 0 ? written(w, why) : -1;
}

static const char *
algorithm(const struct seal_request *q)
{
	return signature_word(signature_for(signing_key_public(q->key)->type));
}

static int
ams_make(const struct message *m, const struct seal_request *q, struct fold *w,
    struct diag *why)
{
	struct select *select = select_new(m, m->arena);
	struct digest d;
	struct sink sink = digest_sink(&d);

	if (select == NULL)
		return diag_memory(why);
	begin(w, m, ARC_AMS);
	put_tag(w, "i=%u;", q->instance);
	put_tag(w, "a=%s;", algorithm(q));
	put_tag(w, "c=%s/%s;", canon_word(q->header_canon),
	    canon_word(q->body_canon));
	put_tag(w, "d=%.*s;", SLICE_ARG(q->domain));
	put_tag(w, "s=%.*s;", SLICE_ARG(q->selector));
	put_tag(w, "t=%" PRId64 ";", q->time);
	if (q->expires > 0)
		put_tag(w, "x=%" PRId64 ";", q->expires);
	put_names(w, q);
	fold_line(w);
	fold_put(w, SLICE("bh="));
	put_base64(w, q->body_hash);
	fold_put(w, SLICE(";"));
	fold_line(w);
	fold_put(w, SLICE("b="));
	if (written(w, why) != 0)
		return -1;
	digest_init(&d);
	select_start(select, NULL);
	for (size_t i = 0; i < q->nheaders; i++) {
		const struct field *f = select_next(select, q->headers[i]);

		if (f != NULL)
			canon_header(
			    q->header_canon, f, SLICE_NONE, true, &sink);
	}
	struct field own = as_field(w, ARC_AMS);

	canon_header(q->header_canon, &own, SLICE_NONE, false, &sink);
	int result = sign(w, &d, q, why);

	digest_release(&d);
	return result;
}

static int
as_make(const struct message *m, const struct chain *chain,
    const struct seal_request *q, const struct fold *aar,
    const struct fold *ams, struct fold *w, struct diag *why)
{
	struct field fields[] = { as_field(aar, ARC_AAR),
		as_field(ams, ARC_AMS) };
	struct digest d;
	struct sink sink = digest_sink(&d);

	begin(w, m, ARC_SEAL);
	put_tag(w, "i=%u;", q->instance);
	put_tag(w, "a=%s;", algorithm(q));
	put_tag(w, "cv=%s;", cv_word(q->cv));
	put_tag(w, "d=%.*s;", SLICE_ARG(q->domain));
	put_tag(w, "s=%.*s;", SLICE_ARG(q->selector));
	put_tag(w, "t=%" PRId64 ";", q->time);
	fold_line(w);
	fold_put(w, SLICE("b="));
	if (written(w, why) != 0)
		return -1;
	digest_init(&d);
	for (unsigned i = chain_scope(q->cv, q->instance); i < q->instance; i++)
		chain_put_set(chain, i, &sink);
	for (size_t i = 0; i < 2; i++)
		canon_header(
		    CANON_RELAXED, &fields[i], SLICE_NONE, true, &sink);
	struct field own = as_field(w, ARC_SEAL);

	canon_header(CANON_RELAXED, &own, SLICE_NONE, false, &sink);
	int result = sign(w, &d, q, why);

	digest_release(&d);
	return result;
}

int
seal_make(const struct message *m, const struct chain *chain,
    const struct seal_request *q, struct buf *out, struct diag *why)
{
	struct fold w[ARC_KINDS];
	int result;

	memset(w, 0, sizeof w);
	result = aar_make(m, q, &w[ARC_AAR], why);
	if (result == 0)
		result = ams_make(m, q, &w[ARC_AMS], why);
	if (result == 0)
		result = as_make(
		    m, chain, q, &w[ARC_AAR], &w[ARC_AMS], &w[ARC_SEAL], why);
	for (int k = ARC_SEAL; k >= ARC_AAR && result == 0; k--) {
		buf_slice(out, buf_view(&w[k].text));
		buf_text(out, w[k].eol);
	}
	for (enum sigkind k = ARC_AAR; k < ARC_KINDS; k++)
		buf_release(&w[k].text);
	if (result == 0 && out->failure != BUF_OK)
		result = diag_memory(why);
	return result;
}

/* ------------------------------------------------------------------------
 * The check of what was made. */

static int
check_fail(struct diag *why, const char *what)
{
	return diag_set(why, DIAG_SELF_CHECK, SLICE_NONE, "%s", what);
}

static int
check_signature(const unsigned char digest[DIGEST_SIZE],
    const struct sigfield *f, const struct key *key, const char *what,
    struct diag *why)
{
	struct diag bad;

	if (signature_verify(key, f->tags.alg, KEY_MIN_RSA_BITS, digest,
		f->tags.signature, &bad) == 0)
		return 0;
	if (diag_info(bad.code)->class == DIAG_CLASS_TROUBLE) {
		*why = bad;
		return -1;
	}
	return check_fail(why, what);
}

static int
check_set(struct sigcheck *check, const struct chain *c, unsigned i,
    const struct key *key, struct diag *why)
{
	const struct sigfield *ams = c->set[i].part[ARC_AMS];
	const struct sigfield *seal = c->set[i].part[ARC_SEAL];
	struct sigresult r = { .status = STATUS_UNCHECKED };
	unsigned char digest[DIGEST_SIZE];

	sigcheck_want_body(check, ams, &r);
	if (sigcheck_bodies(check, why) != 0)
		return -1;
	if (!sigcheck_body(check, ams, &r))
		return check_fail(why, "bh= of the ARC-Message-Signature");
	if (sigcheck_digest(check, ams, digest, why) != 0 ||
	    check_signature(digest, ams, key, "b= of the ARC-Message-Signature",
		why) != 0 ||
	    chain_seal_digest(c, i, NULL, digest, why) != 0)
		return -1;
	return check_signature(digest, seal, key, "b= of the ARC-Seal", why);
}

int
seal_check(struct input *in, const struct limits *limits, unsigned i,
    const struct key *key, struct diag *why)
{
	const struct sigpolicy policy = { .limits = limits };
	struct sigcheck check;
	struct message *m;
	struct chain c;
	int result = -1;

	if (message_read(in, limits, &m, why) != 0)
		return -1;
	sigcheck_init(&check, m, in, NULL, &policy);
	if (chain_collect(m, m->arena, &c, why) != 0)
		goto out;
	const struct arc_set *set = &c.set[i];
	bool whole = c.n == i && c.field[0].field == &m->field[0] &&
		     set->part[ARC_SEAL] == &c.field[0] &&
		     set->part[ARC_AMS] == &c.field[1] &&
		     set->part[ARC_AAR] == &c.field[2];

	for (enum sigkind k = ARC_AAR; k < ARC_KINDS && whole; k++)
		whole = set->part[k]->problem.code == DIAG_NONE;
	if (!whole)
		check_fail(why, "the new fields cannot be parsed");
	else if (c.set[i].part[ARC_SEAL]->tags.cv != CV_FAIL &&
		 c.shape.code != DIAG_NONE)
		check_fail(why, diag_info(c.shape.code)->sentence);
	else
		result = check_set(&check, &c, i, key, why);
out:
	message_free(m);
	return result;
}
