/* SPDX-License-Identifier: BSD-2-Clause */
/* What Subject was before a list put its tag there: Mailman 2 writes "Re: " in
 * the place of any mark of a reply, Mailman 3 takes out all marks and tags and
 * puts "[tag] Re: " in front. */
#include <string.h>

#include "mail/words.h"
#include "why/header_list_rows.h"
#include "why/header_list_rows_words.h"

/* Marks of replies; how often each was signed where the list wrote another, and
 * how often before Thread-Topic. */
static const struct mark {
	const char *text;
	unsigned replaced, topic;
} marks[] = {
	{ "RE: ", 254, 255 },
	{ "Re: ", 160, 60 },
	{ "", 300, 40 },
	{ "AW: ", 32, 16 },
	{ "SV: ", 16, 8 },
	{ "re: ", 4, 2 },
	{ "VS: ", 4, 2 },
	{ "Aw: ", 2, 1 },
	{ "Re:", 2, 1 },
	{ "RE:", 2, 1 },
	/* Lists leave these as they are. */
	{ "FW: ", 2, 16 },
	{ "R: ", 2, 8 },
	{ "Fwd: ", 2, 4 },
	{ "Fw: ", 1, 2 },
	{ "Antw: ", 1, 4 },
	{ "TR: ", 1, 4 },
	{ "RV: ", 1, 4 },
	{ "WG: ", 1, 4 },
};

enum {
	LEFT_ALONE = 300, /* a mark that lists leave as it is */
};

static bool
is_left_alone(struct slice mark)
{
	static const char *const written[] = { "re", "aw", "sv", "vs" };
	struct slice word = slice_sub(mark, 0, slice_find(mark, ':'));

	word = slice_sub(word, 0, slice_find(word, '['));
	for (size_t k = 0; k < ARRAY_LEN(written); k++)
		if (slice_eq_nocase(word, slice_of(written[k])))
			return false;
	return mark.len > 0;
}

/* "marks [tag] marks text". */
struct subject {
	struct slice tag;  /* with the blank behind it; or empty */
	struct slice text; /* behind all of it */
	struct slice mark; /* the first; or empty */
	bool tag_first;
};

static struct slice
drop_blanks(struct slice s)
{
	while (s.len > 0 && ascii_is_fws(s.p[0]))
		s = slice_sub(s, 1, s.len);
	return s;
}

/* Behind a mark of a reply, "Re:" or "AW[2]:"; 0 when there is none. */
static size_t
mark_end(struct slice s)
{
	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		struct slice word = slice_trim(slice_of(marks[k].text));
		size_t n;

		if (word.len == 0 ||
		    !slice_eq_nocase(slice_sub(s, 0, word.len - 1),
			slice_sub(word, 0, word.len - 1)))
			continue;
		n = word.len - 1;
		if (n < s.len && s.p[n] == '[') {
			n++;
			while (n < s.len && ascii_is_digit(s.p[n]))
				n++;
			n += n < s.len && s.p[n] == ']';
		}
		if (n < s.len && s.p[n] == ':')
			return n + 1;
	}
	return 0;
}

static size_t
tag_end(struct slice s)
{
	size_t n = slice_find(s, ']');

	return s.len > 0 && s.p[0] == '[' && n < s.len ? n + 1 : 0;
}

static void
subject_read(struct subject *u, struct slice v)
{
	size_t n;

	*u = (struct subject){ .tag_first = tag_end(v) > 0 };
	for (;;) {
		if ((n = mark_end(v)) > 0) {
			if (u->mark.len == 0)
				u->mark = slice_sub(v, 0, n);
		} else if (u->tag.len == 0 && (n = tag_end(v)) > 0) {
			struct slice behind =
			    drop_blanks(slice_sub(v, n, v.len));

			u->tag = slice_sub(v, 0, v.len - behind.len);
		} else {
			break;
		}
		v = drop_blanks(slice_sub(v, n, v.len));
	}
	u->text = v;
}

