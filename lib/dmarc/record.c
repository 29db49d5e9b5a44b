/* SPDX-License-Identifier: BSD-2-Clause */
#include "dmarc/record.h"

static const char *const words[] = {
	[DMARC_UNKNOWN] = NULL,
	[DMARC_NONE] = "none",
	[DMARC_QUARANTINE] = "quarantine",
	[DMARC_REJECT] = "reject",
};

const char *
dmarc_policy_word(enum dmarc_policy policy)
{
	return words[policy];
}

enum dmarc_policy
dmarc_policy_read(struct slice value)
{
	for (enum dmarc_policy p = DMARC_NONE; p <= DMARC_REJECT; p++)
		if (slice_eq_nocase(value, slice_of(words[p])))
			return p;
	return DMARC_UNKNOWN;
}

/* Spaces and tabs alone are WSP here. */
static struct slice
trim(struct slice s)
{
	while (s.len > 0 && ascii_is_wsp(s.p[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len > 0 && ascii_is_wsp(s.p[s.len - 1]))
		s.len--;
	return s;
}

/* Octets of a URI (RFC 3986); a comma ends it and "!" begins a size. */
static bool
is_uri_octet(char c)
{
	return c > 0x20 && c < 0x7f &&
	       slice_find(SLICE("\"<>\\^`{|}!,"), c) == 11;
}

/* Whether a reporting URI is valid: a scheme and what it leads to; of mailto an
 * address. */
static bool
is_uri(struct slice uri)
{
	size_t colon = slice_find(uri, ':');
	struct slice size = uri, rest = slice_sub(uri, colon + 1, uri.len);
	bool mailto =
	    slice_eq_nocase(slice_sub(uri, 0, colon), SLICE("mailto"));

	/* What is obsolete is ignored: "!10m". */
	if (!slice_cut(&size, '!', &size) || colon == 0 || colon >= uri.len)
		return false;
	rest = slice_sub(rest, 0, slice_find(rest, '!'));
	for (size_t i = 0; i < colon; i++)
		if (!ascii_is_alpha(uri.p[i]) &&
		    (i == 0 || (!ascii_is_digit(uri.p[i]) &&
				   slice_find(SLICE("+-."), uri.p[i]) == 3)))
			return false;
	for (size_t i = 0; i < rest.len; i++)
		if (!is_uri_octet(rest.p[i]))
			return false;
	size_t at = slice_find(rest, '@');

	return mailto ? at > 0 && at + 1 < rest.len : rest.len > 0;
}

static bool
has_uri(struct slice list)
{
	struct slice uri;

	while (slice_cut(&list, ',', &uri))
		if (is_uri(trim(uri)))
			return true;
	return false;
}

enum tag {
	TAG_P,
	TAG_SP,
	TAG_NP,
	TAG_ADKIM,
	TAG_ASPF,
	TAG_T,
	TAG_PSD,
	TAG_RUA,
	TAGS,
};

static const struct slice tag_names[TAGS] = {
	[TAG_P] = SLICE("p"),
	[TAG_SP] = SLICE("sp"),
	[TAG_NP] = SLICE("np"),
	[TAG_ADKIM] = SLICE("adkim"),
	[TAG_ASPF] = SLICE("aspf"),
	[TAG_T] = SLICE("t"),
	[TAG_PSD] = SLICE("psd"),
	[TAG_RUA] = SLICE("rua"),
};

static void
take(struct dmarc_record *r, enum tag tag, struct slice value)
{
	char c = value.len == 1 ? ascii_lower(value.p[0]) : '\0';

	switch (tag) {
	case TAG_P: r->p = value; break;
	case TAG_SP: r->sp = value; break;
	case TAG_NP: r->np = value; break;
	case TAG_ADKIM: r->strict_dkim = c == 's'; break;
	case TAG_ASPF: r->strict_spf = c == 's'; break;
	case TAG_T: r->testing = c == 'y'; break;
	case TAG_PSD: r->psd = c == 'y' || c == 'n' ? c : 'u'; break;
	case TAG_RUA: r->has_rua = has_uri(value); break;
	default: break;
	}
}

/* Take the first tag of each name that is known; a second is ignored. */
static void
take_all(struct dmarc_record *r, struct slice rest)
{
	bool taken[TAGS + 1] = { false };
	struct slice value, name;

	while (slice_cut(&rest, ';', &value)) {
		size_t tag = 0;

		if (!slice_cut(&value, '=', &name) || value.p == NULL)
			continue;
		name = trim(name);
		while (tag < TAGS && !slice_eq(name, tag_names[tag]))
			tag++;
		if (!taken[tag])
			take(r, (enum tag)tag, trim(value));
		taken[tag] = true;
	}
}

const char *
dmarc_record_fault(const struct dmarc_record *r, struct slice *value)
{
	const struct {
		const char *name;
		struct slice value;
		bool required;
	} policies[] = {
		{ "p", r->p, true },
		{ "sp", r->sp, false },
		{ "np", r->np, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		*value = policies[i].value;
		if ((policies[i].required || value->p != NULL) &&
		    dmarc_policy_read(*value) == DMARC_UNKNOWN)
			return policies[i].name;
	}
	return NULL;
}

bool
dmarc_record_read(struct slice text, struct dmarc_record *out)
{
	struct slice rest = text, tag, name;

	*out = (struct dmarc_record){ .psd = 'u' };
	if (!slice_cut(&rest, ';', &tag) || !slice_cut(&tag, '=', &name) ||
	    !slice_starts(name, SLICE("v")) ||
	    !slice_eq(trim(name), SLICE("v")) ||
	    !slice_eq(trim(tag), SLICE("DMARC1")))
		return false;
	take_all(out, rest);
	out->invalid = dmarc_record_fault(out, &tag) != NULL;
	return true;
}
