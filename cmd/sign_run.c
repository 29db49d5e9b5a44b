/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "dkim/bodyhash.h"
#include "filter.h"
#include "base/input.h"
#include "judge.h"
#include "keys/keyline.h"
#include "keys/keyname.h"
#include "sign_run.h"
#include "sign_table.h"
#include "crypto/signature.h"
#include "base/shortage.h"
#include "base/spool.h"
#include "arc/state.h"
#include "arc/validate.h"

/* One message being sealed. */
struct sign_work {
	struct sign *s;
	const char *file; /* its name, for words */
	struct spool spool;
	struct message *m;
	struct chain chain;
	struct judged *judged; /* with --check, in the arena of m; or NULL */
	struct seal_results results;
	struct signer signer;
	struct signing_key *key;
	enum cv cv;
	struct buf fields; /* the new ones, finished */
	bool sealed;	   /* false: passed on as it is, on purpose */
};

void
sign_check_name(const struct sign *s, const char *selector, const char *domain)
{
	struct arena *arena = arena_new();
	struct slice name;
	struct diag why;

	if (arena == NULL)
		cli_no_memory(&s->cli);
	if (keyname_make(slice_of(selector != NULL ? selector : ""),
		slice_of(domain), arena, &name, &why) == 0) {
		arena_free(arena);
		return;
	}
	if (why.code == DIAG_MEMORY)
		cli_no_memory(&s->cli);
	bool by_selector = why.code == DIAG_SELECTOR_SYNTAX;

	cli_usage(&s->cli, "invalid --%s '%s': %s",
	    by_selector ? "selector" : "domain",
	    by_selector ? selector : domain, why.detail);
}

/* ------------------------------------------------------------------------
 * Reading. */

/* What cannot be sealed so that it stays sealed. */
static int
fit(struct sign_work *w, struct diag *why)
{
	char q[DIAG_QUOTED];
	size_t froms = message_count(w->m, SLICE("From"));

	if (w->spool.has_bare_cr)
		return diag_set(why, DIAG_NOT_SEALABLE, SLICE_NONE,
		    "it has a CR without LF, which will be changed in transit");
	if (w->m->njunk > 0)
		return diag_set(why, DIAG_NOT_SEALABLE, w->m->junk,
		    "invalid header line \"%s\"",
		    diag_quote(slice_trim(w->m->junk), q));
	if (froms == 0)
		return diag_set(
		    why, DIAG_NOT_SEALABLE, SLICE_NONE, "no From field");
	if (froms > 1 && !w->s->force)
		return diag_set(why, DIAG_NOT_SEALABLE, SLICE_NONE,
		    "%zu From fields; use --force to seal it anyway", froms);
	return 0;
}

/* What cannot be sealed is not taken to its end. */
static int
look(void *ctx, struct slice first, struct diag *why)
{
	struct sign_work *w = ctx;
	struct input in;

	input_from_memory(&in, first);
	int result =
	    message_read(&in, w->s->cli.validate.sig.limits, &w->m, why);

	if (result == 0)
		result = message_no_bom(w->m, why);
	/* Of a header that goes on, the last line is not whole. */
	if (result == 0 && w->m->has_body)
		result = fit(w, why);
	message_free(w->m);
	w->m = NULL;
	return result;
}

static int
read_message(struct sign_work *w, struct input *again, struct diag *why)
{
	if (spool_rewind(&w->spool, again, why) != 0 ||
	    message_read(again, w->s->cli.validate.sig.limits, &w->m, why) !=
		0 ||
	    message_no_bom(w->m, why) != 0 || fit(w, why) != 0)
		return -1;
	return chain_collect(w->m, w->m->arena, &w->chain, why);
}

