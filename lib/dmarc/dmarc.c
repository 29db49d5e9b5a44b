/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dmarc/dmarc.h"
#include "mail/author.h"
#include "mail/idn.h"

enum {
	MAX_AUTHORS = 64, /* addresses of From that are looked at */
	MAX_NAME = 253,
	MAX_LABEL = 63,
	DIAG_MOST = 1000, /* octets of a detail, which is cut to its room */
};

static const struct slice prefix = SLICE("_dmarc.");

/* ------------------------------------------------------------------------
 * The author. */

/* A domain of From in the form that is asked for and compared.  -1 with
 * DIAG_DMARC_AUTHOR and others. */
static int
make_domain(
    struct slice text, struct arena *arena, struct slice *out, struct diag *why)
{
	char q[DIAG_QUOTED];
	struct slice rest, label, ascii;
	char *lower;

	if (text.len > 0 && text.p[0] == '[')
		return diag_set(why, DIAG_DMARC_AUTHOR, text,
		    "%s is an address literal", diag_quote(text, q));
	if (idn_to_ascii(text, DIAG_DMARC_AUTHOR, arena, &ascii, why) != 0)
		return -1;
	if (ascii.len > 0 && ascii.p[ascii.len - 1] == '.')
		ascii.len--;
	for (rest = ascii; slice_cut(&rest, '.', &label);)
		if (label.len == 0 || label.len > MAX_LABEL)
			return diag_set(why, DIAG_DMARC_AUTHOR, text,
			    "\"%s\" is not a domain name", diag_quote(text, q));
	if (ascii.len > MAX_NAME)
		return diag_set(why, DIAG_DMARC_AUTHOR, text,
		    "the domain has %zu bytes; the limit is %d", ascii.len,
		    MAX_NAME);
	*out = arena_copy(arena, ascii);
	if ((lower = (char *)out->p) == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < out->len; i++)
		lower[i] = ascii_lower(lower[i]);
	return 0;
}

int
dmarc_author(const struct message *m, struct arena *arena, struct slice *out,
    struct diag *why)
{
	struct slice domain[MAX_AUTHORS], first = SLICE_NONE;
	size_t n = author_domains(m, domain, MAX_AUTHORS), fields = 0;
	char q[DIAG_QUOTED], p[DIAG_QUOTED];

	*out = SLICE_NONE;
	for (size_t i = 0; i < m->nfields; i++)
		fields += slice_eq_nocase(m->field[i].name, SLICE("From"));
	if (fields > 1) /* section 4.4 */
		return diag_set(why, DIAG_DMARC_AUTHOR, SLICE_NONE,
		    "%zu From fields", fields);
	if (n == 0)
		return diag_set(why, DIAG_DMARC_AUTHOR, SLICE_NONE,
		    "no address with a domain");
	if (n > MAX_AUTHORS)
		return diag_set(why, DIAG_DMARC_AUTHOR, SLICE_NONE,
		    "%zu addresses; the limit is %d", n, MAX_AUTHORS);
	for (size_t i = 0; i < n; i++) {
		struct slice one;

		if (make_domain(domain[i], arena, &one, why) != 0)
			return -1;
		if (i == 0)
			first = one;
		else if (!slice_eq(first, one))
			return diag_set(why, DIAG_DMARC_AUTHOR, domain[i],
			    "%s and %s", diag_quote(first, q),
			    diag_quote(one, p));
	}
	*out = first;
	return 0;
}

/* ------------------------------------------------------------------------
 * The tree walk (section 4.10). */

static size_t
count_labels(struct slice domain)
{
	struct slice label;
	size_t n = 0;

	while (slice_cut(&domain, '.', &label))
		n++;
	return n;
}

static struct slice
parent(struct slice domain)
{
	size_t at = slice_find(domain, '.');

	return slice_sub(domain, at + 1, domain.len);
}

/* The domain after this one on a walk; empty at its end. */
static struct slice
next_domain(struct slice domain)
{
	size_t labels = count_labels(domain);

	domain = parent(domain);
	while (labels-- > DMARC_MAX_WALK)
		domain = parent(domain);
	return domain;
}

size_t
dmarc_walk(struct slice domain, struct arena *arena,
    struct question out[DMARC_MAX_WALK])
{
	size_t n = 0;

