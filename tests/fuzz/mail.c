/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/authres.h"
#include "mail/handed.h"
#include "dkim/bodyhash.h"
#include "base/json.h"
#include "base/jsonread.h"
#include "mail.h"
#include "arc/seal.h"

/* ------------------------------------------------------------------------
 * Keys. */

struct everywhere {
	struct keysource source;
	struct txt txt;
};

static int
ask(struct keysource *s, const struct question questions[], size_t n,
    struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	struct everywhere *e = (struct everywhere *)(void *)s;
	struct slice text = e->txt.text;

	(void)deadline;
	(void)arena;
	(void)why;
	for (size_t i = 0; i < n; i++) {
		need(questions[i].name.len > 0 && questions[i].name.len <= 253);
		enum answer_kind kind =
		    text.len == 2 && text.p[0] == '!' &&
			    ascii_is_digit(text.p[1])
			? (enum answer_kind)(text.p[1] - '0')
			: ANSWER_RECORDS;

		if (kind == ANSWER_RECORDS && questions[i].type != RR_TXT)
			kind = ANSWER_NODATA;
		answers[i] = (struct answer){ .kind = kind };
		if (kind == ANSWER_RECORDS) {
			answers[i].txt = &e->txt;
			answers[i].ntxt = 1;
		}
	}
	return 0;
}

static void
forget(struct keysource *s)
{
	free(s);
}

struct keystore *
mail_keys(struct slice record)
{
	struct everywhere *e = calloc(1, sizeof *e);

	need(e != NULL);
	e->source = (struct keysource){ .ask = ask, .free = forget };
	e->txt = (struct txt){ record, &e->txt.text, 1 };
	struct keystore *keys = keystore_new(NULL, &e->source);

	need(keys != NULL);
	return keys;
}

/* The files themselves: nothing is read when a fuzzer runs. */
extern const char mail_pem_rsa[], mail_pem_ed25519[];
__asm__(".section .rodata\n"
	"mail_pem_rsa: .incbin \"tests/keys/rsa1024-a.pem\"\n.byte 0\n"
	"mail_pem_ed25519: .incbin \"tests/keys/ed25519-a.pem\"\n.byte 0\n"
	".previous");

struct signing_key *
mail_private_key(bool rsa)
{
	static struct signing_key *key[2];
	struct diag why;

	if (key[rsa] == NULL)
		need(signing_key_parse(
			 slice_of(rsa ? mail_pem_rsa : mail_pem_ed25519),
			 &key[rsa], &why) == 0);
	return key[rsa];
}

struct keystore *
mail_keys_of(const struct signing_key *key, struct buf *record)
{
	key_record(signing_key_public(key), SLICE(""), record);
	need(record->failure == BUF_OK);
	return mail_keys(buf_view(record));
}

/* ------------------------------------------------------------------------
 * Judging. */

static void
check_verdict(const struct verdict *v, const struct chain *c)
{
	need(v->cv == CV_NONE || v->cv == CV_PASS || v->cv == CV_FAIL);
	need((v->cv == CV_NONE) == (c->nfields == 0));
	need((v->cv == CV_FAIL) == (v->why.code != DIAG_NONE));
	need(!v->temporary || v->cv == CV_FAIL);
	need(v->step >= 1 && v->step <= 7 &&
	     (v->step == 7) == (v->cv == CV_PASS));
	need(!v->has_oldest_pass || v->oldest_pass <= c->n);
	if (v->cv != CV_PASS)
		return;
	need(c->shape.code == DIAG_NONE);
	need(v->ams[c->n].status == STATUS_PASS);
	for (unsigned i = 1; i <= c->n; i++)
		need(v->seal[i].status == STATUS_PASS);
}

bool
mail_judge(
    struct mail *w, struct slice octets, struct keystore *keys, bool every_part)
{
	struct sigcheck check;
	struct diag why;

