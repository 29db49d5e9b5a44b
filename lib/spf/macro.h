/* SPDX-License-Identifier: BSD-2-Clause */
/* macro.h - macros of SPF records (RFC 7208 section 7)
 *
 * The texts are strangers': those of whoever owns the domain, and what an SMTP
 * client said.  What they expand to is bounded before it is made. */
#ifndef SPF_MACRO_H
#define SPF_MACRO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "keys/rr.h"

/* An IPv4 address, or one of IPv6 that maps none. */
struct spf_address {
	enum rr_type type; /* RR_A or RR_AAAA */
	unsigned char octets[RR_MAX_ADDRESS];
};

/* Read it; an IPv4-mapped one becomes IPv4 (RFC 7208 section 5).  False when
 * text is no address. */
bool spf_address_read(struct slice text, struct spf_address *out);

/* What the letters stand for. */
struct spf_macros {
	struct slice local, sender;   /* %{l}, %{o}; %{s} is both */
	struct slice domain;	      /* %{d} */
	struct slice helo;	      /* %{h} */
	struct slice receiver;	      /* %{r} */
	struct slice validated;	      /* %{p} */
	const struct spf_address *ip; /* %{i}, %{c}, %{v} */
	int64_t time;		      /* %{t} */
};

enum spf_text {
	SPF_DOMAIN_SPEC, /* ends in ".toplabel" or a macro; no %{c}, %{r}, %{t}
			  */
	SPF_MODIFIER,	 /* of one that is not known: any macro-string */
	SPF_EXPLANATION, /* spaces too */
};

/* The first octets of text that are not as section 7.1 has them; or an empty
 * slice, whose pointer is NULL. */
struct slice spf_macro_fault(struct slice text, enum spf_text);

/* Whether text, which has no fault, uses the macro of that letter, in either
 * case. */
bool spf_macro_uses(struct slice text, char letter);

/* Append what text, which has no fault, expands to.  With keep, only so many
 * octets of its end have to be right, and little more is held meanwhile. */
void spf_macro_expand(
    struct slice text, const struct spf_macros *, size_t keep, struct buf *out);

#endif
