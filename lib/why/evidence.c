/* SPDX-License-Identifier: BSD-2-Clause */
/* What a message says without any hash: a header that an empty line cut, a
 * DKIM-Signature that is gone, ARC Sets that speak of another message. */
#include <stdio.h>
#include <string.h>

#include "mail/authres.h"
#include "mail/date.h"
#include "mail/mbox.h"
#include "why/evidence.h"
#include "why/known.h"

enum {
	MAX_LOOKED = 64 * 1024, /* octets of a body */
	MAX_APART = 7,		/* days between Date and a signature */
	SENDMAIL_LINE = 990,	/* octets that it leaves of a line */
};

/* ------------------------------------------------------------------------
 * Lines that look like a header. */

/* Whether a line begins as an ARC field does, behind whatever is no letter. */
static bool
begins_arc_field(struct slice line)
{
	static const char *const names[] = { "arc-seal:",
		"arc-message-signature:", "arc-authentication-results:" };

	while (line.len > 0 && !ascii_is_alnum(line.p[0]))
		line = slice_sub(line, 1, line.len);
	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (slice_eq_nocase(slice_sub(line, 0, strlen(names[k])),
			slice_of(names[k])))
			return true;
	return false;
}

/* Whether a line is a field's first or one that continues it. */
static bool
is_of_header(struct slice line)
{
	size_t n = 0;

	if (line.len > 0 && ascii_is_wsp(line.p[0]))
		return true;
	while (n < line.len && line.p[n] > ' ' && line.p[n] < 127 &&
	       line.p[n] != ':')
		n++;
	return n > 0 && n < line.len && line.p[n] == ':';
}

/* How many ARC fields the body opens with, in lines of a header. */
static unsigned
fields_of_body(struct slice body)
{
	struct slice rest = slice_sub(body, 0, MAX_LOOKED), line;
	unsigned n = 0;

	while (slice_line(&rest, &line)) {
		if (line.len == 0 && n == 0)
			continue;
		if (!is_of_header(line) && !begins_arc_field(line))
			break;
		n += begins_arc_field(line);
	}
	return n;
}

bool
evidence_header_cut(const struct search *s, char *detail, size_t size)
{
	unsigned n = fields_of_body(s->body);

	if (n > 0)
		snprintf(detail, size,
		    "the body begins with %u ARC field%s: an empty line ended "
		    "the header early",
		    n, n == 1 ? "" : "s");
	else if (begins_arc_field(s->m->junk))
		snprintf(detail, size,
		    "a line that is not a field contains the name of an ARC "
		    "field");
	else
		return false;
	return true;
}

bool
evidence_next_message(struct slice text)
{
	struct slice rest = text, line;
	bool separator = false;

	while (slice_line(&rest, &line)) {
		if (separator && is_of_header(line))
			return true;
		separator = mbox_is_separator(line);
	}
	return false;
}

bool
evidence_is_needed(struct slice name)
{
	static const char *const needed[] = { "from", "date" };

	for (size_t k = 0; k < ARRAY_LEN(needed); k++)
		if (slice_eq_nocase(name, slice_of(needed[k])))
			return true;
	return false;
}

/* ------------------------------------------------------------------------
 * What an AAR says of the message that it was made for. */

static bool
aar_of(struct search *s, unsigned i, struct authres *a)
{
	const struct sigfield *f = s->chain->set[i].part[ARC_AAR];
	struct diag why;

	return f != NULL && authres_parse(f->payload, s->arena, a, &why) == 0;
}

/* Whether some DKIM-Signature has a b= that begins so. */
static bool
has_signature(struct search *s, struct slice beginning)
{
	for (size_t k = 0; k < s->m->nfields; k++) {
		const struct field *f = &s->m->field[k];
		struct taglist tags;
		struct diag why;
		const struct tag *b;
		size_t n = 0;

		if (!slice_eq_nocase(f->name, SLICE("dkim-signature")) ||
		    taglist_parse(f->value, s->arena, &tags, &why) != 0 ||
		    (b = taglist_find(&tags, SLICE("b"))) == NULL)
			continue;
		for (size_t i = 0; i < b->value.len && n < beginning.len; i++)
			if (ascii_is_fws(b->value.p[i]))
				continue;
			else if (b->value.p[i] != beginning.p[n++])
				n = beginning.len + 1;
		if (n == beginning.len)
			return true;
	}
	return false;
}

