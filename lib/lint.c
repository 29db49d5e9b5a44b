/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "authres.h"
#include "lint.h"

static const struct lint_info infos[LINT_COUNT] = {
	[LINT_INSTANCE_NOT_FIRST] = { "instance-not-first",
	    "RFC 8617 section 3.9",
	    "i= is not the first tag; some validators insist on it." },
	[LINT_HEADERS_FORBIDDEN] = { "headers-forbidden",
	    "RFC 8617 section 4.1.2",
	    "h= names a field that must not be signed, as later handlers add "
	    "or remove such fields." },
	[LINT_HEADERS_EMPTY] = { "headers-empty", "RFC 6376 section 3.5",
	    "h= has an empty element." },
	[LINT_HEADERS_FROM_OPEN] = { "from-open", "RFC 6376 section 8.15",
	    "From is signed as often as it stands there, not once more: a "
	    "second one can be added unnoticed." },
	[LINT_TIME_FUTURE] = { "time-future", "RFC 6376 section 3.5",
	    "t= is in the future: a clock is wrong." },
	[LINT_TIME_MISSING] = { "time-missing", "RFC 6376 section 3.5",
	    "The seal has no t=; older validators fail such a chain." },
	[LINT_BODY_PARTIAL] = { "body-partial", "RFC 6376 section 8.2",
	    "Not the whole body is signed: anything may have been appended." },
	[LINT_FROM_TWICE] = { "from-twice", "RFC 6376 section 8.15",
	    "There is more than one From; readers show one, and it may be "
	    "the one that nobody signed." },
	[LINT_KEY_SEVERAL] = { "key-several", "RFC 6376 section 3.6.2.2",
	    "Several TXT records stand where the key is; the owner should "
	    "leave one." },
	[LINT_KEY_TESTING] = { "key-testing", "RFC 6376 section 3.6.1",
	    "The key is marked as a test (t=y)." },
	[LINT_KEY_WEAK] = { "key-weak", "RFC 8301 section 3.2",
	    "The RSA key has less than 2048 bits; the owner should publish a "
	    "longer one." },
	[LINT_AAR_EMPTY] = { "aar-empty", "RFC 8601 section 2.2",
	    "The ARC-Authentication-Results field reports no result." },
	[LINT_OLDEST_UNSURE] = { "oldest-pass-unsure",
	    "RFC 8617 section 5.2, step 5",
	    "An older key could not be asked for, so older message "
	    "signatures may verify too." },
	[LINT_AAR_UNPARSED] = { "aar-unparsed", "RFC 8601 section 2.2",
	    "Part of the ARC-Authentication-Results field cannot be read; "
	    "receivers of DMARC reports lose it.  The writer should follow the "
	    "grammar." },
	[LINT_AAR_SEMICOLON] = { "aar-semicolon-in-comment",
	    "RFC 8601 section 2.2",
	    "A comment holds a semicolon, at which simple parsers cut; it is "
	    "better left out." },
	[LINT_AAR_IPV6] = { "aar-ipv6-unquoted", "RFC 8601 section 2.2",
	    "A value with a colon stands without quotes; an IPv6 address has "
	    "to "
	    "be quoted." },
	[LINT_AAR_NO_RESULT] = { "aar-without-arc", "RFC 8617 section 4.1.1",
	    "The hop does not report what it found of the chain (arc=), though "
	    "its seal says." },
	[LINT_HEADERS_TRACE] = { "headers-trace", "RFC 6376 section 5.4.1",
	    "h= names a trace field, which later servers add to or reorder; it "
	    "is better left out." },
	[LINT_HEADERS_SHORT] = { "headers-short", "RFC 6376 section 5.4.1",
	    "h= leaves out a field that readers see or that tells the message "
	    "from others; it should be signed." },
	[LINT_LINE_LONG] = { "line-long", "RFC 5322 section 2.1.1",
	    "A line is longer than 998 octets: a server may break it, and the "
	    "signature with it.  The writer should fold." },
	[LINT_U_LABEL] = { "u-label", "RFC 8616 section 5",
	    "A domain or selector is written outside ASCII; few validators "
	    "know "
	    "what to ask for." },
	[LINT_ED25519] = { "ed25519", "RFC 8463 section 3",
	    "Many validators do not know ed25519-sha256 and call the chain "
	    "failed; rsa-sha256 is safe." },
	[LINT_VERSION_TAG] = { "version-tag", "RFC 8617 section 4.1.2",
	    "v= means nothing in an ARC-Message-Signature; some validators "
	    "refuse it." },
	[LINT_SEAL_FOREIGN_TAG] = { "seal-foreign-tag",
	    "RFC 8617 section 4.1.3",
	    "A tag is not defined for ARC-Seal; some validators fail such a "
	    "chain." },
	[LINT_CANON_MISSING] = { "canonicalization-missing",
	    "RFC 6376 section 3.5",
	    "There is no c=, which means simple/simple; some validators take "
	    "relaxed/relaxed.  It should be written." },
	[LINT_CANON_SIMPLE] = { "canonicalization-simple",
	    "RFC 6376 section 3.4",
	    "The header is signed as simple: a fold moved on its way breaks "
	    "the signature." },
	[LINT_NO_SPACE] = { "no-space", "RFC 5322 section 2.2",
	    "No space follows the colon, at which some validators stumble." },
	[LINT_LENGTH_TAG] = { "length-tag", "RFC 6376 section 8.2",
	    "l= lets anybody append text, and some validators do not know it; "
	    "it should not be written." },
	[LINT_EXPIRES] = { "expires", "RFC 6376 section 3.5",
	    "x= is set; some validators fail a chain for an older signature "
	    "that has expired." },
	[LINT_INSTANCE_ZERO] = { "instance-zero", "RFC 8617 section 4.2.1",
	    "The instance is written with a leading zero." },
	[LINT_CV_CASE] = { "cv-case", "RFC 8617 section 4.1.3",
	    "cv= is not in lower case, which some validators do not "
	    "understand." },
	[LINT_DOMAINS_DIFFER] = { "domains-differ", "RFC 8617 section 4.1",
	    "The fields of one set are signed by different domains; trust goes "
	    "by the seal's." },
};

