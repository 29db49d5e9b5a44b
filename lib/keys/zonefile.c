/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "keys/keyname.h"
#include "keys/rr.h"
#include "keys/zonefile.h"

/* ------------------------------------------------------------------------
 * Names. */

static int
bad_name(const struct zonefile *z, struct slice text, const char *what,
    struct diag *why)
{
	char q[DIAG_QUOTED];

	return zonefile_fail(z, why, "\"%s\": %s", diag_quote(text, q), what);
}

/* Write text, which escapes stay in as a dot within a label parts nothing; to
 * has room for four octets each.  *absolute: it ends in a dot. */
static int
write_labels(struct zonefile *z, struct slice text, struct slice *name,
    bool *absolute, struct diag *why)
{
	struct slice rest = text;
	char *to = (char *)name->p; /* just made */
	size_t label = 0, all = 0;
	char c;

	name->len = 0;
	*absolute = false;
	while (rest.len > 0) {
		c = rest.p[0];
		rest = slice_sub(rest, 1, rest.len);
		*absolute = c == '.';
		if (*absolute) {
			if (label == 0 && text.len > 1)
				return bad_name(
				    z, text, "a name with an empty label", why);
			label = 0;
			to[name->len++] = c;
			all++;
			continue;
		}
		if (c == '\\')
			zone_unescape(&rest, &c);
		name->len += rr_put_octet(to + name->len, ascii_lower(c));
		all++;
		if (++label > KEYNAME_MAX_LABEL || all > KEYNAME_MAX + 1)
			return bad_name(
			    z, text, "a name longer than the DNS allows", why);
	}
	name->len -= *absolute && name->len > 1;
	return 0;
}

static bool
ends_in_domainkey(struct slice name)
{
	static const char label[] = "_domainkey";
	size_t n = sizeof label - 1;

	return slice_ends_nocase(name, slice_of(label)) &&
	       (name.len == n || name.p[name.len - n - 1] == '.');
}

/* The name with a dot and parent behind it, in the arena. */
static int
append(struct zonefile *z, struct slice *name, struct slice parent,
    struct diag *why)
{
	char *to;

	if (slice_eq(parent, SLICE("."))) /* the root */
		return 0;
	to = arena_alloc(z->arena, name->len + parent.len + 2);
	if (to == NULL)
		return diag_memory(why);
	memcpy(to, name->p, name->len);
	to[name->len] = '.';
	memcpy(to + name->len + 1, parent.p, parent.len);
	*name = (struct slice){ to, name->len + 1 + parent.len };
	return 0;
}

static int
make_name(struct zonefile *z, struct slice text, struct slice *out,
    bool *absolute, struct diag *why)
{
	const size_t most = 4 * (KEYNAME_MAX + 2);
	char *to = NULL;

	if (text.len > 0 && text.len <= most)
		to = arena_alloc(z->arena, 4 * text.len + 1);
	*out = (struct slice){ to, 0 };
	if (to != NULL)
		return write_labels(z, text, out, absolute, why);
	if (text.len == 0)
		zonefile_fail(z, why, "an empty name");
	else if (text.len > most)
		bad_name(z, text, "a name longer than the DNS allows", why);
	else
		diag_memory(why);
	return -1;
}

/* The domain of the comment, when it is about this name. */
static int
from_comment(struct zonefile *z, struct slice *name, struct diag *why)
{
	struct slice domain;
	size_t n = z->genkey_selector.len;
	bool absolute;

	if (z->genkey_domain.len == 0 ||
	    !slice_eq_nocase(slice_sub(*name, 0, n), z->genkey_selector) ||
	    !slice_eq(slice_sub(*name, n, name->len), SLICE("._domainkey")))
		return 0;
	if (make_name(z, z->genkey_domain, &domain, &absolute, why) != 0)
		return -1;
	return append(z, name, domain, why);
}

/* Whether the name of a key has the domain already that $ORIGIN would add:
 * nobody would ask for what comes of it. */
static bool
is_doubled(const struct zonefile *z, struct slice name)
{
	size_t n = z->origin.len;

	return name.len > n && slice_ends_nocase(name, z->origin) &&
	       name.p[name.len - n - 1] == '.' &&
	       ends_in_domainkey(slice_sub(name, 0, name.len - n - 1));
}

int
zone_name(
    struct zonefile *z, struct slice text, struct slice *out, struct diag *why)
{
	bool absolute = false;

