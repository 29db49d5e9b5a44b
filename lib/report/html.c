/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/moment.h"
#include "crypto/digest.h"
#include "mail/words.h"
#include "report/html.h"
#include "report/html_auth.h"
#include "report/why_story.h"

enum {
	MAX_HEAD = 500,	   /* octets of a field of the message */
	MAX_NAME = 255,	   /* octets of a domain, a selector, a host */
	MAX_SIDE = 2000,   /* octets of a side of a change */
	MAX_HEADS = 4,	   /* fields of one name */
	MAX_CLAIMS = 12,   /* results of an AAR */
	MAX_FINDINGS = 64, /* that are told */
	ROW = 64,	   /* height of a hop in the picture */
};

/* Colours hold in a light and a dark window, and on paper. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;"
    "--line:#d1d9e0;--good:#1a7f37;--bad:#cf222e;--unsure:#9a6700;"
    "--old:#ffebe9;--new:#dafbe1}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;"
    "--soft:#9198a1;--line:#3d444d;--good:#3fb950;--bad:#f85149;"
    "--unsure:#d29922;--old:#4b1113;--new:#12361f}}"
    "body{background:var(--paper);color:var(--ink);margin:2rem auto;"
    "max-width:60rem;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;"
    "border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
    "th{color:var(--soft);font-weight:600}th,.short{white-space:nowrap;"
    "overflow-wrap:normal}.name{min-width:9rem}"
    /* In a narrow window a row is a list, each cell with its heading. */
    "@media screen and (max-width:44rem){table,tbody,tr{display:block}"
    "th{display:none}tr{border-bottom:1px solid var(--line);padding:.4rem 0}"
    "td{display:block;border:0;padding:.1rem 0 .1rem 6rem;position:relative;"
    "min-height:1.5em}td::before{content:attr(data-of);position:absolute;"
    "left:0;color:var(--soft)}}"
    ".pass{color:var(--good)}.fail{color:var(--bad)}.other{color:var(--unsure)}"
    ".soft{color:var(--soft)}.verdict{font-weight:700}"
    "code,pre{font:13px/1.45 ui-monospace,monospace}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0;"
    "border:1px solid var(--line)}pre span{display:block;padding:0 .5rem}"
    ".old{background:var(--old)}.new{background:var(--new)}"
    "section.cause{border-left:4px solid var(--line);padding-left:1rem;"
    "margin:1rem 0}section.cause.proved{border-color:var(--ink)}"
    "section.cause p{margin:.3rem 0}section.cause ul{margin:.3rem 0;"
    "padding-left:1.2rem}"
    "svg{display:block;width:360px;max-width:100%;overflow:visible}svg "
    "text{fill:var(--ink);"
    "font:14px system-ui,sans-serif}svg .small{fill:var(--soft);"
    "font-size:12px}svg line{stroke:var(--line);stroke-width:3}"
    "svg .dot{fill:var(--unsure)}svg .dot.pass{fill:var(--good)}"
    "svg .dot.fail{fill:var(--bad)}"
    "@media print{body{margin:0;max-width:none;font-size:11pt}"
    "section.cause,tr,svg{break-inside:avoid}h2{break-after:avoid}}";

/* Text of strangers. */
static void
put_text(struct buf *b, struct slice s, size_t most)
{
	escape_markup(b, slice_sub(s, 0, most));
	if (s.len > most)
		buf_printf(b, "... (%zu bytes)", s.len);
}

/* Words of our own, which have what was made inert in them already. */
static void
put_words(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		escape_markup_char(b, s.p[i]);
}

/* ------------------------------------------------------------------------
 * The head. */