	for (struct slice d = domain; d.len > 0 && n < DMARC_MAX_WALK;
	     d = next_domain(d)) {
		char *p = arena_alloc(arena, prefix.len + d.len);

		if (p == NULL)
			return 0;
		memcpy(p, prefix.p, prefix.len);
		memcpy(p + prefix.len, d.p, d.len);
		/* Nothing stands at a name that is too long. */
		if (prefix.len + d.len <= MAX_NAME)
			out[n++] = (struct question){ { p, prefix.len + d.len },
				RR_TXT };
	}
	return n;
}

struct tree_walk {
	struct dmarc_stop stop[DMARC_MAX_WALK]; /* up to a psd=y or psd=n */
	size_t n;
	size_t organizational; /* which of them; n: none has a record */
	struct slice domain;   /* the organizational domain */
	size_t failed;	       /* the first that failed; n: none did */
	bool not_asked; /* some are in no keys file, and no more is known */
};

/* The records of an answer. */
static void
read_stop(const struct answer *a, struct dmarc_stop *s)
{
	struct dmarc_record r;

	s->kind = a->kind;
	s->not_asked = a->not_asked;
	s->failed = a->kind != ANSWER_RECORDS && a->kind != ANSWER_NXDOMAIN &&
		    a->kind != ANSWER_NODATA;
	s->nrecords = 0;
	for (size_t i = 0; i < a->ntxt; i++)
		if (dmarc_record_read(a->txt[i].text, &r) && s->nrecords++ == 0)
			s->record = r;
}

/* Whether it has a record that counts (step 2). */
static bool
has_record(const struct dmarc_stop *s)
{
	return s->nrecords == 1;
}

/* Find the organizational domain (section 4.10.2). */
static void
find_organizational(struct tree_walk *w, struct slice start)
{
	struct slice below;

	w->organizational = w->n;
	w->domain = start;
	for (size_t i = 0; i < w->n; i++) {
		const struct dmarc_stop *s = &w->stop[i];

		if (has_record(s) && s->record.psd == 'y' && i > 0) {
			/* One label below, which a long walk may have left
			 * out. */
			below = start;
			while (!slice_eq(parent(below), s->domain))
				below = parent(below);
			w->domain = below;
			w->organizational =
			    slice_eq(below, w->stop[i - 1].domain) &&
				    has_record(&w->stop[i - 1])
				? i - 1
				: w->n;
			return;
		}
		if (has_record(s)) {
			w->organizational = i;
			w->domain = s->domain;
		}
		if (has_record(s) && s->record.psd == 'n')
			return;
	}
}

/* Read the answers of a walk that was asked.  -1: memory. */
static int
read_walk(struct slice domain, struct keystore *keys, struct arena *arena,
    struct tree_walk *w, struct diag *why)
{
	struct question q[DMARC_MAX_WALK];
	size_t n = dmarc_walk(domain, arena, q);

	*w = (struct tree_walk){ .n = 0 };
	if (n == 0 && domain.len > 0 && domain.len < MAX_NAME - prefix.len)
		return diag_memory(why);
	w->failed = n;
	while (w->n < n) {
		struct dmarc_stop *s = &w->stop[w->n];
		const struct answer *a = keystore_answer(keys, q[w->n]);

		if (a == NULL)
			return diag_set(
			    why, DIAG_INTERNAL, domain, "not asked");
		s->domain =
		    slice_sub(q[w->n].name, prefix.len, q[w->n].name.len);
		read_stop(a, s);
		w->not_asked |= a->not_asked;
		if (s->failed && w->failed == n)
			w->failed = w->n;
		w->n++;
		if (has_record(s) && s->record.psd != 'u')
			break;
	}
	if (w->failed > w->n)
		w->failed = w->n;
	find_organizational(w, domain);
	return 0;
}

/* ------------------------------------------------------------------------
 * Evaluation. */

struct eval {
	struct keystore *keys;
	struct arena *arena;
	int64_t deadline;
	struct dmarc_verdict *out;
	struct dmarc_identifier *identifier;
	size_t n;
	struct tree_walk walk;		 /* of the author's domain */
	const struct dmarc_stop *policy; /* whose record applies; or NULL */
};

