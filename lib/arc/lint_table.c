/* SPDX-License-Identifier: BSD-2-Clause */
#include "arc/lint.h"

static const struct lint_info infos[LINT_COUNT] = {
	[LINT_INSTANCE_NOT_FIRST] = { "instance-not-first",
	    "RFC 8617 section 3.9",
	    "i= is not the first tag; some validators require that.",
	    "Put i= first." },
	[LINT_HEADERS_FORBIDDEN] = { "headers-forbidden",
	    "RFC 8617 section 4.1.2",
	    "h= lists a field that must not be signed, because later hops add "
	    "or remove it.",
	    "Remove it from h=." },
	[LINT_HEADERS_EMPTY] = { "headers-empty", "RFC 6376 section 3.5",
	    "h= has an empty element.", "Remove the extra colon." },
	[LINT_HEADERS_FROM_OPEN] = { "from-open", "RFC 6376 section 8.15",
	    "From is not oversigned: another From could be added without "
	    "breaking the signature.",
	    "List From once more in h=." },
	[LINT_TIME_FUTURE] = { "time-future", "RFC 6376 section 3.5",
	    "t= is in the future: the clock of the signer or of this host is "
	    "wrong.",
	    "Set the clock." },
	[LINT_TIME_MISSING] = { "time-missing", "RFC 6376 section 3.5",
	    "ARC-Seal has no t=; older validators fail such a chain.",
	    "Add t=." },
	[LINT_BODY_PARTIAL] = { "body-partial", "RFC 6376 section 8.2",
	    "The signature covers only part of the body (l=): anyone could "
	    "have appended text.",
	    "Do not trust the unsigned part." },
	[LINT_FROM_TWICE] = { "from-twice", "RFC 6376 section 8.15",
	    "The message has more than one From; mail clients show one, "
	    "possibly the unsigned one.",
	    "Reject the message." },
	[LINT_KEY_SEVERAL] = { "key-several", "RFC 6376 section 3.6.2.2",
	    "Several TXT records are published under the name of the key.",
	    "Publish only one." },
	[LINT_KEY_TESTING] = { "key-testing", "RFC 6376 section 3.6.1",
	    "The key record has t=y (testing).", "Remove t=y after testing." },
	[LINT_KEY_WEAK] = { "key-weak", "RFC 8301 section 3.2",
	    "The RSA key is shorter than 2048 bits.",
	    "Publish an RSA key of 2048 bits." },
	[LINT_AAR_EMPTY] = { "aar-empty", "RFC 8601 section 2.2",
	    "ARC-Authentication-Results has no results.",
	    "Record the results of the checks made on receipt." },
	[LINT_OLDEST_UNSURE] = { "oldest-pass-unsure",
	    "RFC 8617 section 5.2, step 5",
	    "Key lookup failed temporarily for an older signature, so "
	    "oldest-pass may be lower.",
	    "Try again later." },
	[LINT_AAR_UNPARSED] = { "aar-unparsed", "RFC 8601 section 2.2",
	    "Part of ARC-Authentication-Results cannot be parsed and is "
	    "missing from DMARC reports.",
	    "Follow the grammar of RFC 8601." },
	[LINT_AAR_SEMICOLON] = { "aar-semicolon-in-comment",
	    "RFC 8601 section 2.2",
	    "A comment contains a semicolon, where simple parsers split.",
	    "Remove the semicolon." },
	[LINT_AAR_IPV6] = { "aar-ipv6-unquoted", "RFC 8601 section 2.2",
	    "A value with a colon is not quoted.", "Quote IPv6 addresses." },
	[LINT_AAR_NO_RESULT] = { "aar-without-arc", "RFC 8617 section 4.1.1",
	    "ARC-Authentication-Results has no arc= result, although the seal "
	    "has a cv=.",
	    "Add the arc= result." },
	[LINT_HEADERS_TRACE] = { "headers-trace", "RFC 6376 section 5.4.1",
	    "h= lists a trace field, which later servers add or reorder.",
	    "Remove it from h=." },
	[LINT_HEADERS_SHORT] = { "headers-short", "RFC 6376 section 5.4.1",
	    "h= omits a field that users see or that identifies the message.",
	    "Sign it." },
	[LINT_LINE_LONG] = { "line-long", "RFC 5322 section 2.1.1",
	    "Header line longer than 998 bytes: a server may break it, which "
	    "breaks the signature.",
	    "Fold the field." },
	[LINT_U_LABEL] = { "u-label", "RFC 8616 section 5",
	    "A domain or selector is not in ASCII; few validators can look it "
	    "up.",
	    "Use the A-label form (xn--)." },
	[LINT_ED25519] = { "ed25519", "RFC 8463 section 3",
	    "Many validators do not support ed25519-sha256 and fail the chain.",
	    "Sign with rsa-sha256." },
	[LINT_VERSION_TAG] = { "version-tag", "RFC 8617 section 4.1.2",
	    "v= is not defined for ARC-Message-Signature; some validators "
	    "reject it.",
	    "Remove v=." },
	[LINT_SEAL_FOREIGN_TAG] = { "seal-foreign-tag",
	    "RFC 8617 section 4.1.3",
	    "Tag not defined for ARC-Seal; some validators fail such a chain.",
	    "Remove the tag." },
	[LINT_CANON_MISSING] = { "canonicalization-missing",
	    "RFC 6376 section 3.5",
	    "c= is missing, which means simple/simple; some validators assume "
	    "relaxed/relaxed.",
	    "Add c=." },
	[LINT_CANON_SIMPLE] = { "canonicalization-simple",
	    "RFC 6376 section 3.4",
	    "The header is signed with c=simple: refolding in transit breaks "
	    "the signature.",
	    "Use relaxed." },
	[LINT_NO_SPACE] = { "no-space", "RFC 5322 section 2.2",
	    "No space after the colon; some validators do not accept that.",
	    "Add a space." },
	[LINT_LENGTH_TAG] = { "length-tag", "RFC 6376 section 8.2",
	    "l= allows anyone to append text, and some validators do not "
	    "support it.",
	    "Remove l=." },
	[LINT_EXPIRES] = { "expires", "RFC 6376 section 3.5",
	    "x= is set; some validators fail a chain when an older signature "
	    "has expired.",
	    "Remove x=." },
	[LINT_INSTANCE_ZERO] = { "instance-zero", "RFC 8617 section 4.2.1",
	    "The instance has a leading zero.", "Remove it." },
	[LINT_CV_CASE] = { "cv-case", "RFC 8617 section 4.1.3",
	    "cv= is not in lower case; some validators do not accept that.",
	    "Write cv= in lower case." },
	[LINT_DOMAINS_DIFFER] = { "domains-differ", "RFC 8617 section 4.1",
	    "The fields of one ARC Set have different signing domains; trust "
	    "depends on that of ARC-Seal.",
	    "Use one domain for both." },
	[LINT_INSTANCE_COMMENT] = { "instance-comment", "RFC 8617 section 3.9",
	    "There is a comment next to the instance; many validators fail "
	    "such a chain.",
	    "Remove the comment." },
	[LINT_TAG_LIKE_B] = { "tag-like-b", "RFC 6376 section 3.7",
	    "An unknown tag begins or ends with b; some validators mistake it "
	    "for the signature.",
	    "Remove the tag." },
	[LINT_BODY_LINE_LONG] = { "body-line-long", "RFC 5322 section 2.1.1",
	    "Body line longer than 998 bytes: a server may break it, which "
	    "breaks every body hash.",
	    "Encode the body before signing." },
	[LINT_BARE_CR] = { "bare-cr", "RFC 5322 section 2.2",
	    "There is a CR without LF: some programs treat it as a line ending "
	    "and see other header fields or another body.",
	    "Reject the message, or encode it before signing." },
	[LINT_FIELD_TWICE] = { "field-twice", "RFC 5322 section 3.6",
	    "A field that may occur only once is repeated; mail clients show "
	    "one, possibly the unsigned one.",
	    "Reject the message; signers should oversign the field." },
	[LINT_MBOX_CUT] = { "mbox-cut", "RFC 4155 appendix A",
	    "The next message in the mbox does not begin with a header field: "
	    "a \"From \" line of this body may have been mistaken for a "
	    "separator.",
	    "Quote such lines with \">\"." },
	[LINT_MBOX_LENGTH] = { "mbox-length", "RFC 4155 appendix A",
	    "Content-Length extends over the header of the next message.",
	    "Do not trust either verdict until the mbox is repaired." },
	[LINT_KEY_FORM] = { "key-form", "RFC 6376 section 3.6.1",
	    "The RSA key is a bare RSAPublicKey, not a SubjectPublicKeyInfo; "
	    "many validators cannot read it.",
	    "Publish a SubjectPublicKeyInfo (arc-dump --key-audit prints "
	    "it)." },
	[LINT_KEY_LONG] = { "key-long", "RFC 8301 section 3.2",
	    "The RSA key is longer than 4096 bits, which validators need not "
	    "support.",
	    "Publish an RSA key of 2048 bits." },
	[LINT_KEY_GRANULARITY] = { "key-granularity", "RFC 6376 appendix C.2",
	    "The key record has the obsolete g= tag, which some validators "
	    "still apply.",
	    "Remove g=." },
};

const struct lint_info *
lint_info(enum lint_code code)
{
	return &infos[code];
}

void
lint_write(struct buf *b, const struct remark *r)
{
	const struct lint_info *info = lint_info(r->code);

	if (r->instance > 0)
		buf_printf(b, "i=%u ", r->instance);
	if (r->field.len > 0)
		buf_printf(b, "%.*s: ", SLICE_ARG(r->field));
	buf_text(b, info->sentence);
	if (r->detail[0] != '\0')
		buf_printf(b, " (%s)", r->detail);
	buf_printf(b, " %s", info->fix);
}
