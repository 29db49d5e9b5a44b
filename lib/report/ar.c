/* SPDX-License-Identifier: BSD-2-Clause */
/* The Authentication-Results field (RFC 8617 section 10, RFC 8601). */
#include <inttypes.h>

#include <arpa/inet.h>

#include "mail/authres.h"
#include "base/escape.h"
#include "report/report.h"

enum {
	FOLD_AT = 76
};

/* A field being written, folded between its words. */
struct lines {
	struct buf *b;
	const char *eol;
	size_t column;
	size_t results; /* so far */
	struct buf word;
};

static void
put_slice(struct lines *l, struct slice word)
{
	if (l->column + 1 + word.len > FOLD_AT) {
		buf_text(l->b, l->eol);
		buf_char(l->b, '\t');
		l->column = 8;
	} else {
		buf_char(l->b, ' ');
		l->column += 1;
	}
	buf_slice(l->b, word);
	l->column += word.len;
}

/* What stands in l->word, which is cleared. */
static void
put_word(struct lines *l)
{
	put_slice(l, buf_view(&l->word));
	buf_clear(&l->word);
}

/* "method=result"; each result but the first begins a line. */
static void
put_result(struct lines *l, enum auth_method method, const char *result)
{
	if (l->results++ > 0) {
		buf_char(l->b, ';');
		l->column = FOLD_AT;
	}
	buf_printf(&l->word, "%s=%s", auth_method_word(method), result);
	put_word(l);
}

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

static void
put_property(struct lines *l, const char *name, struct slice value)
{
	buf_text(&l->word, name);
	buf_char(&l->word, '=');
	authres_write_value(&l->word, value);
	put_word(l);
}

static void
put_reason_word(struct lines *l, const struct diag *why)
{
	struct buf text = { .max = 0 };

	put_reason(&text, why);
	put_property(l, "reason", buf_view(&text));
	buf_fail_with(l->b, &text);
	buf_release(&text);
}

static void
put_arc(struct lines *l, const struct report *r, struct slice remote_ip)
{
	const struct verdict *v = r->verdict;

	put_result(l, METHOD_ARC, cv_word(v->cv));
	if (r->trusted != NULL && v->cv == CV_PASS) {
		struct buf text = { .max = 0 };
		struct slice rest, piece;

		report_trust_comment(&text, r);
		rest = buf_view(&text);
		while ((piece = slice_word(&rest)).len > 0)
			put_slice(l, piece);
		buf_fail_with(l->b, &text);
		buf_release(&text);
	}
	if (v->cv == CV_FAIL)
		put_reason_word(l, &v->why);
	if (remote_ip.len > 0)
		put_property(l, "smtp.remote-ip", remote_ip);
	if (v->cv == CV_PASS && v->has_oldest_pass) {
		buf_printf(&l->word, "header.oldest-pass=%u", v->oldest_pass);
		put_word(l);
	}
}

/* Text of the message that can do no harm in a field of ours. */
static bool
is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f || text.p[i] == '"' ||
		    text.p[i] == '\\')
			return false;
	return text.len > 0 && text.len <= 320;
}

/* The first octets of b=, which tell signatures apart (RFC 6008). */
static void
put_b(struct lines *l, const struct sigtags *t)
{
	char first[8];
	size_t n = 0;

	for (size_t i = 0; i < t->b_raw.len && n < sizeof first; i++)
		if (!ascii_is_fws(t->b_raw.p[i]))
			first[n++] = t->b_raw.p[i];
	if (n == sizeof first && t->signature.len > 0)
		put_property(l, "header.b", (struct slice){ first, n });
}

/* d= and s= made a name: nothing else can be in them. */
static void
put_dkim(struct lines *l, const struct dkim_signature *s)
{
	const struct sigtags *t = &s->field.tags;

	put_result(l, METHOD_DKIM, auth_result_word(s->result));
	if (s->check.status == STATUS_FAIL)
		put_reason_word(l, &s->check.why);
	if (s->check.key_name.len == 0)
		return;
	if (is_plain(t->domain))
		put_property(l, "header.d", t->domain);
	if (s->result == RESULT_PASS && is_plain(t->identity))
		put_property(l, "header.i", t->identity);
	if (is_plain(t->selector))
		put_property(l, "header.s", t->selector);
	if (s->field.problem.code == DIAG_NONE)
		put_property(l, "header.a", slice_of(signature_word(t->alg)));
	put_b(l, t);
}

void
report_ar(struct buf *b, const struct report *r, struct slice authserv_id,
    struct slice remote_ip, const char *eol)
{
	struct lines l = { .b = b, .eol = eol };
	size_t before = b->len;

	/* Not folded, however long the id: simple readers look at the start of
	 * the value. */
	buf_text(b, "Authentication-Results: ");
	authres_write_value(b, authserv_id);
	buf_char(b, ';');
	l.column = b->len - before;
	if (!r->without_arc)
		put_arc(&l, r, remote_ip);
	if (r->dkim != NULL && r->dkim->n == 0)
		put_result(&l, METHOD_DKIM, "none");
	for (size_t i = 0; r->dkim != NULL && i < r->dkim->n; i++)
		put_dkim(&l, &r->dkim->signature[i]);
	buf_text(b, eol);
	buf_fail_with(b, &l.word);
	buf_release(&l.word);
}

/* Whether text is an address, and so nothing that reads as more than one word
 * of ours. */
static bool
is_address(struct slice text)
{
	char s[INET6_ADDRSTRLEN];
	unsigned char octets[sizeof(struct in6_addr)];

	if (text.len == 0 || text.len >= sizeof s)
		return false;
	for (size_t i = 0; i < text.len; i++)
		s[i] = text.p[i];
	s[text.len] = '\0';
	return slice_find(text, '\0') == text.len &&
	       (inet_pton(AF_INET, s, octets) == 1 ||
		   inet_pton(AF_INET6, s, octets) == 1);
}

/* smtp.remote-ip of an AAR, where it tells one. */
static struct slice
remote_ip_of(const struct sigfield *aar, struct arena *arena, bool *memory)
{
	struct authres a;
	struct diag why;

	if (authres_parse(aar->payload, arena, &a, &why) != 0)
		*memory |= why.code == DIAG_MEMORY;
	else
		for (size_t i = 0; i < a.nresults; i++)
			for (size_t k = 0; k < a.result[i].nproperties; k++)
				if (slice_eq_nocase(
					a.result[i].property[k].name,
					SLICE("smtp.remote-ip")))
					return a.result[i].property[k].value;
	return (struct slice){ NULL, 0 };
}

void
report_dmarc(struct buf *b, const struct report *r)
{
	const struct chain *c = r->chain;
	bool memory = false;

	buf_printf(b, "arc=%s", cv_word(r->verdict->cv));
	for (unsigned i = c->n; i >= 1 && r->verdict->cv == CV_PASS; i--) {
		const struct sigtags *s = &c->set[i].part[ARC_SEAL]->tags;

		buf_printf(b, " as[%u].d=", i);
		escape_text(b, s->domain);
		buf_printf(b, " as[%u].s=", i);
		escape_text(b, s->selector);
	}
	for (unsigned i = c->n; i >= 1 && r->verdict->cv == CV_PASS; i--) {
		struct slice ip = remote_ip_of(
		    c->set[i].part[ARC_AAR], r->message->arena, &memory);

		if (!is_address(ip))
			continue;
		buf_printf(b, " remote-ip[%u]=", i);
		escape_text(b, ip);
	}
	buf_char(b, '\n');
	if (memory)
		b->failure = BUF_NO_MEMORY;
}