/* The style is the one thing that the policy allows, named by its digest. */
static int
put_head(struct buf *b, const struct page *p, struct diag *why)
{
	unsigned char digest[DIGEST_SIZE];
	struct digest d;

	digest_init(&d);
	digest_put(&d, style, sizeof style - 1);
	int result = digest_final(&d, digest, why);

	digest_release(&d);
	if (result != 0)
		return -1;
	buf_text(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" "
		    "content=\"default-src 'none'; base-uri 'none'; "
		    "form-action 'none'; style-src 'sha256-");
	base64_encode(b, (struct slice){ (const char *)digest, sizeof digest });
	buf_text(b, "'\">\n<meta name=\"viewport\" "
		    "content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n"
		    "<title>ARC ");
	buf_text(b, report_word(p->report->verdict));
	buf_text(b, ": ");
	put_text(b, slice_of(p->report->file), MAX_NAME);
	buf_text(b, "</title>\n<style>");
	buf_text(b, style);
	buf_text(b, "</style>\n</head>\n<body>\n");
	return 0;
}

static void
put_heads(struct buf *b, const struct message *m, const char *label,
    struct slice name)
{
	size_t n = 0;

	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];
		struct buf text = { .max = 0 };

		if (!slice_eq_nocase(f->name, name) || n++ >= MAX_HEADS)
			continue;
		words_field(&text, m->arena, f);
		buf_printf(b, "<dt>%s</dt><dd>", label);
		put_text(b, buf_view(&text), MAX_HEAD);
		buf_text(b, "</dd>\n");
		buf_fail_with(b, &text);
		buf_release(&text);
	}
	if (n > MAX_HEADS)
		buf_printf(
		    b, "<dt></dt><dd>and %zu more</dd>\n", n - MAX_HEADS);
}

/* The class that colours a state. */
static const char *
state_class(const char *word)
{
	return strcmp(word, "pass") == 0 ? "pass"
	       : strcmp(word, "fail") == 0 || strcmp(word, "body") == 0 ||
		       strcmp(word, "gone") == 0
		   ? "fail"
		   : "other";
}

static void
put_diag(struct buf *b, const struct report *r, const struct diag *why)
{
	const struct diag_info *info = diag_info(why->code);
	struct slice detail = diag_detail(why, r->verbose);

	put_words(b, slice_of(info->sentence));
	if (detail.len > 0) {
		buf_text(b, " (");
		put_words(b, detail);
		buf_char(b, ')');
	}
	buf_printf(b, " <code>%s</code> <span class=\"soft\">", info->word);
	put_words(b, slice_of(info->clause));
	buf_text(b, "</span>");
}

static void
put_verdict(struct buf *b, const struct page *p)
{
	const struct verdict *v = p->report->verdict;
	const char *word = v->cv == CV_MISSING ? "unverified" : report_word(v);

	buf_printf(b, "<h1>ARC: <span class=\"verdict %s\">%s</span></h1>\n",
	    state_class(word), word);
	buf_text(b, "<dl>\n");
	put_heads(b, p->report->message, "From", SLICE("From"));
	put_heads(b, p->report->message, "Subject", SLICE("Subject"));
	put_heads(b, p->report->message, "Date", SLICE("Date"));
	buf_text(b, "<dt>File</dt><dd>");
	put_text(b, slice_of(p->report->file), MAX_NAME);
	buf_text(b, "</dd>\n</dl>\n");
	if (v->cv == CV_FAIL) {
		buf_text(b, "<p>");
		if (v->why.instance > 0)
			buf_printf(b, "i=%u ", v->why.instance);
		put_words(b, v->why.field);
		buf_text(b, v->why.field.len > 0 ? ": " : "");
		put_diag(b, p->report, &v->why);
		buf_text(b, "</p>\n");
	}
	if (v->cv == CV_PASS && v->has_oldest_pass)
		buf_printf(b, "<p>oldest-pass=%u</p>\n", v->oldest_pass);
}

/* ------------------------------------------------------------------------
 * The hops. */

static void
put_date(struct buf *b, const struct hop *h)
{
	char date[MOMENT_TEXT] = "no time";

	if (h->has_time)
		moment_text(h->time, date);
	buf_text(b, date);
}

