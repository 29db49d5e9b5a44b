/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mail/authres.h"
#include "arc/lint.h"

/* Make room for as many again. */
static bool
grow(struct remarks *r)
{
	size_t max = r->max == 0 ? 8 : 2 * r->max;
	struct remark *more = arena_array(r->arena, max, sizeof *more);

	if (more == NULL) {
		r->memory_failed = true;
		return false;
	}
	for (size_t i = 0; i < r->n; i++)
		more[i] = r->remark[i];
	r->remark = more;
	r->max = max;
	return true;
}

static void __attribute__((format(printf, 5, 6)))
add(struct remarks *r, enum lint_code code, unsigned instance,
    struct slice field, const char *format, ...)
{
	va_list ap;

	if (r->n == r->max && !grow(r))
		return;
	struct remark *m = &r->remark[r->n++];

	*m = (struct remark){
		.code = code, .instance = instance, .field = field
	};
	va_start(ap, format);
	vsnprintf(m->detail, sizeof m->detail, format, ap);
	va_end(ap);
}

void
lint_add(struct remarks *r, enum lint_code code, struct slice field,
    const char *format, ...)
{
	char detail[sizeof r->remark->detail];
	va_list ap;

	va_start(ap, format);
	vsnprintf(detail, sizeof detail, format, ap);
	va_end(ap);
	add(r, code, 0, field, "%s", detail);
}

/* Without particulars. */
static void
note(struct remarks *r, enum lint_code code, const struct sigfield *f)
{
	add(r, code, f->instance, sigfield_name(f->kind), "%s", "");
}

static void
lint_key(const struct sigresult *p, unsigned i, struct slice name,
    struct remarks *out)
{
	if (p->entry == NULL)
		return;
	if (p->entry->answer.ntxt > 1)
		add(out, LINT_KEY_SEVERAL, i, name, "%zu records",
		    p->entry->answer.ntxt);
	if (p->key == NULL || p->key->why.code != DIAG_NONE)
		return;
	if (p->key->key.testing)
		add(out, LINT_KEY_TESTING, i, name, "%s", "");
	if (p->key->key.type == KEY_RSA && p->key->key.bits < 2048)
		add(out, LINT_KEY_WEAK, i, name, "%u bits", p->key->key.bits);
}

static void
lint_headers(const struct sigfield *f, size_t froms, struct remarks *out)
{
	static const struct slice forbidden[] = {
		{ "Authentication-Results", 22 },
		{ "ARC-Authentication-Results", 26 },
		{ "ARC-Message-Signature", 21 },
		{ "ARC-Seal", 8 },
	};
	const size_t n = ARRAY_LEN(forbidden);
	size_t mentions = 0, k = n;

	for (size_t i = 0; i < f->tags.nheaders; i++) {
		mentions += slice_eq_nocase(f->tags.headers[i], SLICE("from"));
		for (size_t j = 0; j < n && k == n; j++)
			if (slice_eq_nocase(f->tags.headers[i], forbidden[j]))
				k = j;
	}
	if (k < n && f->kind == ARC_AMS)
		add(out, LINT_HEADERS_FORBIDDEN, f->instance,
		    sigfield_name(ARC_AMS), "%.*s", SLICE_ARG(forbidden[k]));
	if (f->tags.empty_headers > 0)
		note(out, LINT_HEADERS_EMPTY, f);
	if (mentions > 0 && mentions <= froms)
		note(out, LINT_HEADERS_FROM_OPEN, f);
}

static bool
aar_is_empty(struct slice payload)
{
	struct slice id;

	payload = slice_trim(payload);
	if (!slice_cut(&payload, ';', &id))
		return true;
	payload = slice_trim(payload);
	return payload.len == 0 || slice_eq_nocase(payload, SLICE("none"));
}

static void
lint_set(const struct arc_set *s, const struct verdict *v, unsigned i,
    int64_t now, size_t froms, struct remarks *out)
{
	for (enum sigkind k = ARC_AMS; k <= ARC_SEAL; k++) {
		const struct sigfield *f = s->part[k];

		if (f == NULL)
			continue;
		if (!f->instance_first)
			note(out, LINT_INSTANCE_NOT_FIRST, f);
		if (f->tags.has_time && (int64_t)f->tags.time > now)
			add(out, LINT_TIME_FUTURE, i, sigfield_name(k),
			    "t=%" PRIu64, f->tags.time);
		if (k == ARC_SEAL && !f->tags.has_time)
			note(out, LINT_TIME_MISSING, f);
		lint_key(k == ARC_AMS ? &v->ams[i] : &v->seal[i], i,
		    sigfield_name(k), out);
	}
	if (s->part[ARC_AMS] != NULL)
		lint_headers(s->part[ARC_AMS], froms, out);
	if (v->ams[i].body_signed < v->ams[i].body_length)
		add(out, LINT_BODY_PARTIAL, i, sigfield_name(ARC_AMS),
		    "%" PRIu64 " of %" PRIu64 " bytes signed",
		    v->ams[i].body_signed, v->ams[i].body_length);
	if (s->part[ARC_AAR] != NULL && aar_is_empty(s->part[ARC_AAR]->payload))
		note(out, LINT_AAR_EMPTY, s->part[ARC_AAR]);
}