/* What of our A-R fields is not in the seal, and why. */
static void
tell_left(const struct sign_work *w)
{
	const struct seal_results *r = &w->results;

	for (size_t i = 0; i < r->nleft && i < SEAL_MAX_TOLD; i++) {
		const struct seal_left *l = &r->left[i];
		char text[DIAG_QUOTED], where[DIAG_QUOTED];

		cli_say(&w->s->cli,
		    "%s: Authentication-Results field %zu: \"%s\" is not "
		    "copied into the seal: %s%s%s%s",
		    w->file, l->field, diag_quote(l->text, text),
		    l->fault.where.len > 0 ? "at \"" : "",
		    diag_quote(l->fault.where, where),
		    l->fault.where.len > 0 ? "\": " : "", l->fault.why);
	}
	if (r->nleft > SEAL_MAX_TOLD)
		cli_say(&w->s->cli,
		    "%s: Authentication-Results: %zu more are not copied into "
		    "the seal",
		    w->file, r->nleft - SEAL_MAX_TOLD);
}

/* Why the seal claims nothing. */
static void
tell_none(const struct sign_work *w)
{
	const struct seal_results *r = &w->results;
	struct slice id = w->signer.authserv_id;
	struct buf ids = { .max = 0 };
	char q[DIAG_QUOTED];

	if (r->nused > 0) {
		cli_say(&w->s->cli,
		    "%s: Authentication-Results of %.*s %s: the seal reports "
		    "none",
		    w->file, SLICE_ARG(id),
		    r->none && r->nleft == 0
			? "report none"
			: "have no result that can be copied");
		return;
	}
	for (size_t i = 0; i < r->nothers && i < SEAL_MAX_TOLD; i++)
		buf_printf(&ids, "%s%s", i > 0 ? ", " : "",
		    diag_quote(r->other[i], q));
	buf_char(&ids, '\0');
	cli_say(&w->s->cli,
	    "%s: no Authentication-Results of %.*s: the seal reports "
	    "none%s%s%s",
	    w->file, SLICE_ARG(id), r->nothers > 0 ? "; found those of " : "",
	    ids.failure == BUF_OK ? ids.p : "",
	    r->nothers > 0 ? " (use -i to select one)" : "");
	buf_release(&ids);
}

/* ------------------------------------------------------------------------
 * --check: what we find ourselves. */

/* Judge the message. */
static int
judge_own(struct sign_work *w, struct input *in, struct diag *why)
{
	const struct sign *s = w->s;
	/* Where the seal wants to know of it. */
	bool chain = s->state == NULL && s->cv <= SIGN_CV_WORD;
	struct buf words = { .max = 0 };

	if (s->methods.n == 0 || s->ar != NULL)
		return 0;
	struct judged *j = arena_alloc(w->m->arena, sizeof *j);

	if (j == NULL)
		return diag_memory(why);
	if (judge(j, &s->methods, chain, w->m, in, &s->facts, s->cli.keys,
		&s->cli.validate, why) != 0)
		return -1;
	w->judged = j;
	judge_tell(j, &s->cli, &words, w->file);
	if (words.len > 0)
		cli_words(&s->cli, &words);
	buf_release(&words);
	return 0;
}

static void
own_word(void *ctx, bool comment, struct slice text)
{
	struct buf *b = ctx;

	(void)comment;
	buf_char(b, ' ');
	buf_slice(b, text);
}

/* Whether one of our own results is of that method. */
static bool
is_own(const struct seal_results *own, struct slice method)
{
	for (size_t i = 0; i < own->n; i++)
		if (slice_eq_nocase(own->result[i].method, method))
			return true;
	return false;
}

