/* SPDX-License-Identifier: BSD-2-Clause */
#include "others/fieldreading.h"
#include "others/rules.h"

/* ------------------------------------------------------------------------
 * What is changed in a field. */

static int
forget_problem(const struct other_case *c, struct sigfield *f, struct diag *why)
{
	(void)c;
	(void)why;
	f->problem = (struct diag){ .code = DIAG_NONE };
	return 0;
}

static int
forget_length(const struct other_case *c, struct sigfield *f, struct diag *why)
{
	(void)c;
	(void)why;
	f->tags.has_length = false;
	return 0;
}

static int
forget_h_tag(const struct other_case *c, struct sigfield *f, struct diag *why)
{
	(void)c;
	(void)why;
	f->tags.h_tag = SLICE_NONE;
	return 0;
}

static int
forget_line(const struct other_case *c, struct sigfield *f, struct diag *why)
{
	(void)f;
	(void)why;
	c->m->njunk = 0;
	return 0;
}

static int
relaxed(const struct other_case *c, struct sigfield *f, struct diag *why)
{
	(void)c;
	(void)why;
	f->tags.header_canon = f->tags.body_canon = CANON_RELAXED;
	return 0;
}

/* ------------------------------------------------------------------------
 * The table. */

#define DKIMPY OTHER_DKIMPY, "1.1.4", OTHER_RUN
#define MAIL_DKIM OTHER_MAIL_DKIM, "1.20230212", OTHER_RUN
#define MAILAUTH OTHER_MAILAUTH, "4.13.3", OTHER_RUN
#define EXIM OTHER_EXIM, "13835a3", OTHER_READ
#define OLD_EXIM OTHER_EXIM, "before 4.100", OTHER_REPORTED
#define KUMOMTA OTHER_KUMOMTA, "3ebc1e8", OTHER_READ
#define MAIL_AUTH OTHER_MAIL_AUTH, "0e93300", OTHER_READ
#define MIMEKIT OTHER_MIMEKIT, "cf6d38d", OTHER_READ
#define OPENARC OTHER_OPENARC, "6b45a84", OTHER_READ
#define RSPAMD OTHER_RSPAMD, "eaac8e9", OTHER_READ

#define ROW(by, ...) ROW_(by, __VA_ARGS__)
#define ROW_(who_, versions_, source_, id_, what_, ...)                        \
	{                                                                      \
		.who = (who_), .id = (id_), .what = (what_),                   \
		.versions = (versions_), .source = (source_),                  \
		.date = "2026-11-29", __VA_ARGS__                              \
	}
#define FAILS(scope_, holds_)                                                  \
	.effect = OTHER_FAILS, .scope = (scope_), .holds = (holds_)
#define THROWS(scope_, holds_)                                                 \
	.effect = OTHER_THROWS, .scope = (scope_), .holds = (holds_)
#define ASSUMES(scope_, holds_, change_)                                       \
	.effect = OTHER_ASSUMES, .scope = (scope_), .holds = (holds_),         \
	.change = (change_)
#define OVERLOOKS(scope_, code_, change_)                                      \
	.effect = OTHER_OVERLOOKS, .scope = (scope_), .code = (code_),         \
	.change = (change_)

/* Of a failure with any code. */
#define READS(scope_, holds_, change_)                                         \
	OVERLOOKS(scope_, DIAG_NONE, change_), .holds = (holds_)
#define ACCEPTS(code_)                                                         \
	.effect = OTHER_ACCEPTS, .scope = OTHER_DECIDING, .code = (code_)

