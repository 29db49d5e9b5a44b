/* SPDX-License-Identifier: BSD-2-Clause */
/* Results of SPF and DMARC as lines and as JSON. */
#include "base/escape.h"
#include "report/line.h"
#include "report/member.h"
#include "report/report.h"

bool
report_lacks(const struct report *r, enum auth_method method)
{
	return ((method == METHOD_SPF && r->spf == NULL) ||
		   (method == METHOD_DMARC && r->dmarc == NULL)) &&
	       r->methods != NULL && auth_methods_have(r->methods, method);
}

/* ------------------------------------------------------------------------
 * SPF. */

/* The terms on the way to the one that decided. */
static void
put_steps(struct buf *b, const struct spf_verdict *v)
{
	for (size_t i = 0; i < v->nsteps; i++) {
		if (i > 0)
			buf_text(b, " > ");
		escape_text(b, v->step[i].term);
	}
}

void
report_spf_line(struct buf *b, const struct report *r)
{
	const struct spf_verdict *v = r->spf;

	line_pair(b, v->helo ? "  smtp.helo=" : "  smtp.mailfrom=", v->domain);
	line_pair(b, " ip=", r->remote_ip);
	if (v->nsteps > 0) {
		buf_text(b, " (");
		put_steps(b, v);
		buf_char(b, ')');
	}
	if (v->why.code != DIAG_NONE) {
		buf_char(b, ':');
		line_reason(b, r, &v->why);
	}
}

/* What a domain would have to publish: certain only where evaluation came to
 * the end of the record, in front of which one more mechanism would match. */
static void
put_spf_fix(struct buf *b, const struct report *r)
{
	const struct spf_verdict *v = r->spf;
	const struct spf_step *last =
	    v->nsteps > 0 ? &v->step[v->nsteps - 1] : NULL;

	if (!v->fell_through || v->result == RESULT_PASS ||
	    v->result == RESULT_NONE)
		return;
	buf_text(b, "fix: if this client may send for the domain, add ");
	buf_text(b,
	    slice_find(r->remote_ip, ':') < r->remote_ip.len ? "ip6:" : "ip4:");
	escape_text(b, r->remote_ip);
	if (last != NULL && v->mechanism.len > 0) {
		buf_text(b, " before \"");
		escape_text(b, last->term);
		buf_char(b, '"');
	}
	buf_text(b, " in the SPF record of ");
	escape_text(
	    b, last != NULL && v->mechanism.len > 0 ? last->domain : v->domain);
}

/* The fix as a line of its own; nothing where there is none. */
static void
put_fix_line(struct buf *b, const struct report *r,
    void (*put)(struct buf *, const struct report *))
{
	struct buf fix = { .max = 0 };

	put(&fix, r);
	if (fix.len > 0)
		buf_printf(b, "    %.*s\n", SLICE_ARG(buf_view(&fix)));
	buf_fail_with(b, &fix);
	buf_release(&fix);
}

static void
put_spf_details(struct buf *b, const struct report *r)
{
	const struct spf_verdict *v = r->spf;

	buf_printf(b,
	    "  spf: %u of %d terms that query the DNS, %u of %d void\n",
	    v->lookups, LIMIT_SPF_TERMS, v->void_lookups, LIMIT_SPF_VOID);
	for (size_t i = 0; i < v->nsteps; i++) {
		buf_text(b, "    ");
		escape_text(b, v->step[i].domain);
		buf_text(b, ": ");
		escape_text(b, v->step[i].term);
		buf_char(b, '\n');
	}
	if (v->explanation.len > 0) {
		buf_text(b, "    the domain explains: ");
		escape_text(b, v->explanation);
		buf_char(b, '\n');
	}
	put_fix_line(b, r, put_spf_fix);
}

/* ------------------------------------------------------------------------
 * DMARC. */

static void
put_policy(struct buf *b, const struct dmarc_verdict *v)
{
	const char *policy = dmarc_policy_word(v->policy);

	if (v->record == NULL)
		return;
	if (v->record->p.p != NULL)
		line_pair(b, " p=", v->record->p);
	if (policy != NULL && dmarc_policy_read(v->record->p) != v->policy)
		line_pair(b, " policy=", slice_of(policy));
}

/* "(dkim author.example, spf author.example)" */
static void
put_aligned(struct buf *b, const struct dmarc_verdict *v)
{
	bool any = false;

	for (size_t i = 0; i < v->nidentifiers; i++) {
		const struct dmarc_identifier *id = &v->identifier[i];

		if (!id->aligned)
			continue;
		buf_printf(b, "%s%s ", any ? ", " : " (",
		    auth_method_word(id->method));
		escape_text(b, id->domain);
		any = true;
	}
	if (any)
		buf_char(b, ')');
}

