/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>

#include "base/arena.h"
#include "keys/keyname.h"
#include "unit.h"

static void
name_is(const char *selector, const char *domain, const char *wanted)
{
	struct arena *arena = NEED(arena_new());
	struct slice out = { NULL, 0 };
	struct diag why = { .code = DIAG_NONE };

	if (keyname_make(
		slice_of(selector), slice_of(domain), arena, &out, &why) != 0 ||
	    !slice_eq(out, slice_of(wanted))) {
		printf("# s=%s d=%s: \"%.*s\" %s %s instead of \"%s\"\n",
		    selector, domain, SLICE_ARG(out), diag_info(why.code)->word,
		    why.detail, wanted);
		unit_failures++;
	}
	arena_free(arena);
}

/* What was last said about a name. */
static char said[sizeof((struct diag *)0)->detail];

static void
refused(struct slice selector, struct slice domain, enum diag_code code)
{
	struct arena *arena = NEED(arena_new());
	struct slice out,
	    part = code == DIAG_SELECTOR_SYNTAX ? selector : domain;
	struct diag why = { .code = DIAG_NONE };

	CHECK_CODE(
	    keyname_make(selector, domain, arena, &out, &why), code, why);
	/* where looks into the part at fault. */
	CHECK(part.len == 0 ||
	      (why.where.p >= part.p &&
		  why.where.p + why.where.len <= part.p + part.len));
	CHECK(why.detail[0] != '\0');
	memcpy(said, why.detail, sizeof said);
	arena_free(arena);
}

/* RFC 6376 section 3.6.2.1, and its example. */
static void
plain(void)
{
	name_is("foo.bar", "example.com", "foo.bar._domainkey.example.com");
	name_is("a.b", "x.example", "a.b._domainkey.x.example");
	name_is("S", "Example.ORG", "s._domainkey.example.org");
	name_is(
	    "2024-01", "a_b._c.example", "2024-01._domainkey.a_b._c.example");
	name_is("s-", "-d-.example", "s-._domainkey.-d-.example");
	name_is("xn--bcher-kva", "xn--bcher-kva.example",
	    "xn--bcher-kva._domainkey.xn--bcher-kva.example");
}

/* RFC 8616 5. */
static void
u_labels(void)
{
	name_is("s",
	    "b\xc3\xbc"
	    "cher.example",
	    "s._domainkey.xn--bcher-kva.example");
	name_is("b\xc3\xbc"
		"cher",
	    "example.org", "xn--bcher-kva._domainkey.example.org");
	/* U+00DC; mapped to lower case. */
	name_is("s",
	    "B\xc3\x9c"
	    "CHER.Example",
	    "s._domainkey.xn--bcher-kva.example");
	/* u and U+0308, not normalized. */
	name_is("s",
	    "bu\xcc\x88"
	    "cher.example",
	    "s._domainkey.xn--bcher-kva.example");
	/* Not transitional: U+00DF stays. */
	name_is("s",
	    "stra\xc3\x9f"
	    "e.example",
	    "s._domainkey.xn--strae-oqa.example");
	/* "_" survives, in labels of both kinds. */
	name_is("a_b.\xc3\xa9_x",
	    "_d.b\xc3\xbc"
	    "cher.example",
	    "a_b.xn--_x-9ia._domainkey._d.xn--bcher-kva.example");
	/* U+3002 is a dot, and it makes the second label. */
	name_is("s",
	    "b\xc3\xbc"
	    "cher\xe3\x80\x82"
	    "example",
	    "s._domainkey.xn--bcher-kva.example");
	/* All of a name in a script that is not Latin. */
	name_is("s",
	    "\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82\xd0\xb0.\xd1\x80\xd1\x84",
	    "s._domainkey.xn--80a1acny.xn--p1ai");
}

static void
u_labels_that_are_none(void)
{
	/* Not as text, which would turn this line round on a screen. */
	static const char bidi[] = { 'a', '\xe2', '\x80', '\xae', '.', 'b' };

	/* Latin-1; cut; overlong; a surrogate. */
	refused(SLICE("s"), SLICE("b\xfc.example"), DIAG_DOMAIN_SYNTAX);
	CHECK(strcmp(said, "not UTF-8") == 0);
	refused(SLICE("b\xc3"), SLICE("a.example"), DIAG_SELECTOR_SYNTAX);
	refused(SLICE("s"), SLICE("\xc0\xae.example"), DIAG_DOMAIN_SYNTAX);
	refused(SLICE("s"), SLICE("\xed\xa0\x80.example"), DIAG_DOMAIN_SYNTAX);
	/* U+2028 and U+202E are allowed in no name. */
	refused(SLICE("s"), SLICE("a\xe2\x80\xa8.example"), DIAG_DOMAIN_SYNTAX);
	refused(SLICE("s"), (struct slice){ bidi, sizeof bidi },
	    DIAG_DOMAIN_SYNTAX);
	/* U+FF0A and U+FE6B would become "*" and "@", U+FF0F "/". */
	refused(SLICE("s"), SLICE("a\xef\xbc\x8a.example"), DIAG_DOMAIN_SYNTAX);
	refused(SLICE("s"), SLICE("a\xef\xb9\xab.example"), DIAG_DOMAIN_SYNTAX);
	refused(
	    SLICE("a\xef\xbc\x8f"), SLICE("b.example"), DIAG_SELECTOR_SYNTAX);
	/* One label with U-label; an empty one. */
	refused(SLICE("s"),
	    SLICE("b\xc3\xbc"
		  "cher"),
	    DIAG_DOMAIN_SYNTAX);
	refused(SLICE("s"),
	    SLICE("b\xc3\xbc"
		  "cher..example"),
	    DIAG_DOMAIN_SYNTAX);
	/* NUL ends no name. */
	refused(
	    SLICE("s"), SLICE("b\xc3\xbc.example\0.org"), DIAG_DOMAIN_SYNTAX);
}