const struct lint_info *
lint_info(enum lint_code code)
{
	return &infos[code];
}

static void __attribute__((format(printf, 5, 6)))
add(struct remarks *r, enum lint_code code, unsigned instance,
    struct slice field, const char *format, ...)
{
	va_list ap;

	if (r->n == r->max)
		return;
	struct remark *m = &r->remark[r->n++];

	*m = (struct remark){
		.code = code, .instance = instance, .field = field
	};
	va_start(ap, format);
	vsnprintf(m->detail, sizeof m->detail, format, ap);
	va_end(ap);
}

/* Remarks that one set can get; the others are for the message. */
enum {
	MOST_OF_A_SET = 48
};

static void
lint_key(
    const struct part *p, unsigned i, struct slice name, struct remarks *out)
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
lint_headers(const struct arc_field *f, size_t froms, struct remarks *out)
{
	static const struct slice forbidden[] = {
		{ "Authentication-Results", 22 },
		{ "ARC-Authentication-Results", 26 },
		{ "ARC-Message-Signature", 21 },
		{ "ARC-Seal", 8 },
	};
	const size_t n = sizeof forbidden / sizeof forbidden[0];
	size_t mentions = 0, k = n;

	for (size_t i = 0; i < f->sig.nheaders; i++) {
		mentions += slice_eq_nocase(f->sig.headers[i], SLICE("from"));
		for (size_t j = 0; j < n && k == n; j++)
			if (slice_eq_nocase(f->sig.headers[i], forbidden[j]))
				k = j;
	}
	if (k < n)
		add(out, LINT_HEADERS_FORBIDDEN, f->instance, arc_name(ARC_AMS),
		    "%.*s", SLICE_ARG(forbidden[k]));
	if (f->sig.empty_headers > 0)
		add(out, LINT_HEADERS_EMPTY, f->instance, arc_name(ARC_AMS),
		    "%s", "");
	if (mentions > 0 && mentions <= froms)
		add(out, LINT_HEADERS_FROM_OPEN, f->instance, arc_name(ARC_AMS),
		    "%s", "");
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
	for (enum arc_kind k = ARC_AMS; k <= ARC_SEAL; k++) {
		const struct arc_field *f = s->part[k];

		if (f == NULL)
			continue;
		if (!f->instance_first)
			add(out, LINT_INSTANCE_NOT_FIRST, i, arc_name(k), "%s",
			    "");
		if (f->sig.has_time && (int64_t)f->sig.time > now)
			add(out, LINT_TIME_FUTURE, i, arc_name(k), "t=%" PRIu64,
			    f->sig.time);
		if (k == ARC_SEAL && !f->sig.has_time)
			add(out, LINT_TIME_MISSING, i, arc_name(k), "%s", "");
		lint_key(k == ARC_AMS ? &v->ams[i] : &v->seal[i], i,
		    arc_name(k), out);
	}
	if (s->part[ARC_AMS] != NULL)
		lint_headers(s->part[ARC_AMS], froms, out);
	if (v->ams[i].body_signed < v->ams[i].body_length)
		add(out, LINT_BODY_PARTIAL, i, arc_name(ARC_AMS),
		    "%" PRIu64 " octets of %" PRIu64 " signed",
		    v->ams[i].body_signed, v->ams[i].body_length);
	if (s->part[ARC_AAR] != NULL && aar_is_empty(s->part[ARC_AAR]->payload))
		add(out, LINT_AAR_EMPTY, i, arc_name(ARC_AAR), "%s", "");
}

