/* SPDX-License-Identifier: BSD-2-Clause */
/* authres_value.h - a value in Authentication-Results (RFC 8601 section 2.2) */
#ifndef AUTHRES_VALUE_H
#define AUTHRES_VALUE_H

#include "base/arena.h"
#include "base/slice.h"

/* A value on its way in: what was read of it, and whether with quotes. */
struct authres_value {
	struct slice raw;
	bool quoted;
};

/* A token or a quoted-string; what is neither is taken up to the next white
 * space, ";" or comment. */
bool authres_value_read(struct slice *rest, struct authres_value *);

/* pvalue: a value, or [[local-part] "@"] domain-name, whose local part may be
 * quoted.  Where white space stands for it, it is empty: what follows is not
 * it. */
bool authres_pvalue_read(struct slice *rest, struct authres_value *);

/* Whether a value can be nothing else, so that it may be quoted for its writer:
 * an address in "<>", one with colons, base64.  Octets that quote, separate or
 * end something leave it open what was meant. */
bool authres_value_is_sure(const struct authres_value *, struct slice rest);

/* Without quotes, backslashes and folds.  Where memory is short, no slice at
 * all (SLICE_NONE). */
struct slice authres_value_text(const struct authres_value *, struct arena *);

#endif
