/* SPDX-License-Identifier: BSD-2-Clause */
#include "spf/record.h"

enum argument {
	NO_ARGUMENT,
	OPTIONAL, /* domain-spec */
	REQUIRED, /* domain-spec */
	NETWORK,
};

static const struct {
	struct slice name;
	enum argument argument;
	bool cidr; /* dual-cidr-length may follow */
} mechanisms[] = {
	[SPF_ALL] = { SLICE("all"), NO_ARGUMENT, false },
	[SPF_INCLUDE] = { SLICE("include"), REQUIRED, false },
	[SPF_A] = { SLICE("a"), OPTIONAL, true },
	[SPF_MX] = { SLICE("mx"), OPTIONAL, true },
	[SPF_PTR] = { SLICE("ptr"), OPTIONAL, false },
	[SPF_IP4] = { SLICE("ip4"), NETWORK, false },
	[SPF_IP6] = { SLICE("ip6"), NETWORK, false },
	[SPF_EXISTS] = { SLICE("exists"), REQUIRED, false },
};

static const struct slice version = SLICE("v=spf1");

bool
spf_is_record(struct slice text)
{
	return slice_eq_nocase(slice_sub(text, 0, version.len), version) &&
	       (text.len == version.len || text.p[version.len] == ' ');
}

static int
fail(struct diag *why, struct slice term, const char *what)
{
	char q[DIAG_QUOTED];

	return diag_set(why, DIAG_SPF_SYNTAX, term, "\"%s\": %s",
	    diag_quote(term, q), what);
}

/* Cut "/" and a number from the end of *text; true where it is a prefix of at
 * most that many bits, without leading zeros.  *found: whether there is a "/"
 * with nothing but digits after it. */
static bool
cut_prefix(struct slice *text, unsigned most, unsigned *out, bool *found)
{
	size_t at = text->len;
	unsigned long long n = 0;

	*found = false;
	while (at > 0 && ascii_is_digit(text->p[at - 1]))
		at--;
	if (at == 0 || text->p[at - 1] != '/')
		return true;
	struct slice digits = slice_sub(*text, at, text->len);

	*found = true;
	text->len = at - 1;
	if (!slice_number(digits, 3, &n) || n > most ||
	    (digits.len > 1 && digits.p[0] == '0'))
		return false;
	*out = (unsigned)n;
	return true;
}

/* Cut dual-cidr-length: "/32", "//128", "/32//128". */
static bool
cut_prefixes(struct slice *text, unsigned prefix[2])
{
	struct slice whole = *text;
	unsigned last = 0;
	bool found;

	if (!cut_prefix(text, 128, &last, &found))
		return false;
	if (!found)
		return true;
	if (text->len > 0 && text->p[text->len - 1] == '/') {
		text->len--;
		prefix[1] = last;
		return cut_prefix(text, 32, &prefix[0], &found);
	}
	*text = whole;
	return cut_prefix(text, 32, &prefix[0], &found);
}

static int
read_network(struct spf_term *t, struct slice argument, struct diag *why)
{
	bool four = t->kind == SPF_IP4, found;

	if (!cut_prefix(&argument, four ? 32 : 128, &t->prefix[!four], &found))
		return fail(why, t->text, "not a prefix length of that type");
	if (!rr_read_address(argument, four ? RR_A : RR_AAAA, t->network))
		return fail(why, t->text,
		    four ? "not an IPv4 network" : "not an IPv6 network");
	return 0;
}