static struct slice
property_of(const struct authres_result *r, const char *name)
{
	for (size_t k = 0; k < r->nproperties; k++)
		if (slice_eq_nocase(r->property[k].name, slice_of(name)))
			return r->property[k].value;
	return SLICE_NONE;
}

bool
evidence_dkim_gone(struct search *s, unsigned i, char *detail, size_t size)
{
	const struct sigfield *ams = s->ams[i]->f;
	struct authres a;
	bool covered = false;

	for (size_t k = 0; ams != NULL && k < ams->tags.nheaders; k++)
		covered |= slice_eq_nocase(
		    ams->tags.headers[k], SLICE("dkim-signature"));
	if (!covered || !aar_of(s, i, &a))
		return false;
	for (size_t k = 0; k < a.nresults; k++) {
		const struct authres_result *r = &a.result[k];
		struct slice b = property_of(r, "header.b"), d, sel;
		char q[DIAG_QUOTED], p[DIAG_QUOTED], o[DIAG_QUOTED];

		if (!slice_eq_nocase(r->method, SLICE("dkim")) || b.len < 6 ||
		    has_signature(s, b))
			continue;
		d = property_of(r, "header.d");
		if (d.len == 0)
			d = property_of(r, "header.i");
		sel = property_of(r, "header.s");
		snprintf(detail, size, "d=%.60s s=%.40s b=%.20s",
		    diag_quote(d, q), diag_quote(sel, p), diag_quote(b, o));
		return true;
	}
	return false;
}

static struct slice
domain_of(struct slice address)
{
	size_t at = slice_find(address, '@');

	return at < address.len ? slice_sub(address, at + 1, address.len)
				: address;
}

/* Whether a field that tells of senders has the domain in it. */
static bool
is_named_by_sender(const struct search *s, struct slice domain)
{
	static const char *const names[] = { "from", "reply-to", "sender",
		"return-path", "x-original-from", "x-original-sender",
		"original-from", "resent-from", "errors-to" };

	for (size_t k = 0; k < s->m->nfields; k++) {
		const struct field *f = &s->m->field[k];
		bool sender = false;

		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			sender |= slice_eq_nocase(f->name, slice_of(names[n]));
		for (size_t at = 0; sender && at + domain.len <= f->value.len;
		     at++)
			if (slice_eq_nocase(
				slice_sub(f->value, at, domain.len), domain))
				return true;
	}
	return false;
}

static bool
is_dated_apart(const struct search *s, unsigned i)
{
	const struct sigfield *seal = s->seal[i]->f;

	if (seal == NULL || !seal->tags.has_time)
		return false;
	for (size_t k = 0; k < s->m->nfields; k++) {
		int64_t day, sealed = (int64_t)(seal->tags.time / 86400);

		if (!slice_eq_nocase(s->m->field[k].name, SLICE("date")))
			continue;
		if (!date_read(s->m->field[k].value, &day))
			return false;
		day /= 86400;
		return (day - sealed > MAX_APART || sealed - day > MAX_APART);
	}
	return false;
}

bool
evidence_another_message(struct search *s, unsigned i)
{
	struct authres a;
	bool any = false;

	if (!aar_of(s, i, &a) || !is_dated_apart(s, i))
		return false;
	for (size_t k = 0; k < a.nresults; k++) {
		static const char *const names[] = { "header.from",
			"smtp.mailfrom" };

		for (size_t n = 0; n < ARRAY_LEN(names); n++) {
			struct slice domain =
			    domain_of(property_of(&a.result[k], names[n]));

			if (domain.len == 0)
				continue;
			if (is_named_by_sender(s, domain))
				return false;
			any = true;
		}
	}
	return any;
}