/* Put our own results in place of those of the same methods. */
static int
replace_results(struct sign_work *w, struct diag *why)
{
	struct report r = { .file = w->file };
	struct buf text = { .max = 0 }, word = { .max = 0 };
	struct seal_results own;
	struct authres_result *all;
	size_t n = 0;

	if (w->judged == NULL)
		return 0;
	judge_report(w->judged, &r);
	authres_write_value(&text, w->signer.authserv_id);
	buf_char(&text, ';');
	size_t head = text.len;

	report_results(&r, &(struct authres_words){ own_word, &text }, &word);
	buf_fail_with(&text, &word);
	int result = text.failure != BUF_OK ? diag_memory(why)
		     : text.len == head	    ? 1
					    : seal_results_of(buf_view(&text),
						  w->m->arena, &own, why);

	buf_release(&text);
	buf_release(&word);
	if (result != 0)
		return result < 0 ? -1 : 0;
	all = arena_array(
	    w->m->arena, own.n + w->results.n, sizeof(struct authres_result));
	if (all == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < own.n; i++)
		all[n++] = own.result[i];
	for (size_t i = 0; i < w->results.n; i++)
		if (!is_own(&own, w->results.result[i].method))
			all[n++] = w->results.result[i];
	w->results.result = all;
	w->results.n = w->results.room = n;
	return 0;
}

/* Results of our A-R fields, or of --ar. */
static int
read_results(struct sign_work *w, struct diag *why)
{
	const struct sign *s = w->s;

	if (s->ar != NULL)
		return seal_results_of(
		    slice_of(s->ar), w->m->arena, &w->results, why);
	if (seal_results(w->m, w->signer.authserv_id, &w->results, why) != 0)
		return -1;
	tell_left(w);
	if (replace_results(w, why) != 0)
		return -1;
	if (w->results.n == 0)
		tell_none(w);
	return 0;
}

/* ------------------------------------------------------------------------
 * What the chain in front is worth. */

static int
cv_by_state(struct sign_work *w, struct diag *why)
{
	struct buf text = { .max = 0 };
	bool temporary = false;
	int result = input_read_file(w->s->state, &text, why);

	if (result == 0)
		result = state_read(
		    buf_view(&text), &w->chain, &w->cv, &temporary, why);
	if (result != 0)
		why->path = w->s->state;
	buf_release(&text);
	if (result == 0 && temporary && !w->s->seal_anyway)
		return diag_set(why, DIAG_DNS_TIMEOUT, SLICE_NONE,
		    "recorded in the state file");
	return result;
}

/* The verdict left before an edit is what was found here; the message at hand
 * may fail by the edit. */
static int
take_state(struct sign_work *w, struct diag *why)
{
	if (w->s->state == NULL)
		return 0;
	if (cv_by_state(w, why) != 0)
		return -1;
	if (w->judged != NULL)
		w->judged->verdict = (struct verdict){ .cv = w->cv };
	return 0;
}

static int
cv_by_validating(struct sign_work *w, struct input *in, struct diag *why)
{
	struct validate_options options = w->s->cli.validate;
	struct sigcheck check;
	struct verdict v;

	options.no_oldest_pass = true;
	sigcheck_init(&check, w->m, in, w->s->cli.keys, &options.sig);
	if (w->judged != NULL)
		v = w->judged->verdict;
	else if (validate(&check, &w->chain, &options, &v, why) != 0)
		return -1;
	if (v.temporary && !w->s->seal_anyway) {
		/* A cv=fail set cannot be taken back (RFC 8617 5.1, step 2). */
		*why = v.why;
		return -1;
	}
	w->cv = v.cv;
	if (v.cv == CV_FAIL)
		cli_say(&w->s->cli, "%s: the chain fails: %s%s%s%s  [%s]",
		    w->file, diag_info(v.why.code)->sentence,
		    v.why.detail[0] != '\0' ? " (" : "", v.why.detail,
		    v.why.detail[0] != '\0' ? ")" : "",
		    diag_info(v.why.code)->word);
	return 0;
}

/* cv= follows from what there is: none without a chain, pass only over one
 * that has the shape of a chain. */
