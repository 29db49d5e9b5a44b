/* SPDX-License-Identifier: BSD-2-Clause */
/* SPF macros and records.  With --keys FILE or --resolver ADDRESS it evaluates
 * instead: a line of standard input is IP, HELO and MAIL FROM with tabs
 * between; a line of output is result, code, terms and void lookups counted,
 * the term that decided and the explanation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "spf/record.h"
#include "spf/spf.h"
#include "lines.h"

/* ------------------------------------------------------------------------
 * What RFC 7208 section 7.4 prints. */

static void
expands(const char *ip, const char *text, const char *wanted)
{
	struct spf_address address;
	struct buf b = { .max = 0 };

	CHECK(spf_address_read(slice_of(ip), &address));
	struct spf_macros x = { .local = SLICE("strong-bad"),
		.sender = SLICE("email.example.com"),
		.domain = SLICE("email.example.com"),
		.helo = SLICE("mx.example.org"),
		.receiver = SLICE("here.example"),
		.validated = SLICE("mx.example.org"),
		.ip = &address,
		.time = 1767225600 };

	CHECK(spf_macro_fault(slice_of(text), SPF_EXPLANATION).p == NULL);
	spf_macro_expand(slice_of(text), &x, 0, &b);
	if (!slice_eq(buf_view(&b), slice_of(wanted)))
		printf("# %s: %.*s, not %s\n", text, SLICE_ARG(buf_view(&b)),
		    wanted);
	CHECK(slice_eq(buf_view(&b), slice_of(wanted)));
	buf_release(&b);
}

static void
expansion_examples(void)
{
	static const char *const examples[][2] = {
		{ "%{s}", "strong-bad@email.example.com" },
		{ "%{o}", "email.example.com" },
		{ "%{d}", "email.example.com" },
		{ "%{d4}", "email.example.com" },
		{ "%{d3}", "email.example.com" },
		{ "%{d2}", "example.com" },
		{ "%{d1}", "com" },
		{ "%{dr}", "com.example.email" },
		{ "%{d2r}", "example.email" },
		{ "%{l}", "strong-bad" },
		{ "%{l-}", "strong.bad" },
		{ "%{lr}", "strong-bad" },
		{ "%{lr-}", "bad.strong" },
		{ "%{l1r-}", "strong" },
		{ "%{ir}.%{v}._spf.%{d2}",
		    "3.2.0.192.in-addr._spf.example.com" },
		{ "%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com" },
		{ "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
		    "bad.strong.lp.3.2.0.192.in-addr._spf.example.com" },
		{ "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
		    "3.2.0.192.in-addr.strong.lp._spf.example.com" },
		{ "%{d2}.trusted-domains.example.net",
		    "example.com.trusted-domains.example.net" },
		/* not printed there */
		{ "%{S}", "strong-bad%40email.example.com" },
		{ "%{d127}", "email.example.com" },
		{ "%{d00099999999999999999999}", "email.example.com" },
		{ "%{L1R-}", "strong" },
		{ "%%%_%-%{c} %{r} %{t} %{h}",
		    "% %20192.0.2.3 here.example 1767225600 mx.example.org" },
		{ "%{s.@-}", "strong-bad@email.example.com" },
	};

	for (size_t i = 0; i < ARRAY_LEN(examples) - 1; i++)
		expands("192.0.2.3", examples[i][0], examples[i][1]);
	expands("2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
	    "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2."
	    "ip6._spf.example.com");
	expands("2001:db8::cb01", "%{c}", "2001:db8::cb01");
	expands("::ffff:192.0.2.3", "%{i}/%{v}", "192.0.2.3/in-addr");
}

static bool
has_fault(const char *text, enum spf_text kind)
{
	return spf_macro_fault(slice_of(text), kind).p != NULL;
}