/* Fields of which RFC 5322 section 3.6 and RFC 2045 allow one; From has its own
 * remark. */
static void
lint_twice(const struct message *m, const struct chain *c, struct remarks *out)
{
	static const char *const once[] = { "Subject", "Date", "To", "Cc",
		"Sender", "Reply-To", "Message-ID", "In-Reply-To", "References",
		"MIME-Version", "Content-Type", "Content-Transfer-Encoding" };
	const struct sigfield *ams =
	    c->n > 0 ? c->set[c->n].part[ARC_AMS] : NULL;

	for (size_t k = 0; k < ARRAY_LEN(once); k++) {
		struct slice name = slice_of(once[k]);
		size_t n = message_count(m, name), is_signed = 0;

		if (n < 2)
			continue;
		for (size_t i = 0; ams != NULL && i < ams->tags.nheaders; i++)
			is_signed +=
			    slice_eq_nocase(ams->tags.headers[i], name);
		add(out, LINT_FIELD_TWICE, 0, name, "%zu of them, %zu signed",
		    n, is_signed < n ? is_signed : n);
	}
}

int
lint_collect(const struct message *m, const struct chain *c,
    const struct verdict *v, int64_t now, struct remarks *out)
{
	size_t froms = message_count(m, SLICE("From"));

	*out = (struct remarks){ .arena = m->arena };
	if (message_has_bare_cr(m->header))
		add(out, LINT_BARE_CR, 0, SLICE_NONE, "in the header");
	if (m->body_cr)
		add(out, LINT_BARE_CR, 0, SLICE_NONE, "in the body");
	if (c->nfields > 0 && froms > 1)
		add(out, LINT_FROM_TWICE, 0, SLICE("From"), "%zu of them",
		    froms);
	if (v->oldest_unsure)
		add(out, LINT_OLDEST_UNSURE, 0, SLICE_NONE, "%s", "");
	if (c->nfields > 0)
		lint_twice(m, c, out);
	for (unsigned i = 1; i <= c->n; i++)
		lint_set(&c->set[i], v, i, now, froms, out);
	return out->memory_failed ? -1 : 0;
}

/* ------------------------------------------------------------------------
 * Style. */

static bool
has_high(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	return false;
}

/* Octets of the longest line, its end not counted. */
static size_t
longest_line(struct slice s)
{
	struct slice line;
	size_t most = 0;

	while (slice_line(&s, &line))
		most = line.len > most ? line.len : most;
	return most;
}

/* A ";" within a comment, quotes counted. */
static bool
has_semicolon_in_comment(struct slice s)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && s.p[i] == '(')
			depth++;
		else if (!quoted && s.p[i] == ')')
			depth -= depth > 0;
		else if (s.p[i] == ';' && depth > 0)
			return true;
	return false;
}

/* What any ARC field can have. */
static void
style_field(const struct sigfield *f, struct remarks *out)
{
	struct slice v = f->field->value;
	struct slice lead = slice_sub(v, 0, slice_find(v, ';'));
	size_t at = slice_find(lead, '=');

	if (longest_line(f->field->raw) > MESSAGE_MAX_LINE)
		note(out, LINT_LINE_LONG, f);
	if (v.len > 0 && !ascii_is_fws(v.p[0]))
		note(out, LINT_NO_SPACE, f);
	if (!f->instance_first)
		return;
	if (slice_find(lead, '(') < lead.len)
		note(out, LINT_INSTANCE_COMMENT, f);
	lead = slice_trim(slice_sub(lead, at + 1, lead.len));
	if (lead.len > 1 && lead.p[0] == '0')
		note(out, LINT_INSTANCE_ZERO, f);
}

/* Whether a value looks like an IPv6 address and is not quoted where it stands.
 */
static bool
is_bare_ipv6(struct slice v, struct slice within)
{
	size_t colons = 0;

	for (size_t i = 0; i < v.len; i++)
		colons += v.p[i] == ':';
	return colons > 1 && v.p > within.p && v.p < within.p + within.len &&
	       v.p[-1] != '"';
}

