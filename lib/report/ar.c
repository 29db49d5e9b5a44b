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

/* Words of a field, folded between them. */
static void
put_word(struct buf *b, size_t *column, const char *eol, struct slice word)
{
	if (*column + 1 + word.len > FOLD_AT) {
		buf_text(b, eol);
		buf_char(b, '\t');
		*column = 8;
	} else {
		buf_char(b, ' ');
		*column += 1;
	}
	buf_slice(b, word);
	*column += word.len;
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
put_property(struct buf *word, const char *name, struct slice value)
{
	buf_clear(word);
	buf_text(word, name);
	buf_char(word, '=');
	authres_write_value(word, value);
}

void
report_ar(struct buf *b, const struct report *r, struct slice authserv_id,
    struct slice remote_ip, const char *eol)
{
	const struct verdict *v = r->verdict;
	struct buf word = { .max = 0 }, text = { .max = 0 };
	size_t before = b->len, column;

	/* Not folded, however long the id: simple readers look at the start of
	 * the value. */
	buf_text(b, "Authentication-Results: ");
	authres_write_value(b, authserv_id);
	buf_char(b, ';');
	column = b->len - before;
	buf_printf(&word, "arc=%s", cv_word(v->cv));
	put_word(b, &column, eol, buf_view(&word));
	if (r->trusted != NULL && v->cv == CV_PASS) {
		struct slice rest, piece;

		report_trust_comment(&text, r);
		rest = buf_view(&text);
		while ((piece = slice_word(&rest)).len > 0)
			put_word(b, &column, eol, piece);
		buf_clear(&text);
	}
	if (v->cv == CV_FAIL) {
		put_reason(&text, &v->why);
		put_property(&word, "reason", buf_view(&text));
		put_word(b, &column, eol, buf_view(&word));
	}
	if (remote_ip.len > 0) {
		put_property(&word, "smtp.remote-ip", remote_ip);
		put_word(b, &column, eol, buf_view(&word));
	}
	if (v->cv == CV_PASS && v->has_oldest_pass) {
		buf_clear(&word);
		buf_printf(&word, "header.oldest-pass=%u", v->oldest_pass);
		put_word(b, &column, eol, buf_view(&word));
	}
	buf_text(b, eol);
	buf_fail_with(b, &word);
	buf_fail_with(b, &text);
	buf_release(&word);
	buf_release(&text);
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