/* Whether a record stands at the author's domain itself. */
static bool
is_own(const struct eval *e, const struct dmarc_stop *s)
{
	return s != NULL && slice_eq(s->domain, e->out->domain);
}

/* Find the record that applies (section 4.10.1): of the domain itself, of its
 * organizational domain, of the public suffix domain. */
static void
find_policy(struct eval *e)
{
	struct tree_walk *w = &e->walk;
	struct dmarc_stop *last = w->n > 0 ? &w->stop[w->n - 1] : NULL;

	if (w->n > 0 && has_record(&w->stop[0]) && is_own(e, &w->stop[0]))
		e->policy = &w->stop[0];
	else if (w->organizational < w->n)
		e->policy = &w->stop[w->organizational];
	else if (last != NULL && has_record(last) && last->record.psd == 'y')
		e->policy = last;
}

/* Whether what failed on the way leaves it open which record applies. */
static bool
policy_is_open(const struct eval *e)
{
	const struct tree_walk *w = &e->walk;

	return w->failed < w->n && !is_own(e, e->policy);
}

static bool
strict_for(const struct eval *e, enum auth_method method)
{
	return method == METHOD_DKIM ? e->policy->record.strict_dkim
				     : e->policy->record.strict_spf;
}

/* Whether the identifier's own walk has to be known. */
static bool
wants_walk(const struct eval *e, const struct dmarc_identifier *id)
{
	return id->result == RESULT_PASS &&
	       !slice_eq(id->domain, e->out->domain) &&
	       !strict_for(e, id->method);
}

/* Whether it makes a difference that the author's domain exists. */
static bool
wants_existence(const struct eval *e)
{
	const struct dmarc_record *r = &e->policy->record;

	return !is_own(e, e->policy) && !r->invalid && r->np.p != NULL &&
	       dmarc_policy_read(r->np) !=
		   dmarc_policy_read(r->sp.p != NULL ? r->sp : r->p);
}

/* What is known of it from answers that are there: -1 nothing, else 0 or 1. */
static int
known_existence(const struct eval *e)
{
	struct question q = { e->out->domain, RR_TXT };
	const struct tree_walk *w = &e->walk;

	/* What stands below it makes it exist (RFC 8020). */
	if (is_own(e, &w->stop[0]) && (w->stop[0].kind == ANSWER_NODATA ||
					  w->stop[0].kind == ANSWER_RECORDS))
		return 1;
	for (; q.type < RR_TYPES; q.type++) {
		const struct answer *a = keystore_answer(e->keys, q);

		if (a == NULL)
			continue;
		if (a->kind == ANSWER_RECORDS || a->kind == ANSWER_NODATA ||
		    a->cname.len > 0)
			return 1;
		if (a->kind == ANSWER_NXDOMAIN)
			return 0;
	}
	return -1;
}

/* Ask the walks of identifiers, and whether the author's domain exists. */
static int
ask_rest(struct eval *e, struct diag *why)
{
	bool existence = wants_existence(e) && known_existence(e) < 0;
	struct question *q = arena_array(
	    e->arena, e->n * DMARC_MAX_WALK + 1, sizeof(struct question));
	size_t n = 0;

	if (q == NULL)
		return diag_memory(why);
	if (existence)
		q[n++] = (struct question){ e->out->domain, RR_A };
	for (size_t i = 0; i < e->n; i++)
		if (wants_walk(e, &e->identifier[i]))
			n += dmarc_walk(
			    e->identifier[i].domain, e->arena, q + n);
	return n > 0 ? keystore_ask(e->keys, q, n, e->deadline, why) : 0;
}

/* Lower by one step under t=y. */
static enum dmarc_policy
lowered(enum dmarc_policy p, bool testing)
{
	return testing && p > DMARC_NONE ? (enum dmarc_policy)(p - 1) : p;
}

/* Which policy the record asks for here. */
static void
set_policy(struct eval *e)
{
	const struct dmarc_record *r = &e->policy->record;
	struct slice value = r->p;

	e->out->record = r;
	e->out->policy_domain = e->policy->domain;
	e->out->exists = !wants_existence(e) || known_existence(e) != 0;
	if (r->invalid) {
		e->out->policy = DMARC_NONE;
		return;
	}
	if (!is_own(e, e->policy)) {
		if (r->sp.p != NULL)
			value = r->sp;
		if (r->np.p != NULL && !e->out->exists)
			value = r->np;
	}
	e->out->policy = lowered(dmarc_policy_read(value), r->testing);
}

