/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "mail/authres.h"
#include "mail/author.h"
#include "base/input.h"
#include "keys/keyname.h"
#include "base/moment.h"
#include "arc/trust.h"

enum {
	DAY = 24 * 60 * 60,
	LARGEST = 64 * 1024 * 1024 /* octets of a file */
};

struct trust {
	struct arena *arena;
	struct buf text; /* notes look into it */
	struct trust_entry *entry;
	size_t n; /* sorted by domain */
};

const char *
alignment_word(enum alignment a)
{
	return a == ALIGNED_STRICT   ? "strict"
	       : a == ALIGNED_SUFFIX ? "suffix"
				     : "none";
}

const char *
trust_claim_word(enum trust_claim c)
{
	return c == CLAIM_DMARC ? "dmarc" : alignment_word((enum alignment)c);
}

const char *
trust_stop_word(enum trust_stop s)
{
	static const char *const words[] = {
		[TRUST_ALL] = "all",
		[TRUST_NO_CHAIN] = "no-chain",
		[TRUST_BARE_CR] = "bare-cr",
		[TRUST_PARTIAL] = "partial-body",
		[TRUST_UNLISTED] = "unlisted",
		[TRUST_EXPIRED] = "expired",
	};

	return words[s];
}

/* ------------------------------------------------------------------------
 * The file. */

static int
bad_line(struct diag *why, size_t line, const char *what)
{
	return diag_set(
	    why, DIAG_TRUST, SLICE_NONE, "line %zu: %s", line, what);
}

/* The domain of a line, in the one form that all others have. */
static int
take_domain(
    struct trust *t, struct slice word, struct trust_entry *e, struct diag *why)
{
	bool suffix = word.p[0] == '.';
	struct slice name;
	char detail[sizeof why->detail];

	if (keyname_domain(
		slice_sub(word, suffix, word.len), t->arena, &name, why) != 0) {
		if (diag_info(why->code)->class == DIAG_CLASS_TROUBLE)
			return -1;
		memcpy(detail, why->detail, sizeof detail);
		return bad_line(why, e->line, detail);
	}
	e->domain = name;
	if (!suffix)
		return 0;
	char *p = arena_alloc(t->arena, name.len + 1);

	if (p == NULL)
		return diag_memory(why);
	p[0] = '.';
	memcpy(p + 1, name.p, name.len);
	e->domain = (struct slice){ p, name.len + 1 };
	return 0;
}

static int
take_line(struct trust *t, struct slice line, size_t number, struct diag *why)
{
	struct trust_entry *e = &t->entry[t->n];
	struct slice domain = slice_word(&line);

	if (domain.len == 0 || domain.p[0] == '#')
		return 0;
	*e = (struct trust_entry){ .end = INT64_MAX, .line = number };
	if (take_domain(t, domain, e, why) != 0)
		return -1;
	/* A note has its place behind the date: a date that was misspelled is
	 * not to be taken for one, and never to expire. */
	e->day = slice_word(&line);
	e->note = line;
	if (slice_eq(e->day, SLICE("-")))
		e->day = SLICE_NONE;
	if (e->day.len > 0) {
		if (!moment_day(e->day, &e->end))
			return bad_line(why, number,
			    "after the domain, expected the last day on which "
			    "it is trusted, like 2027-06-30, or -");
		e->end += DAY;
	}
	t->n++;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct trust_entry *x = a, *y = b;

	return slice_cmp(x->domain, y->domain);
}

/* Two lines for a domain could say two things. */
static int
check_twice(const struct trust *t, struct diag *why)
{
	for (size_t i = 1; i < t->n; i++) {
		size_t x = t->entry[i - 1].line, y = t->entry[i].line;

		if (slice_eq(t->entry[i - 1].domain, t->entry[i].domain))
			return diag_set(why, DIAG_TRUST, SLICE_NONE,
			    "line %zu: the domain is already in line %zu",
			    x > y ? x : y, x > y ? y : x);
	}
	return 0;
}

