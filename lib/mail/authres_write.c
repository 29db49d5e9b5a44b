/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/authres.h"
#include "mail/authres_value.h"
#include "base/escape.h"
#include "mail/token.h"

/* Whether all of s can be shown as it is. */
static bool
is_plain(struct slice s)
{
	while (s.len > 0) {
		unsigned long cp = 0;
		size_t n = slice_utf8_next(s, &cp);

		if (n == 0 || !escape_is_plain(cp))
			return false;
		s = slice_sub(s, n, s.len);
	}
	return true;
}

bool
authres_is_token(struct slice s)
{
	struct slice rest = s, word;

	return is_plain(s) && token_word(&rest, &word) && rest.len == 0;
}

/* [local-part] "@" domain-name, without quotes. */
static bool
is_address(struct slice s)
{
	size_t at = slice_find(s, '@');
	struct slice local = slice_sub(s, 0, at),
		     domain = slice_sub(s, at + 1, s.len), atom;

	if (at == s.len || domain.len == 0)
		return false;
	if (local.len > 0 && (!token_dot_atom(&local, &atom) || local.len > 0))
		return false;
	for (size_t i = 0; i < domain.len; i++)
		if (!ascii_is_alnum(domain.p[i]) && domain.p[i] != '-' &&
		    domain.p[i] != '.' && domain.p[i] != '_')
			return false;
	return true;
}

void
authres_write_value(struct buf *b, struct slice value)
{
	if (is_plain(value) && (authres_is_token(value) || is_address(value))) {
		buf_slice(b, value);
		return;
	}
	buf_char(b, '"');
	while (value.len > 0) {
		unsigned long cp = 0;
		size_t n = slice_utf8_next(value, &cp);

		/* What cannot be shown has no place in a field of ours. */
		if (n == 0 || !escape_is_plain(cp)) {
			buf_char(b, ' ');
		} else {
			if (cp == '"' || cp == '\\')
				buf_char(b, '\\');
			buf_put(b, value.p, n);
		}
		value = slice_sub(value, n > 0 ? n : 1, value.len);
	}
	buf_char(b, '"');
}

/* Without folds, white space being blanks. */
static void
write_unfolded(struct buf *b, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '\t')
			buf_char(b, ' ');
		else if (text.p[i] != '\r' && text.p[i] != '\n')
			buf_char(b, text.p[i]);
}

/* Whether a quoted string ends where it did: a backslash may have lost the line
 * end that it was before. */
static bool
is_quoted(struct slice s)
{
	struct authres_value v;

	return s.len > 0 && s.p[0] == '"' && authres_pvalue_read(&s, &v) &&
	       s.len == 0;
}

/* A value as it stood, if it may. */
static int
write_as_stood(struct buf *b, const struct authres_value *v)
{
	struct buf flat = { .max = 0 };
	struct arena *arena = arena_new();

	if (arena == NULL)
		return -1;
	write_unfolded(&flat, v->raw);
	if (is_quoted(buf_view(&flat)) && is_plain(buf_view(&flat)))
		buf_slice(b, buf_view(&flat));
	else
		authres_write_value(b, authres_value_text(v, arena));
	buf_fail_with(b, &flat);
	buf_release(&flat);
	arena_free(arena);
	return 0;
}

/* A comment that every reader steps over, to its end. */
static bool
is_harmless(struct slice comment)
{
	struct slice rest = comment;

	return slice_find(comment, ';') == comment.len && is_plain(comment) &&
	       token_comment(&rest) && rest.len == 0;
}

/* The words of a result on their way out. */
struct putter {
	const struct authres_words *words;
	struct buf word, comment;
};

static void
put_flush(struct putter *p)
{
	if (p->word.len > 0)
		p->words->put(p->words->ctx, false, buf_view(&p->word));
	buf_clear(&p->word);
}

/* [CFWS] within a word: comments end it. */
static void
put_cfws(struct putter *p, struct slice *rest)
{
	while (rest->len > 0) {
		struct slice from = *rest;

		if (ascii_is_fws(rest->p[0])) {
			*rest = slice_sub(*rest, 1, rest->len);
			continue;
		}
		if (rest->p[0] != '(' || !token_comment(rest))
			return;
		buf_clear(&p->comment);
		write_unfolded(
		    &p->comment, slice_sub(from, 0, from.len - rest->len));
		if (!is_harmless(buf_view(&p->comment)))
			continue;
		put_flush(p);
		p->words->put(p->words->ctx, true, buf_view(&p->comment));
	}
}

int
authres_put(const struct authres_result *r, const struct authres_words *words)
{
	struct putter p = { .words = words };
	struct slice rest = r->text;
	struct authres_value v;
	int result = 0;

	/* All of it is "name = value", the name of several words perhaps. */
	for (put_cfws(&p, &rest); rest.len > 0 && result == 0;
	     put_cfws(&p, &rest)) {
		while (rest.len > 0 && rest.p[0] != '=') {
			buf_char(&p.word, rest.p[0]);
			rest = slice_sub(rest, 1, rest.len);
			put_cfws(&p, &rest);
		}
		buf_char(&p.word, '=');
		rest = slice_sub(rest, 1, rest.len);
		put_cfws(&p, &rest);
		if (!authres_pvalue_read(&rest, &v))
			break;
		result = write_as_stood(&p.word, &v);
		put_flush(&p);
	}
	if (p.word.failure != BUF_OK || p.comment.failure != BUF_OK)
		result = -1;
	buf_release(&p.word);
	buf_release(&p.comment);
	return result;
}
