/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/idn.h"
#include "keys/keyname.h"

static const char between[] = "._domainkey.";

/* Octets that may stand in a name as it comes in; those above ASCII are for
 * idn_to_ascii() to judge. */
static int
check_octets(struct slice name, enum diag_code code, struct diag *why)
{
	char q[DIAG_QUOTED];

	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		struct slice where = slice_sub(name, i, 1);

		if (!ascii_is_alnum(c) && c != '-' && c != '_' && c != '.' &&
		    (unsigned char)c < 0x80)
			return diag_set(why, code, where,
			    "\"%s\" is not allowed in a domain name",
			    diag_quote(where, q));
	}
	return 0;
}

/* ascii is what became of name, to which why points. */
static int
check_labels(struct slice ascii, struct slice name, size_t least,
    enum diag_code code, struct diag *why)
{
	struct slice rest = ascii, label;
	size_t labels = 0;

	while (slice_cut(&rest, '.', &label)) {
		if (label.len == 0)
			return diag_set(why, code, name, "a label is empty");
		if (label.len > KEYNAME_MAX_LABEL)
			return diag_set(why, code, name,
			    "a label has %zu bytes; the limit is %d", label.len,
			    KEYNAME_MAX_LABEL);
		labels++;
	}
	if (labels < least)
		return diag_set(why, code, name,
		    "%zu label%s; at least %zu are required", labels,
		    labels == 1 ? "" : "s", least);
	if (ascii.len > KEYNAME_MAX)
		return diag_set(why, code, name,
		    "the name has %zu bytes; the limit is %d", ascii.len,
		    KEYNAME_MAX);
	return 0;
}

static int
convert(struct slice name, size_t least, enum diag_code code,
    struct arena *arena, struct slice *out, struct diag *why)
{
	/* Conversion may bring dots of its own (U+3002), but nothing that
	 * does not belong in a name; that is looked at again all the same. */
	if (check_octets(name, code, why) != 0 ||
	    idn_to_ascii(name, code, arena, out, why) != 0)
		return -1;
	if (out->p != name.p && check_octets(*out, code, why) != 0) {
		why->where = name;
		return -1;
	}
	return check_labels(*out, name, least, code, why);
}

int
keyname_domain(struct slice domain, struct arena *arena, struct slice *out,
    struct diag *why)
{
	struct slice ascii;

	if (convert(domain, 2, DIAG_DOMAIN_SYNTAX, arena, &ascii, why) != 0)
		return -1;
	char *p = arena_alloc(arena, ascii.len);

	if (p == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < ascii.len; i++)
		p[i] = ascii_lower(ascii.p[i]);
	*out = (struct slice){ p, ascii.len };
	return 0;
}

int
keyname_make(struct slice selector, struct slice domain, struct arena *arena,
    struct slice *out, struct diag *why)
{
	const size_t middle = sizeof between - 1;
	struct slice s, d;

	if (keyname_domain(domain, arena, &d, why) != 0 ||
	    convert(selector, 1, DIAG_SELECTOR_SYNTAX, arena, &s, why) != 0)
		return -1;
	size_t len = s.len + middle + d.len;

	if (len > KEYNAME_MAX)
		return diag_set(why, DIAG_SELECTOR_SYNTAX, selector,
		    "the name of the key has %zu bytes; the limit is %d", len,
		    KEYNAME_MAX);
	char *p = arena_alloc(arena, len);

	if (p == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < s.len; i++)
		p[i] = ascii_lower(s.p[i]);
	memcpy(p + s.len, between, middle);
	memcpy(p + s.len + middle, d.p, d.len);
	*out = (struct slice){ p, len };
	return 0;
}