static int
cv_settle(struct sign_work *w, struct diag *why)
{
	bool chain = w->chain.nfields > 0;

	if (w->cv == CV_PASS && chain && w->chain.shape.code != DIAG_NONE)
		w->cv = CV_FAIL;
	if (chain ? w->cv != CV_NONE : w->cv == CV_NONE)
		return 0;
	return diag_set(why, DIAG_NOT_SEALABLE, SLICE_NONE,
	    chain ? "the message has a chain, so cv= cannot be %s"
		  : "the message has no chain, so cv= cannot be %s",
	    cv_word(w->cv));
}

/* arc= of our own A-R may turn pass into fail, never fail into pass
 * (RFC 8617 4.4). */
static void
cv_worsen(struct sign_work *w)
{
	enum cv said = w->results.arc;

	if (said == CV_MISSING || said == w->cv || w->chain.nfields == 0)
		return;
	bool believed =
	    said == CV_FAIL || (said == CV_NONE && w->s->cv == SIGN_CV_AR);

	cli_say(&w->s->cli,
	    "%s: our Authentication-Results have arc=%s, but validation gives "
	    "%s: %s",
	    w->file, cv_word(said), cv_word(w->cv),
	    believed ? "cv=fail" : "ignored");
	if (believed)
		w->cv = CV_FAIL;
}

static int
decide_cv(struct sign_work *w, struct input *in, struct diag *why)
{
	const struct sign *s = w->s;

	if (s->cv > SIGN_CV_WORD) {
		w->cv = (enum cv)(s->cv - SIGN_CV_WORD);
		return cv_settle(w, why);
	}
	if (s->state == NULL && cv_by_validating(w, in, why) != 0)
		return -1;
	cv_worsen(w);
	return cv_settle(w, why);
}

/* ------------------------------------------------------------------------
 * Sealing. */

/* Whether anything is to be added at all (RFC 8617 section 5.1, step 2). */
static bool
is_sealable(struct sign_work *w)
{
	const struct chain *c = &w->chain;
	const struct sigfield *top =
	    c->n > 0 ? c->set[c->n].part[ARC_SEAL] : NULL;
	const char *reason = NULL;

	if (top != NULL && top->tags.cv == CV_FAIL)
		reason = "the newest seal has cv=fail";
	else if (c->shape.code == DIAG_TOO_MANY_SETS)
		reason = "the message has more ARC fields than 50 ARC Sets";
	else if (c->n >= CHAIN_MAX)
		reason = "the message has 50 ARC Sets already";
	if (reason != NULL)
		cli_say(&w->s->cli, "%s: not sealed: %s", w->file, reason);
	return reason == NULL;
}

static int
read_headers(struct sign_work *w, struct seal_request *q, struct diag *why)
{
	struct slice rest, name;
	size_t max = 1;

	if (w->s->headers == NULL)
		return seal_headers(
		    w->m, !w->s->no_oversign, &q->headers, &q->nheaders, why);
	rest = slice_of(w->s->headers);
	for (size_t i = 0; i < rest.len; i++)
		max += rest.p[i] == ':';
	q->headers = arena_array(w->m->arena, max, sizeof(struct slice));
	if (q->headers == NULL)
		return diag_memory(why);
	while (slice_cut(&rest, ':', &name))
		q->headers[q->nheaders++] = name;
	return 0;
}

/* Say what is to be published: alone on its line, as a zone has it. */
static void
tell_record(const struct sign_work *w, struct slice name)
{
	struct buf line = { .max = 0 };

	cli_say(&w->s->cli, "%s: the record to publish:", w->signer.key_path);
	keyline_put(&line, name, signing_key_public(w->key), SLICE_NONE);
	cli_words(&w->s->cli, &line);
	buf_release(&line);
}