/* Who sealed an instance: all of them, where there are more than one. */
static void
put_owners(
    struct buf *b, const struct report *r, const struct hop *h, unsigned i)
{
	put_text(b, h->domain, MAX_NAME);
	for (size_t k = 0, told = 0; k < r->chain->nfields; k++) {
		const struct sigfield *f = &r->chain->field[k];

		if (f->instance != i || f->kind != ARC_SEAL ||
		    slice_eq_nocase(f->tags.domain, h->domain) ||
		    told++ >= MAX_HEADS)
			continue;
		buf_text(b, " and ");
		put_text(b, f->tags.domain, MAX_NAME);
	}
}

/* The state of a hop: of its seal, and of the newest also that of its other
 * signature, which older ones may lose. */
static const char *
hop_state(const struct report *r, unsigned i)
{
	const struct arc_set *set = &r->chain->set[i];
	const char *state =
	    page_state(set->part[ARC_SEAL], &r->verdict->seal[i]);

	return i == r->chain->n && strcmp(state, "pass") == 0
		   ? page_state(set->part[ARC_AMS], &r->verdict->ams[i])
		   : state;
}

/* The picture: downwards in time, a dot a hop, its colour that of its state. */
static void
put_timeline(struct buf *b, const struct page *p)
{
	const struct report *r = p->report;
	unsigned n = p->hops->n;

	buf_printf(b,
	    "<svg viewBox=\"0 0 360 %u\" role=\"img\" "
	    "aria-label=\"Timeline of %u hops\">\n",
	    n * ROW + 8, n);
	if (n > 1)
		buf_printf(b,
		    "<line x1=\"24\" y1=\"32\" x2=\"24\" y2=\"%u\"/>\n",
		    (n - 1) * ROW + 32);
	for (unsigned i = 1; i <= n; i++) {
		const struct hop *h = &p->hops->hop[i];
		unsigned y = (i - 1) * ROW + 32;
		const char *state = hop_state(r, i);
		char gap[PAGE_GAP];

		buf_printf(b,
		    "<circle class=\"dot %s\" cx=\"24\" cy=\"%u\" r=\"9\"/>\n"
		    "<text x=\"48\" y=\"%u\">i=%u ",
		    state_class(state), y, y - 3, i);
		if (h->present)
			put_owners(b, r, h, i);
		else
			buf_text(b, "missing");
		buf_printf(b,
		    "</text>\n<text class=\"small\" x=\"48\" y=\"%u\">",
		    y + 15);
		if (h->present)
			put_date(b, h);
		page_gap(h, gap);
		if (gap[0] != '\0')
			buf_printf(b, ", %s", gap);
		buf_text(b, "</text>\n");
	}
	buf_text(b, "</svg>\n");
}

static void
put_claims(struct buf *b, const struct hop *h)
{
	for (size_t i = 0; i < h->nclaims && i < MAX_CLAIMS; i++) {
		const struct hop_claim *r = &h->claim[i];

		buf_text(b, i > 0 ? " " : "");
		put_text(b, r->method, 40);
		buf_printf(b, "=<span class=\"%s\">",
		    slice_eq_nocase(r->result, SLICE("pass"))	? "pass"
		    : slice_eq_nocase(r->result, SLICE("fail")) ? "fail"
								: "other");
		put_text(b, r->result, 40);
		buf_text(b, "</span>");
	}
	if (h->nclaims > MAX_CLAIMS)
		buf_printf(b, " and %zu more", h->nclaims - MAX_CLAIMS);
	if (h->has_aar && h->nclaims == 0)
		buf_text(b, h->none ? "none" : "nothing that can be read");
}

static void
put_state(struct buf *b, const char *of, const struct sigfield *f,
    const struct sigresult *part)
{
	const char *word = page_state(f, part);

	buf_printf(b, "<td data-of=\"%s\" class=\"short %s\">%s</td>", of,
	    state_class(word), word);
}