/* Whether an identifier that passed is aligned; *open where what failed on the
 * way may make another of that. */
static int
align(struct eval *e, struct dmarc_identifier *id, bool *open, struct diag *why)
{
	const struct tree_walk *author = &e->walk;
	struct tree_walk w;

	if (slice_eq(id->domain, e->out->domain)) {
		id->organizational = author->domain;
		id->aligned = true;
		return 0;
	}
	if (!wants_walk(e, id))
		return 0;
	if (read_walk(id->domain, e->keys, e->arena, &w, why) != 0)
		return -1;
	id->organizational = w.domain;
	id->aligned = slice_eq(w.domain, author->domain);
	/* What fails above the organizational domain, where both walks are the
	 * same, makes no other of two that meet below. */
	if (id->aligned)
		*open = author->failed < author->organizational ||
			w.failed < w.organizational;
	else
		*open = author->failed < author->n || w.failed < w.n;
	return 0;
}

/* Whether an identifier that may still pass would be aligned. */
static bool
may_align(const struct eval *e, const struct dmarc_identifier *id)
{
	struct slice org = e->walk.domain;

	if (id->result != RESULT_TEMPERROR)
		return false;
	if (slice_eq(id->domain, e->out->domain))
		return true;
	return !strict_for(e, id->method) &&
	       (slice_eq(id->domain, org) ||
		   (id->domain.len > org.len &&
		       id->domain.p[id->domain.len - org.len - 1] == '.' &&
		       slice_ends_nocase(id->domain, org)));
}

/* Tell of a failure on the way. */
static void
set_failure(struct eval *e, const struct tree_walk *w)
{
	const struct dmarc_stop *s = &w->stop[w->failed];
	char q[DIAG_QUOTED];

	e->out->result = RESULT_TEMPERROR;
	diag_set(&e->out->why, answer_diag(s->kind), SLICE_NONE,
	    "%s at _dmarc.%s", answer_word(s->kind), diag_quote(s->domain, q));
}

/* Nothing is aligned: say what passed, if anything did. */
static void
set_fail(struct eval *e)
{
	struct buf b = { .max = DIAG_MOST };
	char q[DIAG_QUOTED], p[DIAG_QUOTED];

	e->out->result = RESULT_FAIL;
	for (size_t i = 0; i < e->n; i++) {
		const struct dmarc_identifier *id = &e->identifier[i];

		if (id->result != RESULT_PASS)
			continue;
		diag_set(&e->out->why, DIAG_DMARC_ALIGNMENT, SLICE_NONE,
		    "%s passed for %s, the author is %s",
		    auth_method_word(id->method), diag_quote(id->domain, q),
		    diag_quote(e->out->domain, p));
		return;
	}
	for (size_t i = 0; i < e->n; i++)
		buf_printf(&b, "%s%s=%s for %s", i > 0 ? ", " : "",
		    auth_method_word(e->identifier[i].method),
		    auth_result_word(e->identifier[i].result),
		    diag_quote(e->identifier[i].domain, q));
	if (e->n == 0)
		buf_text(&b, "no signature");
	diag_set(&e->out->why, DIAG_DMARC_FAIL, SLICE_NONE, "%.*s",
	    SLICE_ARG(buf_view(&b)));
	buf_release(&b);
}

/* An identifier that would be aligned could not be checked just now. */
static void
set_open(struct eval *e, const struct dmarc_identifier *id)
{
	char q[DIAG_QUOTED];

	e->out->result = RESULT_TEMPERROR;
	diag_set(&e->out->why, DIAG_DMARC_OPEN, SLICE_NONE, "%s for %s",
	    auth_method_word(id->method), diag_quote(id->domain, q));
}