/* Whether the record that is published fits the key. */
static int
check_key(struct sign_work *w, struct diag *why)
{
	struct keystore *keys = w->s->cli.keys;
	const struct keyentry *e;
	struct slice name;
	char detail[ANSWER_DETAIL];

	if (keyname_make(w->signer.selector, w->signer.domain, w->m->arena,
		&name, why) != 0 ||
	    keystore_fetch(keys, &name, 1, cli_deadline(&w->s->cli), why) != 0)
		return -1;
	e = keystore_find(keys, name);
	if (e->answer.kind != ANSWER_RECORDS) {
		bool none = answer_diag(e->answer.kind) == DIAG_KEY_MISSING;

		if (none)
			tell_record(w, name);
		return diag_set(why,
		    none ? DIAG_KEY_UNPUBLISHED : answer_diag(e->answer.kind),
		    SLICE_NONE, "%s", answer_detail(&e->answer, name, detail));
	}
	for (size_t i = 0; i < e->nrecords; i++)
		if (e->record[i].why.code == DIAG_NONE &&
		    key_same(&e->record[i].key, signing_key_public(w->key)))
			return 0;
	tell_record(w, name);
	return diag_set(why, DIAG_KEY_DIFFERS, SLICE_NONE, "%s at %.*s",
	    e->nrecords > 0 && e->record[0].why.code != DIAG_NONE
		? diag_info(e->record[0].why.code)->word
		: "a different key is published",
	    SLICE_ARG(name));
}

/* The private key, and a word on what is odd about it. */
static int
load_key(struct sign_work *w, struct diag *why)
{
	const struct cli *c = &w->s->cli;
	const struct key *public;

	if (signing_key_load(w->signer.key_path, &w->key, why) != 0)
		return -1;
	public = signing_key_public(w->key);
	if (w->s->algorithm != NULL &&
	    strcmp(w->s->algorithm,
		signature_word(signature_for(public->type))) != 0)
		return diag_set(why, DIAG_PRIVATE_KEY, SLICE_NONE,
		    "the key is for %s, not for %s",
		    signature_word(signature_for(public->type)),
		    w->s->algorithm);
	if (signing_key_is_exposed(w->key))
		cli_say(c, "%s: private key is readable by others",
		    w->signer.key_path);
	if (public->type == KEY_RSA && public->bits < 2048)
		cli_say(c,
		    "%s: RSA key of %u bits; signers should use 2048 (RFC "
		    "8301)",
		    w->signer.key_path, public->bits);
	if (public->type == KEY_ED25519)
		cli_say(c,
		    "%s: many receivers do not support ed25519-sha256 and will "
		    "fail the chain",
		    w->signer.key_path);
	return w->s->check_key ? check_key(w, why) : 0;
}

/* The body hash of the message as it stands. */
static int
hash_body(struct sign_work *w, struct bodyhash *hash, struct diag *why)
{
	struct message *again;
	struct input in;

	hash->canon = w->s->body_canon;
	if (spool_rewind(&w->spool, &in, why) != 0 ||
	    message_read(&in, w->s->cli.validate.sig.limits, &again, why) != 0)
		return -1;
	int result = bodyhash_run(again, &in, hash, 1, why);

	message_free(again);
	input_release(&in);
	return result;
}

/* The finished message, once more through the eyes of a validator. */
static int
self_check(struct sign_work *w, unsigned instance, struct diag *why)
{
	struct buf head = { .max = 0 };
	struct input in;
	int result;

	/* What is stripped was not signed, so it need not be left out here. */
	buf_slice(&head, buf_view(&w->fields));
	result = spool_rewind(&w->spool, &in, why);
	if (w->spool.fd < 0)
		buf_slice(&head, slice_sub(buf_view(&w->spool.memory),
				     w->m->top, w->spool.memory.len));
	else if (result == 0 &&
		 lseek(w->spool.fd, (off_t)w->m->top, SEEK_CUR) < 0)
		result = diag_errno(why, DIAG_READ, "seek");
	if (head.failure != BUF_OK)
		result = diag_memory(why);
	in.memory = buf_view(&head);
	if (result == 0)
		result = seal_check(&in, w->s->cli.validate.sig.limits,
		    instance, signing_key_public(w->key), why);
	input_release(&in);
	buf_release(&head);
	return result;
}