/* The argument of a mechanism, with its ":" or "/" in front. */
static int
read_argument(struct spf_term *t, struct slice argument, struct diag *why)
{
	enum argument wanted = mechanisms[t->kind].argument;
	bool colon = argument.len > 0 && argument.p[0] == ':';

	if (wanted == NO_ARGUMENT)
		return argument.len == 0
			   ? 0
			   : fail(why, t->text, "takes no argument");
	if (wanted != OPTIONAL && !colon)
		return fail(why, t->text, "an argument after \":\" is missing");
	if (wanted == NETWORK)
		return read_network(
		    t, slice_sub(argument, 1, argument.len), why);
	if (mechanisms[t->kind].cidr && !cut_prefixes(&argument, t->prefix))
		return fail(why, t->text, "not a prefix length");
	if (argument.len == 0)
		return 0;
	if (!colon)
		return fail(why, t->text, "not \":\" and a domain");
	t->spec = slice_sub(argument, 1, argument.len);
	if (spf_macro_fault(t->spec, SPF_DOMAIN_SPEC).p != NULL)
		return fail(why, t->text,
		    "the domain is not valid (section 7.1), or a macro is not");
	return 0;
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* Octets of the name that text begins with. */
static size_t
name_length(struct slice text)
{
	size_t n = 0;

	if (text.len == 0 || !ascii_is_alpha(text.p[0]))
		return 0;
	while (n < text.len && is_name_octet(text.p[n]))
		n++;
	return n;
}

static int
read_mechanism(struct slice text, struct spf_record *r, struct diag *why)
{
	struct spf_term *t = &r->term[r->nterms];
	struct slice rest = text, name;
	size_t n = ARRAY_LEN(mechanisms), kind = 0;

	*t = (struct spf_term){
		.qualifier = '+', .text = text, .prefix = { 32, 128 }
	};
	if (text.p[0] == '+' || text.p[0] == '-' || text.p[0] == '~' ||
	    text.p[0] == '?') {
		t->qualifier = text.p[0];
		rest = slice_sub(text, 1, text.len);
	}
	name = slice_sub(rest, 0, name_length(rest));
	while (kind < n && !slice_eq_nocase(name, mechanisms[kind].name))
		kind++;
	if (kind == n)
		return fail(why, text, "unknown mechanism");
	t->kind = (enum spf_mechanism)kind;
	rest = slice_sub(rest, name.len, rest.len);
	if (rest.len > 0 && rest.p[0] != ':' && rest.p[0] != '/')
		return fail(why, text, "unknown mechanism");
	if (read_argument(t, rest, why) != 0)
		return -1;
	r->has_all |= t->kind == SPF_ALL;
	r->nterms++;
	return 0;
}

/* A modifier whose name has n octets. */
static int
read_modifier(
    struct slice text, size_t n, struct spf_record *r, struct diag *why)
{
	struct slice name = slice_sub(text, 0, n);
	struct slice value = slice_sub(text, n + 1, text.len);
	struct slice *known = slice_eq_nocase(name, SLICE("redirect"))
				  ? &r->redirect
			      : slice_eq_nocase(name, SLICE("exp")) ? &r->exp
								    : NULL;

	if (known != NULL && known->len > 0)
		return fail(why, text, "duplicate modifier");
	if (spf_macro_fault(
		value, known != NULL ? SPF_DOMAIN_SPEC : SPF_MODIFIER)
		.p != NULL)
		return fail(why, text,
		    "the value is not valid (section 7.1), or a macro is not");
	if (known != NULL)
		*known = value;
	return 0;
}

int
spf_record_read(struct slice text, struct arena *arena, struct spf_record *out,
    struct diag *why)
{
	struct slice rest = slice_sub(text, version.len, text.len), term;
	size_t most = 0;

	*out = (struct spf_record){ .text = text };
	for (size_t i = 0; i < rest.len; i++)
		most += rest.p[i] == ' ' &&
			(i + 1 < rest.len && rest.p[i + 1] != ' ');
	out->term = arena_array(arena, most, sizeof *out->term);
	if (out->term == NULL)
		return diag_memory(why);
	while (slice_cut(&rest, ' ', &term)) {
		size_t n = name_length(term);
		bool modifier = n > 0 && n < term.len && term.p[n] == '=';

		if (term.len == 0)
			continue;
		if ((modifier ? read_modifier(term, n, out, why)
			      : read_mechanism(term, out, why)) != 0)
			return -1;
	}
	return 0;
}