/* Judge the identifiers under the policy that was found. */
static int
judge(struct eval *e, struct diag *why)
{
	bool some_open = false;

	for (size_t i = 0; i < e->n; i++) {
		struct dmarc_identifier *id = &e->identifier[i];
		bool open = false;

		if (id->result != RESULT_PASS)
			continue;
		if (align(e, id, &open, why) != 0)
			return -1;
		some_open |= open;
		if (id->aligned && !open)
			e->out->result = RESULT_PASS;
	}
	if (e->out->result == RESULT_PASS)
		return 0;
	if (some_open || policy_is_open(e)) {
		struct tree_walk *w = &e->walk, other;

		for (size_t i = 0; i < e->n && w->failed == w->n; i++)
			if (wants_walk(e, &e->identifier[i]) &&
			    read_walk(e->identifier[i].domain, e->keys,
				e->arena, &other, why) == 0 &&
			    other.failed < other.n)
				w = &other;
		set_failure(e, w);
		return 0;
	}
	for (size_t i = 0; i < e->n; i++)
		if (may_align(e, &e->identifier[i])) {
			set_open(e, &e->identifier[i]);
			return 0;
		}
	set_fail(e);
	return 0;
}

/* No record applies; say where there are too many for any to count. */
static void
set_none(struct eval *e)
{
	const struct tree_walk *w = &e->walk;
	char q[DIAG_QUOTED];

	e->out->result = RESULT_NONE;
	diag_set(&e->out->why, DIAG_DMARC_NONE, SLICE_NONE,
	    "nothing at _dmarc.%s or above%s", diag_quote(e->out->domain, q),
	    w->not_asked ? "; DNS was not asked (--dns)" : "");
	for (size_t i = 0; i < w->n; i++)
		if (w->stop[i].nrecords > 1) {
			diag_set(&e->out->why, DIAG_DMARC_NONE, SLICE_NONE,
			    "%zu DMARC records at _dmarc.%s, which are all "
			    "ignored",
			    w->stop[i].nrecords,
			    diag_quote(w->stop[i].domain, q));
			return;
		}
}

/* The record that applies is one without DMARC. */
static void
set_invalid(struct eval *e, const struct dmarc_stop *s)
{
	char q[DIAG_QUOTED], p[DIAG_QUOTED];
	struct slice value;
	const char *name = dmarc_record_fault(&s->record, &value);

	e->out->result = RESULT_NONE;
	if (value.p == NULL)
		diag_set(&e->out->why, DIAG_DMARC_POLICY, SLICE_NONE,
		    "no %s= at _dmarc.%s", name, diag_quote(s->domain, q));
	else
		diag_set(&e->out->why, DIAG_DMARC_POLICY, SLICE_NONE,
		    "%s=%s at _dmarc.%s", name, diag_quote(value, p),
		    diag_quote(s->domain, q));
}

static int
evaluate(struct eval *e, struct diag *why)
{
	struct question q[DMARC_MAX_WALK];
	size_t n = dmarc_walk(e->out->domain, e->arena, q);

	if (keystore_ask(e->keys, q, n, e->deadline, why) != 0 ||
	    read_walk(e->out->domain, e->keys, e->arena, &e->walk, why) != 0)
		return -1;
	find_policy(e);
	e->out->stop = e->walk.stop;
	e->out->nstops = e->walk.n;
	e->out->organizational_domain = e->walk.domain;
	if (e->policy == NULL) {
		if (e->walk.failed < e->walk.n)
			set_failure(e, &e->walk);
		else
			set_none(e);
		return 0;
	}
	if (e->policy->record.invalid && !e->policy->record.has_rua) {
		set_invalid(e, e->policy);
		return 0;
	}
	if (ask_rest(e, why) != 0)
		return -1;
	set_policy(e);
	return judge(e, why);
}

int
dmarc_check(const struct message *m, struct dmarc_identifier identifier[],
    size_t n, struct keystore *keys, int64_t deadline, struct arena *arena,
    struct dmarc_verdict *out, struct diag *why)
{
	struct eval *e = arena_alloc(arena, sizeof *e);

	*out = (struct dmarc_verdict){ .result = RESULT_FAIL,
		.exists = true,
		.identifier = identifier,
		.nidentifiers = n };
	if (e == NULL)
		return diag_memory(why);
	e->keys = keys;
	e->arena = arena;
	e->deadline = deadline;
	e->out = out;
	e->identifier = identifier;
	e->n = n;
	if (dmarc_author(m, arena, &out->domain, why) != 0) {
		if (why->code != DIAG_DMARC_AUTHOR)
			return -1;
		out->result = RESULT_PERMERROR;
		out->why = *why;
		return 0;
	}
	return evaluate(e, why);
}