static void
macros_that_are_none(void)
{
	static const char *const faults[] = { "%", "%a", "%{", "%{d", "%{}",
		"%{x}", "%{d0}", "%{d@}", "%{d2x}", "%{rr2}", "%(ir)", "a\tb",
		"a\177b", "a\xc3\xa4", "%{ d}" };

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		CHECK(has_fault(faults[i], SPF_EXPLANATION));
		CHECK(has_fault(faults[i], SPF_DOMAIN_SPEC));
	}
	CHECK(has_fault("%{c}", SPF_DOMAIN_SPEC));
	CHECK(has_fault("a b.example", SPF_DOMAIN_SPEC));
	CHECK(has_fault("", SPF_DOMAIN_SPEC));
	CHECK(has_fault("example", SPF_DOMAIN_SPEC));
	CHECK(has_fault("example.123", SPF_DOMAIN_SPEC));
	CHECK(has_fault("%{d}.com-", SPF_DOMAIN_SPEC));
	CHECK(has_fault("%{d}com", SPF_DOMAIN_SPEC));
	CHECK(has_fault("a.example..", SPF_DOMAIN_SPEC));
	CHECK(!has_fault("a.example.", SPF_DOMAIN_SPEC));
	CHECK(!has_fault("a.xn--p1ai", SPF_DOMAIN_SPEC));
	CHECK(!has_fault("a%%", SPF_DOMAIN_SPEC));
	CHECK(!has_fault("%{d}", SPF_DOMAIN_SPEC));
	CHECK(!has_fault("", SPF_EXPLANATION));
	CHECK(!has_fault("%{c} %{r} %{t}", SPF_EXPLANATION));
	CHECK(!has_fault("", SPF_MODIFIER));
}

/* The end of a long name is exact, and little more of it is held. */
static void
long_expansions(void)
{
	struct spf_address ip = { .type = RR_A };
	char sender[250];
	struct spf_macros x = { .sender = { sender, sizeof sender },
		.ip = &ip };
	struct buf text = { .max = 0 }, all = { .max = 0 }, end = { .max = 0 };

	memset(sender, 'a', sizeof sender);
	for (int i = 0; i < 4000; i++)
		buf_printf(&text, "%d.%%{o}", i);
	buf_text(&text, ".example");
	spf_macro_expand(buf_view(&text), &x, 0, &all);
	spf_macro_expand(buf_view(&text), &x, 255, &end);
	CHECK(all.len > 1000 * 1000 && end.cap < 64 * 1024);
	CHECK(slice_eq(slice_sub(buf_view(&all), all.len - 255, 255),
	    slice_sub(buf_view(&end), end.len - 255, 255)));
	buf_release(&text);
	buf_release(&all);
	buf_release(&end);
}

static const struct unit_test tests[] = {
	{ "macros expand as RFC 7208 section 7.4 prints", expansion_examples },
	{ "what is no macro, or no domain-spec, is told",
	    macros_that_are_none },
	{ "of a long name only the end is held", long_expansions },
};

/* ------------------------------------------------------------------------
 * Evaluating. */

static void
put(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		putchar(s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '?');
}

static void
evaluate(struct keystore *keys, struct slice line)
{
	struct arena *arena = NEED(arena_new());
	struct spf_request r = { .time = 1767225600 };
	struct spf_verdict v;
	struct slice ip;
	struct diag why;

	if (!slice_cut(&line, '\t', &ip) || !slice_cut(&line, '\t', &r.helo) ||
	    !slice_cut(&line, '\t', &r.mail_from))
		r.mail_from = SLICE_NONE;
	int64_t now = clock_now();

	if (!spf_address_read(ip, &r.ip) ||
	    spf_check(&r, keys, now + 20 * (int64_t)CLOCK_SECOND, arena, &v,
		&why) != 0) {
		printf("trouble\n");
	} else {
		printf("%s\t%s\t%u\t%u\t", auth_result_word(v.result),
		    diag_info(v.why.code)->word, v.lookups, v.void_lookups);
		for (size_t i = 0; i < v.nsteps; i++) {
			printf("%s", i > 0 ? " > " : "");
			put(v.step[i].term);
		}
		printf("\t");
		put(v.explanation);
		printf("\n");
	}
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	return argc == 3 ? lines_evaluate(argv[1], argv[2], evaluate)
			 : unit_main(tests, ARRAY_LEN(tests));
}
