/* SPDX-License-Identifier: BSD-2-Clause */
/* The Authentication-Results field (RFC 8617 section 10, RFC 8601). */
#include <inttypes.h>

#include "base/escape.h"
#include "mail/address.h"
#include "mail/authres.h"
#include "mail/fold.h"
#include "report/report.h"

/* "body hash (AMS 2)": the code in words, and the field it is about. */
static void
put_reason(struct buf *b, const struct diag *why)
{
	const char *kind = "";

	for (const char *p = diag_info(why->code)->word; *p != '\0'; p++)
		buf_char(b, *p == '-' ? ' ' : *p);
	if (slice_eq(why->field, sigfield_name(ARC_AAR)))
		kind = "AAR ";
	else if (slice_eq(why->field, sigfield_name(ARC_AMS)))
		kind = "AMS ";
	else if (slice_eq(why->field, sigfield_name(ARC_SEAL)))
		kind = "AS ";
	if (why->instance > 0)
		buf_printf(
		    b, " (%s%u)", kind[0] != '\0' ? kind : "i=", why->instance);
}

/* Results on their way: a word waits for what ends it. */
struct results {
	const struct authres_words *words;
	struct buf *word;
	bool any; /* a result was put */
};

static void
flush(struct results *w)
{
	if (w->word->len > 0)
		w->words->put(w->words->ctx, false, buf_view(w->word));
	buf_clear(w->word);
}

/* Begin "method=result". */
static void
put_result(struct results *w, enum auth_method method, const char *result)
{
	if (w->any)
		buf_char(w->word, ';');
	flush(w);
	w->any = true;
	buf_printf(w->word, "%s=%s", auth_method_word(method), result);
}

/* Put "name=value"; nothing without a value. */
static void
put_property(struct results *w, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	flush(w);
	buf_text(w->word, name);
	buf_char(w->word, '=');
	authres_write_value(w->word, value);
}

/* The reason of a result that did not pass. */
static void
put_why(struct results *w, const struct diag *why)
{
	struct buf text = { .max = 0 };

	if (why->code == DIAG_NONE)
		return;
	put_reason(&text, why);
	put_property(w, "reason", buf_view(&text));
	buf_fail_with(w->word, &text);
	buf_release(&text);
}

static void
put_arc(struct results *w, const struct report *r)
{
	const struct verdict *v = r->verdict;
	struct buf text = { .max = 0 };
	struct slice rest, piece;

	put_result(w, METHOD_ARC, cv_word(v->cv));
	if (r->trusted != NULL && v->cv == CV_PASS) {
		report_trust_comment(&text, r);
		rest = buf_view(&text);
		while ((piece = slice_word(&rest)).len > 0) {
			flush(w);
			buf_slice(w->word, piece);
		}
		buf_clear(&text);
	}
	if (v->cv == CV_FAIL)
		put_why(w, &v->why);
	put_property(w, "smtp.remote-ip", r->remote_ip);
	if (v->cv == CV_PASS && v->has_oldest_pass) {
		flush(w);
		buf_printf(w->word, "header.oldest-pass=%u", v->oldest_pass);
	}
	buf_fail_with(w->word, &text);
	buf_release(&text);
}

/* Text of the message that can do no harm in a field of ours. */
static bool
is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return text.len > 0 && text.len <= ADDRESS_MAX;
}

/* The first octets of b=, which tell signatures apart (RFC 6008). */
static void
put_b(struct results *w, const struct sigtags *t)
{
	char first[8];
	size_t n = 0;

	for (size_t i = 0; i < t->b_raw.len && n < sizeof first; i++)
		if (!ascii_is_fws(t->b_raw.p[i]))
			first[n++] = t->b_raw.p[i];
	if (n == sizeof first && t->signature.len > 0)
		put_property(w, "header.b", (struct slice){ first, n });
}

/* d= and s= made a name: nothing else can be in them. */
static void
put_signature(struct results *w, const struct dkim_signature *s)
{
	const struct sigtags *t = &s->field.tags;

	put_result(w, METHOD_DKIM, auth_result_word(s->result));
	if (s->check.status == STATUS_FAIL)
		put_why(w, &s->check.why);
	if (s->check.key_name.len == 0)
		return;
	if (is_plain(t->domain))
		put_property(w, "header.d", t->domain);
	if (s->result == RESULT_PASS && is_plain(t->identity))
		put_property(w, "header.i", t->identity);
	if (is_plain(t->selector))
		put_property(w, "header.s", t->selector);
	if (s->field.problem.code == DIAG_NONE)
		put_property(w, "header.a", slice_of(signature_word(t->alg)));
	put_b(w, t);
}

static void
put_dkim(struct results *w, const struct dkim *d)
{
	if (d->n == 0)
		put_result(w, METHOD_DKIM, auth_result_word(RESULT_NONE));
	for (size_t i = 0; i < d->n; i++)
		put_signature(w, &d->signature[i]);
}

/* What says more than the result alone. */
static bool
is_error(enum auth_result result)
{
	return result == RESULT_TEMPERROR || result == RESULT_PERMERROR;
}

static void
put_domains(struct results *w, const struct report *r)
{
	if (r->spf != NULL) {
		put_result(w, METHOD_SPF, auth_result_word(r->spf->result));
		if (is_error(r->spf->result))
			put_why(w, &r->spf->why);
		if (is_plain(r->spf->domain))
			put_property(w,
			    r->spf->helo ? "smtp.helo" : "smtp.mailfrom",
			    r->spf->domain);
	}
	if (r->dmarc != NULL) {
		const char *policy = dmarc_policy_word(r->dmarc->policy);

		put_result(w, METHOD_DMARC, auth_result_word(r->dmarc->result));
		if (is_error(r->dmarc->result) ||
		    r->dmarc->why.code == DIAG_DMARC_ALIGNMENT)
			put_why(w, &r->dmarc->why);
		if (is_plain(r->dmarc->domain))
			put_property(w, "header.from", r->dmarc->domain);
		if (policy != NULL)
			put_property(w, "policy.dmarc", slice_of(policy));
	}
}

void
report_results(
    const struct report *r, const struct authres_words *words, struct buf *word)
{
	struct results w = { .words = words, .word = word };

	if (!r->without_arc)
		put_arc(&w, r);
	if (r->dkim != NULL)
		put_dkim(&w, r->dkim);
	put_domains(&w, r);
	flush(&w);
}

static void
write_word(void *ctx, bool comment, struct slice text)
{
	struct fold *f = ctx;

	(void)comment;
	fold_word(f, text);
	/* Each result but the first begins a line. */
	if (text.p[text.len - 1] == ';')
		fold_before_next(f);
}

void
report_ar(struct buf *b, const struct report *r, struct slice authserv_id,
    const char *eol)
{
	struct fold f = { .eol = eol };
	struct buf word = { .max = 0 };

	/* Not folded, however long the id: simple readers look at the start of
	 * the value. */
	authres_write_value(&word, authserv_id);
	fold_put(&f, SLICE("Authentication-Results: "));
	fold_put(&f, buf_view(&word));
	fold_put(&f, SLICE(";"));
	buf_clear(&word);
	size_t head = f.text.len;

	report_results(r, &(struct authres_words){ write_word, &f }, &word);
	if (f.text.len == head)
		fold_word(&f, SLICE("none"));
	buf_text(&f.text, eol);
	buf_slice(b, buf_view(&f.text));
	buf_fail_with(b, &f.text);
	buf_fail_with(b, &word);
	buf_release(&f.text);
	buf_release(&word);
}
