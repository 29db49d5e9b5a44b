/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/jsonread.h"
#include "why/recipe.h"

/* ------------------------------------------------------------------------
 * The fields. */

static unsigned long long
number_of(const struct recipe *r)
{
	unsigned long long n = 0;

	return slice_number(r->instance, 4, &n) ? n : 0;
}

/* The JSON, whichever tag has it. */
static void
find_json(struct search *s, struct recipe *r)
{
	r->json = SLICE_NONE;
	for (size_t k = 0; k < r->tags.n; k++) {
		struct slice text;

		switch (
		    base64_decode(r->tags.tag[k].value, s->m->arena, &text)) {
		case BASE64_MEMORY: search_memory(s); return;
		case BASE64_INVALID: break;
		case BASE64_OK:
			if (text.len > 1 && text.p[0] == '{')
				r->json = text;
			break;
		}
	}
}

/* False: it cannot be read, or costs too much. */
static bool
read_field(struct search *s, struct slice value, struct recipe *r)
{
	struct diag why;

	if (value.len > RECIPE_MAX_VALUE ||
	    !search_pay(s, (uint64_t)COST_MADE * value.len))
		return false;
	if (taglist_parse(value, s->m->arena, &r->tags, &why) != 0) {
		if (why.code == DIAG_MEMORY)
			search_memory(s);
		return false;
	}
	r->instance = taglist_value(&r->tags, SLICE("m"));
	find_json(s, r);
	return true;
}

const struct recipe *
recipes(struct search *s, size_t *n)
{
	const struct message *m = s->m;

	if (s->recipe != NULL) {
		*n = s->nrecipes;
		return s->recipe;
	}
	struct recipe *all =
			  arena_array(m->arena, RECIPE_MAX_FIELDS, sizeof *all),
		      r;

	*n = 0;
	if (all == NULL) {
		search_memory(s);
		return NULL;
	}
	for (size_t i = 0; i < m->nfields && *n < RECIPE_MAX_FIELDS; i++) {
		size_t at = *n;

		if (!slice_eq_nocase(
			m->field[i].name, SLICE("Message-Instance")) ||
		    !read_field(s, m->field[i].value, &r))
			continue;
		for (; at > 0 && number_of(&all[at - 1]) < number_of(&r); at--)
			all[at] = all[at - 1];
		all[at] = r;
		(*n)++;
	}
	s->recipe = all;
	s->nrecipes = *n;
	return all;
}

bool
recipe_lists(struct search *s, const struct recipe *r,
    const unsigned char hash[DIGEST_SIZE])
{
	for (size_t k = 0; k < r->tags.n; k++) {
		struct slice rest = r->tags.tag[k].value, word, octets;

		if (!search_pay(s, (uint64_t)COST_MADE * rest.len))
			return false;
		while (slice_cut(&rest, ':', &word))
			if (word.len >= 44 && word.len < 64 &&
			    base64_decode(word, s->arena, &octets) ==
				BASE64_OK &&
			    octets.len == DIGEST_SIZE &&
			    memcmp(octets.p, hash, DIGEST_SIZE) == 0)
				return true;
	}
	return false;
}

/* d= of a DKIM2-Signature with the same m=; or empty. */
static struct slice
domain_of(struct search *s, const struct recipe *r)
{
	const struct message *m = s->m;
	struct taglist tags;
	struct diag why;

	for (size_t i = 0; i < m->nfields; i++)
		if (slice_eq_nocase(
			m->field[i].name, SLICE("DKIM2-Signature")) &&
		    m->field[i].value.len <= RECIPE_MAX_VALUE &&
		    search_pay(
			s, (uint64_t)COST_MADE * m->field[i].value.len) &&
		    taglist_parse(m->field[i].value, s->arena, &tags, &why) ==
			0 &&
		    slice_eq(taglist_value(&tags, SLICE("m")), r->instance))
			return taglist_value(&tags, SLICE("d"));
	return SLICE("");
}

void
recipe_claim(struct search *s, const struct recipe *r, char *out, size_t size)
{
	struct slice domain = domain_of(s, r);
	char n[DIAG_QUOTED], d[DIAG_QUOTED];

	snprintf(out, size, "Message-Instance m=%s%s%s, not verified",
	    diag_quote(r->instance, n),
	    domain.len > 0 ? " of DKIM2-Signature d=" : "",
	    domain.len > 0 ? diag_quote(domain, d) : "");
}

/* ------------------------------------------------------------------------
 * A recipe for the body. */

struct recipe_work {
	struct jsonread j;
	struct slice body;
	struct arena *arena;
	bool coded;
	size_t line;	 /* the next of the body, counted from 1 */
	size_t at, from; /* where it begins; where the edit under way does */
	struct buf text; /* what that has to write */
	struct edit *edit;
	size_t n;
};

/* Go to the beginning of a line, or to the end of the body. */
static bool
go_to(struct recipe_work *w, unsigned long long line)
{
	struct slice rest = slice_sub(w->body, w->at, w->body.len), one;

	for (; w->line < line && mime_line(&rest, &one); w->line++)
		w->at += one.len;
	return w->line == line;
}