static int
make_set(struct sign_work *w, struct diag *why)
{
	const struct sign *s = w->s;
	struct bodyhash hash = { .has_length = false };
	struct seal_request q = { .instance = w->chain.n + 1,
		.cv = w->cv,
		.authserv_id = w->signer.authserv_id,
		.domain = w->signer.domain,
		.selector = w->signer.selector,
		.key = w->key,
		.header_canon = s->header_canon,
		.body_canon = s->body_canon,
		.time = s->cli.validate.sig.now,
		.expires = s->expire_in > 0
			       ? s->cli.validate.sig.now + s->expire_in
			       : s->expire_at,
		.results = &w->results };

	if (read_headers(w, &q, why) != 0 || hash_body(w, &hash, why) != 0)
		return -1;
	q.body_hash =
	    (struct slice){ (const char *)hash.digest, sizeof hash.digest };
	if (seal_make(w->m, &w->chain, &q, &w->fields, why) != 0)
		return -1;
	w->sealed = true;
	return self_check(w, q.instance, why);
}

/* From the spooled message to the new fields; w->sealed tells whether there
 * are any. */
static int
seal(struct sign_work *w, struct diag *why)
{
	struct input in;
	int result;

	if (read_message(w, &in, why) != 0 ||
	    signer_choose(w->s, w->m, &w->signer, why) != 0 ||
	    load_key(w, why) != 0)
		return -1;
	if (!is_sealable(w))
		return 0;
	result = judge_own(w, &in, why);
	if (result == 0)
		result = take_state(w, why);
	if (result == 0)
		result = read_results(w, why);
	if (result == 0)
		result = decide_cv(w, &in, why);
	input_release(&in);
	if (result != 0)
		return -1;
	if (w->cv == CV_FAIL && w->s->no_fail_seal) {
		cli_say(&w->s->cli, "%s: not sealed: the chain fails", w->file);
		return 0;
	}
	return make_set(w, why);
}

/* ------------------------------------------------------------------------
 * Writing. */

/* The three fields, on top of the message or alone. */
static int
write_sealed(struct sign_work *w, struct diag *why)
{
	const struct sign *s = w->s;
	struct filter_edit edit = { .m = w->m,
		.fields = buf_view(&w->fields),
		.drop = w->results.used,
		.ndrop = s->strip_ar ? w->results.nused : 0 };

	if (!s->headers_only)
		return filter_write(&w->spool, w->sealed ? &edit : NULL, why);
	buf_slice(&w->s->cli.out, edit.fields);
	return 0;
}

void
sign_run(struct sign *s, const char *path, bool ready)
{
	struct sign_work w = { .s = s, .file = path, .spool = { .fd = -1 } };
	struct cli *c = &s->cli;
	const struct spool_guard guard = { look, &w };
	struct input in;
	struct diag why;

	if (input_open(&in, path, &why) != 0) {
		cli_trouble(c, path, &why);
		return;
	}
	shortage_watch();
	bool whole = spool_take(&w.spool, &in, c->validate.sig.limits->message,
			 s->pass_on_error ? NULL : &guard, &why) == 0;
	bool done = whole && ready && seal(&w, &why) == 0 &&
		    (!shortage_noted() || diag_memory(&why) == 0);

	if (!whole || (ready && !done))
		cli_trouble(c, path, &why);
	if (done && write_sealed(&w, &why) != 0)
		cli_write_trouble(c, &why);
	else if (done && !w.sealed && s->exit_status)
		cli_worse(c, 1);
	else if (!done && whole && s->pass_on_error)
		filter_pass(c, path, s->headers_only ? NULL : &w.spool, NULL,
		    "passed on unchanged");
	buf_release(&w.fields);
	signing_key_free(w.key);
	message_free(w.m);
	signer_release(&w.signer);
	spool_release(&w.spool);
	input_release(&in);
}
