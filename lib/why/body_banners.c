/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/mime.h"
#include "why/body_banners.h"
#include "why/body_hash.h"
#include "why/body_html.h"
#include "why/body_lines.h"
#include "why/body_text.h"
#include "why/body_try.h"

enum {
	NEAR_LINES = 30, /* of a part's start or end */
	NEAR_OCTETS = 4000,
	MAX_CUTS = 200,		 /* of one part */
	MAX_CUT_PARTS = 6,	 /* whose cuts are tried */
	MADE_OCTETS = 4 << 20,	 /* of text that is encoded, a part and row */
	KEPT_OCTETS = 64 * 1024, /* of that, besides half the body's length */
	SHORT_OCTETS = 256,	 /* of an edit that is kept as it is */
};

/* The edit that takes out what may have been put into one part. */
struct cut {
	struct edit e[2]; /* the second goes on where the first ends */
	size_t n;
	size_t letters; /* and digits, in what readers see of it */
};

struct cuts {
	struct body_case *c;
	const struct mime_part *part;
	struct slice text; /* of the part; decoded when it is encoded anew */
	bool anew;
	unsigned way;	      /* of encode_like() */
	struct slice encoded; /* all of the text, once it is asked for */
	bool alone;	      /* no other part may have been cut as well */
	uint64_t made;	      /* octets that may still be encoded */
	size_t *room;	      /* and kept */
	struct cut cut[MAX_CUTS];
	size_t n, tried;
};

/* All of a part's text, encoded, in an arena that outlives the step at work:
 * what most cuts of it begin with. */
static struct slice
encoded_text(struct cuts *cuts, struct arena *arena)
{
	struct arena *inner = cuts->c->s->arena;

	if (cuts->encoded.p == NULL) {
		cuts->c->s->arena = arena;
		if (!encode_like(cuts->c, cuts->part, cuts->way,
			whole_text(cuts->text), &cuts->encoded))
			cuts->encoded = SLICE("");
		cuts->c->s->arena = inner;
	}
	return cuts->encoded;
}

/* Keep a cut that was encoded: of what it does not have in common with the
 * body, a longer beginning is kept once for all cuts. */
static void
keep_cut(struct cuts *cuts, struct cut *cut, struct arena *arena)
{
	struct edit *e = &cut->e[0];
	size_t lines = 0;
	struct slice rest = e->with;

	if (rest.len > SHORT_OCTETS) {
		struct slice all = encoded_text(cuts, arena);

		all = slice_sub(
		    all, e->from - part_start(cuts->c, cuts->part), all.len);
		lines = lines_in_common(all, rest);
		rest = slice_sub(rest, lines, rest.len);
		cut->e[cut->n++] = (struct edit){ e->to, e->to, rest };
		e->with = slice_sub(all, 0, lines);
		e++;
	}
	if (*cuts->room < rest.len)
		return;
	*cuts->room -= rest.len;
	e->with = arena_copy(arena, rest);
	if (e->with.p == NULL)
		search_memory(cuts->c->s);
	else
		cuts->cut[cuts->n++] = *cut;
}

static size_t
letters_of(struct slice text, bool html)
{
	size_t n = 0;
	bool tag = false;

	for (size_t i = 0; i < text.len; i++) {
		if (html && (text.p[i] == '<' || text.p[i] == '>'))
			tag = text.p[i] == '<';
		n += !tag && ascii_is_alnum(text.p[i]);
	}
	return n;
}

/* Whether what was put into two parts may be one text. */
static bool
are_alike(const struct cut *a, const struct cut *b)
{
	return a->letters <= b->letters + b->letters / 2 &&
	       b->letters <= a->letters + a->letters / 2;
}

/* text[from, to) may have been put in: try it, and keep it to be tried with one
 * in another part. */
static void
add_cut(struct cuts *cuts, size_t from, size_t to)
{
	struct body_case *c = cuts->c;
	size_t start = part_start(c, cuts->part);
	struct cut cut = { { { start + from, start + to, SLICE_NONE } }, 1, 0 };
	struct step step;

	if (cuts->tried == MAX_CUTS || to <= from || c->found || c->s->failed ||
	    c->s->spent)
		return;
	cuts->tried++;
	cut.letters = letters_of(
	    slice_sub(cuts->text, from, to - from), cuts->part->html);
	if (!cuts->anew) {
		body_try(c, cut.e, 1);
		cuts->cut[cuts->n++] = cut;
		return;
	}
	if (cuts->made < cuts->text.len || !step_begin(c->s, &step))
		return;
	cuts->made -= cuts->text.len;
	if (encode_without(c, cuts->part, cuts->way, cuts->text,
		(struct span){ from, to }, cut.e)) {
		body_try(c, cut.e, 1);
		if (!c->found && !cuts->alone)
			keep_cut(cuts, &cut, step.before);
	}
	step_end(c->s, &step);
}