static void
put_hops(struct buf *b, const struct page *p)
{
	const struct report *r = p->report;

	if (p->hops->n == 0)
		return;
	buf_text(b, "<h2>Hops, the first one on top</h2>\n");
	put_timeline(b, p);
	buf_text(b, "<table>\n<tr><th>i<th>sealed by<th>selector<th>cv<th>AMS"
		    "<th>seal<th>claims</tr>\n");
	for (unsigned i = 1; i <= p->hops->n; i++) {
		const struct arc_set *set = &r->chain->set[i];
		const struct hop *h = &p->hops->hop[i];
		const struct sigfield *seal = set->part[ARC_SEAL];

		buf_printf(b,
		    "<tr><td data-of=\"i\" class=\"short\">%u</td>"
		    "<td data-of=\"sealed by\" class=\"name\">",
		    i);
		put_owners(b, r, h, i);
		buf_text(b, "</td><td data-of=\"selector\">");
		put_text(b, h->selector, MAX_NAME);
		buf_text(b, "</td><td data-of=\"cv\" class=\"short\">");
		if (seal != NULL)
			put_text(b, seal->tags.cv_text, 8);
		buf_text(b, "</td>");
		put_state(b, "AMS", set->part[ARC_AMS], &r->verdict->ams[i]);
		put_state(b, "seal", seal, &r->verdict->seal[i]);
		buf_text(b, "<td data-of=\"claims\">");
		put_claims(b, h);
		buf_text(b, "</td></tr>\n");
	}
	buf_text(b, "</table>\n");
}

/* ------------------------------------------------------------------------
 * What failed, and why. */

static void
begin_faults(struct buf *b, bool *any)
{
	if (!*any)
		buf_text(b, "<h2>Fields that do not verify</h2>\n<ul>\n");
	*any = true;
}

/* Fields that an ARC Set has more than once, each with its signer. */
static void
put_doubles(struct buf *b, const struct report *r, bool *any)
{
	const struct chain *c = r->chain;

	for (unsigned i = 1; i <= c->n; i++)
		for (enum sigkind kind = ARC_AAR; kind < ARC_KINDS; kind++) {
			unsigned told = 0;

			if (c->set[i].count[kind] < 2)
				continue;
			begin_faults(b, any);
			buf_printf(b, "<li>i=%u %.*s: %u of them", i,
			    SLICE_ARG(sigfield_name(kind)),
			    c->set[i].count[kind]);
			for (size_t k = 0; k < c->nfields; k++) {
				const struct sigfield *f = &c->field[k];

				if (f->instance != i || f->kind != kind ||
				    f->tags.domain.len == 0 ||
				    told >= MAX_HEADS)
					continue;
				buf_text(b, told++ > 0 ? ", " : ": ");
				put_text(b, f->tags.domain, MAX_NAME);
			}
			buf_text(b, "</li>\n");
		}
}

static void
put_faults(struct buf *b, const struct page *p)
{
	const struct report *r = p->report;
	bool any = false;

	for (size_t k = 0; k < r->chain->nfields; k++) {
		const struct sigfield *f = &r->chain->field[k];
		const struct diag *why = page_fault(r, f);

		if (why == NULL)
			continue;
		begin_faults(b, &any);
		buf_printf(b, "<li>i=%u %.*s: ", f->instance,
		    SLICE_ARG(sigfield_name(f->kind)));
		put_diag(b, r, why);
		buf_text(b, "</li>\n");
	}
	put_doubles(b, r, &any);
	buf_text(b, any ? "</ul>\n" : "");
}

/* A side of a change, a line a span. */
static void
put_side(struct buf *b, const char *class, char mark, const struct change *c,
    struct slice text)
{
	struct slice rest = slice_sub(text, 0, MAX_SIDE), line;
	bool first = true;

	while (slice_line(&rest, &line)) {
		buf_printf(b, "<span class=\"%s\">%c ", class, mark);
		if (first && c->name.len > 0) {
			put_text(b, c->name, MAX_NAME);
			buf_char(b, ':');
		}
		first = false;
		escape_markup(b, line);
		buf_text(b, "</span>");
	}
	if (text.len > MAX_SIDE)
		buf_printf(b, "<span class=\"%s\">%c ... (%zu bytes)</span>",
		    class, mark, text.len);
}