/* RFC 6376 3.5, d=. */
static void
syntax(void)
{
	static const char *const domains[] = { "", ".", "com", "example..org",
		"example...", "***", ".example.org", "example.org.",
		"exa mple.org", "example.org\r\n", "a/b.example", "a@b.example",
		"a:b.example", "a;b.example", "a\\.example", "\"a\".example",
		"a\x7f.example", "\x1b[2J.example", "a,b.example" };
	static const char *const selectors[] = { "", ".", "a..b", ".a", "a.",
		"a b", "a*", "a\tb", "a\n" };

	for (size_t i = 0; i < ARRAY_LEN(domains); i++)
		refused(SLICE("s"), slice_of(domains[i]), DIAG_DOMAIN_SYNTAX);
	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		refused(slice_of(selectors[i]), SLICE("a.example"),
		    DIAG_SELECTOR_SYNTAX);
	refused(SLICE("s"), SLICE("a\0b.example"), DIAG_DOMAIN_SYNTAX);
	refused(SLICE_NONE, SLICE("a.example"), DIAG_SELECTOR_SYNTAX);
	refused(SLICE("s"), SLICE_NONE, DIAG_DOMAIN_SYNTAX);
}

static void
lengths(void)
{
	char label[65], domain[254], *p = domain;
	struct arena *arena = NEED(arena_new());
	struct diag why;
	struct slice out;

	memset(label, 'a', sizeof label);
	refused((struct slice){ label, 64 }, SLICE("a.example"),
	    DIAG_SELECTOR_SYNTAX);
	CHECK(keyname_make((struct slice){ label, 63 }, SLICE("a.example"),
		  arena, &out, &why) == 0);
	CHECK(out.len == 63 + 12 + 9);
	/* Labels of 49 octets, and a dot: 250 octets, then three more. */
	for (unsigned i = 0; i < 5; i++, p += 50) {
		memset(p, 'd', 49);
		p[49] = '.';
	}
	memcpy(p, "org", 3);
	refused(
	    SLICE("s"), (struct slice){ domain, 253 }, DIAG_SELECTOR_SYNTAX);
	/* 1 + 12 + 240 = 253: the longest there is. */
	CHECK_CODE(keyname_make(SLICE("s"), (struct slice){ domain + 13, 240 },
		       arena, &out, &why),
	    DIAG_NONE, why);
	CHECK(out.len == 253);
	refused(SLICE("s"), (struct slice){ domain + 12, 241 },
	    DIAG_SELECTOR_SYNTAX);
	refused(SLICE("ss"), (struct slice){ domain + 13, 240 },
	    DIAG_SELECTOR_SYNTAX);
	char longer[300];

	memset(longer, 'x', sizeof longer);
	for (size_t i = 50; i < sizeof longer; i += 50)
		longer[i] = '.';
	refused(SLICE("s"), (struct slice){ longer, 254 }, DIAG_DOMAIN_SYNTAX);
	arena_free(arena);
}

/* A name of many U-labels is refused before time is spent on it. */
static void
endless(void)
{
	size_t n = (size_t)1 << 20;
	char *p = NEED(malloc(n));

	for (size_t i = 0; i < n; i++)
		p[i] = i % 2 == 0 ? '\xc3' : '\xbc';
	refused(SLICE("s"), (struct slice){ p, n }, DIAG_DOMAIN_SYNTAX);
	CHECK(strcmp(said, "too long for the DNS") == 0);
	memset(p, 'a', n);
	refused(SLICE("s"), (struct slice){ p, n }, DIAG_DOMAIN_SYNTAX);
	free(p);
}

static bool
idn_is_loaded(void)
{
	void *handle = dlopen("libidn2.so.0", RTLD_NOW | RTLD_NOLOAD);

	if (handle != NULL)
		dlclose(handle);
	return handle != NULL;
}

static void
loading(void)
{
	name_is("s", "a.example", "s._domainkey.a.example");
	CHECK(!idn_is_loaded());
	name_is("s",
	    "b\xc3\xbc"
	    "cher.example",
	    "s._domainkey.xn--bcher-kva.example");
	CHECK(idn_is_loaded());
}

static const struct unit_test tests[] = {
	{ "libidn2 is loaded for the first U-label, not before", loading },
	{ "a key stands at <selector>._domainkey.<domain> (RFC 6376 3.6.2.1)",
	    plain },
	{ "U-labels become A-labels (RFC 8616 5)", u_labels },
	{ "what is no U-label is refused (RFC 8616 5)",
	    u_labels_that_are_none },
	{ "d= and s= are domain names (RFC 6376 3.5, d=)", syntax },
	{ "labels have 63 octets at most, names 253 (RFC 6376 3.5, d=)",
	    lengths },
	{ "a name far too long is refused at once", endless },
};

UNIT_MAIN(tests)