	if (slice_eq(text, SLICE("@"))) {
		*out = z->origin;
		return z->has_origin
			   ? 0
			   : zonefile_fail(z, why,
				 "\"@\" without $ORIGIN; write the whole name");
	}
	if (make_name(z, text, out, &absolute, why) != 0)
		return -1;
	if (!absolute && z->has_origin) {
		if (is_doubled(z, *out))
			return bad_name(z, text,
			    "relative to $ORIGIN; end it in a dot", why);
		if (append(z, out, z->origin, why) != 0)
			return -1;
	} else if (!absolute && from_comment(z, out, why) != 0) {
		return -1;
	}
	if (!ends_in_domainkey(*out))
		return 0;
	return bad_name(z, text,
	    absolute || z->has_origin
		? "the name of a key without its domain"
		: "no domain; write the whole name, or $ORIGIN above",
	    why);
}

/* ------------------------------------------------------------------------
 * What an entry says. */

/* Types, and how many words their data is; most 0: no end of them. */
static const struct type {
	const char *word;
	size_t least, most;
} types[] = {
	{ "A", 1, 1 },
	{ "AAAA", 1, 1 },
	{ "AFSDB", 2, 2 },
	{ "APL", 1, 0 },
	{ "CAA", 3, 3 },
	{ "CDNSKEY", 4, 0 },
	{ "CDS", 4, 0 },
	{ "CERT", 4, 0 },
	{ "CNAME", 1, 1 },
	{ "CSYNC", 2, 0 },
	{ "DHCID", 1, 0 },
	{ "DNAME", 1, 1 },
	{ "DNSKEY", 4, 0 },
	{ "DS", 4, 0 },
	{ "EUI48", 1, 1 },
	{ "EUI64", 1, 1 },
	{ "HINFO", 2, 2 },
	{ "HIP", 3, 0 },
	{ "HTTPS", 2, 0 },
	{ "KEY", 4, 0 },
	{ "KX", 2, 2 },
	{ "LOC", 4, 0 },
	{ "MX", 2, 2 },
	{ "NAPTR", 6, 6 },
	{ "NS", 1, 1 },
	{ "NSEC", 1, 0 },
	{ "NSEC3", 5, 0 },
	{ "NSEC3PARAM", 4, 4 },
	{ "OPENPGPKEY", 1, 0 },
	{ "PTR", 1, 1 },
	{ "RP", 2, 2 },
	{ "RRSIG", 9, 0 },
	{ "SMIMEA", 4, 0 },
	{ "SOA", 7, 7 },
	{ "SPF", 1, 0 },
	{ "SRV", 4, 4 },
	{ "SSHFP", 3, 0 },
	{ "SVCB", 2, 0 },
	{ "TLSA", 4, 0 },
	{ "TXT", 1, 0 },
	{ "URI", 3, 3 },
	{ "ZONEMD", 4, 0 },
};

static const struct type *
type_of(struct slice word)
{
	static const struct type other = { "TYPE", 2, 0 }; /* RFC 3597 */
	unsigned long long n;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (slice_eq_nocase(word, slice_of(types[i].word)))
			return &types[i];
	return slice_eq_nocase(slice_sub(word, 0, 4), SLICE("TYPE")) &&
		       slice_number(slice_sub(word, 4, word.len), 5, &n) &&
		       n <= UINT16_MAX
		   ? &other
		   : NULL;
}

/* "3600", "1h30m". */
static bool
read_ttl(struct slice text, uint32_t *out)
{
	uint64_t sum = 0, n = 0;
	bool digit = false;

	for (size_t i = 0; i < text.len && i < 20; i++) {
		char c = ascii_lower(text.p[i]);
		uint64_t unit = c == 's'   ? 1
				: c == 'm' ? 60
				: c == 'h' ? 3600
				: c == 'd' ? 86400
				: c == 'w' ? 604800
					   : 0;

		if (ascii_is_digit(c)) {
			n = n * 10 + (uint64_t)(c - '0');
			digit = true;
		} else if (digit && unit > 0) {
			sum += n * unit;
			n = 0;
			digit = false;
		} else {
			return false;
		}
		if (n > UINT32_MAX || sum > UINT32_MAX)
			return false;
	}
	sum += n;
	*out = (uint32_t)sum;
	return text.len > 0 && text.len < 20 && sum <= UINT32_MAX;
}