/* A mark that the line goes on may follow the octets that are left. */
bool
evidence_line_broken(size_t octets)
{
	return octets == MESSAGE_MAX_LINE || octets == MESSAGE_MAX_LINE - 1 ||
	       octets == MESSAGE_MAX_LINE + 2 || octets == SENDMAIL_LINE ||
	       octets == SENDMAIL_LINE - 1;
}

/* ------------------------------------------------------------------------
 * Who handled it. */

static bool
is_one_of(struct slice name, const char *const names[], size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (slice_eq_nocase(name, slice_of(names[k])))
			return true;
	return false;
}

/* What Mailman takes out of a header and puts at its end. */
static const char *const rewritten[] = { "to", "cc", "from", "reply-to",
	"subject", "sender", "content-type", "content-transfer-encoding",
	"mime-version", "x-reply-to", "x-original-from" };

/* What list software adds there. */
static const char *const of_lists[] = { "x-beenthere", "x-mailman-version",
	"precedence", "list-id", "list-unsubscribe", "list-archive",
	"list-post", "list-help", "list-subscribe", "list-owner", "errors-to",
	"archived-at", "message-id-hash", "x-message-id-hash",
	"x-mailman-rule-hits", "x-mailman-rule-misses", "x-content-filtered-by",
	"x-topics" };

bool
evidence_recipients(const struct search *s, const struct field *field,
    char *detail, size_t size)
{
	const struct message *m = s->m;
	const struct field *of_list = NULL;
	bool author = false;
	char q[DIAG_QUOTED], p[DIAG_QUOTED];

	for (const struct field *f = field + 1; f < m->field + m->nfields;
	     f++) {
		if (is_one_of(f->name, of_lists, ARRAY_LEN(of_lists)))
			of_list = of_list != NULL ? of_list : f;
		else if (!is_one_of(f->name, rewritten, ARRAY_LEN(rewritten)))
			return false;
	}
	for (const struct field *f = m->field; f < field; f++) {
		author |= slice_eq_nocase(f->name, SLICE("message-id"));
		if (author && of_list == NULL &&
		    is_one_of(f->name, of_lists, ARRAY_LEN(of_lists)))
			of_list = f;
	}
	if (!author || of_list == NULL)
		return false;
	snprintf(detail, size, "%.40s is at the end, next to %.60s",
	    diag_quote(field->name, q), diag_quote(of_list->name, p));
	return true;
}

static const struct {
	const char *begins, *has; /* a field's name, and its value */
	const char *product;
} gateways[] = {
	{ "X-MIMETrack", "Itemize by", "Domino" },
	{ "X-TM-AS-", "", "Trend Micro" },
	{ "X-TMASE-", "", "Trend Micro" },
};

/* Whether a signature that still verifies saw the field: it was there before.
 */
static bool
was_signed(const struct search *s, const struct known *k, struct slice name)
{
	for (; k != NULL; k = known_older(s, k))
		for (size_t j = 0; k->holds && j < k->f->tags.nheaders; j++)
			if (slice_eq_nocase(k->f->tags.headers[j], name))
				return true;
	return false;
}

bool
evidence_gateway(
    const struct search *s, const struct known *k, char *detail, size_t size)
{
	char q[DIAG_QUOTED];

	for (size_t i = 0; i < s->m->nfields; i++)
		for (size_t n = 0; n < ARRAY_LEN(gateways); n++) {
			const struct field *f = &s->m->field[i];
			struct slice begins = slice_of(gateways[n].begins);

			if (!slice_eq_nocase(
				slice_sub(f->name, 0, begins.len), begins) ||
			    memmem(f->value.p, f->value.len, gateways[n].has,
				strlen(gateways[n].has)) == NULL ||
			    was_signed(s, k, f->name))
				continue;
			snprintf(detail, size, "%.60s is by %s",
			    diag_quote(f->name, q), gateways[n].product);
			return true;
		}
	return false;
}
