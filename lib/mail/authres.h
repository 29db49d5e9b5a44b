/* SPDX-License-Identifier: BSD-2-Clause */
/* authres.h - Authentication-Results (RFC 8601 section 2.2)
 *
 *	example.org 1; spf=pass smtp.mailfrom=a@example.net; dkim=fail
 *	    reason="bad signature" header.d=example.net
 *
 * The value of an Authentication-Results field and the payload of an
 * ARC-Authentication-Results field have one grammar.  Comments may stand
 * anywhere, ";" within them and within quotes separates nothing.  What senders
 * really write is read as far as it goes: a result that does not parse is left
 * out and pointed at, the others are kept. */
#ifndef AUTHRES_H
#define AUTHRES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/limit.h"
#include "base/slice.h"

/* Properties of one result; what is more did not parse. */
enum {
	AUTHRES_MAX_PROPERTIES = LIMIT_PROPERTIES
};

/* ptype.property=value, quotes and folds of the value undone. */
struct authres_property {
	struct slice ptype, property, value;
	struct slice name; /* "ptype.property", in the arena */
};

/* method[/version]=result [reason=value] *property */
struct authres_result {
	struct slice method, version, result;
	struct slice reason; /* NULL pointer without one */
	struct authres_property *property;
	size_t nproperties;
};

struct authres {
	struct slice
	    authserv_id;      /* NULL pointer: not even that could be read */
	struct slice version; /* empty without one, which means 1 */
	bool none;	      /* "none": no check was made */
	struct authres_result *result;
	size_t nresults;
	struct slice bad; /* the first octets that did not parse; or empty */
};

/* Parse text.  Slices look into text, or live in arena.  -1 with DIAG_MEMORY;
 * text that does not parse is a result. */
int authres_parse(
    struct slice text, struct arena *, struct authres *out, struct diag *why);

/* Whether a version, of a field or of a method, is the one that there is; none
 * is that one.  What is of another may mean something else (section 2.6). */
bool authres_knows(struct slice version);

/* Whether the value of an Authentication-Results field claims to come from
 * that authserv-id, whatever its version and whatever follows (RFC 8601
 * section 5).  Case does not matter, nor whether labels are U-labels or
 * A-labels.  -1 with DIAG_MEMORY or DIAG_SYSTEM (idn.h). */
int authres_claims(struct slice text, struct slice authserv_id, struct arena *,
    bool *claims, struct diag *why);

/* Append one result as the grammar wants it, without comments; values that are
 * no token and no address are quoted. */
void authres_write(struct buf *, const struct authres_result *);

/* Append a value, quoted when it must be (RFC 2045 section 5.1). */
void authres_write_value(struct buf *, struct slice value);

/* Whether text can be an authserv-id without quotes. */
bool authres_is_token(struct slice text);

#endif
