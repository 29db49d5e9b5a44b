/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

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
	MOST_OF_A_SET = 16
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