const struct other_row other_rows[] = {
	ROW(DKIMPY, "canonicalization-default",
	    "takes an ARC-Message-Signature without c= as relaxed/relaxed",
	    ASSUMES(OTHER_ANY_AMS, rule_no_c, relaxed)),
	ROW(DKIMPY, "line-not-a-field",
	    "stops with an error at a header line that is not a field",
	    THROWS(OTHER_MESSAGE, rule_broken_line)),
	ROW(DKIMPY, "from-line",
	    "passes over a header line that begins with \"From \"",
	    OVERLOOKS(OTHER_MESSAGE, DIAG_HEADER_SYNTAX, forget_line),
	    .holds = rule_from_line),
	ROW(DKIMPY, "instance-spacing",
	    "stops with an error unless \" i=N;\" with one space before it is "
	    "in the ARC-Message-Signature",
	    THROWS(OTHER_ANY_AMS, rule_instance_not_spaced)),
	ROW(DKIMPY, "space-before-colon",
	    "stops with an error at white space before the colon of a field",
	    THROWS(OTHER_MESSAGE, rule_any_space_before_colon)),
	ROW(DKIMPY, "algorithm",
	    "accepts no a= but rsa-sha256 in lower case, in any ARC Set",
	    FAILS(OTHER_ANY_SIGNED, rule_not_rsa_sha256)),
	ROW(DKIMPY, "arc-seal-in-h",
	    "fails the chain for h= with ARC-Seal in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_names_arc_seal)),
	ROW(DKIMPY, "tag-missing",
	    "fails the chain for a missing tag in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_tag_missing)),
	ROW(DKIMPY, "version", "fails the chain for a v= other than 1",
	    FAILS(OTHER_ANY_SIGNED, rule_version_not_1)),
	ROW(DKIMPY, "query", "accepts no q= but exactly dns/txt",
	    FAILS(OTHER_ANY_SIGNED, rule_other_query)),
	ROW(DKIMPY, "time-ahead",
	    "fails the chain for a t= more than ten hours ahead",
	    FAILS(OTHER_ANY_SIGNED, rule_ahead_10_hours)),
	ROW(DKIMPY, "expired",
	    "fails the chain for an x= more than ten hours past, in any field",
	    FAILS(OTHER_ANY_SIGNED, rule_expired_10_hours)),
	ROW(DKIMPY, "cv-case", "accepts the words of cv= in lower case only",
	    FAILS(OTHER_ANY_SEAL, rule_cv_in_capitals)),
	ROW(DKIMPY, "seal-body-hash", "evaluates bh= in an ARC-Seal",
	    FAILS(OTHER_ANY_SEAL, rule_has_bh)),
	ROW(DKIMPY, "seal-canonicalization", "obeys c= in an ARC-Seal",
	    FAILS(OTHER_ANY_SEAL, rule_seal_canon)),
	ROW(DKIMPY, "second-from",
	    "evaluates a second From field that h= does not sign",
	    FAILS(OTHER_NEWEST_AMS, rule_from_unsigned)),
	ROW(DKIMPY, "order",
	    "selects ARC fields by position instead of instance",
	    FAILS(OTHER_MESSAGE, rule_out_of_order)),
	ROW(DKIMPY, "comment", "does not read i= behind a comment",
	    FAILS(OTHER_ANY_SIGNED, rule_comment_before_instance)),
	ROW(DKIMPY, "first-record", "tries the first of several TXT records",
	    FAILS(OTHER_DECIDING, rule_not_first_record)),
	ROW(DKIMPY, "canonicalization-case",
	    "accepts the words of c= in lower case only",
	    FAILS(OTHER_DECIDING, rule_canon_in_capitals)),
	ROW(DKIMPY, "space-after-b",
	    "hashes white space between the value of b= and its semicolon",
	    FAILS(OTHER_DECIDING, rule_space_after_b)),
	ROW(DKIMPY, "white-space",
	    "takes vertical tab, form feed and a lone CR at the ends of a "
	    "field "
	    "for white space",
	    FAILS(OTHER_DECIDING, rule_odd_space_at_end)),
	ROW(DKIMPY, "key-type-case",
	    "accepts k= of a key record in lower case only",
	    FAILS(OTHER_DECIDING, rule_key_type_not_lower)),
	ROW(DKIMPY, "key-service",
	    "accepts no s= of a key record but exactly * or email",
	    FAILS(OTHER_DECIDING, rule_key_service_not_word)),
	ROW(DKIMPY, "key-type",
	    "stops with an error at an Ed25519 key for an RSA signature",
	    THROWS(OTHER_DECIDING, rule_key_ed25519_for_rsa)),
	ROW(DKIMPY, "u-labels", "looks up U-labels as they are",
	    FAILS(OTHER_DECIDING, rule_not_ascii)),
	ROW(DKIMPY, "from-not-signed", "accepts h= without From",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_HEADERS_NO_FROM, forget_problem)),
	ROW(DKIMPY, "length", "accepts an l= beyond the body",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_BODY_LENGTH, forget_length)),
	ROW(DKIMPY, "instance-digits",
	    "takes the digits that i= begins with for the instance",
	    READS(OTHER_ANY_SIGNED, rule_instance_digits, fieldreading_again)),
	ROW(DKIMPY, "instance-anywhere",
	    "takes the first i= with a number in ARC-Authentication-Results, "
	    "wherever it is",
	    READS(OTHER_ANY_AAR, rule_aar_elsewhere, fieldreading_take_aar)),
	ROW(DKIMPY, "no-instance",
	    "ignores an ARC field in which it finds no i= with a number",
	    READS(OTHER_ANY_ARC, rule_no_instance_on_top, fieldreading_drop)),
	ROW(DKIMPY, "bytes", "accepts every byte in a tag list",
	    READS(OTHER_ANY_SIGNED, rule_bad_byte, fieldreading_again)),
	ROW(DKIMPY, "tag-name", "looks at the first letter of a tag name only",
	    READS(OTHER_ANY_SIGNED, rule_bad_name, fieldreading_again)),
	ROW(DKIMPY, "padding",
	    "accepts more = at the end of b= than are needed",
	    OVERLOOKS(OTHER_ANY_SIGNED, DIAG_TAG_SYNTAX, fieldreading_again),
	    .holds = rule_fault_in_b),
	ROW(DKIMPY, "one-label", "accepts a signing domain of one label",
	    ACCEPTS(DIAG_DOMAIN_SYNTAX)),
	ROW(DKIMPY, "key-exponent", "accepts every RSA modulus and exponent",
	    ACCEPTS(DIAG_KEY_EXPONENT)),
	ROW(DKIMPY, "key-hash", "does not look at h= of a key record",
	    ACCEPTS(DIAG_KEY_HASH)),
	ROW(DKIMPY, "key-no-list", "reads a key record that is no tag list",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_no_list),
	ROW(DKIMPY, "key-version-place",
	    "accepts v= of a key record in any place", ACCEPTS(DIAG_KEY_SYNTAX),
	    .holds = rule_key_version),
	ROW(DKIMPY, "key-base64",
	    "leaves out what is not base64 in p= of a key record",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_not_base64),
	ROW(DKIMPY, "key-form",
	    "reads the RSA numbers in p=, and not what is around them",
	    ACCEPTS(DIAG_KEY_SYNTAX)),
	ROW(DKIMPY, "signature-range",
	    "accepts an RSA signature that is not below the modulus",
	    ACCEPTS(DIAG_SIGNATURE)),
	ROW(DKIMPY, "signature-length",
	    "accepts an RSA signature that is longer than the modulus",
	    ACCEPTS(DIAG_SIGNATURE_LENGTH)),

	ROW(EXIM, "tags-with-b", "rejects unknown tags that begin with b",
	    FAILS(OTHER_ANY_SIGNED, rule_foreign_b)),

	ROW(OLD_EXIM, "name-prefix",
	    "selects a field whose name only begins with a name of h= "
	    "(bug 3222)",
	    FAILS(OTHER_NEWEST_AMS, rule_longer_name)),

	ROW(KUMOMTA, "older-ams",
	    "requires every ARC-Message-Signature to verify",
	    FAILS(OTHER_ANY_AMS, rule_older_fails)),
	ROW(KUMOMTA, "aar-syntax",
	    "fails the chain for ARC-Authentication-Results that it cannot "
	    "parse",
	    FAILS(OTHER_ANY_AAR, rule_aar_unparsed)),
	ROW(KUMOMTA, "expired", "fails the chain for an x= past in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_expired)),

	ROW(MAIL_AUTH, "length", "does not accept l= by default",
	    FAILS(OTHER_NEWEST_AMS, rule_has_l)),

	ROW(MAIL_DKIM, "ed25519", "does not know ed25519-sha256",
	    FAILS(OTHER_DECIDING, rule_ed25519)),
	ROW(MAIL_DKIM, "expired", "fails the chain for an x= past in any field",
	    FAILS(OTHER_ANY_SIGNED, rule_expired)),
	ROW(MAIL_DKIM, "canonicalization",
	    "fails the chain for a c= that is not defined, in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_canon_unknown_there)),
	ROW(MAIL_DKIM, "tag-missing",
	    "fails the chain for a missing a=, d= or s= in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_main_tag_missing)),
	ROW(MAIL_DKIM, "version", "fails the chain for a v= other than 1",
	    FAILS(OTHER_ANY_SIGNED, rule_version_not_known)),
	ROW(MAIL_DKIM, "space-before-colon",
	    "does not read ARC fields with white space before the colon",
	    FAILS(OTHER_ANY_ARC, rule_space_before_colon)),
	ROW(MAIL_DKIM, "comment", "does not read i= behind a comment",
	    FAILS(OTHER_ANY_SIGNED, rule_instance_comment)),
	ROW(MAIL_DKIM, "cv-case", "accepts the words of cv= in lower case only",
	    FAILS(OTHER_ANY_SEAL, rule_cv_in_capitals)),
	ROW(MAIL_DKIM, "time-syntax", "does not look at the syntax of t=",
	    OVERLOOKS(OTHER_ANY_SIGNED, DIAG_TAG_SYNTAX, forget_problem),
	    .holds = rule_fault_in_t),
	ROW(MAIL_DKIM, "bare-key", "does not read a bare RSAPublicKey in p=",
	    FAILS(OTHER_DECIDING, rule_bare_key)),
	ROW(MAIL_DKIM, "granularity", "obeys g= of a key record",
	    FAILS(OTHER_DECIDING, rule_key_granularity)),
	ROW(MAIL_DKIM, "first-record", "tries the first of several TXT records",
	    FAILS(OTHER_DECIDING, rule_not_first_record)),
	ROW(MAIL_DKIM, "query",
	    "accepts q= with dns/txt in lower case, without white space, only",
	    FAILS(OTHER_ANY_SIGNED, rule_query_not_plain)),
	ROW(MAIL_DKIM, "instance-spacing",
	    "does not find a field for a seal unless its last \"i=\" is its "
	    "instance, without white space",
	    FAILS(OTHER_ANY_ARC, rule_instance_not_found)),
	ROW(MAIL_DKIM, "own-field",
	    "takes an ARC-Message-Signature itself for a field of its h=",
	    FAILS(OTHER_NEWEST_AMS, rule_picks_itself)),
	ROW(MAIL_DKIM, "white-space",
	    "takes vertical tab, form feed and a lone CR at the front of a "
	    "field for white space",
	    FAILS(OTHER_DECIDING, rule_odd_space_in_front)),
	ROW(MAIL_DKIM, "no-line-end",
	    "adds no line end to a simple body that ends without",
	    FAILS(OTHER_NEWEST_AMS, rule_no_line_end)),
	ROW(MAIL_DKIM, "key-type-case",
	    "accepts k= of a key record in lower case only",
	    FAILS(OTHER_DECIDING, rule_key_type_not_lower)),
	ROW(MAIL_DKIM, "key-lists",
	    "accepts the words of h= and s= of a key record in lower case, "
	    "without white space, only",
	    FAILS(OTHER_DECIDING, rule_key_lists_not_plain)),
	ROW(MAIL_DKIM, "u-labels", "looks up U-labels as they are",
	    FAILS(OTHER_DECIDING, rule_not_ascii)),
	ROW(MAIL_DKIM, "length-0",
	    "takes l=0 as no l=", FAILS(OTHER_NEWEST_AMS, rule_l_of_0)),
	ROW(MAIL_DKIM, "from-not-signed", "accepts h= without From",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_HEADERS_NO_FROM, forget_problem)),
	ROW(MAIL_DKIM, "length", "accepts an l= beyond the body",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_BODY_LENGTH, forget_length)),
	ROW(MAIL_DKIM, "seal-h", "accepts h= in an ARC-Seal",
	    OVERLOOKS(OTHER_ANY_SEAL, DIAG_SEAL_H_TAG, forget_h_tag)),
	ROW(MAIL_DKIM, "line-not-a-field",
	    "passes over a header line that is not a field",
	    OVERLOOKS(OTHER_MESSAGE, DIAG_HEADER_SYNTAX, forget_line)),
	ROW(MAIL_DKIM, "instance-digits", "accepts any number of digits in i=",
	    READS(OTHER_ANY_SIGNED, rule_instance_digits, fieldreading_again)),
	ROW(MAIL_DKIM, "instance-anywhere",
	    "takes the last i= behind a semicolon in "
	    "ARC-Authentication-Results",
	    READS(OTHER_ANY_AAR, rule_aar_elsewhere, fieldreading_take_aar)),
	ROW(MAIL_DKIM, "no-instance",
	    "ignores ARC-Authentication-Results in which it finds no instance",
	    READS(OTHER_ANY_AAR, rule_aar_no_instance, fieldreading_drop)),
	ROW(MAIL_DKIM, "no-list", "ignores a signature that is no tag list",
	    READS(OTHER_ANY_SIGNED, rule_no_list, fieldreading_drop)),
	ROW(MAIL_DKIM, "rejected",
	    "ignores a signature whose a=, d=, s= or x= it does not accept",
	    READS(OTHER_ANY_SIGNED, rule_rejected, fieldreading_drop_rejected)),
	ROW(MAIL_DKIM, "bytes", "accepts every byte in a tag list",
	    READS(OTHER_ANY_SIGNED, rule_bad_byte, fieldreading_again)),
	ROW(MAIL_DKIM, "tag-name", "accepts a tag name with one letter in it",
	    READS(OTHER_ANY_SIGNED, rule_bad_name, fieldreading_again)),
	ROW(MAIL_DKIM, "base64", "leaves out what is not base64 in b=",
	    OVERLOOKS(OTHER_ANY_SIGNED, DIAG_TAG_SYNTAX, fieldreading_again),
	    .holds = rule_fault_in_b),
	ROW(MAIL_DKIM, "length-syntax", "reads the digits that l= begins with",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_TAG_SYNTAX, fieldreading_again),
	    .holds = rule_fault_in_l),
	ROW(MAIL_DKIM, "one-label", "accepts a signing domain of one label",
	    ACCEPTS(DIAG_DOMAIN_SYNTAX)),
	ROW(MAIL_DKIM, "key-exponent", "accepts every RSA exponent",
	    ACCEPTS(DIAG_KEY_EXPONENT)),
	ROW(MAIL_DKIM, "key-short", "accepts RSA keys below 1024 bits",
	    ACCEPTS(DIAG_KEY_SHORT)),
	ROW(MAIL_DKIM, "key-no-list", "reads a key record that is no tag list",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_no_list),
	ROW(MAIL_DKIM, "key-version-place",
	    "accepts v= of a key record in any place", ACCEPTS(DIAG_KEY_SYNTAX),
	    .holds = rule_key_version),
	ROW(MAIL_DKIM, "key-form",
	    "reads the RSA numbers in p=, and not what comes after them",
	    ACCEPTS(DIAG_KEY_SYNTAX)),

	ROW(MAILAUTH, "canonicalization-default",
	    "takes an ARC-Message-Signature without c= as relaxed/relaxed",
	    ASSUMES(OTHER_ANY_AMS, rule_no_c, relaxed)),
	ROW(MAILAUTH, "ed25519-seal",
	    "verifies an ed25519-sha256 seal over the text instead of its "
	    "digest",
	    FAILS(OTHER_ANY_SEAL, rule_ed25519_of_ours)),
	ROW(MAILAUTH, "algorithm",
	    "fails the chain for an a= that is not accepted, in any ARC Set",
	    FAILS(OTHER_ANY_SIGNED, rule_unknown_algorithm)),
	ROW(MAILAUTH, "algorithm-missing",
	    "fails the chain for a missing a= in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_no_algorithm)),
	ROW(MAILAUTH, "arc-seal-in-h",
	    "fails the chain for h= with ARC-Seal in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_names_arc_seal)),
	ROW(MAILAUTH, "seal-canonicalization",
	    "fails the chain for c= in an ARC-Seal other than relaxed/relaxed",
	    FAILS(OTHER_ANY_SEAL, rule_seal_canon)),
	ROW(MAILAUTH, "tag-case", "takes H= in an ARC-Seal for h=",
	    FAILS(OTHER_ANY_SEAL, rule_capital_h)),
	ROW(MAILAUTH, "cv-case", "accepts cv=pass in lower case only",
	    FAILS(OTHER_ANY_SEAL, rule_later_cv_in_capitals)),
	ROW(MAILAUTH, "time-syntax", "does not look at the syntax of t=",
	    OVERLOOKS(OTHER_ANY_SIGNED, DIAG_TAG_SYNTAX, forget_problem),
	    .holds = rule_fault_in_t),
	ROW(MAILAUTH, "bare-key", "does not read a bare RSAPublicKey in p=",
	    FAILS(OTHER_DECIDING, rule_bare_key)),
	ROW(MAILAUTH, "first-record", "tries the first of several TXT records",
	    FAILS(OTHER_DECIDING, rule_not_first_record)),
	ROW(MAILAUTH, "space-before-equals",
	    "does not find b= with white space before the equals sign",
	    FAILS(OTHER_DECIDING, rule_space_before_b)),
	ROW(MAILAUTH, "white-space",
	    "takes the bytes 0b, 0c and a0, and a lone CR, of a relaxed field "
	    "for white space",
	    FAILS(OTHER_DECIDING, rule_odd_space)),
	ROW(MAILAUTH, "header-end", "drops a lone CR at the end of the header",
	    FAILS(OTHER_NEWEST_AMS, rule_header_ends_in_cr)),
	ROW(MAILAUTH, "comment-in-h",
	    "reads parentheses and backslashes in h= as a comment's",
	    FAILS(OTHER_NEWEST_AMS, rule_comment_in_name)),
	ROW(MAILAUTH, "own-field",
	    "takes an ARC-Message-Signature itself for a field of its h=",
	    FAILS(OTHER_NEWEST_AMS, rule_picks_itself)),
	ROW(MAILAUTH, "canonicalization-half",
	    "stops with an error at a c= that begins with a slash",
	    THROWS(OTHER_NEWEST_AMS, rule_canon_half)),
	ROW(MAILAUTH, "u-labels", "looks up U-labels as they are",
	    FAILS(OTHER_DECIDING, rule_not_ascii)),
	ROW(MAILAUTH, "length-0",
	    "takes l=0 as no l=", FAILS(OTHER_NEWEST_AMS, rule_l_of_0)),
	ROW(MAILAUTH, "no-body",
	    "does not verify a message that ends with its header",
	    FAILS(OTHER_MESSAGE, rule_no_body)),
	ROW(MAILAUTH, "from-not-signed", "accepts h= without From",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_HEADERS_NO_FROM, forget_problem)),
	ROW(MAILAUTH, "query", "does not look at q=",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_QUERY_METHOD, forget_problem)),
	ROW(MAILAUTH, "length", "accepts an l= beyond the body",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_BODY_LENGTH, forget_length)),
	ROW(MAILAUTH, "line-not-a-field",
	    "passes over a header line that is not a field",
	    OVERLOOKS(OTHER_MESSAGE, DIAG_HEADER_SYNTAX, forget_line)),
	ROW(MAILAUTH, "instance-digits", "accepts any number of digits in i=",
	    READS(OTHER_ANY_SIGNED, rule_instance_digits, fieldreading_again)),
	ROW(MAILAUTH, "instance-anywhere",
	    "takes i= in ARC-Authentication-Results from wherever it is",
	    READS(OTHER_ANY_AAR, rule_aar_elsewhere, fieldreading_take_aar)),
	ROW(MAILAUTH, "bytes", "accepts every byte in a tag list",
	    READS(OTHER_ANY_SIGNED, rule_bad_byte, fieldreading_again)),
	ROW(MAILAUTH, "comments", "passes over comments anywhere in a tag list",
	    READS(OTHER_ANY_SIGNED, rule_comment, fieldreading_again)),
	ROW(MAILAUTH, "tag-twice", "takes the last of several tags of one name",
	    READS(OTHER_ANY_SIGNED, rule_tag_twice, fieldreading_again)),
	ROW(MAILAUTH, "tag-name", "passes over what is no tag name",
	    READS(OTHER_ANY_SIGNED, rule_bad_name, fieldreading_again)),
	ROW(MAILAUTH, "empty-element",
	    "passes over an empty element of a tag list",
	    READS(OTHER_ANY_SIGNED, rule_empty_element, fieldreading_again)),
	ROW(MAILAUTH, "tag-names-case", "takes tag names in any case",
	    READS(OTHER_ANY_SIGNED, rule_tag_in_capitals, fieldreading_again)),
	ROW(MAILAUTH, "no-instance",
	    "ignores an ARC field in which it finds no instance",
	    READS(OTHER_ANY_ARC, rule_no_instance, fieldreading_drop)),
	ROW(MAILAUTH, "canonicalization-spaced", "accepts white space in c=",
	    READS(OTHER_ANY_AMS, rule_canon_spaced, fieldreading_again)),
	ROW(MAILAUTH, "base64", "leaves out what is not base64 in b=",
	    OVERLOOKS(OTHER_ANY_SIGNED, DIAG_TAG_SYNTAX, fieldreading_again),
	    .holds = rule_fault_in_b),
	ROW(MAILAUTH, "length-syntax", "reads l= of any number of digits",
	    OVERLOOKS(OTHER_ANY_AMS, DIAG_TAG_SYNTAX, fieldreading_again),
	    .holds = rule_fault_in_l),
	ROW(MAILAUTH, "one-label", "accepts a signing domain of one label",
	    ACCEPTS(DIAG_DOMAIN_SYNTAX)),
	ROW(MAILAUTH, "key-exponent", "accepts every RSA exponent",
	    ACCEPTS(DIAG_KEY_EXPONENT)),
	ROW(MAILAUTH, "key-hash", "does not look at h= of a key record",
	    ACCEPTS(DIAG_KEY_HASH)),
	ROW(MAILAUTH, "key-service", "does not look at s= of a key record",
	    ACCEPTS(DIAG_KEY_SERVICE)),
	ROW(MAILAUTH, "key-no-list", "reads a key record that is no tag list",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_no_list),
	ROW(MAILAUTH, "key-version",
	    "does not look at v= of a key record for ARC",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_version),
	ROW(MAILAUTH, "key-tag-case", "takes P= of a key record for p=",
	    ACCEPTS(DIAG_KEY_SYNTAX), .holds = rule_key_tag_case),
	ROW(MAILAUTH, "key-form",
	    "reads the RSA numbers in p=, and not what comes after them",
	    ACCEPTS(DIAG_KEY_SYNTAX)),
	ROW(MAILAUTH, "key-weak-point",
	    "accepts Ed25519 keys of small order, and not in their shortest "
	    "form",
	    ACCEPTS(DIAG_KEY_WEAK_POINT)),
	ROW(MAILAUTH, "ed25519-seal-text",
	    "accepts an ed25519-sha256 seal over the text",
	    ACCEPTS(DIAG_SIGNATURE), .holds = rule_ed25519),

	ROW(MIMEKIT, "aar-syntax",
	    "fails the chain for ARC-Authentication-Results that it cannot "
	    "parse",
	    FAILS(OTHER_ANY_AAR, rule_aar_unparsed)),
	ROW(MIMEKIT, "cv-case", "accepts the words of cv= in lower case only",
	    FAILS(OTHER_ANY_SEAL, rule_cv_in_capitals)),

	ROW(OPENARC, "instance-first",
	    "requires i= to be the first tag of every ARC field",
	    FAILS(OTHER_ANY_SIGNED, rule_instance_not_first)),
	ROW(OPENARC, "comment", "does not read i= behind a comment",
	    FAILS(OTHER_ANY_SIGNED, rule_instance_comment)),
	ROW(OPENARC, "arc-seal-in-h",
	    "fails the chain for h= with ARC-Seal in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_names_arc_seal)),
	ROW(OPENARC, "expired", "fails the chain for an x= past in any ARC Set",
	    FAILS(OTHER_ANY_AMS, rule_expired)),
	ROW(OPENARC, "ed25519", "does not know ed25519-sha256",
	    FAILS(OTHER_DECIDING, rule_ed25519)),
	ROW(OPENARC, "bare-key", "does not read a bare RSAPublicKey in p=",
	    FAILS(OTHER_DECIDING, rule_bare_key)),
	ROW(OPENARC, "several-records", "rejects several TXT records of a key",
	    FAILS(OTHER_DECIDING, rule_several_records)),
	ROW(OPENARC, "tags-with-b",
	    "empties every tag whose name ends in b when it hashes the field",
	    FAILS(OTHER_DECIDING, rule_ends_in_b)),

	ROW(RSPAMD, "version", "rejects v= in an ARC-Message-Signature",
	    FAILS(OTHER_NEWEST_AMS, rule_any_version)),
	ROW(RSPAMD, "seal-body-hash", "does not accept bh= in an ARC-Seal",
	    FAILS(OTHER_ANY_SEAL, rule_has_bh)),
	ROW(RSPAMD, "cv-case", "accepts the words of cv= in lower case only",
	    FAILS(OTHER_ANY_SEAL, rule_cv_in_capitals)),
	ROW(RSPAMD, "second-from", "fails a message with a second From field",
	    FAILS(OTHER_MESSAGE, rule_two_from)),
};

const size_t other_nrows = ARRAY_LEN(other_rows);