	memset(w, 0, sizeof *w);
	w->keys = keys;
	w->octets = octets;
	w->options = (struct validate_options){ .sig = { .now = MAIL_NOW,
						    .min_rsa_bits = 1024,
						    .limits = &limits_usual,
						    .dns_timeout = 1000000000 },
		.every_part = every_part };
	input_from_memory(&w->in, octets);
	if (message_read(&w->in, &limits_usual, &w->m, &why) != 0) {
		need(diag_info(why.code)->class == DIAG_CLASS_TROUBLE);
		mail_close(w);
		return false;
	}
	size_t rest = w->m->ahead.len + w->in.memory.len;

	w->body = slice_sub(octets, octets.len - rest, rest);
	need(chain_collect(w->m, w->m->arena, &w->chain, &why) == 0);
	sigcheck_init(&check, w->m, &w->in, keys, &w->options.sig);
	if (validate(&check, &w->chain, &w->options, &w->verdict, &why) != 0) {
		need(diag_info(why.code)->class == DIAG_CLASS_TROUBLE);
		mail_close(w);
		return false;
	}
	if (keys != NULL)
		check_verdict(&w->verdict, &w->chain);
	need(lint_collect(w->m, &w->chain, &w->verdict, w->options.sig.now,
		 &w->remarks) == 0);
	w->report = (struct report){ .file = "-",
		.message = w->m,
		.chain = &w->chain,
		.verdict = &w->verdict,
		.remarks = &w->remarks };
	return true;
}

void
mail_explain(struct mail *w)
{
	struct explain_options how = { .validate = &w->options };
	enum diag_code code = w->verdict.why.code;
	enum cv cv = w->verdict.cv;
	struct diag why;

	need(explain(w->m, w->body, &w->chain, &w->verdict, NULL, w->keys, &how,
		 &w->reasons, &why) == 0);
	need(w->verdict.cv == cv && w->verdict.why.code == code);
	w->report.why = &w->reasons;
}

void
mail_hops(struct mail *w)
{
	struct diag why;

	need(hops_collect(w->m, &w->chain, &w->verdict, w->report.why, &w->hops,
		 &why) == 0);
}

void
mail_close(struct mail *w)
{
	message_free(w->m);
	w->m = NULL;
	input_release(&w->in);
}

bool
mail_is_certain(const struct message *m)
{
	bool below = false;

	for (size_t i = 1; i < m->nfields; i++) {
		struct field f = m->field[i];

		below |= f.raw.p[f.name.len] == ':' &&
			 (slice_eq_nocase(f.name, SLICE("From")) ||
			     slice_eq_nocase(f.name, SLICE("ARC-Seal")));
	}
	return below && m->njunk == 0 && handed_field_begins(m->field[0].raw);
}

struct mail_verdict
mail_verdict(struct slice octets, struct keystore *keys)
{
	struct mail_verdict v = { .word = NULL };
	struct mail w;

	if (!mail_judge(&w, octets, keys, false))
		return v;
	v = (struct mail_verdict){ report_word(&w.verdict), w.verdict.why.code,
		w.verdict.why.instance, w.verdict.oldest_pass,
		mail_is_certain(w.m) };
	mail_close(&w);
	return v;
}

void
need_same_verdict(struct mail_verdict a, struct mail_verdict b)
{
	if (a.word == NULL || b.word == NULL) {
		need(a.word == b.word || (!a.certain && !b.certain));
		return;
	}
	need(strcmp(a.word, b.word) == 0);
	need(a.code == b.code && a.instance == b.instance);
	need(a.oldest_pass == b.oldest_pass);
}

/* ------------------------------------------------------------------------
 * Sealing. */

/* What arc-sign seals: what would not be changed on its way, has one author
 * and a chain that may go on. */