static int
take_directive(struct zonefile *z, struct diag *why)
{
	struct slice word = z->word[0].text, name;
	uint32_t ttl;
	char q[DIAG_QUOTED];

	if (slice_eq_nocase(word, SLICE("$INCLUDE")))
		return zonefile_fail(z, why,
		    "$INCLUDE is not followed; give that file to --keys too");
	if (slice_eq_nocase(word, SLICE("$GENERATE")))
		return zonefile_fail(
		    z, why, "$GENERATE is not expanded; write its records out");
	if (slice_eq_nocase(word, SLICE("$TTL")))
		return z->nwords == 2 && read_ttl(z->word[1].text, &ttl)
			   ? 0
			   : zonefile_fail(z, why, "not \"$TTL SECONDS\"");
	if (!slice_eq_nocase(word, SLICE("$ORIGIN")))
		return zonefile_fail(z, why,
		    "\"%s\": only $ORIGIN and $TTL are understood",
		    diag_quote(word, q));
	if (z->nwords != 2)
		return zonefile_fail(z, why, "not \"$ORIGIN NAME\"");
	bool absolute = false;

	if (slice_eq(z->word[1].text, SLICE("@")))
		return zone_name(z, z->word[1].text, &name, why);
	if (make_name(z, z->word[1].text, &name, &absolute, why) != 0 ||
	    (!absolute && z->has_origin &&
		append(z, &name, z->origin, why) != 0))
		return -1;
	if (ends_in_domainkey(name))
		return bad_name(
		    z, z->word[1].text, "no domain; write the whole name", why);
	z->origin = name;
	z->has_origin = true;
	return 0;
}

static bool
is_word(const struct zonefile *z, size_t at, const char *text)
{
	return at < z->nwords && !z->word[at].quoted &&
	       slice_eq(z->word[at].text, slice_of(text));
}

/* What host(1) and nslookup(1) say for a type: NAME, these words, the data. */
static const struct phrase {
	const char *word[4];
	const char *type;
} phrases[] = {
	{ { "descriptive", "text" }, "TXT" },
	{ { "text", "=" }, "TXT" },
	{ { "is", "an", "alias", "for" }, "CNAME" },
	{ { "canonical", "name", "=" }, "CNAME" },
	{ { "has", "address" }, "A" },
	{ { "has", "IPv6", "address" }, "AAAA" },
	{ { "mail", "is", "handled", "by" }, "MX" },
	{ { "domain", "name", "pointer" }, "PTR" },
};

/* The type of such an entry, and where its data begins; else empty. */
static struct slice
spoken_type(const struct zonefile *z, size_t *data)
{
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		size_t n = 0;

		while (n < 4 && phrases[i].word[n] != NULL &&
		       is_word(z, 1 + n, phrases[i].word[n]))
			n++;
		if (n < 4 && phrases[i].word[n] != NULL)
			continue;
		*data = 1 + n;
		return slice_of(phrases[i].type);
	}
	return SLICE_NONE;
}

/* "Host NAME not found: 3(NXDOMAIN)", "NAME has no TXT record": moved to where
 * the words of ";! NAME ANSWER" are. */
static bool
spoken_answer(struct zonefile *z)
{
	if (z->nwords == 6 && is_word(z, 0, "Host") && is_word(z, 2, "not") &&
	    is_word(z, 3, "found:")) {
		z->word[2] = z->word[5];
		z->nwords = 3;
		return true;
	}
	if (z->nwords != 5 || !is_word(z, 1, "has") || !is_word(z, 2, "no") ||
	    !is_word(z, 4, "record"))
		return false;
	z->word[1] = z->word[0];
	z->word[2].text = SLICE("NODATA");
	z->nwords = 4;
	return true;
}

/* A name that is whole though no dot ends it. */
static int
whole_name(
    struct zonefile *z, struct slice text, struct slice *out, struct diag *why)
{
	bool absolute;

	if (make_name(z, text, out, &absolute, why) != 0)
		return -1;
	return ends_in_domainkey(*out)
		   ? bad_name(
			 z, text, "the name of a key without its domain", why)
		   : 0;
}