/* The results of an AAR, parsed in memory of their own. */
static int
style_results(
    const struct sigfield *f, struct arena *arena, struct remarks *out)
{
	struct authres a;
	struct diag why;
	bool arc = false, ipv6 = false;

	if (authres_parse(f->payload, arena, &a, &why) != 0)
		return -1;
	if (a.bad.len > 0)
		note(out, LINT_AAR_UNPARSED, f);
	if (has_semicolon_in_comment(f->payload))
		note(out, LINT_AAR_SEMICOLON, f);
	for (size_t r = 0; r < a.nresults; r++) {
		arc |= slice_eq_nocase(a.result[r].method, SLICE("arc"));
		for (size_t p = 0; p < a.result[r].nproperties; p++)
			ipv6 |= is_bare_ipv6(
			    a.result[r].property[p].value, f->payload);
	}
	if (ipv6)
		note(out, LINT_AAR_IPV6, f);
	if (!arc && f->instance > 1 && a.nresults > 0)
		note(out, LINT_AAR_NO_RESULT, f);
	return 0;
}

static int
style_aar(const struct sigfield *f, struct remarks *out)
{
	struct arena *arena = arena_new();

	style_field(f, out);
	int result = arena != NULL ? style_results(f, arena, out) : -1;

	arena_free(arena);
	return result;
}

static bool
signs(const struct sigtags *s, const char *name)
{
	for (size_t i = 0; i < s->nheaders; i++)
		if (slice_eq_nocase(s->headers[i], slice_of(name)))
			return true;
	return false;
}

static void
style_headers(
    const struct message *m, const struct sigfield *f, struct remarks *out)
{
	static const struct {
		const char *name;
		enum lint_code code;
	} rows[] = {
		{ "received", LINT_HEADERS_TRACE },
		{ "return-path", LINT_HEADERS_TRACE },
		{ "delivered-to", LINT_HEADERS_TRACE },
		{ "dkim-signature", LINT_HEADERS_TRACE },
		{ "x-received", LINT_HEADERS_TRACE },
		{ "received-spf", LINT_HEADERS_TRACE },
		{ "to", LINT_HEADERS_SHORT },
		{ "subject", LINT_HEADERS_SHORT },
		{ "date", LINT_HEADERS_SHORT },
		{ "message-id", LINT_HEADERS_SHORT },
	};
	enum lint_code told = LINT_COUNT;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		bool odd =
		    rows[k].code == LINT_HEADERS_TRACE
			? signs(&f->tags, rows[k].name)
			: f->tags.headers != NULL &&
			      !signs(&f->tags, rows[k].name) &&
			      message_count(m, slice_of(rows[k].name)) > 0;

		/* An AMS should cover the DKIM-Signatures that are there
		 * (RFC 8617 section 4.1.2). */
		if (f->kind != DKIM_SIGNATURE &&
		    strcmp(rows[k].name, "dkim-signature") == 0)
			continue;
		/* One of each code is enough. */
		if (!odd || rows[k].code == told)
			continue;
		told = rows[k].code;
		add(out, told, f->instance, sigfield_name(f->kind), "%s",
		    rows[k].name);
	}
}

/* The first tag that is none of those known; NULL when there is none. */
static const struct tag *
foreign_tag(const struct taglist *tags, const char *const known[], bool like_b)
{
	for (size_t k = 0; k < tags->n; k++) {
		struct slice name = tags->tag[k].name;
		bool found = false;

		for (size_t n = 0; known[n] != NULL; n++)
			found |= slice_eq(name, slice_of(known[n]));
		if (!found && (!like_b || ascii_lower(name.p[0]) == 'b' ||
				  ascii_lower(name.p[name.len - 1]) == 'b'))
			return &tags->tag[k];
	}
	return NULL;
}

static void
note_tag(struct remarks *out, enum lint_code code, const struct sigfield *f,
    const struct tag *tag)
{
	struct slice name;

	if (tag == NULL)
		return;
	name = slice_sub(tag->name, 0, 40);
	add(out, code, f->instance, sigfield_name(f->kind),
	    "%.*s=", SLICE_ARG(name));
}

static void
style_key(
    const struct sigresult *p, const struct sigfield *f, struct remarks *out)
{
	if (p->key == NULL || p->key->why.code != DIAG_NONE)
		return;
	if (p->key->key.bare)
		note(out, LINT_KEY_FORM, f);
	if (p->key->key.granularity)
		note(out, LINT_KEY_GRANULARITY, f);
	if (p->key->key.bits > 4096)
		add(out, LINT_KEY_LONG, f->instance, sigfield_name(f->kind),
		    "%u bits", p->key->key.bits);
}