static bool
end_edit(struct recipe_work *w)
{
	if (w->from == w->at && w->text.len == 0)
		return true;
	if (w->n == RECIPE_MAX_EDITS || w->text.failure != BUF_OK)
		return false;
	struct slice with = SLICE("");

	if (w->text.len > 0)
		with = arena_copy(w->arena, buf_view(&w->text));
	if (with.p == NULL)
		return false;
	w->edit[w->n++] = (struct edit){ w->from, w->at, with };
	buf_clear(&w->text);
	return true;
}

/* [first, last], of lines that come later than all before. */
static bool
copy_lines(struct recipe_work *w)
{
	unsigned long long range[2];

	if (jsonread_next(&w->j) != JSONREAD_ARRAY)
		return false;
	for (size_t k = 0; k < 2; k++)
		if (jsonread_next(&w->j) != JSONREAD_NUMBER ||
		    !slice_number(buf_view(&w->j.text), 9, &range[k]))
			return false;
	if (jsonread_next(&w->j) != JSONREAD_ARRAY_END || range[0] < w->line ||
	    range[1] < range[0])
		return false;
	if (!go_to(w, range[0]) || !end_edit(w) || !go_to(w, range[1] + 1))
		return false;
	w->from = w->at;
	return true;
}

static bool
write_lines(struct recipe_work *w)
{
	enum jsonread_kind kind;
	struct slice octets;

	if (jsonread_next(&w->j) != JSONREAD_ARRAY)
		return false;
	while ((kind = jsonread_next(&w->j)) == JSONREAD_STRING) {
		octets = buf_view(&w->j.text);
		if (w->coded &&
		    base64_decode(octets, w->arena, &octets) != BASE64_OK)
			return false;
		buf_slice(&w->text, octets);
		buf_text(&w->text, "\r\n");
	}
	return kind == JSONREAD_ARRAY_END;
}

static bool
do_step(struct recipe_work *w)
{
	if (jsonread_next(&w->j) != JSONREAD_KEY)
		return false;
	bool copies = slice_eq(buf_view(&w->j.text), SLICE("c")),
	     writes = slice_eq(buf_view(&w->j.text), SLICE("d"));

	return ((copies && copy_lines(w)) || (writes && write_lines(w))) &&
	       jsonread_next(&w->j) == JSONREAD_OBJECT_END;
}

static bool
do_steps(struct recipe_work *w)
{
	enum jsonread_kind kind;

	if (jsonread_next(&w->j) != JSONREAD_ARRAY)
		return false;
	while ((kind = jsonread_next(&w->j)) == JSONREAD_OBJECT)
		if (!do_step(w))
			return false;
	w->at = w->body.len;
	return kind == JSONREAD_ARRAY_END && end_edit(w);
}

/* Go into a member of an object just opened: its value is next. */
static bool
go_into(struct jsonread *j, struct slice name)
{
	while (jsonread_next(j) == JSONREAD_KEY) {
		if (slice_eq_nocase(buf_view(&j->text), name))
			return true;
		jsonread_skip(j, jsonread_next(j));
	}
	return false;
}

int
recipe_body(struct search *s, const struct recipe *r, struct slice body,
    bool coded, struct edit out[RECIPE_MAX_EDITS], size_t *n)
{
	struct recipe_work w = { .body = body,
		.arena = s->arena,
		.coded = coded,
		.line = 1,
		.edit = out };

	*n = 0;
	if (!search_pay(s, (uint64_t)COST_MADE * (body.len + r->json.len)))
		return -1;
	jsonread_init(&w.j, r->json);
	bool good = jsonread_next(&w.j) == JSONREAD_OBJECT &&
		    (!go_into(&w.j, SLICE("b")) || do_steps(&w));

	*n = w.n;
	jsonread_release(&w.j);
	buf_release(&w.text);
	return good ? 0 : -1;
}

/* ------------------------------------------------------------------------
 * A recipe for fields. */

/* [] or [{"d":["value"]}]. */
static bool
read_value(struct jsonread *j, struct arena *arena, struct slice *out)
{
	enum jsonread_kind kind;

	*out = SLICE_NONE;
	if (jsonread_next(j) != JSONREAD_ARRAY)
		return false;
	if ((kind = jsonread_next(j)) == JSONREAD_ARRAY_END)
		return true;
	if (kind != JSONREAD_OBJECT || jsonread_next(j) != JSONREAD_KEY ||
	    !slice_eq(buf_view(&j->text), SLICE("d")) ||
	    jsonread_next(j) != JSONREAD_ARRAY ||
	    jsonread_next(j) != JSONREAD_STRING)
		return false;
	*out = arena_copy(arena, buf_view(&j->text));
	return out->p != NULL && jsonread_next(j) == JSONREAD_ARRAY_END &&
	       jsonread_next(j) == JSONREAD_OBJECT_END &&
	       jsonread_next(j) == JSONREAD_ARRAY_END;
}

bool
recipe_header(struct search *s, const struct recipe *r, struct slice name,
    struct slice *out)
{
	struct jsonread j;

	if (!search_pay(s, (uint64_t)COST_MADE * r->json.len))
		return false;
	jsonread_init(&j, r->json);
	bool good = jsonread_next(&j) == JSONREAD_OBJECT &&
		    go_into(&j, SLICE("h")) &&
		    jsonread_next(&j) == JSONREAD_OBJECT && go_into(&j, name) &&
		    read_value(&j, s->arena, out);

	jsonread_release(&j);
	return good;
}