/* What fails by it, a line each. */
static void
put_fails(struct buf *b, struct slice lines)
{
	struct slice line;

	if (lines.len == 0)
		return;
	buf_text(b, "<ul class=\"soft\">\n");
	while (slice_cut(&lines, '\n', &line)) {
		if (line.len == 0)
			continue;
		buf_text(b, "<li>");
		put_words(b, slice_trim(line));
		buf_text(b, "</li>\n");
	}
	buf_text(b, "</ul>\n");
}

static void
put_changes(struct buf *b, const struct finding *f)
{
	for (size_t k = 0; k < f->nchanges; k++) {
		const struct change *c = &f->change[k];

		buf_text(b, "<pre>");
		if (c->is.p != NULL)
			put_side(b, "old", '-', c, c->is);
		if (c->was.len > 0 || (c->was.p != NULL && c->name.len > 0))
			put_side(b, "new", '+', c, c->was);
		buf_text(b, "</pre>\n");
	}
}

static void
put_finding(struct buf *b, const struct report *r, size_t n)
{
	const struct finding *f = &r->why->finding[n], *dated = f;
	const struct cause *info = cause_info(f->cause);
	const char *level = f->other ? "or" : cause_level_word(f->level);
	struct buf who = { .max = 0 };

	buf_printf(
	    b, "<section class=\"cause %s\">\n<p><strong>%s", level, level);
	buf_text(b, "</strong>: ");
	put_words(b, slice_of(info->sentence));
	if (f->detail[0] != '\0') {
		buf_text(b, " (");
		put_words(b, slice_of(f->detail));
		buf_char(b, ')');
	}
	report_fields(b, r->why, n);
	buf_printf(b, " <code>%s</code></p>\n", info->id);
	for (size_t k = n; !f->other && k < r->why->n;
	     k = why_block_next(r->why, n, k))
		if (k == n || r->why->finding[k].aspect != f->aspect) {
			const struct finding *now = report_fails(&who, r, k);

			dated = k == n ? now : dated;
		}
	put_fails(b, buf_view(&who));
	buf_clear(&who);
	for (size_t k = n; k < r->why->n; k = why_block_next(r->why, n, k))
		put_changes(b, &r->why->finding[k]);
	buf_text(&who, "By: ");
	report_by(&who, r, dated);
	buf_printf(&who, " (%s)", finding_certainty_word(dated->who));
	buf_text(b, "<p>");
	put_words(b, slice_trim(buf_view(&who)));
	buf_text(b, "</p>\n");
	if (!f->other) {
		buf_clear(&who);
		report_fix(&who, f);
		buf_text(b, "<p>Fix: ");
		put_words(b, buf_view(&who));
		buf_text(b, "</p>\n");
	}
	buf_text(b, "</section>\n");
	buf_fail_with(b, &who);
	buf_release(&who);
}

static void
put_findings(struct buf *b, const struct report *r)
{
	bool changes = false;

	if (r->why == NULL || r->why->n == 0)
		return;
	buf_text(b, "<h2>Why</h2>\n");
	for (size_t k = 0; k < r->why->n && k < MAX_FINDINGS; k++) {
		changes |= r->why->finding[k].nchanges > 0;
		if (!why_told_before(r->why, k) &&
		    !why_in_block_before(r->why, k))
			put_finding(b, r, k);
	}
	if (changes)
		buf_text(b, "<p class=\"soft\">- as the message arrived, + as "
			    "it was signed</p>\n");
}

int
html_page(struct buf *b, const struct page *p, struct diag *why)
{
	if (put_head(b, p, why) != 0)
		return -1;
	put_verdict(b, p);
	put_findings(b, p->report);
	put_hops(b, p);
	html_auth(b, p);
	put_faults(b, p);
	buf_text(b, "</body>\n</html>\n");
	return b->failure == BUF_OK ? 0 : diag_memory(why);
}