static bool
is_sealable(const struct mail *w)
{
	const struct chain *c = &w->chain;

	for (size_t i = 0; i < w->octets.len; i++)
		if (w->octets.p[i] == '\r' &&
		    (i + 1 == w->octets.len || w->octets.p[i + 1] != '\n'))
			return false;
	return w->m->njunk == 0 && message_count(w->m, SLICE("From")) > 0 &&
	       c->n < CHAIN_MAX && c->shape.code != DIAG_TOO_MANY_SETS &&
	       !w->verdict.temporary &&
	       (c->n == 0 || c->set[c->n].part[ARC_SEAL] == NULL ||
		   c->set[c->n].part[ARC_SEAL]->tags.cv != CV_FAIL);
}

static void
hash_body(const struct mail *w, struct bodyhash *hash)
{
	struct message *again;
	struct diag why;
	struct input in;

	input_from_memory(&in, w->octets);
	need(message_read(&in, &limits_usual, &again, &why) == 0);
	need(bodyhash_run(again, &in, hash, 1, &why) == 0);
	message_free(again);
	input_release(&in);
}

bool
mail_seal(struct slice octets, const struct mail_seal *s, struct keystore *keys,
    struct buf *out, enum cv *cv)
{
	struct buf fields = { .max = 0 };
	struct seal_results results;
	struct bodyhash hash = { .has_length = false };
	struct diag why;
	struct mail w;
	bool sealed = false;

	if (!mail_judge(&w, octets, keys, false))
		return false;
	if (!is_sealable(&w))
		goto out;
	*cv = w.verdict.cv;
	need(seal_results(w.m, SLICE("mx.example"), &results, &why) == 0);
	struct seal_request q = { .instance = w.chain.n + 1,
		.cv = *cv,
		.authserv_id = SLICE("mx.example"),
		.domain = SLICE("mx.example"),
		.selector = SLICE("s"),
		.key = s->key,
		.header_canon = s->simple_header ? CANON_SIMPLE : CANON_RELAXED,
		.body_canon = s->simple_body ? CANON_SIMPLE : CANON_RELAXED,
		.time = MAIL_NOW,
		.results = &results };

	need(seal_headers(w.m, !s->bare, &q.headers, &q.nheaders, &why) == 0);
	hash.canon = q.body_canon;
	hash_body(&w, &hash);
	q.body_hash =
	    (struct slice){ (const char *)hash.digest, sizeof hash.digest };
	sealed = seal_make(w.m, &w.chain, &q, &fields, &why) == 0;
	need(sealed || why.code == DIAG_LIMIT_FIELD);
	if (sealed) {
		buf_slice(out, w.m->mbox);
		buf_slice(out, buf_view(&fields));
		buf_slice(out, slice_sub(octets, w.m->mbox.len, octets.len));
		need(out->failure == BUF_OK);
	}
out:
	buf_release(&fields);
	mail_close(&w);
	return sealed;
}

/* ------------------------------------------------------------------------
 * Reports. */

enum {
	MANY_KEYS = 64
};

/* Keys of one object at each depth, as far as there is room. */
struct seen {
	struct slice key[MANY_KEYS];
	size_t n;
};

void
need_json(struct slice text)
{
	static struct seen seen[JSONREAD_DEPTH + 1];
	struct arena *arena = arena_new();
	enum jsonread_kind kind;
	struct jsonread r;

	need(arena != NULL);
	jsonread_init(&r, text);
	while ((kind = jsonread_next(&r)) != JSONREAD_END) {
		need(kind != JSONREAD_BAD);
		struct seen *s = &seen[r.depth];

		if (kind == JSONREAD_OBJECT)
			s->n = 0;
		if (kind != JSONREAD_KEY)
			continue;
		for (size_t i = 0; i < s->n; i++)
			need(!slice_eq(s->key[i], buf_view(&r.text)));
		if (s->n < MANY_KEYS)
			s->key[s->n++] = arena_copy(arena, buf_view(&r.text));
	}
	jsonread_release(&r);
	arena_free(arena);
}