static int
read_text(struct trust *t, const char *path, struct diag *why)
{
	struct slice rest, line;
	size_t lines = 1, number = 0;

	t->text.max = LARGEST;
	if (input_read_file(path, &t->text, why) != 0)
		return t->text.failure == BUF_TOO_BIG
			   ? diag_set(why, DIAG_TRUST, SLICE_NONE,
				 "it is longer than 64 MiB")
			   : -1;
	rest = buf_view(&t->text);
	for (size_t i = 0; i < rest.len; i++)
		lines += rest.p[i] == '\n';
	t->entry = arena_array(t->arena, lines, sizeof *t->entry);
	if (t->entry == NULL)
		return diag_memory(why);
	while (slice_cut(&rest, '\n', &line))
		if (take_line(t, line, ++number, why) != 0)
			return -1;
	qsort(t->entry, t->n, sizeof *t->entry, compare);
	return check_twice(t, why);
}

int
trust_read(const char *path, struct trust **out, struct diag *why)
{
	struct trust *t = calloc(1, sizeof *t);
	int result = -1;

	if (t == NULL || (t->arena = arena_new()) == NULL)
		diag_memory(why);
	else
		result = read_text(t, path, why);
	if (result != 0) {
		trust_free(t);
		t = NULL;
	}
	*out = t;
	return result;
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	arena_free(t->arena);
	buf_release(&t->text);
	free(t);
}

/* The line for a domain: its own, or one for a suffix of it.  Of several, one
 * that counts comes before one that has expired. */
static const struct trust_entry *
find(const struct trust *t, struct slice domain, int64_t now)
{
	const struct trust_entry *expired = NULL;

	for (size_t i = 0; i < domain.len; i++) {
		struct trust_entry key = { .domain = slice_sub(
					       domain, i, domain.len) };
		const struct trust_entry *e = NULL;

		if ((i == 0 || domain.p[i] == '.') && t->n > 0)
			e = bsearch(
			    &key, t->entry, t->n, sizeof *t->entry, compare);
		if (e != NULL && now < e->end)
			return e;
		if (expired == NULL)
			expired = e;
	}
	return expired;
}

/* ------------------------------------------------------------------------
 * Whom results are about. */

/* Whether one is the other, or below it.  Both are in one form. */
static enum alignment
align(struct slice a, struct slice b)
{
	struct slice longer = a.len > b.len ? a : b,
		     shorter = a.len > b.len ? b : a;

	if (a.p == NULL || b.p == NULL || !slice_ends_nocase(longer, shorter))
		return ALIGNED_NOT;
	if (longer.len == shorter.len)
		return ALIGNED_STRICT;
	return longer.p[longer.len - shorter.len - 1] == '.' ? ALIGNED_SUFFIX
							     : ALIGNED_NOT;
}

/* A domain in the form of entries; a NULL pointer for what is none.  -1 with
 * DIAG_MEMORY, DIAG_SYSTEM. */
static int
usual_form(
    struct slice text, struct arena *arena, struct slice *out, struct diag *why)
{
	*out = SLICE_NONE;
	if (text.len == 0 || keyname_domain(text, arena, out, why) == 0)
		return 0;
	*out = SLICE_NONE;
	return diag_info(why->code)->class == DIAG_CLASS_TROUBLE ? -1 : 0;
}

/* What stands behind the last "@", or all; Zoho writes "<a@b.example>". */
static struct slice
domain_part(struct slice value)
{
	size_t n = value.len;

	while (n > 0 && value.p[n - 1] != '@')
		n--;
	struct slice domain = slice_sub(value, n, value.len);

	if (n > 0 && domain.len > 0 && domain.p[domain.len - 1] == '>')
		domain.len--;
	return domain;
}

/* Whether a property is there, and its value: a NULL pointer when it stands
 * there with two. */
static bool
property(const struct authres_result *r, const char *name, struct slice *out)
{
	struct slice value = { NULL, 0 };
	bool there = false;

	*out = value;

	for (size_t i = 0; i < r->nproperties; i++) {
		const struct authres_property *p = &r->property[i];

		if (!slice_eq_nocase(p->name, slice_of(name)))
			continue;
		if (there && !slice_eq_nocase(value, p->value))
			return true;
		there = true;
		value = p->value;
	}
	*out = value;
	return there;
}

/* The properties that name whom a method is about, first choice first.  Of
 * header.i the d= is that domain or one above it, so it tells less. */
static const struct {
	const char *method, *property;
	enum alignment most;
} identifiers[] = {
	{ "dmarc", "header.from", ALIGNED_STRICT },
	{ "dkim", "header.d", ALIGNED_STRICT },
	{ "dkim", "header.i", ALIGNED_SUFFIX },
	{ "spf", "smtp.mailfrom", ALIGNED_STRICT },
};

