/* SPDX-License-Identifier: BSD-2-Clause */
/* DMARC records.  With --keys FILE or --resolver ADDRESS it evaluates instead:
 * a line of standard input is From (several are parted by "|") and, with tabs
 * between, identifiers like dkim=pass=d.example; a line of output is result,
 * policy, policy domain, organizational domain, what is aligned, and the code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/input.h"
#include "dmarc/dmarc.h"
#include "lines.h"

static bool
reads(const char *text)
{
	struct dmarc_record r;

	return dmarc_record_read(slice_of(text), &r);
}

static void
versions(void)
{
	CHECK(reads("v=DMARC1"));
	CHECK(reads("v=DMARC1;"));
	CHECK(reads("v=DMARC1 ; p=none"));
	CHECK(reads("v = DMARC1;p=none"));
	CHECK(!reads(""));
	CHECK(!reads(" v=DMARC1; p=none"));
	CHECK(!reads("V=DMARC1; p=none"));
	CHECK(!reads("v=dmarc1; p=none"));
	CHECK(!reads("v=DMARC2; p=none"));
	CHECK(!reads("v=DMARC1 p=none"));
	CHECK(!reads("v=DMARC1x; p=none"));
	CHECK(!reads("p=none; v=DMARC1"));
	CHECK(!reads("v; p=none"));
	CHECK(!reads(";v=DMARC1"));
}

static struct dmarc_record
record(const char *text)
{
	struct dmarc_record r;

	CHECK(dmarc_record_read(slice_of(text), &r));
	return r;
}

static void
tags(void)
{
	struct dmarc_record r = record("v=DMARC1; p=Reject ;sp = quarantine;"
				       "np=NONE;adkim=S;aspf=s;t=Y;psd=N");

	CHECK(dmarc_policy_read(r.p) == DMARC_REJECT);
	CHECK(dmarc_policy_read(r.sp) == DMARC_QUARANTINE);
	CHECK(dmarc_policy_read(r.np) == DMARC_NONE);
	CHECK(r.strict_dkim && r.strict_spf && r.testing && r.psd == 'n');
	CHECK(!r.invalid && !r.has_rua);
	r = record("v=DMARC1; p=reject; adkim=x; aspf=; t=yes; psd=q; P=none; "
		   "pct=0; rf=afrf; ri=1; nonsense; =; p=none; x=1=2");
	CHECK(dmarc_policy_read(r.p) == DMARC_REJECT);
	CHECK(!r.strict_dkim && !r.strict_spf && !r.testing && r.psd == 'u');
	CHECK(!r.invalid);
	/* Of a tag that is repeated the first counts. */
	r = record("v=DMARC1; p=none; p=reject; sp=none; sp=x; adkim=r; "
		   "adkim=s; aspf=s; aspf=r; t=n; t=y; psd=x; psd=y; rua=x; "
		   "rua=mailto:a@b.example");
	CHECK(dmarc_policy_read(r.p) == DMARC_NONE && !r.invalid);
	CHECK(!r.strict_dkim && r.strict_spf && !r.testing && r.psd == 'u');
	CHECK(!r.has_rua);
	CHECK(record("v=DMARC1").invalid);
	CHECK(record("v=DMARC1; p=").invalid);
	CHECK(record("v=DMARC1; p=no ne").invalid);
	CHECK(record("v=DMARC1; p=none; sp=x").invalid);
	CHECK(record("v=DMARC1; p=none; np=").invalid);
}

static void
reports(void)
{
	static const char *const good[] = { "mailto:a@b.example",
		" mailto:a@b.example ", "MAILTO:a@b.example!10m",
		"x, mailto:a@b.example", "https://r.example/in",
		"mailto:a@b.example?subject=x" };
	static const char *const bad[] = { "", "a@b.example",
		"mailto:", "mailto:a", "mailto:@b.example", "mailto:a@", ":a@b",
		"1x:y", "mailto:a b@c.example", "," };
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		snprintf(text, sizeof text, "v=DMARC1; rua=%s", good[i]);
		CHECK(record(text).has_rua);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof text, "v=DMARC1; rua=%s", bad[i]);
		CHECK(!record(text).has_rua);
	}
}

static const struct unit_test tests[] = {
	{ "a record begins with v=DMARC1 exactly", versions },
	{ "tags have their values, or their defaults", tags },
	{ "which rua= has a URI that is valid", reports },
};

/* ------------------------------------------------------------------------ */

enum {
	MAX_IDENTIFIERS = 16,
};

static struct message *
message_of(struct slice from, struct buf *text)
{
	struct slice one;
	struct message *m;
	struct diag why;
	struct input in;

	while (slice_cut(&from, '|', &one))
		buf_printf(text, "From: %.*s\r\n", SLICE_ARG(one));
	buf_text(text, "\r\n");
	input_from_memory(&in, buf_view(text));
	if (message_read(&in, &limits_usual, &m, &why) != 0)
		m = NULL;
	input_release(&in);
	return m;
}

static void
show(const struct dmarc_verdict *v)
{
	const char *policy = dmarc_policy_word(v->policy);
	bool any = false;

	printf("%s %s %.*s %.*s ", auth_result_word(v->result),
	    policy != NULL ? policy : "-",
	    SLICE_ARG(v->policy_domain.len > 0 ? v->policy_domain : SLICE("-")),
	    SLICE_ARG(v->organizational_domain.len > 0
			  ? v->organizational_domain
			  : SLICE("-")));
	for (size_t i = 0; i < v->nidentifiers; i++)
		if (v->identifier[i].aligned) {
			printf("%s%s:%.*s", any ? "," : "",
			    auth_method_word(v->identifier[i].method),
			    SLICE_ARG(v->identifier[i].domain));
			any = true;
		}
	printf("%s %s\n", any ? "" : "-", diag_info(v->why.code)->word);
}

static void
evaluate(struct keystore *keys, struct slice line)
{
	struct dmarc_identifier id[MAX_IDENTIFIERS];
	struct arena *arena = NEED(arena_new());
	struct buf text = { .max = 0 };
	struct slice from, rest, word;
	struct dmarc_verdict v;
	struct diag why;
	size_t n = 0;
	int64_t now = clock_now();

	if (!slice_cut(&line, '\t', &from))
		from = SLICE("");
	while (n < MAX_IDENTIFIERS && slice_cut(&line, '\t', &rest)) {
		id[n] = (struct dmarc_identifier){ .method = METHOD_SPF };
		if (slice_cut(&rest, '=', &word))
			id[n].method = auth_method_parse(word);
		if (slice_cut(&rest, '=', &word))
			id[n].result = auth_result_parse(word);
		id[n++].domain = rest;
	}
	struct message *m = message_of(from, &text);

	if (m == NULL ||
	    dmarc_check(m, id, n, keys, now + 20 * (int64_t)CLOCK_SECOND, arena,
		&v, &why) != 0)
		printf("trouble\n");
	else
		show(&v);
	if (m != NULL)
		message_free(m);
	buf_release(&text);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	return argc == 3 ? lines_evaluate(argv[1], argv[2], evaluate)
			 : unit_main(tests, ARRAY_LEN(tests));
}
