/* SPDX-License-Identifier: BSD-2-Clause */
/* authres.h - Authentication-Results (RFC 8601 section 2.2)
 *
 *	example.org 1; spf=pass smtp.mailfrom=a@example.net; dkim=fail
 *	    reason="bad signature" header.d=example.net
 *
 * The value of an Authentication-Results field and the payload of an
 * ARC-Authentication-Results field have one grammar.  Comments may stand
 * anywhere, ";" within them and within quotes separates nothing.  What senders
 * really write is read as far as it goes, to be shown, and what is wrong with
 * it is reported: what is trusted, or written under our name, has to be right
 * to its end. */
#ifndef AUTHRES_H
#define AUTHRES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/limit.h"
#include "base/slice.h"

/* Properties of one result, and results of one field; what is more did not
 * parse. */
enum {
	AUTHRES_MAX_PROPERTIES = LIMIT_PROPERTIES,
	AUTHRES_MAX_RESULTS = LIMIT_RESULTS,
	AUTHRES_MAX_UNREAD = 8 /* parts that are no results are kept */
};

/* What is wrong: the first octets, and why; why is NULL when nothing is. */
struct authres_fault {
	struct slice where;
	const char *why;
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
	struct slice text; /* all of it as it stood, comments included */
	struct authres_fault fault;
	bool extra; /* its only fault is a "name=value" that is no property, as
		     * Microsoft's "action=none": all else is what it says */
};

struct authres {
	struct slice
	    authserv_id;      /* NULL pointer: not even that could be read */
	struct slice version; /* empty without one, which means 1 */
	bool none;	      /* "none": no check was made */
	struct authres_result *result;
	size_t nresults;
	size_t room;
	struct slice bad; /* the first octets that did not parse; or empty */
	struct authres_fault *unread; /* parts that are no result, the first of
				       * them */
	size_t nunread;
	struct arena *arena; /* has all of these */
};

/* Parse text.  Slices look into text, or live in arena.  -1 with DIAG_MEMORY;
 * text that does not parse is a result. */
int authres_parse(
    struct slice text, struct arena *, struct authres *out, struct diag *why);

/* Whether a version, of a field or of a method, is the one that there is; none
 * is that one.  What is of another may mean something else (section 2.6). */
bool authres_knows(struct slice version);

/* Whether the value of an Authentication-Results field comes from that
 * authserv-id, whatever its version.  Only what follows the grammar counts, as
 * the caller is going to trust it.  Case does not matter, nor whether labels
 * are U-labels or A-labels. *id is the one that it has, a NULL pointer when
 * that cannot be read.  -1 with DIAG_MEMORY or DIAG_SYSTEM (idn.h). */
int authres_is_of(struct slice text, struct slice authserv_id, struct arena *,
    struct slice *id, bool *is, struct diag *why);

/* Whether some reader might take it for one of that authserv-id, whatever
 * stands around it (RFC 8601 section 5): what is to be removed is not asked for
 * its grammar.  True of all that authres_is_of() is true of.  -1 likewise. */
int authres_claims(struct slice text, struct slice authserv_id, struct arena *,
    bool *claims, struct diag *why);

/* Where the words of a result go: a comment, or "name=value". */
struct authres_words {
	void (*put)(void *ctx, bool comment, struct slice text);
	void *ctx;
};

/* Put the words of a result that has no fault as they stood, comments in their
 * place, but for folds, and for values that are no token and no address, which
 * are quoted.  Comments with a ";", at which some readers cut, or with what
 * cannot be shown are left out.  -1 when memory is short. */
int authres_put(const struct authres_result *, const struct authres_words *);

/* Append a value, quoted when it must be (RFC 2045 section 5.1). */
void authres_write_value(struct buf *, struct slice value);

/* Whether text can be an authserv-id without quotes. */
bool authres_is_token(struct slice text);

#endif