int
lint_collect(const struct message *m, const struct chain *c,
    const struct verdict *v, int64_t now, struct remarks *out)
{
	size_t froms = message_count(m, SLICE("From"));

	*out = (struct remarks){ .max = (c->n + 1) * (size_t)MOST_OF_A_SET };
	out->remark = arena_array(m->arena, out->max, sizeof *out->remark);
	if (out->remark == NULL)
		return -1;
	if (c->nfields > 0 && froms > 1)
		add(out, LINT_FROM_TWICE, 0, SLICE("From"), "%zu of them",
		    froms);
	if (v->oldest_unsure)
		add(out, LINT_OLDEST_UNSURE, 0, (struct slice){ NULL, 0 }, "%s",
		    "");
	for (unsigned i = 1; i <= c->n; i++)
		lint_set(&c->set[i], v, i, now, froms, out);
	return 0;
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

static bool
has_long_line(struct slice raw)
{
	size_t start = 0;

	for (size_t i = 0; i < raw.len; i++)
		if (raw.p[i] == '\n') {
			size_t n = i - start;

			n -= n > 0 && raw.p[i - 1] == '\r';
			if (n > 998)
				return true;
			start = i + 1;
		}
	return false;
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

/* Whether text is in quotes where it stands. */
static bool
is_quoted(struct slice text, struct slice within)
{
	return text.p > within.p && text.p[-1] == '"';
}

static int
style_aar(const struct arc_field *f, struct arena *arena, struct remarks *out)
{
	struct slice name = arc_name(ARC_AAR);
	struct authres a;
	struct diag why;
	bool arc = false;

	if (authres_parse(f->payload, arena, &a, &why) != 0)
		return -1;
	if (a.bad.len > 0)
		add(out, LINT_AAR_UNPARSED, f->instance, name, "%s", "");
	if (has_semicolon_in_comment(f->payload))
		add(out, LINT_AAR_SEMICOLON, f->instance, name, "%s", "");
	for (size_t r = 0; r < a.nresults; r++) {
		arc |= slice_eq_nocase(a.result[r].method, SLICE("arc"));
		for (size_t p = 0; p < a.result[r].nproperties; p++) {
			struct slice v = a.result[r].property[p].value;
			bool inside = v.p >= f->payload.p &&
				      v.p < f->payload.p + f->payload.len;
			size_t colons = 0;

			for (size_t i = 0; i < v.len; i++)
				colons += v.p[i] == ':';
			if (colons < 2 || !inside || is_quoted(v, f->payload))
				continue;
			add(out, LINT_AAR_IPV6, f->instance, name, "%s", "");
			r = a.nresults - 1;
			break;
		}
	}
	if (!arc && f->instance > 1 && a.nresults > 0)
		add(out, LINT_AAR_NO_RESULT, f->instance, name, "%s", "");
	return 0;
}

static void
style_headers(
    const struct message *m, const struct arc_field *f, struct remarks *out)
{
	static const char *const trace[] = { "received", "return-path",
		"delivered-to", "dkim-signature", "x-received",
		"received-spf" };
	static const char *const wanted[] = { "to", "subject", "date",
		"message-id" };
	const struct sig *s = &f->sig;

	for (size_t k = 0; k < sizeof trace / sizeof *trace; k++)
		for (size_t i = 0; i < s->nheaders; i++)
			if (slice_eq_nocase(
				s->headers[i], slice_of(trace[k]))) {
				add(out, LINT_HEADERS_TRACE, f->instance,
				    arc_name(ARC_AMS), "%s", trace[k]);
				k = sizeof trace / sizeof *trace - 1;
				break;
			}
	for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
		bool named = message_count(m, slice_of(wanted[k])) == 0;

		for (size_t i = 0; i < s->nheaders && !named; i++)
			named =
			    slice_eq_nocase(s->headers[i], slice_of(wanted[k]));
		if (named || s->headers == NULL)
			continue;
		add(out, LINT_HEADERS_SHORT, f->instance, arc_name(ARC_AMS),
		    "%s", wanted[k]);
		break;
	}
}

/* What both kinds of signature share. */
static void
style_signature(const struct arc_field *f, struct remarks *out)
{
	struct slice name = arc_name(f->kind), v = f->field->value;
	const struct sig *s = &f->sig;
	size_t at = slice_find(v, '=');

	if (has_high(s->domain) || has_high(s->selector))
		add(out, LINT_U_LABEL, f->instance, name, "%s", "");
	if (slice_eq_nocase(s->algorithm, SLICE("ed25519-sha256")))
		add(out, LINT_ED25519, f->instance, name, "%s", "");
	if (has_long_line(f->field->raw))
		add(out, LINT_LINE_LONG, f->instance, name, "%s", "");
	if (v.len > 0 && !ascii_is_fws(v.p[0]))
		add(out, LINT_NO_SPACE, f->instance, name, "%s", "");
	while (at + 1 < v.len && ascii_is_fws(v.p[at + 1]))
		at++;
	if (f->instance_first && at + 2 < v.len && v.p[at + 1] == '0')
		add(out, LINT_INSTANCE_ZERO, f->instance, name, "%s", "");
}

static void
style_ams(
    const struct message *m, const struct arc_field *f, struct remarks *out)
{
	struct slice name = arc_name(ARC_AMS);

	style_signature(f, out);
	style_headers(m, f, out);
	if (taglist_find(&f->tags, SLICE("v")) != NULL)
		add(out, LINT_VERSION_TAG, f->instance, name, "%s", "");
	if (taglist_find(&f->tags, SLICE("c")) == NULL)
		add(out, LINT_CANON_MISSING, f->instance, name, "%s", "");
	else if (f->sig.header_canon == CANON_SIMPLE)
		add(out, LINT_CANON_SIMPLE, f->instance, name, "%s", "");
	if (f->sig.has_length)
		add(out, LINT_LENGTH_TAG, f->instance, name, "l=%" PRIu64,
		    f->sig.length);
	if (f->sig.has_expires)
		add(out, LINT_EXPIRES, f->instance, name, "x=%" PRIu64,
		    f->sig.expires);
}

static void
style_seal(const struct arc_field *f, struct remarks *out)
{
	static const char *const known[] = { "i", "a", "b", "cv", "d", "s", "t",
		"h" };
	struct slice name = arc_name(ARC_SEAL);

	style_signature(f, out);
	for (size_t k = 0; k < f->tags.n; k++) {
		bool found = false;

		for (size_t n = 0; n < sizeof known / sizeof *known; n++)
			found |=
			    slice_eq(f->tags.tag[k].name, slice_of(known[n]));
		if (found)
			continue;
		add(out, LINT_SEAL_FOREIGN_TAG, f->instance, name, "%.*s=",
		    (int)(f->tags.tag[k].name.len < 40 ? f->tags.tag[k].name.len
						       : 40),
		    f->tags.tag[k].name.p);
		break;
	}
	for (size_t k = 0; k < f->sig.cv_text.len; k++)
		if (ascii_lower(f->sig.cv_text.p[k]) != f->sig.cv_text.p[k]) {
			add(out, LINT_CV_CASE, f->instance, name, "%s", "");
			break;
		}
}

int
lint_style(const struct message *m, const struct chain *c, struct remarks *out)
{
	for (unsigned i = 1; i <= c->n; i++) {
		const struct arc_field *aar = c->set[i].part[ARC_AAR];
		const struct arc_field *ams = c->set[i].part[ARC_AMS];
		const struct arc_field *seal = c->set[i].part[ARC_SEAL];

		if (ams != NULL)
			style_ams(m, ams, out);
		if (seal != NULL)
			style_seal(seal, out);
		if (ams != NULL && seal != NULL &&
		    !slice_eq_nocase(ams->sig.domain, seal->sig.domain))
			add(out, LINT_DOMAINS_DIFFER, i, arc_name(ARC_SEAL),
			    "%s", "");
		if (aar != NULL && style_aar(aar, m->arena, out) != 0)
			return -1;
	}
	return 0;
}