/* What the member "arc" is: a string, or "" for null. */
static void
json_arc(struct slice text, struct buf *out, bool *temporary)
{
	enum jsonread_kind kind;
	struct jsonread r;

	*temporary = false;
	jsonread_init(&r, text);
	need(jsonread_next(&r) == JSONREAD_OBJECT);
	while ((kind = jsonread_next(&r)) == JSONREAD_KEY) {
		bool arc = slice_eq(buf_view(&r.text), SLICE("arc"));
		bool soon = slice_eq(buf_view(&r.text), SLICE("temporary"));

		kind = jsonread_next(&r);
		if (arc && kind == JSONREAD_STRING)
			buf_slice(out, buf_view(&r.text));
		if (soon && kind == JSONREAD_TRUE)
			*temporary = true;
		jsonread_skip(&r, kind);
	}
	need(kind == JSONREAD_OBJECT_END);
	jsonread_release(&r);
}

/* The field for others reads back as one field of ours, and says the same. */
static void
check_ar(const struct report *r, struct slice word)
{
	struct buf b = { .max = 0 };
	struct input in;
	struct message *m;
	struct authres a;
	struct diag why;

	struct report with_ip = *r;

	with_ip.remote_ip = SLICE("192.0.2.1");
	report_ar(&b, &with_ip, SLICE("mx.example"), "\r\n");
	buf_text(&b, "\r\n");
	input_from_memory(&in, buf_view(&b));
	need(message_read(&in, &limits_usual, &m, &why) == 0);
	need(m->nfields == 1 && m->njunk == 0 && m->has_body);
	need(authres_parse(m->field[0].value, m->arena, &a, &why) == 0);
	need(a.bad.len == 0 && a.nresults == 1);
	need(slice_eq(a.authserv_id, SLICE("mx.example")));
	need(slice_eq(a.result[0].method, SLICE("arc")));
	need(slice_eq(a.result[0].result, word) ||
	     (slice_eq(word, SLICE("tempfail")) &&
		 slice_eq(a.result[0].result, SLICE("fail"))));
	message_free(m);
	input_release(&in);
	buf_release(&b);
}

void
mail_check_reports(const struct report *r)
{
	struct buf line = { .max = 0 }, b = { .max = 0 }, arc = { .max = 0 };
	struct slice word = slice_of(report_word(r->verdict));
	bool temporary;
	struct diag why;

	report_line(&line, r);
	need_inert(buf_view(&line));
	need(slice_find(buf_view(&line), '\n') == line.len - 1);
	need(slice_starts(buf_view(&line), word));
	report_details(&b, r);
	if (r->why != NULL)
		report_why(&b, r);
	need_inert(buf_view(&b));
	buf_clear(&b);
	need(report_json(&b, r, &why) == 0);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len - 1);
	need_json(buf_view(&b));
	json_arc(buf_view(&b), &arc, &temporary);
	need(temporary == slice_eq(word, SLICE("tempfail")));
	need(slice_eq(buf_view(&arc), temporary ? SLICE("fail") : word));
	need(b.failure == BUF_OK && line.failure == BUF_OK);
	check_ar(r, word);
	buf_release(&line);
	buf_release(&b);
	buf_release(&arc);
}

/* ------------------------------------------------------------------------
 * Line ends. */

void
mail_crlf(struct slice octets, struct buf *out)
{
	for (size_t i = 0; i < octets.len; i++) {
		if (octets.p[i] == '\n' && (i == 0 || octets.p[i - 1] != '\r'))
			buf_char(out, '\r');
		buf_char(out, octets.p[i]);
	}
}

void
mail_lf(struct slice octets, struct buf *out)
{
	for (size_t i = 0; i < octets.len; i++)
		if (octets.p[i] != '\r' || i + 1 == octets.len ||
		    octets.p[i + 1] != '\n')
			buf_char(out, octets.p[i]);
}