void
report_dmarc_line(struct buf *b, const struct report *r)
{
	const struct dmarc_verdict *v = r->dmarc;

	line_pair(b, "  header.from=", v->domain);
	put_policy(b, v);
	put_aligned(b, v);
	if (r->by_dkim_alone)
		buf_text(b, " (by DKIM alone)");
	if (v->why.code != DIAG_NONE) {
		buf_char(b, ':');
		line_reason(b, r, &v->why);
	}
}

/* What was asked for on the way from the author's domain up. */
static void
put_walk(struct buf *b, const struct dmarc_verdict *v)
{
	for (size_t i = 0; i < v->nstops; i++) {
		const struct dmarc_stop *s = &v->stop[i];

		buf_text(b, "    _dmarc.");
		escape_text(b, s->domain);
		if (s->nrecords > 1)
			buf_printf(
			    b, ": %zu records, all ignored\n", s->nrecords);
		else if (s->nrecords == 1)
			buf_printf(b, ": record%s\n",
			    s->record.psd == 'u'   ? ""
			    : s->record.psd == 'y' ? ", psd=y"
						   : ", psd=n");
		else
			buf_printf(b, ": %s\n",
			    s->not_asked ? "in no keys file; DNS was not asked "
					   "(--dns)"
			    : s->kind == ANSWER_RECORDS ? "no DMARC record"
							: answer_word(s->kind));
	}
}

/* What of the DNS or of the sender would make another result of it. */
static void
put_dmarc_fix(struct buf *b, const struct report *r)
{
	const struct dmarc_verdict *v = r->dmarc;

	if (v->why.code == DIAG_DMARC_ALIGNMENT) {
		buf_text(b, "fix: sign with DKIM as d=");
		escape_text(b, v->domain);
		buf_text(b, ", or send with a MAIL FROM of that domain");
	}
	if (v->why.code == DIAG_DMARC_POLICY)
		buf_text(b,
		    "fix: publish p=none, p=quarantine or p=reject, and the "
		    "same values alone for sp= and np=");
	if (v->why.code != DIAG_DMARC_NONE)
		return;
	for (size_t i = 0; i < v->nstops && b->len == 0; i++)
		if (v->stop[i].nrecords > 1) {
			buf_text(b, "fix: publish one DMARC record at _dmarc.");
			escape_text(b, v->stop[i].domain);
		}
}

/* An identifier, and how it stands to the author's domain. */
static void
put_identifier(struct buf *b, const struct dmarc_verdict *v,
    const struct dmarc_identifier *id)
{
	buf_printf(b, "    %s=%s ", auth_method_word(id->method),
	    auth_result_word(id->result));
	escape_text(b, id->domain);
	if (id->organizational.len > 0) {
		buf_text(b, ", organizational domain ");
		escape_text(b, id->organizational);
	}
	if (id->result == RESULT_PASS) {
		buf_text(b, id->aligned ? ", aligned" : ", not aligned");
		if (!id->aligned && v->record != NULL &&
		    (id->method == METHOD_DKIM ? v->record->strict_dkim
					       : v->record->strict_spf))
			buf_printf(b, " (%s=s: only the same domain is)",
			    id->method == METHOD_DKIM ? "adkim" : "aspf");
	}
	buf_char(b, '\n');
}

static void
put_dmarc_details(struct buf *b, const struct report *r)
{
	const struct dmarc_verdict *v = r->dmarc;

	if (v->domain.len == 0)
		return;
	buf_text(b, v->policy_domain.len > 0 ? "  dmarc: policy of "
					     : "  dmarc: no policy record");
	escape_text(b, v->policy_domain);
	buf_text(b, ", organizational domain ");
	escape_text(b, v->organizational_domain);
	if (v->record != NULL)
		buf_printf(b, ", adkim=%c aspf=%c%s%s%s",
		    v->record->strict_dkim ? 's' : 'r',
		    v->record->strict_spf ? 's' : 'r',
		    v->record->testing ? ", t=y: one step less is asked for"
				       : "",
		    v->record->invalid ? ", invalid: taken as p=none" : "",
		    v->exists ? "" : ", the author's domain does not exist");
	buf_char(b, '\n');
	put_walk(b, v);
	for (size_t i = 0; i < v->nidentifiers; i++)
		put_identifier(b, v, &v->identifier[i]);
	put_fix_line(b, r, put_dmarc_fix);
}

void
report_methods_details(struct buf *b, const struct report *r)
{
	if (r->spf != NULL)
		put_spf_details(b, r);
	if (r->dmarc != NULL)
		put_dmarc_details(b, r);
}

/* ------------------------------------------------------------------------
 * JSON. */

static const char by_dkim_alone[] =
    "Judged by DKIM alone: the SMTP client is not known.";

/* What JSON adds to the sentence on DMARC. */
static void
put_dmarc_more(struct buf *b, const struct report *r)
{
	struct buf fix = { .max = 0 };

	put_dmarc_fix(&fix, r);
	if (r->by_dkim_alone)
		buf_printf(b, "%s%s", by_dkim_alone, fix.len > 0 ? " " : "");
	buf_slice(b, buf_view(&fix));
	buf_fail_with(b, &fix);
	buf_release(&fix);
}