/* Where the last "</body" or "</html" begins; else the text's end. */
static size_t
html_end(struct slice text, struct slice word)
{
	for (size_t at = text.len; at > 0; at--)
		if (text.p[at - 1] == '<' && html_at_word(text, at - 1, word))
			return at - 1;
	return text.len;
}

/* Behind "<body ...>", or 0. */
static size_t
html_start(struct slice text)
{
	for (size_t at = 0; at < text.len; at++)
		if (text.p[at] == '<' && html_at_word(text, at, SLICE("<body")))
			return at +
			       slice_find(slice_sub(text, at, text.len), '>') +
			       1;
	return 0;
}

/* Text that may have been put before stop. */
static void
cuts_before(struct cuts *cuts, size_t stop)
{
	struct slice text = cuts->text;
	bool html = cuts->part->html;
	size_t lines = 0, least = stop > NEAR_OCTETS ? stop - NEAR_OCTETS : 0;

	for (size_t at = stop; at > least && lines < NEAR_LINES;) {
		at--;
		bool line = at == 0 || text.p[at - 1] == '\n';

		lines += line;
		if (!line && !(html && text.p[at] == '<'))
			continue;
		add_cut(cuts, at, stop);
		/* The line end before a body_footer at the part's end is the
		 * delimiter's now, and was the text's. */
		if (line && stop == text.len && at > 0) {
			bool crlf = at > 1 && text.p[at - 2] == '\r';

			add_cut(cuts, at - 1 - crlf, stop);
		}
	}
}

/* Text that may have been put behind start. */
static void
cuts_behind(struct cuts *cuts, size_t start)
{
	struct slice text = cuts->text;
	size_t stop = text.len, lines = 0;

	if (stop > start + NEAR_OCTETS)
		stop = start + NEAR_OCTETS;
	for (size_t at = start + 1; at < stop && lines < NEAR_LINES; at++) {
		bool line = text.p[at - 1] == '\n';

		lines += line;
		if (line || (cuts->part->html && text.p[at - 1] == '>'))
			add_cut(cuts, start, at);
	}
}

static void
cuts_of(struct cuts *cuts, bool at_end)
{
	struct slice text = cuts->text;
	bool html = cuts->part->html;

	if (!search_pay(cuts->c->s, (uint64_t)COST_SEEN * text.len))
		return;
	if (at_end) {
		size_t body = html ? html_end(text, SLICE("</body")) : text.len;
		size_t all = html ? html_end(text, SLICE("</html")) : text.len;

		cuts_before(cuts, body);
		if (all != body && all < text.len)
			cuts_before(cuts, all);
		if (body < text.len)
			cuts_before(cuts, text.len);
	} else {
		size_t start = html ? html_start(text) : 0;

		if (start > 0 && start < text.len)
			cuts_behind(cuts, start);
		cuts_behind(cuts, 0);
	}
}

/* A cut, from that place of the body on, less the first octets of what it puts
 * there. */
static void
put_cut(struct body_hash *h, const struct body_case *c, size_t at,
    const struct cut *cut, size_t less)
{
	const struct edit *e = cut->e;

	body_hash_put(h, slice_sub(c->body, at, e->from - at));
	body_hash_put(h, slice_sub(e->with, less, e->with.len));
	if (cut->n > 1)
		body_hash_put(h, e[1].with);
}

/* Where the first of some cuts begins, and how much all of them put there that
 * is the same and kept once. */
static size_t
first_of(const struct body_case *c, const struct cuts *cuts, size_t *same)
{
	size_t least = c->body.len;

	for (size_t k = 0; k < cuts->n; k++)
		if (cuts->cut[k].e->from < least)
			least = cuts->cut[k].e->from;
	*same = SIZE_MAX;
	for (size_t k = 0; k < cuts->n; k++) {
		const struct edit *e = cuts->cut[k].e;

		if (cuts->cut[k].n < 2 || e->from != least ||
		    e->with.p != cuts->cut[0].e->with.p)
			*same = 0;
		else if (e->with.len < *same)
			*same = e->with.len;
	}
	return least;
}

static void
cuts_found(
    struct body_case *c, const struct cut *first, const struct cut *second)
{
	const struct cut *cut[2] = { first, second };
	struct edit e[2];

	for (size_t k = 0; k < 2; k++) {
		struct buf b = { .max = 0 };

		e[k] = cut[k]->e[0];
		if (cut[k]->n == 1)
			continue;
		buf_slice(&b, e[k].with);
		buf_slice(&b, cut[k]->e[1].with);
		e[k].with = search_keep_proof(c->s, &b);
		buf_release(&b);
	}
	body_found(c, e, 2);
}

/* Of the body up to there, how many octets are hashed with the cut. */
static size_t
cut_octets(const struct cut *cut, size_t at, size_t end)
{
	return cut->e->from - at + cut->e->with.len +
	       (cut->n > 1 ? cut->e[1].with.len : 0) + end - cut->e->to;
}

/* A cut in one part and one in another behind it, of texts that are alike, or
 * are not: what stands before the second is hashed once for each cut in the
 * first. */