/* Up to four tokens and a text. */
static void
put(struct offer *o, unsigned count, enum cause_id cause,
    const struct slice tokens[], size_t n, struct slice text)
{
	for (size_t k = 0; k < n; k++)
		buf_slice(&o->text, tokens[k]);
	buf_slice(&o->text, text);
	list_text(o, count, cause);
}

/* How often a mark was signed where this one came. */
static unsigned
mark_count(const struct subject *u, const struct mark *m)
{
	struct slice mark = slice_trim(slice_of(m->text));

	if (is_left_alone(u->mark))
		return slice_eq(u->mark, mark) ? LEFT_ALONE
					       : m->replaced / 32 + 1;
	/* Without a reply now there is none before, or hardly. */
	return (u->mark.len > 0) == (mark.len > 0) ? m->replaced
						   : m->replaced / 32 + 1;
}

/* The text with each mark, without the tag or with it in either place. */
static void
with_marks(struct offer *o, const struct subject *u, struct slice text,
    unsigned less, enum cause_id as)
{
	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		struct slice mark = slice_of(marks[k].text), both[2];
		unsigned count = mark_count(u, &marks[k]) / less + 1;
		enum cause_id tagged =
		    as != CAUSE_NONE ? as : CAUSE_HDR_SUBJECT_TAGGED;

		put(o, count, tagged, &mark, 1, text);
		if (u->tag.len == 0)
			continue;
		both[0] = mark;
		both[1] = u->tag;
		put(o, count, as != CAUSE_NONE ? as : CAUSE_HDR_CASE_OF_REPLY,
		    both, 2, text);
		both[0] = u->tag;
		both[1] = mark;
		put(o, count / 4 + 1,
		    as != CAUSE_NONE ? as : CAUSE_HDR_CASE_OF_REPLY, both, 2,
		    text);
	}
}

/* All sequences of three tokens, and of four of the commonest. */
static void
with_sequences(struct offer *o, const struct subject *u)
{
	const struct slice t[] = { SLICE("Re: "), SLICE("RE: "), u->tag,
		SLICE("AW: "), SLICE("SV: "), SLICE("re: "), SLICE("R: "),
		SLICE("VS: ") };
	size_t n = ARRAY_LEN(t);

	if (u->tag.len == 0 || u->mark.len == 0 || o->most > 0)
		return;
	for (size_t k = 0; k < n * n * n; k++) {
		struct slice s[] = { t[k / n / n], t[k / n % n], t[k % n] };
		bool usual = s[1].p == u->tag.p && k / n / n < 2 && k % n < 2;

		put(o, usual ? 24 : 1, CAUSE_HDR_SUBJECT_TAGGED, s, 3, u->text);
	}
	for (size_t k = 0; k < 9; k++) {
		struct slice two[] = { t[k / 3], t[k % 3] };

		put(o, 2, CAUSE_HDR_SUBJECT_TAGGED, two, 2, u->text);
	}
	for (size_t k = 0; k < 81; k++) {
		struct slice s[] = { t[k / 27], t[k / 9 % 3], t[k / 3 % 3],
			t[k % 3] };

		put(o, 1, CAUSE_HDR_SUBJECT_TAGGED, s, 4, u->text);
	}
}

/* Outlook writes the Subject without its marks into Thread-Topic, and lists
 * leave that alone. */
static void
from_topic(struct offer *o)
{
	const struct message *m = o->c->s->m;
	struct slice topic = SLICE_NONE, decoded;
	struct subject u;
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < m->nfields && topic.p == NULL; i++)
		if (slice_eq_nocase(m->field[i].name, SLICE("Thread-Topic")))
			topic = slice_trim(m->field[i].value);
	if (topic.p == NULL || topic.len == 0 || topic.len > 2000)
		return;
	struct offer other = *o;

	other.value = topic;
	if (!offer_decoded(&other, &decoded))
		decoded = topic;
	subject_read(&u, topic);
	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		struct slice mark = slice_of(marks[k].text);
		unsigned n = marks[k].topic;

		put(o, n, CAUSE_HDR_SUBJECT_FROM_TOPIC, &mark, 1, topic);
		put(o, n / 4 + 1, CAUSE_HDR_SUBJECT_FROM_TOPIC, &mark, 1,
		    decoded);
		if (u.tag.len > 0)
			put(o, n / 4 + 1, CAUSE_HDR_SUBJECT_FROM_TOPIC, &mark,
			    1, u.text);
	}
	buf_release(&b);
}