/* What both kinds of signature share. */
static void
style_signature(
    const struct sigfield *f, const struct sigresult *p, struct remarks *out)
{
	static const char *const known[] = { "b", "bh", NULL };
	const struct sigtags *s = &f->tags;

	style_field(f, out);
	style_key(p, f, out);
	if (has_high(s->domain) || has_high(s->selector))
		note(out, LINT_U_LABEL, f);
	if (slice_eq_nocase(s->algorithm, SLICE("ed25519-sha256")))
		note(out, LINT_ED25519, f);
	note_tag(out, LINT_TAG_LIKE_B, f, foreign_tag(&f->list, known, true));
}

static void
style_ams(const struct message *m, const struct sigfield *f,
    const struct sigresult *p, struct remarks *out)
{
	style_signature(f, p, out);
	style_headers(m, f, out);
	if (f->kind == ARC_AMS && taglist_find(&f->list, SLICE("v")) != NULL)
		note(out, LINT_VERSION_TAG, f);
	if (taglist_find(&f->list, SLICE("c")) == NULL)
		note(out, LINT_CANON_MISSING, f);
	else if (f->tags.header_canon == CANON_SIMPLE)
		note(out, LINT_CANON_SIMPLE, f);
	if (f->tags.has_length)
		add(out, LINT_LENGTH_TAG, f->instance, sigfield_name(f->kind),
		    "l=%" PRIu64, f->tags.length);
	if (f->tags.has_expires)
		add(out, LINT_EXPIRES, f->instance, sigfield_name(f->kind),
		    "x=%" PRIu64, f->tags.expires);
}

static void
style_seal(
    const struct sigfield *f, const struct sigresult *p, struct remarks *out)
{
	static const char *const known[] = { "i", "a", "b", "cv", "d", "s", "t",
		"h", NULL };

	style_signature(f, p, out);
	note_tag(
	    out, LINT_SEAL_FOREIGN_TAG, f, foreign_tag(&f->list, known, false));
	for (size_t k = 0; k < f->tags.cv_text.len; k++)
		if (ascii_lower(f->tags.cv_text.p[k]) != f->tags.cv_text.p[k]) {
			note(out, LINT_CV_CASE, f);
			break;
		}
}

int
lint_style(const struct message *m, struct slice body, const struct chain *c,
    const struct verdict *v, struct remarks *out)
{
	for (unsigned i = 1; i <= c->n; i++) {
		const struct sigfield *aar = c->set[i].part[ARC_AAR];
		const struct sigfield *ams = c->set[i].part[ARC_AMS];
		const struct sigfield *seal = c->set[i].part[ARC_SEAL];

		if (ams != NULL)
			style_ams(m, ams, &v->ams[i], out);
		if (seal != NULL)
			style_seal(seal, &v->seal[i], out);
		if (ams != NULL && seal != NULL &&
		    !slice_eq_nocase(ams->tags.domain, seal->tags.domain))
			note(out, LINT_DOMAINS_DIFFER, seal);
		if (aar != NULL && style_aar(aar, out) != 0)
			return -1;
	}
	if (!m->body_cr && message_has_bare_cr(body))
		add(out, LINT_BARE_CR, 0, SLICE_NONE, "in the body");
	if (c->nfields > 0 && longest_line(body) > MESSAGE_MAX_LINE)
		add(out, LINT_BODY_LINE_LONG, 0, SLICE_NONE, "%zu bytes",
		    longest_line(body));
	return out->memory_failed ? -1 : 0;
}

int
lint_dkim(const struct message *m, const struct dkim *d, int64_t now,
    bool style, struct remarks *out)
{
	const struct slice name = sigfield_name(DKIM_SIGNATURE);
	size_t froms = message_count(m, SLICE("From"));

	for (size_t i = 0; i < d->n; i++) {
		const struct sigfield *f = &d->signature[i].field;
		const struct sigresult *r = &d->signature[i].check;

		if (f->tags.has_time && (int64_t)f->tags.time > now)
			add(out, LINT_TIME_FUTURE, 0, name, "t=%" PRIu64,
			    f->tags.time);
		lint_key(r, 0, name, out);
		lint_headers(f, froms, out);
		if (r->body_signed < r->body_length)
			add(out, LINT_BODY_PARTIAL, 0, name,
			    "%" PRIu64 " of %" PRIu64 " bytes", r->body_signed,
			    r->body_length);
		if (style)
			style_ams(m, f, r, out);
	}
	return out->memory_failed ? -1 : 0;
}
