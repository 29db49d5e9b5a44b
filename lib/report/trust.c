/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a chain is trusted: as lines, as JSON, as a comment of a field. */
#include "base/escape.h"
#include "report/report.h"

/* For people, by enum trust_claim.  No "dmarc=pass": what looks for that in a
 * field of ours is not to find it in a comment. */
static const char *const claims[] = {
	[CLAIM_NONE] = "nothing for the domain of From",
	[CLAIM_SUFFIX] = "DKIM or SPF pass, aligned by suffix",
	[CLAIM_STRICT] = "DKIM or SPF pass, aligned",
	[CLAIM_DMARC] = "DMARC pass",
};

static struct slice
sealer(const struct report *r, unsigned i)
{
	return r->chain->set[i].part[ARC_SEAL]->tags.domain;
}

static void
put_entry(struct buf *b, const struct trust_entry *e)
{
	if (e->note.len > 0) {
		buf_text(b, " (");
		escape_text(b, e->note);
		buf_char(b, ')');
	}
}

/* Why it goes no further down. */
static void
put_stop(struct buf *b, const struct report *r)
{
	const struct trusted *t = r->trusted;
	const struct trust_entry *e = t->entry[t->stopped];

	switch (t->stop) {
	case TRUST_NO_CHAIN:
		buf_text(
		    b, "  trusted: nothing, because the chain is not valid\n");
		break;
	case TRUST_BARE_CR:
		buf_text(b,
		    "  trusted: nothing, because the header has a CR "
		    "without LF: other programs may see another From\n");
		break;
	case TRUST_PARTIAL:
		buf_text(b, "  trusted: nothing, because part of the body is "
			    "not signed\n");
		break;
	case TRUST_UNLISTED:
	case TRUST_EXPIRED:
		buf_printf(b, "  not trusted: i=%u ", t->stopped);
		escape_text(b, sealer(r, t->stopped));
		if (t->stop == TRUST_UNLISTED) {
			buf_text(b, ", which is not listed\n");
			break;
		}
		buf_printf(b, ", whose entry (line %zu) expired on ", e->line);
		escape_text(b, e->day);
		put_entry(b, e);
		buf_char(b, '\n');
		break;
	case TRUST_ALL: break;
	}
}

/* Text of the message: in quotes, where it could be read as words of ours. */
static void
put_text(struct buf *b, struct slice text)
{
	struct slice piece;

	if (slice_find(text, ' ') == text.len) {
		escape_text(b, text);
		return;
	}
	buf_char(b, '"');
	for (bool first = true; slice_cut(&text, '"', &piece); first = false) {
		buf_text(b, first ? "" : "\\\"");
		escape_text(b, piece);
	}
	buf_char(b, '"');
}

static void
put_result(struct buf *b, const struct trust_result *x)
{
	buf_text(b, "    ");
	escape_text(b, x->method);
	buf_text(b, "=pass");
	if (x->property.len > 0) {
		buf_char(b, ' ');
		buf_slice(b, x->property);
		buf_char(b, '=');
		put_text(b, x->identifier);
	}
	buf_printf(b, "  %s\n",
	    x->alignment == ALIGNED_STRICT   ? "aligned"
	    : x->alignment == ALIGNED_SUFFIX ? "aligned by suffix"
					     : "not aligned");
}

void
report_trust(struct buf *b, const struct report *r)
{
	const struct trusted *t = r->trusted;

	for (unsigned k = 0; k < t->depth; k++) {
		unsigned i = r->chain->n - k;

		buf_printf(b, "  trusted: i=%u ", i);
		escape_text(b, sealer(r, i));
		put_entry(b, t->entry[i]);
		buf_char(b, '\n');
	}
	put_stop(b, r);
	if (t->instance == 0) {
		buf_text(b, "  usable for DMARC: no AAR\n");
	} else {
		buf_printf(b,
		    "  usable for DMARC: the AAR of i=%u, which claims %s",
		    t->instance, claims[t->claim]);
		if (t->refuted)
			buf_text(b, ", but DMARC fail");
		if (t->author.p == NULL)
			buf_text(b, ", which could not be confirmed");
		buf_char(b, '\n');
	}
	for (size_t i = 0; i < t->nresults; i++)
		put_result(b, &t->result[i]);
	buf_text(b, "  comment: ");
	report_dmarc(b, r);
}

static void
put_line_json(struct json *j, const struct report *r, unsigned i)
{
	const struct trust_entry *e = r->trusted->entry[i];

	json_number(j, "instance", i);
	json_string(j, "domain", sealer(r, i));
	if (e == NULL)
		return;
	json_string(j, "entry", e->domain);
	json_number(j, "line", (int64_t)e->line);
	json_string(j, "note", e->note);
	if (e->day.len > 0)
		json_string(j, "until", e->day);
	else
		json_null(j, "until");
}

static void
put_aar_json(struct json *j, const struct trusted *t)
{
	if (t->instance == 0) {
		json_null(j, "aar");
		return;
	}
	json_object_open(j, "aar");
	json_number(j, "instance", t->instance);
	json_string(j, "claim", slice_of(trust_claim_word(t->claim)));
	json_bool(j, "dmarc_fail", t->refuted);
	json_array_open(j, "passes");
	for (size_t i = 0; i < t->nresults; i++) {
		const struct trust_result *x = &t->result[i];

		json_object_open(j, NULL);
		json_string(j, "method", x->method);
		json_string(j, "property", x->property);
		json_string(j, "identifier", x->identifier);
		json_string(
		    j, "alignment", slice_of(alignment_word(x->alignment)));
		json_object_close(j);
	}
	json_array_close(j);
	json_object_close(j);
}

void
report_trust_json(struct json *j, const struct report *r)
{
	const struct trusted *t = r->trusted;
	struct buf comment = { .max = 0 };

	json_object_open(j, "trusted");
	json_number(j, "depth", t->depth);
	json_array_open(j, "sets");
	for (unsigned k = 0; k < t->depth; k++) {
		json_object_open(j, NULL);
		put_line_json(j, r, r->chain->n - k);
		json_object_close(j);
	}
	json_array_close(j);
	json_object_open(j, "stop");
	json_string(j, "code", slice_of(trust_stop_word(t->stop)));
	if (t->stopped > 0)
		put_line_json(j, r, t->stopped);
	json_object_close(j);
	if (t->author.p != NULL)
		json_string(j, "author", t->author);
	else
		json_null(j, "author");
	put_aar_json(j, t);
	report_dmarc(&comment, r);
	json_string(j, "comment", slice_trim(buf_view(&comment)));
	buf_fail_with(j->out, &comment);
	buf_release(&comment);
	json_object_close(j);
}

void
report_trust_comment(struct buf *b, const struct report *r)
{
	const struct trusted *t = r->trusted;

	buf_printf(b, "(%u of %u sets trusted", t->depth, r->chain->n);
	if (t->instance > 0)
		buf_printf(
		    b, "; AAR %u claims %s", t->instance, claims[t->claim]);
	buf_char(b, ')');
}