/* The code and the sentence on a result, which is not pass, and more. */
static void
put_why(struct json *j, const struct report *r, const struct diag *why,
    void (*put_more)(struct buf *, const struct report *))
{
	struct buf b = { .max = 0 };

	member_word(j, "code", diag_info(why->code)->word);
	member_sentence(&b, why);
	size_t n = b.len;

	buf_char(&b, ' ');
	put_more(&b, r);
	if (b.len == n + 1)
		b.len = n;
	json_string(j, "detail", buf_view(&b));
	buf_fail_with(j->out, &b);
	buf_release(&b);
}

/* What passes has no sentence but the way to the term, if that is long. */
static void
put_way(struct json *j, const struct spf_verdict *v)
{
	struct buf b = { .max = 0 };

	for (size_t i = 0; i < v->nsteps; i++) {
		if (i > 0)
			buf_text(&b, " > ");
		escape_text(&b, v->step[i].domain);
		buf_text(&b, ": ");
		escape_text(&b, v->step[i].term);
	}
	if (v->nsteps > 0)
		json_string(j, "detail", buf_view(&b));
	else
		json_null(j, "detail");
	buf_fail_with(j->out, &b);
	buf_release(&b);
}

static void
put_spf(struct json *j, const struct report *r)
{
	const struct spf_verdict *v = r->spf;

	json_object_open(j, "spf");
	member_word(j, "result", auth_result_word(v->result));
	member_word(j, "identity", v->helo ? "helo" : "mailfrom");
	member_text(j, "domain", v->domain);
	member_text(j, "ip", r->remote_ip);
	if (v->mechanism.len > 0)
		json_string(j, "mechanism", v->mechanism);
	else
		json_null(j, "mechanism");
	if (v->explanation.len > 0)
		json_string(j, "explanation", v->explanation);
	else
		json_null(j, "explanation");
	json_number(j, "lookups", v->lookups);
	json_number(j, "void_lookups", v->void_lookups);
	if (v->why.code == DIAG_NONE) {
		json_null(j, "code");
		put_way(j, v);
	} else {
		put_why(j, r, &v->why, put_spf_fix);
	}
	json_object_close(j);
}

/* A slice that is empty is null. */
static void
put_domain(struct json *j, const char *key, struct slice domain)
{
	if (domain.len > 0)
		json_string(j, key, domain);
	else
		json_null(j, key);
}

static void
put_word(struct json *j, const char *key, const char *word)
{
	if (word != NULL)
		member_word(j, key, word);
	else
		json_null(j, key);
}

static void
put_published(struct json *j, const struct dmarc_record *d)
{
	if (d != NULL) {
		member_text(j, "p", d->p);
		member_text(j, "sp", d->sp);
		member_text(j, "np", d->np);
		member_word(j, "adkim", d->strict_dkim ? "s" : "r");
		member_word(j, "aspf", d->strict_spf ? "s" : "r");
		json_bool(j, "testing", d->testing);
		return;
	}
	json_null(j, "p");
	json_null(j, "sp");
	json_null(j, "np");
	json_null(j, "adkim");
	json_null(j, "aspf");
	json_null(j, "testing");
}

static void
put_dmarc(struct json *j, const struct report *r)
{
	const struct dmarc_verdict *v = r->dmarc;

	json_object_open(j, "dmarc");
	member_word(j, "result", auth_result_word(v->result));
	put_domain(j, "domain", v->domain);
	put_domain(j, "policy_domain", v->policy_domain);
	put_domain(j, "organizational_domain", v->organizational_domain);
	put_word(j, "policy", dmarc_policy_word(v->policy));
	put_published(j, v->record);
	json_array_open(j, "aligned");
	for (size_t i = 0; i < v->nidentifiers; i++) {
		if (!v->identifier[i].aligned)
			continue;
		json_object_open(j, NULL);
		member_word(
		    j, "method", auth_method_word(v->identifier[i].method));
		json_string(j, "domain", v->identifier[i].domain);
		json_object_close(j);
	}
	json_array_close(j);
	if (v->why.code == DIAG_NONE) {
		json_null(j, "code");
		put_word(j, "detail", r->by_dkim_alone ? by_dkim_alone : NULL);
	} else {
		put_why(j, r, &v->why, put_dmarc_more);
	}
	json_object_close(j);
}

void
report_domains_json(struct json *j, const struct report *r)
{
	if (r->spf != NULL)
		put_spf(j, r);
	else if (report_lacks(r, METHOD_SPF))
		json_null(j, "spf");
	if (r->dmarc != NULL)
		put_dmarc(j, r);
	else if (report_lacks(r, METHOD_DMARC))
		json_null(j, "dmarc");
}