static int
check_data(struct zonefile *z, const struct zone_entry *e, struct diag *why)
{
	const struct type *t = type_of(e->type);
	char q[DIAG_QUOTED];

	if (t == NULL)
		return zonefile_fail(z, why, "unknown record type \"%s\"",
		    diag_quote(e->type, q));
	if (e->ndata < t->least || (t->most > 0 && e->ndata > t->most))
		return zonefile_fail(
		    z, why, "%s record with %zu fields", t->word, e->ndata);
	bool generic =
	    !e->data[0].quoted && slice_eq(e->data[0].text, SLICE("\\#"));

	/* RFC 3597 has a spelling for what nobody knows; for a type that is
	 * known, and matters, its own has to be used. */
	if (generic && e->ndata >= 2 &&
	    (t->word[0] != 'T' || slice_eq_nocase(e->type, SLICE("TXT")) ||
		slice_eq_nocase(e->type, SLICE("TYPE5")) ||
		slice_eq_nocase(e->type, SLICE("TYPE16"))))
		return zonefile_fail(
		    z, why, "data written as \\#; write it as strings");
	if (t->word[0] == 'T' && t->word[1] == 'Y' && !generic)
		return zonefile_fail(
		    z, why, "%s record without its \\#", t->word);
	if (!slice_eq_nocase(e->type, SLICE("TXT")))
		return 0;
	for (size_t i = 0; i < e->ndata; i++)
		if (e->data[i].cut)
			return zonefile_fail(z, why,
			    "a \";\" outside quotes starts a comment; put the "
			    "record in quotes");
	return 0;
}

/* TTL and class, in any order; false where the type would stand. */
static bool
take_ttl_or_class(struct zone_entry *e, struct slice word)
{
	if (!e->has_ttl && read_ttl(word, &e->ttl))
		return e->has_ttl = true;
	return slice_eq_nocase(word, SLICE("IN")) ||
	       slice_eq_nocase(word, SLICE("CLASS1"));
}

static void
take_answer(struct zonefile *z, struct zone_entry *e)
{
	e->kind = ZONE_ANSWER;
	e->data = z->word + 2;
	e->ndata = z->nwords - 2;
}

static int
take_record(struct zonefile *z, struct zone_entry *e, struct diag *why)
{
	size_t at = 0;
	struct slice word = spoken_type(z, &at);

	if (!z->blank && spoken_answer(z)) {
		take_answer(z, e);
		return whole_name(z, z->word[1].text, &e->owner, why);
	}
	if (!z->blank && word.len > 0) {
		e->type = word;
		if (whole_name(z, z->word[0].text, &z->owner, why) != 0)
			return -1;
	} else {
		at = 0;
		if (!z->blank &&
		    zone_name(z, z->word[at++].text, &z->owner, why) != 0)
			return -1;
		while (at < z->nwords && !z->word[at].quoted &&
		       take_ttl_or_class(e, z->word[at].text))
			at++;
		if (z->owner.p == NULL)
			return zonefile_fail(
			    z, why, "no name at the beginning of the line");
		if (at == z->nwords || z->word[at].quoted)
			return zonefile_fail(
			    z, why, "no record type such as TXT");
		e->type = z->word[at++].text;
	}
	e->owner = z->owner;
	e->data = z->word + at;
	e->ndata = z->nwords - at;
	return check_data(z, e, why);
}

int
zonefile_next(struct zonefile *z, struct zone_entry *e, struct diag *why)
{
	int more;

	while ((more = zonefile_scan(z, why)) > 0) {
		*e = (struct zone_entry){ .kind = ZONE_RECORD };
		if (z->nwords == 0)
			continue;
		if (is_word(z, 0, ";!")) {
			take_answer(z, e);
			return zone_name(z, z->word[1].text, &e->owner, why) ==
				       0
				   ? 1
				   : -1;
		}
		if (!z->word[0].quoted &&
		    slice_starts(z->word[0].text, SLICE("$"))) {
			if (take_directive(z, why) != 0)
				return -1;
			continue;
		}
		return take_record(z, e, why) == 0 ? 1 : -1;
	}
	return more;
}

int
zonefile_init(struct zonefile *z, struct arena *arena, char *text, size_t n,
    struct diag *why)
{
	struct slice all = { text, n };

	*z = (struct zonefile){ .arena = arena, .line = 1, .first = 1 };
	z->p = text;
	z->end = text + n;
	if (slice_starts(all, SLICE("\xff\xfe")) ||
	    slice_starts(all, SLICE("\xfe\xff")))
		return zonefile_fail(
		    z, why, "UTF-16 text; save the file as UTF-8");
	if (slice_starts(all, SLICE("\xef\xbb\xbf")))
		z->p += 3;
	return 0;
}