/* text without the white space behind "," and ";": behind all, behind those
 * where it is folded, or behind the one at place only, counted from 1. */
enum {
	ALL_COMMAS = -1,
	FOLDED_COMMAS = -2,
};

static bool
without_blanks(struct buf *b, struct slice text, int only)
{
	bool any = false;
	int place = 0;

	for (size_t i = 0; i < text.len; i++) {
		size_t n = i + 1;
		bool folded = false, here;

		buf_char(b, text.p[i]);
		if (text.p[i] != ',' && text.p[i] != ';')
			continue;
		while (n < text.len && ascii_is_fws(text.p[n]))
			folded |= text.p[n++] == '\n';
		if (n == i + 1)
			continue;
		place++;
		here = only == ALL_COMMAS || only == place ||
		       (only == FOLDED_COMMAS && folded);
		any |= here;
		i = here ? n - 1 : i;
	}
	return any;
}

/* Mailman 2 folds behind a comma, and a fold is a blank. */
static void
with_fold_blanks(struct offer *o, const struct subject *u)
{
	static const struct {
		int only;
		unsigned less;
	} ways[] = { { FOLDED_COMMAS, 8 }, { ALL_COMMAS, 16 }, { 1, 32 },
		{ 2, 32 }, { 3, 64 }, { 4, 64 }, { 5, 64 }, { 6, 64 } };

	for (size_t k = 0; k < ARRAY_LEN(ways); k++) {
		struct buf b = { .max = 0 };
		bool any = without_blanks(&b, u->text, ways[k].only);
		struct slice text = search_keep(o->c->s, &b);

		buf_release(&b);
		if (!any || text.p == NULL)
			continue;
		with_marks(o, u, text, ways[k].less, CAUSE_HDR_FOLD_BLANK);
	}
}

/* A tag that nothing separates from the text. */
static void
with_close_tag(struct offer *o, const struct subject *u)
{
	struct slice tag = slice_trim(u->tag);

	for (size_t k = 0; k < ARRAY_LEN(marks) && tag.len > 0; k++) {
		struct slice s[] = { slice_of(marks[k].text), tag };

		put(o, 1 + marks[k].replaced / 64, CAUSE_HDR_SUBJECT_TAGGED, s,
		    2, u->text);
	}
}

/* Behind a mark that a filter put before all else and that is no "[tag]":
 * "*** SPAM ***", "{Spam?}", "(Ext)", "EXTERNAL:"; 0 when there is none. */
static size_t
filter_mark_end(struct slice s)
{
	size_t n = 0, stars = 0;

	if (s.len > 0 && (s.p[0] == '{' || s.p[0] == '(')) {
		n = slice_find(s, s.p[0] == '{' ? '}' : ')') + 1;
	} else if (s.len > 0 && s.p[0] == '*') {
		while (stars < s.len && s.p[stars] == '*')
			stars++;
		n = stars + slice_find(slice_sub(s, stars, s.len), '*');
		while (n < s.len && s.p[n] == '*')
			n++;
	} else {
		while (n < s.len && s.p[n] >= 'A' && s.p[n] <= 'Z')
			n++;
		n = n >= 3 && n < s.len && s.p[n] == ':' ? n + 1 : 0;
	}
	return n < s.len && n <= 24 ? n : 0;
}

/* The same, or a tag in front of another. */
static size_t
front_end(struct slice s)
{
	size_t n = filter_mark_end(s), tag = tag_end(s);

	if (n > 0 || tag == 0)
		return n;
	return tag_end(drop_blanks(slice_sub(s, tag, s.len))) > 0 ? tag : 0;
}

enum {
	MAX_BEFORE = 3 * ARRAY_LEN(marks),
};