static void
try_pairs(
    struct body_case *c, const struct cuts *a, const struct cuts *b, bool alike)
{
	size_t same, least = first_of(c, b, &same);

	for (size_t i = 0; i < a->n && b->n > 0 && !c->found; i++) {
		const struct cut *first = &a->cut[i];
		size_t to = first->e->to, at;
		struct body_hash h;

		if (to > least)
			break;
		at = body_hash_begin(c, &h, first->e->from);
		if (!search_may(c->s, cut_octets(first, at, least) + same)) {
			digest_release(&h.d);
			break;
		}
		put_cut(&h, c, at, first, 0);
		body_hash_put(&h, slice_sub(c->body, to, least - to));
		body_hash_put(&h, slice_sub(b->cut->e->with, 0, same));
		for (size_t k = 0; k < b->n && !c->found; k++) {
			struct body_hash e;
			const struct cut *cut = &b->cut[k];

			if (are_alike(first, cut) != alike)
				continue;
			if (!search_may(c->s,
				cut_octets(cut, least, c->body.len) - same))
				break;
			body_hash_copy(&e, &h);
			put_cut(&e, c, least, cut, same);
			body_hash_put(
			    &e, slice_sub(c->body, cut->e->to, c->body.len));
			if (body_hash_fits(c, &e))
				cuts_found(c, first, cut);
		}
		digest_release(&h.d);
	}
}

/* A part's text as it stands, or decoded. */
static bool
cuts_begin(struct cuts *cuts, struct body_case *c, const struct mime_part *p,
    bool anew, unsigned way, bool at_end)
{
	cuts->c = c;
	cuts->part = p;
	cuts->anew = anew;
	cuts->way = way;
	cuts->text = p->content;
	if (anew &&
	    (p->coded == MIME_IDENTITY || !decode_part(c, p, &cuts->text)))
		return false;
	cuts_of(cuts, at_end);
	return true;
}

/* What pairs that are alike leave of the budget for the steps behind, and all
 * that is done for those that are not. */
static uint64_t
for_others(const struct body_case *c, bool alike)
{
	uint64_t left = c->s->left;

	if (c->inner)
		return left - left / (alike ? 8 : 64);
	return alike ? c->s->part / 2 : left - left / 8;
}

/* In parts as they stand; then in those that are encoded, decoded. */
static void
in_parts_as(
    struct body_case *c, bool at_end, bool alike, bool anew, unsigned way)
{
	const struct mime_part *part[MAX_CUT_PARTS];
	size_t n = text_parts(c, part, MAX_CUT_PARTS), m = 0;
	size_t room = KEPT_OCTETS + c->body.len / 2;
	struct cuts *cuts = arena_array(c->s->arena, n + 1, sizeof *cuts);
	enum cause_id row = c->cause;

	if (cuts == NULL) {
		search_memory(c->s);
		return;
	}
	for (size_t k = 0; k < n && !c->found; k++) {
		/* What is base64 has no lines to cut; a body without parts
		 * had its lines tried. */
		if (!anew && (part[k]->coded == MIME_BASE64 ||
				 (part[k] == &c->mime.root && !part[k]->html)))
			continue;
		/* In the HTML alone it is neither a body_footer nor a
		 * body_banner that all can see. */
		c->cause = part[k]->html ? CAUSE_BODY_HTML_INSERTED : row;
		cuts[m].alone = n == 1;
		cuts[m].made = with_effort(c->s, MADE_OCTETS);
		cuts[m].room = &room;
		if (cuts_begin(&cuts[m], c, part[k],
			anew && part[k]->coded != MIME_IDENTITY, way, at_end))
			m++;
		c->cause = row;
	}
	uint64_t by = alike ? search_put_by(c->s, for_others(c, true)) : 0;

	for (size_t i = 0; i < m; i++)
		for (size_t k = i + 1; k < m && !c->found; k++)
			try_pairs(c, &cuts[i], &cuts[k], alike);
	search_give_back(c->s, by);
}

static void
in_parts(struct body_case *c, bool at_end, bool alike)
{
	uint64_t by = alike ? 0 : search_put_by(c->s, for_others(c, false));
	struct step step;

	in_parts_as(c, at_end, alike, false, 0);
	for (unsigned way = 0; any_likeness(c, way) && !c->found &&
			       !c->s->spent && step_begin(c->s, &step);
	     way++) {
		in_parts_as(c, at_end, alike, true, way);
		step_end(c->s, &step);
	}
	search_give_back(c->s, by);
}

void
body_footer_in_parts(struct body_case *c)
{
	in_parts(c, true, true);
}

void
body_banner_in_parts(struct body_case *c)
{
	in_parts(c, false, true);
}

void
body_footer_in_parts_unlike(struct body_case *c)
{
	in_parts(c, true, false);
}

void
body_banner_in_parts_unlike(struct body_case *c)
{
	in_parts(c, false, false);
}