static bool
take_result(const struct authres_result *r, struct trust_result *out,
    enum alignment *most)
{
	bool known = false;

	*out = (struct trust_result){ .method = r->method };
	for (size_t i = 0; i < ARRAY_LEN(identifiers); i++) {
		if (!slice_eq_nocase(
			r->method, slice_of(identifiers[i].method)))
			continue;
		known = true;
		if (!property(r, identifiers[i].property, &out->identifier))
			continue;
		*most = identifiers[i].most;
		if (out->identifier.p != NULL)
			out->property = slice_of(identifiers[i].property);
		break;
	}
	return known && (r->fault.why == NULL || r->extra) &&
	       authres_knows(r->version) &&
	       slice_eq_nocase(r->result, SLICE("pass"));
}

static enum trust_claim
claim_of(const struct trust_result *r)
{
	if (slice_eq_nocase(r->method, SLICE("dmarc")))
		return r->alignment == ALIGNED_STRICT ? CLAIM_DMARC
						      : CLAIM_NONE;
	return (enum trust_claim)r->alignment;
}

static int
judge_aar(const struct sigfield *aar, struct arena *arena, struct trusted *out,
    struct diag *why)
{
	struct authres a;

	if (authres_parse(aar->payload, arena, &a, why) != 0)
		return -1;
	out->result = arena_array(arena, a.nresults + 1, sizeof *out->result);
	if (out->result == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < a.nresults && authres_knows(a.version); i++) {
		struct trust_result *r = &out->result[out->nresults];
		enum alignment most = ALIGNED_NOT;
		struct slice domain;

		out->refuted |=
		    slice_eq_nocase(a.result[i].method, SLICE("dmarc")) &&
		    slice_eq_nocase(a.result[i].result, SLICE("fail"));
		if (!take_result(&a.result[i], r, &most))
			continue;
		if (usual_form(
			domain_part(r->identifier), arena, &domain, why) != 0)
			return -1;
		r->alignment = align(domain, out->author);
		if (r->alignment > most)
			r->alignment = most;
		if (claim_of(r) > out->claim)
			out->claim = claim_of(r);
		out->nresults++;
	}
	if (out->refuted)
		out->claim = CLAIM_NONE;
	return 0;
}

/* ------------------------------------------------------------------------
 * The chain. */

/* Walk down as far as sealers are in the file. */
static int
walk(const struct trust *t, const struct chain *c, struct arena *arena,
    int64_t now, struct trusted *out, struct diag *why)
{
	for (unsigned i = c->n; i >= 1; i--) {
		struct slice domain;

		if (usual_form(c->set[i].part[ARC_SEAL]->tags.domain, arena,
			&domain, why) != 0)
			return -1;
		out->entry[i] = domain.p != NULL ? find(t, domain, now) : NULL;
		if (out->entry[i] == NULL || now >= out->entry[i]->end) {
			out->stop = out->entry[i] == NULL ? TRUST_UNLISTED
							  : TRUST_EXPIRED;
			out->stopped = i;
			break;
		}
		out->depth++;
		out->instance = i;
	}
	return 0;
}

int
trust_judge(const struct trust *t, const struct message *m,
    const struct chain *c, const struct verdict *v, int64_t now,
    struct trusted *out, struct diag *why)
{
	bool only;
	struct slice author = author_domain(m, &only);

	memset(out, 0, sizeof *out);
	if (usual_form(
		only ? author : SLICE_NONE, m->arena, &out->author, why) != 0)
		return -1;
	if (v->cv != CV_PASS) {
		out->stop = TRUST_NO_CHAIN;
		return 0;
	}
	if (message_has_bare_cr(m->header)) {
		out->stop = TRUST_BARE_CR;
		return 0;
	}
	if (v->ams[c->n].body_signed < v->ams[c->n].body_length) {
		out->stop = TRUST_PARTIAL;
		return 0;
	}
	if (walk(t, c, m->arena, now, out, why) != 0)
		return -1;
	return out->instance == 0
		   ? 0
		   : judge_aar(c->set[out->instance].part[ARC_AAR], m->arena,
			 out, why);
}