static void
add_before(struct offer *o, struct list_before before[], size_t *n,
    unsigned count, enum cause_id cause, struct slice one, struct slice two)
{
	struct list_before *p = &before[*n];
	struct buf b = { .max = 0 };

	buf_slice(&b, one);
	buf_slice(&b, two);
	if (b.len > 0)
		p->text = search_keep(o->c->s, &b);
	else
		p->text = SLICE("");
	buf_release(&b);
	p->count = count;
	p->cause = cause;
	*n += p->text.p != NULL;
}

/* A text that was encoded anew with the tag and the marks; less: how much rarer
 * that is than what lists do. */
static void
with_words(struct offer *o, struct slice text, unsigned less)
{
	struct list_before before[MAX_BEFORE];
	struct slice tag, none = SLICE("");
	struct subject u;
	struct buf b = { .max = 0 };
	unsigned more = list_words_library(o->value) ? 4 : 1;
	size_t n = 0;

	subject_read(&u, text);
	if (slice_is_ascii(u.text))
		return;
	buf_slice(&b, slice_trim(u.tag));
	buf_text(&b, u.tag.len > 0 ? " " : "");
	tag = u.tag.len > 0 ? search_keep(o->c->s, &b) : none;
	buf_release(&b);
	for (size_t k = 0; k < ARRAY_LEN(marks) && tag.p != NULL; k++) {
		struct slice mark = slice_of(marks[k].text);
		unsigned count = mark_count(&u, &marks[k]) * more / less;

		add_before(o, before, &n, count,
		    tag.len > 0 ? CAUSE_HDR_SUBJECT_TAGGED
				: CAUSE_HDR_SUBJECT_REENCODED,
		    mark, none);
		if (tag.len == 0)
			continue;
		add_before(o, before, &n, count, CAUSE_HDR_SUBJECT_REENCODED,
		    mark, tag);
		add_before(o, before, &n, count / 4 + 1,
		    CAUSE_HDR_SUBJECT_REENCODED, tag, mark);
	}
	list_words_subject(o, u.text, before, n);
}

static void
with_all_words(struct offer *o)
{
	struct slice text;

	if (find_word(o->value, SLICE("=?")) == o->value.len ||
	    !offer_decoded(o, &text))
		return;
	size_t front = front_end(text);

	with_words(o, text, 1);
	if (front > 0)
		with_words(o, drop_blanks(slice_sub(text, front, text.len)), 4);
}

/* The value with plain text where Mailman 3 wrote encoded words of ASCII. */
static struct slice
unencoded(struct offer *o)
{
	struct slice value = o->value;

	if (words_unencode(&o->text, o->c->s->arena, value))
		value = search_keep(o->c->s, &o->text);
	buf_clear(&o->text);
	return value.p != NULL ? value : o->value;
}

void
list_subject(struct offer *o)
{
	struct slice value;
	struct subject u;

	if (o->field == NULL || o->value.len > 2000)
		return;
	value = unencoded(o);
	if (value.p != o->value.p)
		list_value(o, 300, CAUSE_HDR_ENCODED_BY_LIBRARY, value);
	list_kept(o, value.p != o->value.p ? 60 : 500);
	subject_read(&u, value);
	with_marks(o, &u, u.text, 1, CAUSE_NONE);
	from_topic(o);
	/* A second tag of another list. */
	if (tag_end(u.text) > 0) {
		struct subject two = u;

		two.text =
		    drop_blanks(slice_sub(u.text, tag_end(u.text), u.text.len));
		two.tag.len = 0;
		with_marks(o, &two, two.text, 64, CAUSE_NONE);
	}
	/* A filter behind the list: its mark may look like a tag. */
	size_t mark = front_end(value);

	if (mark > 0) {
		struct subject two;

		subject_read(
		    &two, drop_blanks(slice_sub(value, mark, value.len)));
		with_marks(o, &two, two.text, 64, CAUSE_NONE);
	}
	with_all_words(o);
	with_fold_blanks(o, &u);
	with_close_tag(o, &u);
	with_sequences(o, &u);
}
