/* SPDX-License-Identifier: BSD-2-Clause */
/* token.h - lexical rules of mail headers (RFC 5322 section 3.2)
 *
 * What takes *rest looks at the start of it and, when the rule matches, steps
 * over what it matched.  Nothing recurses: comments nest as deep as they
 * like. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>

#include "base/slice.h"

/* Length of the line end at the start of s that a fold may have: CRLF or LF
 * with white space after it; 0 for none, as for a bare CR. */
size_t token_fold(struct slice s);

/* [CFWS]: white space, folds and comments, as many as there are.  A comment
 * without its end is not stepped over. */
void token_cfws(struct slice *rest);

/* One comment, with all that nests in it.  False, and nothing stepped over,
 * when there is none, or no end of it. */
bool token_comment(struct slice *rest);

/* quoted-string, its quotes in *out; folds and UTF-8 are allowed in it (RFC
 * 6532).  False, and nothing stepped over, when there is none. */
bool token_quoted(struct slice *rest, struct slice *out);

/* token (RFC 2045 section 5.1): no space, no control, none of ()<>@,;:\"/[]?=;
 * UTF-8 is allowed. */
bool token_word(struct slice *rest, struct slice *out);

/* Keyword (RFC 5321 section 4.1.2): letters, digits and "-", not first; "_",
 * which is met in the field, too. */
bool token_keyword(struct slice *rest, struct slice *out);

/* dot-atom-text (RFC 5322 section 3.2.3). */
bool token_dot_atom(struct slice *rest, struct slice *out);

/* The name that a line begins with (RFC 5322 sections 2.2 and 4.5: white space
 * may stand before the colon), and where the colon is; false when the line
 * begins no field. */
bool token_field_name(struct slice line, struct slice *name, size_t *colon);

#endif
